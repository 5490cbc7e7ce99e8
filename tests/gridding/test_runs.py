"""Are lattice runs the maximal rows of the lines through dilated layers, by sets of cells?"""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.gridding.lines import Lines
from rfcalc.gridding.runs import lattice_runs
from rfcalc.gridding.stages import is_dilated, stages
from rfcalc.lattices import Lattice
from rfcalc.layers import LAYERS
from rfcalc.report import analyze
from tests.brute import field, net
from tests.graphs import built
from tests.gridding.graphs import conv, dilating
from tests.gridding.paths import Paths, index_of
from tests.whole import amount

pytestmark = pytest.mark.slow


def apart(cells):
    """Whether cells lie on a lattice of index above 1 on the axes on which they extend."""
    return len(cells) > 1 and index_of(cells) != 1


def lines(network, stage):
    """The line of every dilated layer of a stage: what guards it from the source, and behind it."""
    paths = Paths(network)
    here = sorted(paths.between(stage.source, stage.target))
    for v in here[1:]:
        if is_dilated(network.nodes[v].layer):
            before = [p for p in here if p < v and paths.guards(p, v, [stage.source])]
            after = [p for p in here if p > v and paths.guards(p, stage.target, [v])]
            after = [p for p in after if p in paths.behind([v])]
            yield [*before, v, *after]


def expected(network, stage):
    """Every maximal row of two intervals or more, by looking at all rows of all lines."""
    zero = (0,) * network.dims
    paths, found = Paths(network), {}

    def cells(a, b):
        return field(network, b, zero, a)

    for line in lines(network, stage):
        gaps = [(a, b) for a, b in pairwise(line) if len(cells(a, b)) > 1]
        rows = [
            (i, j)
            for i in range(len(gaps))
            for j in range(i + 1, len(gaps))
            if apart(cells(gaps[i][0], gaps[j][1]))
        ]
        for i, j in rows:
            if not any(a <= i and j <= b and (a, b) != (i, j) for a, b in rows):
                found[gaps[i][0], gaps[j][1]] = (gaps[:i], gaps[j + 1 :])
    outer = set(found)
    return {
        pair: cover
        for pair, cover in found.items()
        if not any(
            other != pair
            and paths.guards(other[0], pair[0], [stage.source])
            and paths.guards(other[1], stage.target, [pair[1]])
            and other[1] in paths.behind([pair[1]])
            for other in outer
        )
    }


@settings(max_examples=amount(150, 6000), deadline=None)
@given(st.one_of(dilating(1, 10), dilating(1, 10), dilating(2, 7)))
def test_lattice_runs_are_the_maximal_rows_of_all_lines(network):
    for stage in stages(network):
        if any(
            network.nodes[p].layer.op == "conv_transpose"
            for p in Paths(network).between(stage.source, stage.target)
        ):
            continue
        runs, complete = lattice_runs(network, stage)
        assert complete
        found = {(run.source, run.target): run for run in runs}
        wanted = expected(network, stage)
        assert set(found) == set(wanted)
        for pair, (before, after) in wanted.items():
            covers = {gap[1] for gap in (before[-1:] or after[:1])}
            assert found[pair].covered_by in (covers or {None})


RESIDUAL = "{{residual: [{{kernel: 3, dilation: {}}}], name: r{}}}"


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("{stack: {kernel: 3, dilations: [1, 2, 5]}, name: s}", []),
        ("{stack: {kernel: 3, dilations: [1, 3, 9]}, name: s}", [("s.0", "s.2", 9, "s.0")]),
        ("{stack: {kernel: 3, dilations: [2, 4, 1]}, name: s}", [("input", "s.1", 4, "s.2")]),
        ("{stack: {kernel: 3, dilations: [2, 2]}, name: s}", [("input", "s.1", 4, None)]),
        (
            ", ".join(RESIDUAL.format(d, n) for n, d in enumerate([1, 2, 2, 4])),
            [("r0", "r3", 4, "r0")],
        ),
        # Two dilated layers of one body, between undilated ones.
        (
            "{kernel: 3, name: a}, {residual: [{kernel: 3, dilation: 2, name: b}, "
            "{kernel: 3, dilation: 2, name: c}], name: r}, {kernel: 3, name: d}",
            [("a", "c", 4, "a")],
        ),
        # One layer alone is no run.
        ("{kernel: 3}, {kernel: 3, dilation: 2}, {kernel: 3}", []),
        # Different axes: rows and columns.
        (
            "{kernel: [3, 1], dilation: [2, 1], name: a}, {kernel: [1, 3], dilation: [1, 3], "
            "name: b}, {kernel: 3, name: c}",
            [("input", "b", 6, "c")],
        ),
    ],
)
def test_runs_of_small_networks_with_what_covers_them(layers, expected):
    network = net(f"layers: [{layers}]")
    names = [node.name for node in network.nodes]
    (stage,) = stages(network)
    runs, _ = lattice_runs(network, stage)
    assert [
        (names[r.source], names[r.target], r.sublattices, r.covered_by and names[r.covered_by])
        for r in runs
    ] == expected


def test_a_dense_block_without_a_common_line_has_the_line_of_each_layer():
    """Every layer reads all before it: no node but the ends lies on every path."""
    layers = []
    for number in range(4):
        reads = (0, *range(2, 2 * number + 1, 2)) if number else (0,)
        merge = LAYERS["concat"]() if len(reads) > 1 else LAYERS["identity"]()
        layers.append((merge, reads))
        layers.append((conv((3,), (2,)), (2 * number + 1,)))
    layers.append((LAYERS["concat"](), (0, 2, 4, 6, 8)))
    network = built(1, layers)
    (stage,) = stages(network)
    found = {(r.source, r.target) for r in lattice_runs(network, stage)[0]}
    assert found == set(expected(network, stage))


def test_work_beyond_the_limit_is_said(monkeypatch):
    from rfcalc.gridding import lines as room

    monkeypatch.setattr(room, "WORK_LIMIT", 1)
    layers = [
        (conv((3,), (2,)), (0,)),
        (conv((3,), (2,)), (0,)),
        (LAYERS["add"](), (1, 2)),
        (conv((3,), (2,)), (2,)),
        (LAYERS["add"](), (1, 4)),
        (LAYERS["concat"](), (3, 5)),
    ]
    (report,) = analyze(built(1, layers)).stages
    assert any("not all lattice runs are listed" in text for text in report.assumed)


POINTS = st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=1, max_size=4)


@given(POINTS, POINTS)
def test_a_lattice_is_the_same_however_it_is_generated(one, other):
    whole = Lattice.of([*one, *other], 2)
    assert Lattice.of(one, 2) | Lattice.of(other, 2) == whole
    signs = [tuple(-v for v in p) for p in reversed(one)]
    mixed = [tuple(a + b for a, b in zip(p, q, strict=True)) for p in signs for q in other]
    assert Lattice.of([*mixed, *other, *signs], 2) == whole


@given(POINTS)
def test_the_index_of_a_lattice_is_the_number_of_residues_in_a_large_box(points):
    found = Lattice.of(points, 2)
    if len(found.rows) < 2:
        assert found.index is None or len(found.axes) < 2
        return
    inside, wide = 0, 12
    reach, todo = {(0, 0)}, [(0, 0)]
    while todo:
        x, y = todo.pop()
        for a, b in points:
            for sign in (1, -1):
                there = (x + sign * a, y + sign * b)
                if max(map(abs, there)) <= 4 * wide and there not in reach:
                    reach.add(there)
                    todo.append(there)
    period = found.index
    inside = sum(1 for x, y in reach if 0 <= x < period and 0 <= y < period)
    # In a square of side ``index`` every class has ``index`` points.
    if period <= wide:
        assert inside == period


def test_a_dense_block_is_looked_through_once_per_node(monkeypatch):
    """Counted: the cells of a start are followed to all ends at once, not to each by itself."""
    passes = []
    spread = Lines._spread

    def counted(self, *args):
        passes.append(args[0])
        return spread(self, *args)

    monkeypatch.setattr(Lines, "_spread", counted)
    layers, grown = [], [0]
    for number in range(20):
        if number:
            layers.append((LAYERS["concat"](), tuple(grown)))
        layers.append((conv((3,), (number % 3 + 1,)), (len(layers),)))
        grown.append(len(layers))
    network = built(1, layers)
    (stage,) = stages(network)
    assert lattice_runs(network, stage)[1]
    assert len(passes) <= 2 * len(network.nodes)


def test_a_dilated_window_of_attention_keeps_to_the_lattice_of_the_rates_around_it():
    text = (
        "dims: 1\nlayers: [{{kernel: 3, dilation: 3, name: a}}, "
        "{{window_attention: {{window: 2, dilation: {}}}, name: w}}, "
        "{{kernel: 3, dilation: 2, name: b}}, {{kernel: 3, dilation: 2, name: c}}]"
    )
    for rate, wanted in ((2, [("a", "c")]), (1, [("w", "c")])):
        network = net(text.format(rate))
        names = [node.name for node in network.nodes]
        runs, _ = lattice_runs(network, stages(network)[0])
        assert [(names[run.source], names[run.target]) for run in runs] == wanted
