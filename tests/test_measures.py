"""Are the gridding measures those of the path counts, cell by cell?"""

from cmath import exp, pi
from fractions import Fraction
from itertools import product
from math import prod, sqrt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc import overlaps
from rfcalc.errors import RfcalcError
from rfcalc.gridding.measures import measures
from rfcalc.gridding.stages import stages
from rfcalc.interior import footprint, growth
from rfcalc.render.report import report_document
from rfcalc.report import analyze
from tests.brute import gap, net, spans, weights
from tests.energies.loops import interior
from tests.graphs import graphs


def boxed(counts):
    """Every cell of the receptive-field box with its number of paths, from index 0."""
    low = [a for a, _ in spans(counts)]
    high = [b for _, b in spans(counts)]
    cells = product(*(range(a, b + 1) for a, b in zip(low, high, strict=True)))
    return {tuple(i - a for i, a in zip(p, low, strict=True)): counts.get(p, 0) for p in cells}


def marginal(box, axis):
    line = {}
    for p, c in box.items():
        line[p[axis]] = line.get(p[axis], 0) + c
    return [line[i] for i in range(len(line))]


def square(box, sides, percent):
    """Side of the smallest square centred on the box that holds a percentage of the paths."""
    total = sum(box.values())
    side = 0
    while True:
        side += 1
        held = sum(
            c
            for p, c in box.items()
            if all(abs(2 * i - (n - 1)) <= side - 1 for i, n in zip(p, sides, strict=True))
        )
        if held >= (percent / 100 - 1e-12) * total:
            return side


@settings(max_examples=120)
@given(st.integers(1, 2).flatmap(graphs))
def test_measures_of_random_graphs_are_those_of_brute_force(network):
    target = len(network.nodes) - 1
    row = next(r for r in growth(network).rows if r.name == network.nodes[target].name)
    counts = weights(network, target, row.phase)
    assume(counts and len(counts) < 4000)
    box = boxed(counts)
    sides = list(row.rf)
    found = measures(network, 0, target)
    assert (found.rf, found.cells) == (row.rf, len(counts))
    assert found.density == len(counts) / len(box)
    assert found.holes == (len(counts) < len(box))
    assert found.largest_hole == tuple(gap(counts, axis) for axis in range(network.dims))
    for axis in range(network.dims):
        line = {p[axis] for p in counts}
        start, extent = found.core[axis]
        assert set(range(start, start + extent)) <= line
        outside = set(range(min(line), max(line) + 1)) - set(range(start, start + extent))
        assert found.rim_holes[axis] == len(outside - line)
    even = found.evenness
    assert (even.least, even.most) == (min(box.values()), max(box.values()))
    assert even.total == sum(counts.values())
    # From here on of the energy, of cells from index 0 of the same box.
    low = [a for a, _ in spans(counts)]
    parts = interior(network, target, row.phase)
    box = {p: parts.get(tuple(i + a for i, a in zip(p, low, strict=True)), 0.0) for p in box}
    values = list(box.values())
    total, mean = sum(values), sum(values) / len(values)
    variance = sum((v - mean) ** 2 for v in values) / len(values)
    assert even.cv == pytest.approx(sqrt(variance) / mean, abs=1e-6)
    middle = [
        c
        for p, c in box.items()
        if all(i in ((n - 1) // 2, n // 2) for i, n in zip(p, sides, strict=True))
    ]
    assert even.center == pytest.approx(sum(middle) / len(middle) / max(values))
    for axis in range(network.dims):
        line = marginal(box, axis)
        centre = sum(i * c for i, c in enumerate(line)) / total
        spread = sum(c * (i - centre) ** 2 for i, c in enumerate(line)) / total
        assert even.deviation[axis] == pytest.approx(sqrt(spread), abs=1e-9)
        for name, leak in even.leak[axis].items():
            period = int(name.removeprefix("1/"))
            wave = sum(c * exp(-2j * pi * i / period) for i, c in enumerate(line))
            assert leak == pytest.approx(abs(wave) / total, abs=1e-9)
        assert {"1/2", "1/3"} <= set(even.leak[axis])
    assert even.squares == {p: square(box, sides, p) for p in (50, 95, 99)}


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=5
    )
)
def test_t10_the_deviation_of_a_chain_follows_from_its_steps(chain):
    """THEORY T10: sqrt(sum e^2 (k^2 - 1) / 12)."""
    layers = ", ".join(f"{{kernel: {k}, dilation: {d}, stride: {s}}}" for k, d, s in chain)
    network = net(f"dims: 1\nlayers: [{layers}]")
    jump, variance = 1, Fraction(0)
    for k, d, s in chain:
        variance += Fraction((d * jump) ** 2 * (k * k - 1), 12)
        jump *= s
    found = measures(network, 0, network.output)
    assert found.evenness.deviation[0] == pytest.approx(sqrt(variance), rel=1e-9)


def genus(steps):
    """Number of positive integers that are no sum of the steps."""
    reached = {0}
    for n in range(1, 200):
        if any(n - e in reached for e in steps):
            reached.add(n)
    return len(set(range(100)) - reached)


@pytest.mark.parametrize("steps", [(2, 3), (3, 4, 5), (2, 7), (4, 7), (5, 6, 9), (3, 5)])
def test_t5_a_deep_stack_has_its_holes_at_the_rim_twice_the_genus_of_its_steps(steps):
    rates = list(steps) * 8
    network = net(f"dims: 1\nlayers: [{{stack: {{kernel: 3, dilations: {rates}}}}}]")
    found = measures(network, 0, network.output)
    assert found.rim_holes == (2 * genus(steps),)
    assert found.cells == found.rf[0] - 2 * genus(steps)
    start, extent = found.core[0]
    low = -(found.rf[0] - 1) // 2
    assert start - low == -low - (start + extent - 1)


@pytest.mark.parametrize(
    ("steps", "times", "fewer"), [((2, 9), 4, 18), ((2, 7), 3, 12), ((4, 7), 3, 20)]
)
def test_t5_fewer_repetitions_leave_more_holes_than_twice_the_genus(steps, times, fewer):
    def missing(repetitions):
        rates = list(steps) * repetitions
        network = net(f"dims: 1\nlayers: [{{stack: {{kernel: 3, dilations: {rates}}}}}]")
        found = measures(network, 0, network.output)
        return found.rf[0] - found.cells

    assert missing(times) == 2 * genus(steps)
    assert missing(times - 1) == fewer > 2 * genus(steps)


def test_t10_the_variance_of_the_gradient_of_a_random_network_follows_the_path_counts():
    """Luo et al. 2016: 4,000 random linear chains; the mean square gradient, within its noise."""
    import numpy as np

    rng = np.random.default_rng(7)
    network = net("dims: 1\nlayers: [{stack: {kernel: 3, dilations: [1, 2, 5]}}]")
    counts = weights(network, 3, (0,))
    trials, low = 4000, min(counts)[0]
    square = np.zeros(max(counts)[0] - low + 1)
    for _ in range(trials):
        line = {0: 1.0}
        for d in (5, 2, 1):
            kernel, read = rng.standard_normal(3), {}
            for o, value in line.items():
                for t in range(3):
                    i = o + d * (t - 1)
                    read[i] = read.get(i, 0.0) + value * kernel[t]
            line = read
        for i, value in line.items():
            square[i - low] += value * value / trials
    expected = np.array([counts.get((i + low,), 0) for i in range(len(square))])
    # The square of a product of three normals has a standard deviation of sqrt(27 - 1).
    assert np.abs(square - expected).max() < 6 * np.sqrt(26) * expected.max() / np.sqrt(trials)
    assert np.abs(square.sum() / 27 - 1) < 0.15


def test_an_even_chain_and_an_alternating_one_are_told_apart():
    even = net("dims: 1\nlayers: [{stack: {kernel: 3, dilations: [1, 3, 9]}}]")
    odd = net("dims: 1\nlayers: [{stack: {kernel: 3, dilations: [2, 2, 2]}}]")
    one = measures(even, 0, even.output).evenness
    other = measures(odd, 0, odd.output).evenness
    assert one.cv == pytest.approx(0, abs=1e-7)
    assert (one.least, one.most, one.center) == (1, 1, 1)
    assert one.leak[0]["1/3"] == pytest.approx(0, abs=1e-12)
    assert other.leak[0]["1/2"] == pytest.approx(1)
    assert (one.squares[50], one.squares[99]) == (15, 27)


def test_what_has_no_interior_has_no_measures():
    network = net("layers: [{kernel: 3}, linear]")
    with pytest.raises(RfcalcError) as caught:
        measures(network, 0, network.output)
    assert [d.code for d in caught.value.diagnostics] == ["RF404"]


# Dilated stages: where a network dilates, and against which map it is judged.


def found_stages(text):
    network = net(text)
    return [
        (network.nodes[s.source].name, network.nodes[s.target].name, len(s.layers), s.chain)
        for s in stages(network)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("layers: [{kernel: 3}, {kernel: 3, stride: 2}]", []),
        ("layers: [{kernel: 1, dilation: 4}]", []),
        (
            "layers: [{stack: {kernel: 3, dilations: [1, 2, 5]}, name: out}]",
            [("input", "out.2", 3, True)],
        ),
        (
            "layers: [{kernel: 3, stride: 2, name: trunk}, relu, {kernel: 3}, "
            "{kernel: 3, dilation: 2}, {kernel: 3, dilation: 4, name: out}]",
            [("trunk", "out", 3, True)],
        ),
        (
            "layers: [{kernel: 3, dilation: 2, name: a}, {kernel: 3, stride: 2, name: b}, "
            "{kernel: 3, dilation: 2, name: c}]",
            [("input", "a", 1, True), ("b", "c", 1, True)],
        ),
        (
            "layers: [{kernel: 3, stride: 2, name: trunk}, {parallel: {name: aspp, branches: "
            "[[{kernel: 1}], [{kernel: 3, dilation: 6}], [{kernel: 3, dilation: 12}]]}}]",
            [("trunk", "aspp", 2, False)],
        ),
        (
            "layers: [{kernel: 3, stride: 4, name: trunk}, "
            "{residual: [{kernel: 3, dilation: 2}], name: r1}, "
            "{residual: [{kernel: 3, dilation: 4}], name: r2}]",
            [("trunk", "r2", 2, True)],
        ),
        (
            "layers: [{kernel: 3, name: a}, {op: sequence, name: lstm}, "
            "{kernel: 3, dilation: 2, name: c}]",
            [("input", "c", 2, True)],
        ),
        (
            "layers: [{kernel: 3, name: a}, {residual: [attention], name: mixed}, "
            "{kernel: 3, dilation: 2, name: c}]",
            [("input", "c", 2, True)],
        ),
        (
            "layers: [{kernel: 3, name: a}, squeeze_excite, {kernel: 3, dilation: 2, name: c}]",
            [("input", "c", 2, True)],
        ),
        (
            "layers: [{kernel: 3, dilation: 2, name: a}, {op: global_pool, name: beside}, "
            "{kernel: 3, dilation: 2, from: a}, {kernel: 3, name: out}]",
            [("input", "a", 1, True), ("input", "out", 3, True)],
        ),
    ],
    ids=[
        *("none", "1x1", "hdc", "trunk", "two resolutions", "aspp", "residual"),
        *("behind a recurrence", "around attention", "under a gate", "beside a pool"),
    ],
)
def test_dilated_stages_are_runs_at_one_resolution_that_dilate(text, expected):
    assert found_stages(text) == expected


def test_a_stage_is_judged_against_its_own_input_and_not_the_pixels():
    """DeepLab: in pixels there are no holes, in the trunk's map there are."""
    network = net(
        "layers: [{kernel: 7, stride: 2}, {maxpool: {kernel: 3, stride: 2}, name: trunk}, "
        "{kernel: 3, dilation: 2}, {kernel: 3, dilation: 2, name: out}]"
    )
    (stage,) = stages(network)
    own = measures(network, stage.source, stage.target)
    assert network.nodes[stage.source].name == "trunk"
    assert (own.cells, own.rf, own.holes) == (25, (9, 9), True)
    assert prod(own.sublattices) == 4
    pixels = growth(network).rows[-1]
    assert not pixels.holes
    assert footprint(network, 0, network.output).boxes[0][0].phases[0].extent == pixels.rf[0]


def test_stages_that_are_alike_are_told_apart_by_name():
    """Three stages, the first and the last alike: each has its own numbers and names."""
    text = """
dims: 1
layers:
  - {kernel: 3, dilation: 2, name: a}
  - {kernel: 2, stride: 2, name: s}
  - {kernel: 3, dilation: 3, name: b}
  - {kernel: 2, stride: 2, name: t}
  - {kernel: 3, dilation: 2, name: c}
"""
    network = net(text)
    found = analyze(network).stages
    assert [(s.measures.source, s.measures.layer) for s in found] == [
        ("input", "a"),
        ("s", "b"),
        ("t", "c"),
    ]
    for stage in found:
        assert stage.measures == measures(network, stage.stage.source, stage.stage.target)
    assert [s.measures.largest_hole for s in found] == [(1,), (2,), (1,)]


def test_boxes_that_overlap_in_too_many_ways_are_refused_with_the_layer_named(monkeypatch):
    branches = ", ".join(f"[{{kernel: 3, dilation: {d}}}]" for d in range(1, 20))
    network = net(f"layers: [{{parallel: {{branches: [{branches}]}}}}]")
    found = footprint(network, 0, network.output)
    monkeypatch.setattr(overlaps, "WORK_LIMIT", 4)
    with pytest.raises(RfcalcError, match=r"RF305 .*overlap in too many ways") as fault:
        measures(network, 0, network.output, found)
    assert network.nodes[network.output].name in str(fault.value)
    row = growth(network).rows[-1]
    assert row.rf == (39, 39)
    assert (row.cells, row.density, row.holes, row.largest_hole) == (None,) * 4
    assert "overlap in too many ways" in row.reason


def measured(network):
    """The report with measures, and the rows that show them."""
    report = analyze(network, measured=True)
    tables = [part for part in report_document(report).parts if getattr(part, "title", None)]
    return report.measures, dict(tables[-1].rows)


def test_paths_that_are_too_many_to_count_leave_the_energy_as_it_is(monkeypatch):
    network = net("layers: [{upsample: {scale: 1024.0}}, {residual: [{kernel: 1025}]}]")
    known, rows = measured(network)
    known = known.evenness
    assert (known.least, known.most, known.total) == (512**2, 513**2 + 1, 1025**2 + 1)
    assert rows["path counts"] == f"{512**2} to {513**2 + 1}"
    monkeypatch.setattr("rfcalc.path_counts.pulling.WORDS_LIMIT", 1 << 20)
    found, rows = measured(network)
    assert (found.evenness.least, found.evenness.most) == (None, None)
    assert found.evenness.cv == known.cv
    assert rows["path counts"] == "not counted: too many"
    assert rows["variation of the energy"] == f"{known.cv:.3f}"
    monkeypatch.setattr("rfcalc.energies.axes.CELLS_LIMIT", 1 << 10)
    found, rows = measured(network)
    assert found.evenness is None
    assert found.rf == (2, 2)
    assert rows["energy"] == "not measured: more cells than can be written out"


def test_a_gate_within_a_stage_leaves_its_measures_as_they_are():
    plain = "input: 64\nlayers: [{kernel: 3, dilation: 2}, {kernel: 3, dilation: 2}]"
    gated = plain.replace("}, {", "}, squeeze_excite, {")
    first, second = (analyze(net(text)).stages for text in (plain, gated))
    assert [s.measures.cells for s in first] == [s.measures.cells for s in second] == [5]
    assert [s.measures.rf for s in second] == [(9,)]
    assert analyze(net(gated)).output.unbounded[0].by == "squeeze_excite1"
