"""Is a field reached by the least change of dilations, kernels or strides, at the cost told?"""

import random
from fractions import Fraction
from itertools import product

import pytest

import rfcalc
from rfcalc.architectures import zoo_names, zoo_text
from rfcalc.costs import per_cell
from rfcalc.errors import RfcalcError
from rfcalc.repair import reached
from rfcalc.repair.candidates import candidates
from rfcalc.spec import read_text
from tests.repairs import holes, widths
from tests.whole import amount


def chain(layers):
    lines = "".join(f"- {{kernel: {k}, stride: {s}, dilation: {d}}}\n" for k, s, d in layers)
    return f"dims: 1\nlayers:\n{lines}"


def field(layers):
    total, jump = 1, 1
    for kernel, stride, rate in layers:
        total += (kernel - 1) * rate * jump
        jump *= stride
    return total


def solid(layers):
    """Whether no stage has holes: the steps of each run between two strides, the last included."""
    runs, run = [], []
    for kernel, stride, rate in layers:
        if stride > 1:
            # Undilated it only ends the resolution; dilated it is the last layer of a stage.
            runs += [run, [*run, (kernel, rate)]] if rate > 1 else [run]
            run = []
        else:
            run.append((kernel, rate))
    for steps in [*runs, run]:
        wide = 1
        for rate, kernel in sorted((rate, kernel) for kernel, rate in steps):
            if rate > wide:
                return False
            wide += (kernel - 1) * rate
    return True


def drawn(rng):
    return [
        (rng.choice([2, 3, 3, 5]), rng.choice([1, 1, 1, 2]), rng.choice([1, 1, 2]))
        for _ in range(rng.choice([2, 3]))
    ]


def least(layers, wanted, place, values):
    """The least change of one parameter of the layers, by trying all values of all."""
    was = [layer[place] for layer in layers]
    best = None
    for chosen in product(*[values(value) for value in was]):
        made = [
            (*layer[:place], value, *layer[place + 1 :])
            for layer, value in zip(layers, chosen, strict=True)
        ]
        change = sum(abs(a - b) for a, b in zip(was, chosen, strict=True))
        if field(made) >= wanted and solid(made) and (best is None or change < best):
            best = change
    return best


def by_kind(found):
    kinds = {}
    for one in found.repairs:
        kinds[one.kind] = min(kinds.get(one.kind, one.change), one.change)
    return kinds


@pytest.mark.parametrize("seed", range(amount(20, 400)))
def test_every_way_is_the_least_change_of_its_kind(seed):
    layers = drawn(random.Random(seed))
    wanted = field(layers) + random.Random(seed).choice([1, 2, 5, 9])
    found = reached(chain(layers), "net.yaml", wanted, max_dilation=6)
    expected = {
        "dilations": least(layers, wanted, 2, lambda d: range(1, 7)),
        "kernels": least(layers, wanted, 0, lambda k: range(k, 2 * k + 2, 2)),
        "strides": least(layers, wanted, 1, lambda s: range(s, s + 4)),
    }
    kinds = by_kind(found)
    for kind in ("dilations", "kernels"):
        assert kinds.get(kind) == expected[kind], (kind, chain(layers))
    most = 3 if expected["strides"] is None or expected["strides"] > 3 else expected["strides"]
    assert kinds.get("strides", most) == most
    for one in found.repairs:
        network = read_text(one.text, "net.yaml")
        assert min(widths(network, layers=False)) >= wanted
        assert not holes(network)
        assert one.rf == tuple(widths(network, layers=False))


def test_ways_come_by_their_change_and_then_by_their_cost():
    found = reached(zoo_text("fcn8s"), "net.yaml", 600)
    order = [(one.change, one.cost) for one in found.repairs]
    assert order == sorted(order)
    assert found.text == found.repairs[0].text
    assert len({one.kind for one in found.repairs}) > 1


def test_the_cost_is_that_of_every_output_cell_and_tap():
    """In whole cells of an input of 48, where all strides divide."""
    for seed in range(20):
        layers = drawn(random.Random(seed))
        cells, total = Fraction(48), Fraction(0)
        for kernel, stride, _ in layers:
            cells /= stride
            total += cells * kernel
        assert 48 * per_cell(read_text(chain(layers), "net.yaml")) == total


def test_the_cost_knows_channels_where_all_are_told():
    told = "in_channels: {}, out_channels: {}, groups: {}"
    layers = [(3, told.format(4, 8, 1)), (5, told.format(8, 8, 8)), (1, told.format(8, 2, 1))]
    text = "dims: 2\nlayers:\n" + "".join(f"- {{kernel: {k}, {t}}}\n" for k, t in layers)
    assert per_cell(read_text(text, "net.yaml")) == 9 * 4 * 8 + 25 * 8 + 8 * 2
    assert per_cell(read_text(text.replace("out_channels: 2, ", ""), "net.yaml")) == 9 + 25 + 1


@pytest.mark.parametrize("share", [Fraction(1, 10), Fraction(1), Fraction(3, 2), Fraction(5)])
def test_no_way_costs_more_than_is_allowed(share):
    text = chain([(3, 1, 1), (3, 1, 1), (3, 2, 1), (3, 1, 1), (3, 1, 1)])
    found = reached(text, "net.yaml", 40, max_cost=share)
    before = per_cell(read_text(text, "net.yaml"))
    for one in found.repairs:
        after = per_cell(read_text(one.text, "net.yaml"))
        assert after / before <= share
        assert one.cost == float(after / before)
    assert ("kernels" in by_kind(found)) == (share == 5)
    assert ("dilations" in by_kind(found)) == (share >= 1)


def test_a_field_that_is_there_is_left_and_holes_are_repaired_on_the_way():
    text = chain([(3, 1, 1), (3, 1, 2)])
    assert reached(text, "net.yaml", 7).text == text
    holed = chain([(3, 1, 2), (3, 1, 2)])
    found = reached(holed, "net.yaml", 7)
    assert found.change == 1
    assert not rfcalc.analyze(read_text(found.text, "net.yaml")).gridded


def test_what_is_out_of_reach_is_told_with_its_bounds():
    found = reached("layers: [{kernel: 3}]", "net.yaml", 10_000)
    assert found.text is None
    assert not found.proven
    assert "dilations of up to 16" in found.reason
    assert repr(found).startswith("Repair(none: no dilations of up to 16")


def test_one_entry_per_layer_has_more_ways():
    text = "dims: 1\nlayers:\n- repeat: {times: 3, layers: [{kernel: 3, dilation: 1}]}\n"
    assert "dilations" not in by_kind(reached(text, "net.yaml", 9))
    found = reached(text, "net.yaml", 9, unroll=True)
    assert by_kind(found)["dilations"] == 1
    assert all(one.unrolled for one in found.repairs)


def test_padding_beside_a_kernel_keeps_it_centred():
    text = "input: [64]\nlayers: [{kernel: 3, dilation: 2, padding: 2}, {kernel: 3}]\n"
    found = reached(text, "net.yaml", 9)
    for one in found.repairs:
        if one.kind == "kernels":
            assert read_text(one.text, "net.yaml").nodes[-1].size == (64,)


@pytest.mark.parametrize(("rf", "share"), [(0, None), (9, Fraction(0)), (9, Fraction(-1))])
def test_a_field_or_cost_that_cannot_be_is_refused(rf, share):
    with pytest.raises(RfcalcError, match="RF406"):
        reached("layers: [{kernel: 3}]", "net.yaml", rf, max_cost=share)


def beside(branches, last):
    """A text of parallel chains of 1-D kernels and one kernel behind their sum."""
    chains = ", ".join(
        "[" + ", ".join(f"{{kernel: {k}, dilation: {d}}}" for k, d in branch) + "]"
        for branch in branches
    )
    return f"dims: 1\nlayers: [{{parallel: {{branches: [{chains}]}}}}, {{kernel: {last}}}]\n"


@pytest.mark.parametrize("seed", range(amount(12, 300)))
def test_kernels_of_parallel_branches_grow_by_the_least_change(seed):
    """The longest branch decides: what two of them gain together is what one of them gains."""
    rng = random.Random(seed)
    branches = [
        [(rng.choice([2, 3, 3]), rng.choice([1, 1, 2])) for _ in range(rng.choice([1, 1, 2]))]
        for _ in range(rng.choice([2, 2, 3]))
    ]
    last = rng.choice([1, 2, 3])
    flat = [k for branch in branches for k, _ in branch] + [last]

    def wide(kernels):
        given = iter(kernels)
        sums = [sum((next(given) - 1) * d for _, d in branch) for branch in branches]
        return max(sums) + next(given)

    wanted = wide(flat) + rng.choice([1, 2, 4, 6])
    found = reached(beside(branches, last), "net.yaml", wanted, max_dilation=1)
    best = {}
    for chosen in product(*[range(k, 2 * k + 2 if k > 1 else 2, 2) for k in flat]):
        if wide(chosen) >= wanted:
            change = sum(b - a for a, b in zip(flat, chosen, strict=True))
            best.setdefault(change, []).append(chosen)
    kernels = [one for one in found.repairs if one.kind == "kernels"]
    for one in kernels:
        assert min(widths(read_text(one.text, "net.yaml"), layers=False)) >= wanted
        assert not holes(read_text(one.text, "net.yaml"))
    if kernels:
        assert kernels[0].change >= min(best)
        if found.proven and kernels[0].change == found.change:
            assert all(
                unsound(branches, chosen) for n in best if n < found.change for chosen in best[n]
            )
    else:
        assert all(unsound(branches, chosen) for some in best.values() for chosen in some)


def unsound(branches, kernels):
    """Whether a stage has holes with these kernels."""
    given = iter(kernels)
    grown = [[(next(given), d) for _, d in branch] for branch in branches]
    return bool(holes(read_text(beside(grown, next(given)), "net.yaml")))


def test_two_equal_branches_grow_as_one():
    text = (
        "dims: 1\nlayers: [{parallel: {branches: [[{kernel: 2}], [{kernel: 2}]]}}, {kernel: 2}]\n"
    )
    found = reached(text, "net.yaml", 7)
    assert (found.change, found.proven) == (4, True)


def test_one_of_many_parallel_kernels_grows_step_by_step():
    """More pairs of branches than texts may be read for: the next step is the one that adds."""
    text = beside([[(3, 1)]] * 25, 1)
    assert by_kind(reached(text, "net.yaml", 9, max_dilation=1)) == {}
    found = reached(text, "net.yaml", 7, max_dilation=1)
    assert (by_kind(found), found.proven) == ({"kernels": 4}, True)


@pytest.mark.parametrize("word", ["dilation", "kernel", "stride"])
def test_no_number_of_a_text_is_offered_twice(word):
    for name in zoo_names():
        spots = [
            edit.start
            for one in candidates(zoo_text(name), (), word)
            for edit in one.edits
            if edit.start < edit.stop
        ]
        assert len(spots) == len(set(spots)), name


def test_a_parameter_that_is_called_kernel_grows_once():
    text = (
        "blocks: {stage: {params: {units: 1, kernel: 3}, layers: [{kernel: kernel}]}}\n"
        "layers: [{stage: {kernel: 5}}, {stage: {kernel: 3}}]\n"
    )
    kernels = [one for one in reached(text, "net.yaml", 13).repairs if one.kind == "kernels"]
    assert kernels
    for one in kernels:
        (mine,) = rfcalc.analyze(read_text(one.text, "net.yaml")).answers
        assert mine.row.rf == (13, 13)
        assert one.change == sum(c.after - c.before for c in one.changes) == 6
        for change in one.changes:
            line = one.text.splitlines()[change.line - 1]
            assert line[change.column - 1 :].startswith(f"{change.after}}}"), (line, change)
