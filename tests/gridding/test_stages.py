"""Are stages those of all pairs of dominators, and their verdicts those of sets of cells?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.gridding import regions
from rfcalc.gridding.stages import is_dilated, stage_numbered, stages
from rfcalc.layers import LAYERS
from rfcalc.loading import load
from rfcalc.network import Draft, Input, build
from rfcalc.report import analyze
from tests.brute import gap, net, spans
from tests.graphs import built
from tests.gridding.graphs import conv, dilating
from tests.gridding.paths import Paths, pixels
from tests.whole import amount


def expected(network):
    """The pairs of THEORY 2, by looking at every candidate."""
    paths, found = Paths(network), set()
    for v, node in enumerate(network.nodes):
        if not is_dilated(node.layer) or not any(o in paths.behind([v]) for o in network.outputs):
            continue
        (before,) = node.inputs
        jump = network.nodes[before].jump
        begins = [
            s
            for s in range(v)
            if paths.guards(s, before, paths.inputs) and paths.at_jump(s, before, jump)
        ]
        if node.jump != jump:
            source = before if node.layer.op == "conv_transpose" else min(begins)
            found.add((source, v))
            continue
        source = min(begins)
        for o in network.outputs:
            if o not in paths.behind([v]):
                continue
            ends = [
                t
                for t in range(v, len(network.nodes))
                if paths.guards(t, o, [v])
                and t in paths.behind([v])
                and o in paths.behind([t])
                and network.nodes[t].jump == jump
                and paths.at_jump(source, t, jump)
            ]
            found.add((source, max(ends)))
    return sorted(found)


@settings(max_examples=amount(150, 5000), deadline=None)
@given(dilating())
def test_stages_are_the_pairs_that_every_path_passes_at_one_resolution(network):
    assert [(s.source, s.target) for s in stages(network)] == expected(network)
    assert [s.number for s in stages(network)] == list(range(1, len(expected(network)) + 1))


@settings(max_examples=amount(60, 2000), deadline=None)
@given(st.one_of(dilating(1, 8), dilating(2, 5)))
def test_the_verdict_on_a_stage_is_that_of_the_cells_of_its_worst_phase(network):
    try:
        reports = analyze(network).stages
    except RfcalcError:
        return
    for report in reports:
        stage, found = report.stage, report.measures
        phases = [cells for cells in pixels(network, stage.source, stage.target) if cells]
        boxes = [[b - a + 1 for a, b in spans(cells)] for cells in phases]
        volumes = []
        for box in boxes:
            volume = 1
            for side in box:
                volume *= side
            volumes.append(volume)
        worst = min(len(c) / v for c, v in zip(phases, volumes, strict=True))
        assert found.density == pytest.approx(worst)
        assert found.holes == (worst < 1)
        cells = [c for c, b in zip(phases, boxes, strict=True) if tuple(b) == found.rf]
        assert any(
            tuple(gap(c, a) for a in range(network.dims)) == found.largest_hole for c in cells
        )
        assert any(report.rim_only == rim_only(c) for c in cells)


def rim_only(cells):
    """Whether the holes lie outside a box of more than half the field, grown from its middle."""
    ends = spans(cells)
    dims = len(ends)
    if len(cells) == _volume(ends):
        return None
    sides = [0] * dims
    for steps in range(max(b - a + 1 for a, b in ends)):
        box = [(max(a, (a + b) // 2 - steps), min(b, (a + b + 1) // 2 + steps)) for a, b in ends]
        inside = {c for c in cells if all(a <= i <= b for i, (a, b) in zip(c, box, strict=True))}
        if len(inside) < _volume(box):
            break
        sides = [b - a + 1 for a, b in box]
    return all(2 * s > b - a + 1 for s, (a, b) in zip(sides, ends, strict=True) if b > a)


def _volume(ends):
    volume = 1
    for a, b in ends:
        volume *= b - a + 1
    return volume


@pytest.mark.parametrize(
    ("text", "rim"),
    [
        ("dims: 1\nlayers: [{stack: {kernel: 3, dilations: [2, 3]}}]", True),
        (f"dims: 1\nlayers: [{{stack: {{kernel: 3, dilations: {[2, 9] * 4}}}}}]", True),
        (f"dims: 1\nlayers: [{{stack: {{kernel: 3, dilations: {[2, 9] * 3}}}}}]", False),
        ("dims: 1\nlayers: [{stack: {kernel: 3, dilations: [1, 2, 9]}}]", False),
        ("dims: 2\nlayers: [{stack: {kernel: 3, dilations: [2, 3]}}]", True),
    ],
)
def test_t5_rim_and_inside_are_told_apart(text, rim):
    (stage,) = analyze(net(text)).stages
    assert stage.rim_only is rim


@pytest.mark.parametrize(
    ("rates", "core"), [([2, 3], 7), ([2, 9] * 4, 73), ([2, 9] * 3, 1), ([1, 2, 9], 7)]
)
def test_t5_the_solid_core_has_the_side_that_theory_states(rates, core):
    (stage,) = analyze(net(f"layers: [{{stack: {{kernel: 3, dilations: {rates}}}}}]")).stages
    assert [extent for _, extent in stage.measures.core] == [core, core]
    for start, extent in stage.measures.core:
        assert 2 * start + extent - 1 == 0


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        # Behind a pooled map there is no grid, and no stage.
        (
            "[{kernel: 3, name: a}, {kernel: 3, dilation: [2, 1], name: b}, "
            "{op: global_pool, name: mean}, {kernel: 3, dilation: 2, name: c}]",
            [("input", "b")],
        ),
        # A pooled branch is no way around anything, and an output of it yields.
        (
            "[{kernel: 3, name: a}, {op: global_pool, from: a, name: p}, "
            "{kernel: 3, dilation: 2, from: a, name: b}, {concat: {from: [b, p]}, name: c}, "
            "{kernel: 1, name: d}]",
            [("input", "d")],
        ),
        # A stride ends a stage with its own layer.
        (
            "[{kernel: 3, name: a}, {kernel: 3, dilation: 2, stride: 2, name: b}, "
            "{kernel: 3, name: c}]",
            [("input", "b")],
        ),
        # A dilated transposed convolution that upsamples stands alone.
        (
            "[{kernel: 3, dilation: 2, name: a}, "
            "{conv_transpose: {kernel: 4, stride: 2, dilation: 3}, name: b}, {kernel: 3, name: c}]",
            [("input", "a"), ("a", "b")],
        ),
        # Window attention dilates nothing.
        ("[{window_attention: {window: 4, dilation: 2}, name: a}]", []),
    ],
)
def test_stages_begin_and_end_where_theory_says(layers, expected):
    network = net(f"layers: {layers}")
    names = [n.name for n in network.nodes]
    assert [(names[s.source], names[s.target]) for s in stages(network)] == expected


def test_what_is_global_on_one_axis_changes_the_resolution_there_alone():
    """A spectrogram: a mean over frequency, then convolutions in time."""
    mean, time = LAYERS["global_pool"](over=(True, False)), conv((1, 3), (1, 2))
    network = built(2, [conv((3, 3), (1, 2)), conv((3, 3), (1, 1)), mean, time, time])
    assert [(s.source, s.target) for s in stages(network)] == [(0, 2), (3, 5)]
    first, second = analyze(network).stages
    assert (first.measures.rf, first.measures.holes) == ((5, 7), False)
    assert (second.measures.rf, second.measures.holes) == ((1, 9), True)
    lstm = LAYERS["sequence"](over=(False, True))
    kept = built(2, [conv((3, 3), (1, 1)), lstm, conv((3, 3), (2, 2))])
    assert [(s.source, s.target) for s in stages(kept)] == [(0, 3)]


def test_every_output_ends_a_stage_of_its_own():
    network = net(
        "layers: [{kernel: 3, dilation: 2, name: a}, {kernel: 3, name: near}, "
        "{kernel: 3, dilation: 2, from: a, name: far}]"
    )
    names = [n.name for n in network.nodes]
    assert [(names[s.source], names[s.target]) for s in stages(network)] == [
        ("input", "near"),
        ("input", "far"),
    ]


def test_a_stage_that_is_none_is_refused_with_those_there_are():
    network = load("k3,k3d2")
    assert stage_numbered(network, 1).target == 2
    for asked, text in ((network, "1 dilated stage"), (load("k3"), "no dilated stage")):
        for number in (0, 2, -1):
            with pytest.raises(RfcalcError) as caught:
                stage_numbered(asked, number)
            (found,) = caught.value.diagnostics
            assert found.code == "RF415"
            assert text in found.message


def counted(monkeypatch, name):
    """The first arguments with which a function is called that finds how far stages reach."""
    called = []
    function = getattr(regions, name)
    monkeypatch.setattr(
        regions, name, lambda first, *rest: called.append(first) or function(first, *rest)
    )
    return called


def test_a_long_stage_is_walked_once_not_once_per_layer(monkeypatch):
    taken = counted(monkeypatch, "heappop")
    network = built(1, [conv((3,), (2,))] * 200)
    assert [(s.source, s.target) for s in stages(network)] == [(0, 200)]
    assert len(taken) <= 201


def test_outputs_that_end_a_stage_alike_share_the_work(monkeypatch):
    """Two ways lead out of the stage, and every output behind them reads both."""
    walked, taken = counted(monkeypatch, "postdominators"), counted(monkeypatch, "heappop")
    conv1, add = conv((3,), (2,)), LAYERS["add"]()
    narrow = LAYERS["conv"](kernel=(3,), stride=(2,))
    layers = [(conv1, (0,)), (conv1, (1,)), (conv1, (1,)), (conv1, (3,))]
    layers += [(narrow, (2,)), (narrow, (4,)), (add, (5, 6))]
    layers += [(conv((3,), (1,)), (n,)) for n in range(7, 207)]
    drafts = [Draft("input", Input())]
    drafts += [Draft(f"layer{n}", layer, read) for n, (layer, read) in enumerate(layers, 1)]
    network = build("tail", 1, drafts, [None], outputs=range(7, 208))
    assert [(s.source, s.target) for s in stages(network)] == [(0, 1), (0, 2), (0, 4)]
    assert (len(walked), len(taken)) == (1, 7)
