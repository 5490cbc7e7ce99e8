"""Are the extents of a union right where its boxes are too many to be held?

Held against the exact masks of the same network, and against following the layers cell by cell.
"""

import random
from fractions import Fraction
from itertools import product

import pytest

from rfcalc import region
from rfcalc.cells import Cells
from rfcalc.footprint import Footprint
from rfcalc.gates import check
from rfcalc.interior import footprints, growth
from rfcalc.layers import LAYERS
from rfcalc.region import Region, simplified
from rfcalc.report import analyze
from rfcalc.staircases import Staircase, is_staircase, stairs
from rfcalc.taps import Taps
from rfcalc.tiling.plan import tile
from rfcalc.tiling.streams import stream
from tests.brute import field, net, spans
from tests.graphs import built
from tests.whole import amount

REPEATED = """
layers:
  - repeat:
      times: {times}
      layers: [{{parallel: {{merge: add, branches: [[{{kernel: [1, 7]}}], [{{kernel: [7, 1]}}]]}}}}]
"""


def conv(*kernel, dilation=1, stride=1, before=None):
    given = {} if before is None else {"padding": ((before, 9),) * 2}
    return LAYERS["conv"](kernel=kernel, dilation=(dilation,) * 2, stride=(stride,) * 2, **given)


def strips(draw, more=()):
    """A random network of strips, shortcuts, strides and upsampling, with several boxes."""
    layers, at = [], 0
    for _ in range(draw.randint(1, 3)):
        kernel = draw.choice((2, 3, 5))
        sides = [
            conv(1, kernel, before=draw.choice((None, 0))),
            conv(kernel, 1, dilation=draw.choice((1, 2)), before=draw.choice((None, 1))),
            conv(3, 3, dilation=draw.choice((1, 3))),
        ][: draw.randint(2, 3)]
        layers += [(side, (at,)) for side in sides]
        ends = tuple(range(len(layers) - len(sides) + 1, len(layers) + 1))
        layers.append((LAYERS["add"](), ends + (at,) * draw.randint(0, 1)))
        at = len(layers)
        between = draw.choice(("none", "stride", "up", "transposed", *more))
        if between == "stride":
            layers.append((conv(draw.choice((1, 3)), 2, stride=2), (at,)))
        elif between == "up":
            layers.append((LAYERS["upsample"](scale=(2.0, 2.0)), (at,)))
        elif between == "transposed":
            layers.append((LAYERS["conv_transpose"](kernel=(3, 2), stride=(2, 2)), (at,)))
        elif between == "endless":
            over = draw.choice(((True, False), (False, True)))
            side = draw.choice(("before", "after", "both"))
            layers.append((LAYERS["sequence"](over=over, side=side), (at,)))
            layers.append((LAYERS["add"](), (at, len(layers))))
        at = len(layers)
    return built(2, layers)


EXTENTS = ("rf", "start", "end", "center", "jump", "phases", "phase", "unbounded")


def of_extents(row):
    return {name: getattr(row, name) for name in EXTENTS}


def test_extents_of_projections_are_those_of_the_exact_masks(monkeypatch):
    draw, told = random.Random(17), 0
    networks = [strips(draw, ("endless",)) for _ in range(amount(120, 10_000))]
    exact = [growth(network) for network in networks]
    monkeypatch.setattr(region, "BOX_LIMIT", 1)
    for network, known in zip(networks, exact, strict=True):
        found = growth(network)
        assert [of_extents(row) for row in found.rows] == [of_extents(row) for row in known.rows]
        assert found.misaligned == known.misaligned
        told += any(row.reason for row in found.rows)
    assert told > len(networks) // 2


def test_extents_of_projections_are_those_of_following_every_cell(monkeypatch):
    draw = random.Random(3)
    networks = [strips(draw) for _ in range(15)]
    monkeypatch.setattr(region, "BOX_LIMIT", 1)
    for network in networks:
        row = growth(network).rows[-1]
        points = field(network, network.output, row.phase, 0)
        assert list(zip(row.start or (), row.end or (), strict=True)) == (
            list(spans(points)) if points else []
        )


def mean_centre(network, position, axis, jump):
    """Mean over outputs along an axis of the centre of what they read, less where they stand."""
    outputs = range(16)
    centres = []
    for o in outputs:
        at = tuple(o if a == axis else 5 for a in range(2))
        low, high = spans(field(network, position, at))[axis]
        centres.append(Fraction(low + high, 2) - jump * o)
    return sum(centres) / len(centres)


def test_branches_of_several_boxes_are_misaligned_where_their_mean_centres_differ():
    draw, told = random.Random(8), 0
    for _ in range(amount(25, 400)):
        network = strips(draw)
        wanted = {}
        for node in network.nodes:
            centres = [
                tuple(mean_centre(network, i, axis, node.jump[axis]) for axis in range(2))
                for i in node.inputs
            ]
            for i, theirs in zip(node.inputs, centres, strict=True):
                if theirs != centres[0]:
                    pairs = tuple(zip(centres[0], theirs, strict=True))
                    wanted[node.name, network.nodes[i].name] = pairs
        found = {(m.layer, m.second): m.centers for m in growth(network).misaligned}
        assert found == wanted
        told += len(found)
    assert told > 10


def test_exact_numbers_are_told_up_to_the_first_union_beyond_the_limit(monkeypatch):
    monkeypatch.setattr(region, "BOX_LIMIT", 16)
    found = growth(net(REPEATED.format(times=20)))
    reasons = {row.reason for row in found.rows if row.name.startswith("add")}
    assert found.rows[-1].rf == (121, 121)
    assert found.rows[-1].start == (-60, -60)
    assert len(reasons) == 2
    assert next(row.name for row in found.rows if row.reason) == "add16"


def test_strips_are_answered_exactly_however_often():
    """79 blocks: at each one side or the other grows, so the mask is a staircase of 80 boxes."""
    row = analyze(net(REPEATED.format(times=79))).output
    grid = [(6 * k + 1, 6 * (79 - k) + 1) for k in range(80)]
    cells = sum((w - (grid[k - 1][0] if k else 0)) * h for k, (w, h) in enumerate(grid))
    assert (row.rf, row.cells, row.largest_hole) == ((475, 475), cells, (0, 0))


def test_tiles_streams_and_gates_on_size_need_the_extents_only(monkeypatch):
    text = REPEATED.format(times=3)

    def answers():
        network = net(text)
        halo = tile(network, 64).halo
        flow = stream(network, axis=0).output
        gates = [check(network, {"min-rf": (r,), "max-rf": (r,)}) for r in (18, 19, 20)]
        return halo, flow, [[f.gate for f in failures] for failures in gates]

    exact = answers()
    assert exact[0].any == ((9, 9), (9, 9))
    assert exact[2] == [["max-rf"], [], ["min-rf"]]
    monkeypatch.setattr(region, "BOX_LIMIT", 1)
    assert answers() == exact


@pytest.mark.parametrize("gate", ["no-holes", "no-unseen", "min-density"])
def test_a_gate_on_cells_that_are_not_known_fails_and_says_why(gate, monkeypatch):
    monkeypatch.setattr(region, "BOX_LIMIT", 1)
    limit = 0.1 if gate == "min-density" else True
    (failure,) = check(net(REPEATED.format(times=2)), {gate: limit})
    assert failure.gate == gate
    assert "the limit is 1" in failure.message


def test_a_layer_before_the_one_beyond_the_limits_is_answered():
    text = "layers: [{kernel: 3}, {upsample: {scale: 64}}, {upsample: {scale: 67}}, {kernel: 3}]"
    found = analyze(net(text), "conv1")
    assert found.output.rf == (3, 3)
    assert [row.unknown for row in found.rows] == [None, None, None, "upsample2", "upsample2"]
    assert [row.rf for row in found.rows[3:]] == [None, None]


def test_phases_that_read_nothing_are_no_part_of_a_projection(monkeypatch):
    """Which boxes there are goes by the phase of the other axis: such unions stay refused."""
    deaf = Taps(1, (Cells(0, 1), Cells(0, 0)))
    whole = Taps(2, (Cells(0, 1), Cells(1, 1)))
    found = Footprint(((deaf, whole), (whole, whole)))
    with pytest.raises(Exception, match="too many"):
        found.projected("too many")


def test_what_is_taken_for_a_staircase_is_one():
    """In footprints of strips, and in what each reads: boxes are ever narrower and ever taller."""
    draw, met = random.Random(11), 0
    for network in [strips(draw) for _ in range(amount(60, 1000))] + [
        net(REPEATED.format(times=9))
    ]:
        for _, found in footprints(network, 0, None):
            region = found.read((3, 4))
            for boxes in (found.held, region.boxes):
                if isinstance(boxes, Staircase):
                    met += 1
                    assert is_staircase([*boxes])
            points = {
                point
                for box in region.boxes
                for point in product(*([i for i in range(c.start, c.stop) if i in c] for c in box))
            }
            assert region.count == len(points)
    assert met > 9


def test_a_staircase_is_what_comparing_every_pair_of_boxes_leaves(monkeypatch):
    draw = random.Random(5)
    run = Cells.run
    for _ in range(200):
        sides = [(draw.randint(1, 9), draw.randint(1, 9)) for _ in range(draw.randint(5, 12))]
        boxes = [(run(-a, 2 * a + 1), run(-b, 2 * b + 1)) for a, b in sides]
        points = {(i, j) for a, b in sides for i in range(-a, a + 1) for j in range(-b, b + 1)}
        swept = stairs(boxes)
        assert swept is not None
        found = Region(simplified(boxes))
        assert found.count == len(points)
        kept = {
            (a, b)
            for a, b in sides
            if not any((c, d) != (a, b) and c >= a and d >= b for c, d in sides)
        }
        assert {((w.extent - 1) // 2, (h.extent - 1) // 2) for w, h in swept} == kept
