from itertools import product

import pytest

import rfcalc
from rfcalc.errors import RfcalcError
from rfcalc.growth import growth
from rfcalc.network import without_global
from rfcalc.repair import repair
from rfcalc.spec import read_text
from rfcalc.zoo import zoo_text


def chain(rates):
    layers = "\n".join(f"  - {{kernel: 3, dilation: {rate}}}" for rate in rates)
    return f"dims: 1\nlayers:\n{layers}\n"


def least(rates, most):
    """The least change by brute force: hole-free, and no layer's field smaller."""

    def fields(them):
        total, found = 1, []
        for rate in them:
            total += 2 * rate
            found.append(total)
        return found

    def solid(them):
        sums = {0}
        for rate in them:
            sums = {o + rate * t for o in sums for t in range(3)}
        return len(sums) == max(sums) + 1

    before = fields(rates)
    return min(
        (
            sum(abs(a - b) for a, b in zip(rates, other, strict=True))
            for other in product(range(1, most + 1), repeat=len(rates))
            if solid(other) and all(a >= b for a, b in zip(fields(other), before, strict=True))
        ),
        default=None,
    )


@pytest.mark.parametrize(
    "rates",
    [r for n in (2, 3) for r in product(range(1, 6), repeat=n) if max(r) > 1][::3],
    ids=str,
)
def test_a_repair_never_changes_more_than_needed(rates):
    most = 2 * max(rates)
    found = repair(chain(rates), "net.yaml")
    stage = found.before.stages[0]
    if not stage.measures.holes:
        assert found.change == 0
        return
    # Layers before the stage, and the network as a whole, keep their fields too.
    assert (found.change if found.text else None) == least(rates, most)


def test_a_repair_changes_numbers_only():
    text = (
        "# my network\n"
        "dims: 2   # two axes\n"
        "layers:\n"
        "  - {kernel: 3, dilation: 2, padding: 2}   # first\n"
        "  - conv: {kernel: 3,  dilation: 2}\n"
        "\n"
        "  - {dilation: [2, 2], kernel: 3}\n"
    )
    found = repair(text, "net.yaml")
    assert found.text is not None
    strip = str.maketrans("", "", "0123456789")
    assert found.text.translate(strip) == text.translate(strip)
    assert found.text.count("\n") == text.count("\n")
    report = rfcalc.analyze(read_text(found.text, "net.yaml"))
    assert not any(stage.measures.holes for stage in report.stages)


def test_padding_that_keeps_a_layer_centred_follows_its_dilation():
    layer = "{kernel: 3, dilation: 2, padding: 2}"
    text = f"input: [64, 64]\nlayers: [{layer}, {layer}]\n"
    found = repair(text, "net.yaml")
    assert found.text is not None
    network = read_text(found.text, "net.yaml")
    assert network.nodes[-1].size == (64, 64)
    assert [node.layer.padding[0][0] for node in network.nodes[1:]] == [
        node.layer.dilation[0] for node in network.nodes[1:]
    ]


def test_variables_blocks_and_repetitions_are_followed():
    text = (
        "vars: {rate: 2}\n"
        "blocks:\n"
        "  unit: {params: {d: 2}, layers: [{residual: [{kernel: 3, dilation: d}]}]}\n"
        "layers:\n"
        "  - repeat: {times: 2, layers: [{unit: {d: rate}}]}\n"
        "  - unit\n"
        "  - unit: {d: 4}\n"
    )
    found = repair(text, "net.yaml")
    assert found.text is not None
    assert not any(stage.measures.holes for stage in found.after.stages)
    assert {change.name for change in found.changes} <= {"rate", "d"}


@pytest.mark.parametrize("name", ["deeplabv3-resnet50", "drn-c-26", "fcn-resnet50", "denseaspp"])
def test_published_networks_are_repaired_without_losing_field(name):
    text = zoo_text(name)
    found = repair(text, name)
    assert found.text is not None
    old, new = read_text(text, name), read_text(found.text, name)
    report = rfcalc.analyze(new)
    assert report.stages
    assert not any(stage.measures.holes for stage in report.stages)
    rows = zip(growth(without_global(old)).rows, growth(without_global(new)).rows, strict=True)
    for before, after in rows:
        assert after.name == before.name
        assert all(a >= b for a, b in zip(after.rf or (), before.rf or (), strict=True))
    strip = str.maketrans("", "", "0123456789")
    assert found.text.translate(strip) == text.translate(strip)


def test_deeplabv3_is_gridded_in_its_own_stage_and_covered_in_the_pixels():
    network = rfcalc.load("zoo:deeplabv3-resnet50")
    (stage,) = rfcalc.analyze(network).stages
    assert stage.measures.holes
    assert stage.measures.sublattices == (2, 2)
    assert stage.dilations == (2, 2, 2, 2, 2, 2, 4, 4, 12, 24, 36)
    rows = {row.name: row for row in growth(network).rows}
    assert not rows["layer4"].holes


def test_too_few_paths_are_told_from_too_short_a_search():
    found = repair(zoo_text("esp-module"), "esp-module")
    assert found.text is None
    assert "fewer paths than its field has cells" in found.reason
    found = repair(chain([2]), "net.yaml")
    assert found.text is None


def test_a_smaller_field_may_be_kept():
    found = repair(chain([2, 2]), "net.yaml", keep=60)
    assert found.change == 1


@pytest.mark.parametrize("text", ["layers: [{kernel: 3}]\n"])
def test_nothing_dilated_is_nothing_to_repair(text):
    with pytest.raises(RfcalcError, match="RF411"):
        repair(text, "net.yaml")


def test_a_network_without_holes_is_left_as_it_is():
    found = repair(chain([1, 2, 5]), "net.yaml")
    assert found.text == chain([1, 2, 5])
    assert found.change == 0


@pytest.mark.parametrize("rates", [(7, 19, 30), (2, 40, 3), (12, 12, 12)], ids=str)
def test_totals_that_are_passed_over_hold_no_repair(rates):
    """Large dilations with the field set free: the least change is that of all changes tried."""

    def solid(them):
        sums = {0}
        for rate in them:
            sums = {o + rate * t for o in sums for t in range(3)}
        return len(sums) == max(sums) + 1

    every = product(*[range(1, rate + 1) for rate in rates])
    expected = min(sum(rates) - sum(other) for other in every if solid(other))
    found = repair(chain(rates), "net.yaml", keep=1)
    assert found.change == expected
    assert found.complete == expected - 1


def test_a_stage_with_too_few_paths_is_told_at_any_size():
    """Four layers cannot cover a field of millions, whatever their dilations."""
    found = repair(chain((1, 1000003, 2000003, 4000037)), "net.yaml")
    assert found.text is None
    assert "fewer paths" in found.reason


def test_dilations_that_are_no_numbers_cannot_be_changed():
    text = "dims: 1\nlayers:\n" + "  - {kernel: 3, dilation: 1+1}\n" * 2
    with pytest.raises(RfcalcError, match=r"RF411 .*not numbers that can be changed"):
        repair(text, "net.yaml")


def test_a_search_that_is_cut_short_says_how_far_it_came(monkeypatch):
    monkeypatch.setattr("rfcalc.repair.search.TRIAL_LIMIT", 3)
    found = repair(chain([2, 4, 2, 4]), "net.yaml")
    assert found.text is None
    assert "larger ones were not all tried" in found.reason


def test_layers_of_one_axis_are_judged_on_their_own_axis():
    row, column = "{kernel: [3, 1], dilation: [%d, 1]}", "{kernel: [1, 3], dilation: [1, %d]}"
    text = "dims: 2\nlayers:\n" + "".join(f"  - {one % 2}\n" for one in (row, column) * 2)
    found = repair(text, "net.yaml")
    report = rfcalc.analyze(read_text(found.text, "net.yaml"))
    assert not report.gridded
    assert report.output.rf == (9, 9)
    assert found.text == text.replace("[2, 1]", "[3, 1]", 1).replace("[1, 2]", "[1, 3]", 1).replace(
        "[2, 1]", "[1, 1]"
    ).replace("[1, 2]", "[1, 1]")


def test_a_number_that_would_take_another_layer_below_1_is_left():
    """d = 1 would be free of holes, but the last layer would have no dilation at all."""
    text = (
        "dims: 1\nvars: {d: 2}\nlayers:\n  - {kernel: 3, dilation: d}\n"
        "  - {kernel: 3, dilation: d}\n  - {kernel: 2, stride: 2}\n"
        "  - {kernel: 3, dilation: d-1}\n"
    )
    assert repair(text, "net.yaml", keep=0).text is None
    assert repair(text.replace("d-1", "1"), "net.yaml", keep=0).text is not None


def test_a_number_told_once_and_used_twice_is_one_number():
    text = (
        "dims: 1\nlayers:\n  - {kernel: 3, dilation: 1}\n  - &a {kernel: 3, dilation: 5}\n  - *a\n"
    )
    found = repair(text, "net.yaml", keep=50)
    assert not rfcalc.analyze(read_text(found.text, "net.yaml")).gridded
    assert found.text.count("dilation") == 2


@pytest.mark.parametrize(
    ("layer", "written"),
    [
        ("{kernel: 2, dilation: %d, padding: 1}", "padding: 1"),  # even: no padding centres it
        ("{kernel: 3, dilation: %d, padding: 5}", "padding: 5"),  # wider than centred
        ("{kernel: 3, dilation: %d, padding: [[2, 2]]}", "padding: [[{0}, {0}]]"),
        ("{kernel: 3, dilation: %d, padding: [2]}", "padding: [{0}]"),
    ],
)
def test_padding_follows_only_where_it_centres_the_layer(layer, written):
    text = "dims: 1\nlayers:\n" + f"  - {layer % 2}\n" * 2
    found = repair(text, "net.yaml", keep=50)
    assert found.changes
    for change in found.changes:
        line = found.text.splitlines()[change.line - 1]
        assert f"dilation: {change.after}," in line
        assert written.format(change.after) in line


@pytest.mark.parametrize(
    ("first", "last"),
    [("", "{kernel: 2, stride: n}"), (", out_channels: n", "relu"), (", groups: n", "relu")],
)
def test_a_variable_that_decides_more_than_dilations_is_left(first, last):
    layer = f"  - {{kernel: 3, dilation: n{first}}}\n"
    text = f"dims: 1\nvars: {{n: 2}}\nlayers:\n{layer * 2}  - {last}\n"
    assert rfcalc.analyze(read_text(text, "net.yaml")).gridded
    with pytest.raises(RfcalcError, match="RF411"):
        repair(text, "net.yaml")


def test_branches_beyond_the_limit_of_tries_are_not_searched_further(monkeypatch):
    monkeypatch.setattr("rfcalc.repair.search.UNION_LIMIT", 0)
    text = (
        "dims: 1\nlayers:\n  - {kernel: 5, dilation: 2}\n"
        "  - {parallel: {branches: [[{kernel: 5, dilation: 4}], [{kernel: 5, dilation: 6}]]}}\n"
    )
    found = repair(text, "net.yaml")
    assert found.text is None
    assert "larger ones were not all tried" in found.reason
