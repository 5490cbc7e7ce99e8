"""Tiled equals whole, bit for bit, with the halo and not with one cell less.

The judge is the NumPy backend, which knows nothing of taps, footprints or halos.
"""

from collections.abc import Iterator, Sequence
from math import ceil, floor

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc.errors import ImpossibleSize
from rfcalc.interior import footprint
from rfcalc.layers.window import AvgPool, MaxPool
from rfcalc.network import Network
from rfcalc.spec import read_text
from rfcalc.taps import Taps
from rfcalc.tiling import Plan, Span, halo, tile
from rfcalc.tiling.grids import grids
from rfcalc.tiling.proof import verify
from rfcalc.tiling.windows import windows
from tests.tiling.drawn import tileable

pytestmark = pytest.mark.slow

SEEDS = 20
"""Inputs tried before a cell within the halo is taken not to matter."""


def plan_of(network: Network, draw: st.DataObject) -> Plan:
    moving, sizes = grids(network), []
    sides = halo(moving)
    for axis, n in enumerate(network.input or ()):
        least = max(1, *sides.any[axis])
        size = draw.draw(st.integers(least, max(least, n)), "tile")
        sizes.append(-(-size // sides.alignment[axis]) * sides.alignment[axis])
        if draw.draw(st.booleans(), "unaligned"):
            sizes[-1] = max(least, size)
    return tile(network, sizes)


def less(sides: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Yield the halo with one cell less on each side that has one."""
    for axis, (before, after) in enumerate(sides):
        if before:
            yield [*sides[:axis], (before - 1, after), *sides[axis + 1 :]]
        if after:
            yield [*sides[:axis], (before, after - 1), *sides[axis + 1 :]]


def of_one(plan: Plan, start: int, stop: int) -> Plan:
    """Return the plan with a single tile of the given outputs, on a network of one axis."""
    found = windows(plan.grids, 0, (plan.grids.size or (0,))[0])
    span = Span(found.window(start, stop), (start, stop))
    return msgspec.structs.replace(plan, spans=((span,),))


def inner(plan: Plan) -> tuple[int, int, int]:
    """Return a run of outputs away from the borders, on the alignment, and their period."""
    step, jump = plan.grids.alignment[0], plan.grids.jump[0]
    n, turn = (plan.grids.size or (0,))[0], int(step / jump)
    start, stop = -(-n // (3 * step)) * turn, 2 * n // (3 * step) * turn
    assume(start < stop <= windows(plan.grids, 0, n).outputs)
    return start, stop, turn


def averaged(plan: Plan) -> Plan:
    """Return the plan for the network with averages in place of maxima, which hide cells."""
    nodes = list(plan.grids.network.nodes)
    for position, node in enumerate(nodes):
        if isinstance(node.layer, MaxPool):
            given = {name: getattr(node.layer, name) for name in node.layer.__struct_fields__}
            nodes[position] = msgspec.structs.replace(node, layer=AvgPool(**given))
    network = msgspec.structs.replace(plan.grids.network, nodes=tuple(nodes))
    moving = msgspec.structs.replace(plan.grids, network=network)
    return msgspec.structs.replace(plan, grids=moving)


def fails(plans: Sequence[Plan], sides: Sequence[tuple[int, int]]) -> bool:
    """Whether some tile differs for some input; a chain of maxima may take too rare an input."""
    if any(not verify(plan, sides, seed).ok for seed in range(SEEDS) for plan in plans):
        return True
    means = [averaged(plan) for plan in plans]
    return any(not verify(plan, sides, seed).ok for seed in range(SEEDS) for plan in means)


@settings(max_examples=100)
@given(tileable(), st.data())
def test_tiled_equals_whole(network: Network, data: st.DataObject) -> None:
    plan = plan_of(network, data)
    proof = verify(plan, seed=data.draw(st.integers(0, 99)))
    assert proof.ok
    size = network.nodes[network.output].size
    assert size is not None
    assert proof.cells == size[0]


@settings(max_examples=15)
@given(tileable(dims=2, depth=1), st.data())
def test_tiled_equals_whole_on_two_axes(network: Network, data: st.DataObject) -> None:
    plan = plan_of(network, data)
    proof = verify(plan)
    assert proof.ok
    size = network.nodes[network.output].size
    assert size is not None
    assert proof.cells == size[0] * size[1]


@settings(max_examples=60)
@given(tileable())
def test_one_cell_less_differs_at_aligned_origins(network: Network) -> None:
    plan = tile(network, network.input or ())
    start, stop, _ = inner(plan)
    plan = of_one(plan, start, stop)
    assert verify(plan, plan.halo.aligned).ok
    for sides in less(plan.halo.aligned):
        assert fails([plan], sides)


@settings(max_examples=60)
@given(tileable())
def test_one_cell_less_differs_at_some_origin(network: Network) -> None:
    plan = tile(network, network.input or ())
    start, stop, turn = inner(plan)
    jump, sources = plan.grids.jump[0], plan.grids.sources
    seen = [footprint(plan.grids.network, source, plan.grids.target) for source in sources]
    taps = [box[0] for found in seen for box in found.boxes if isinstance(box[0], Taps)]
    reads = {o: [c for t in taps if (c := t.read(o))] for o in range(start, stop)}
    starts = {a: [c.start for o in range(a, min(stop, a + turn)) for c in reads[o]] for a in reads}
    stops = {o + 1: [c.stop for c in reads[o]] for o in reads}
    before = {floor(jump * a) - min(low): a for a, low in starts.items() if low}
    after = {max(high) - ceil(jump * b): b for b, high in stops.items() if high}
    assume(before and after)
    farthest = before[max(before)], after[max(after)]
    plans = [of_one(plan, a, b) for a, b in ((farthest[0], stop), (start, farthest[1])) if a < b]
    assert all(verify(p, p.halo.any).ok for p in plans)
    for sides in less(plan.halo.any):
        assert fails(plans, sides)


@settings(max_examples=40)
@given(tileable(), st.data())
def test_a_window_one_step_smaller_differs(network: Network, data: st.DataObject) -> None:
    # A shift around the border can be undone by another: the whole axis is then not needed.
    assume(all(node.layer.border != "circular" for node in network.nodes))
    plan = plan_of(network, data)
    n, step = (network.input or (0,))[0], plan.grids.alignment[0]
    assert plan.spans is not None
    last = len(plan.spans[0]) - 1
    for span in {plan.spans[0][number] for number in (0, last // 2, last)}:
        (low, high), output = span.input, span.output
        shrunk = [(low + step, high)] * (low > 0) + [(low, high - step)] * (high < n)
        for window in shrunk:
            smaller = msgspec.structs.replace(plan, spans=((Span(window, output),),))
            assert not computed(smaller, window, output) or fails([smaller], ((n, n),))


def computed(plan: Plan, window: tuple[int, int], output: tuple[int, int]) -> bool:
    """Whether the outputs are there at all when the network is run on a window."""
    if window[1] <= window[0]:
        return False
    try:
        cells = plan.grids.sizes(window[1] - window[0], 0)[plan.grids.target]
    except ImpossibleSize:
        return False
    first = int(window[0] / plan.grids.jump[0])
    return first <= output[0] and output[1] <= first + cells


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", ["[[2, 2]]", "same", "same_lower", "causal"])
def test_padding_modes(mode: str, padding: str) -> None:
    text = (
        "{dims: 1, input: [96], layers: ["
        f"{{kernel: 5, stride: 2, padding: {padding}, padding_mode: {mode}}}, "
        f"{{kernel: 3, dilation: 2, padding: [[1, 3]], padding_mode: {mode}}}, "
        "{maxpool: {kernel: 3, stride: 2, ceil_mode: true}}, {upsample: {scale: 4, mode: linear}}]}"
    )
    plan = tile(read_text(text, "net.yaml"), 24)
    assert verify(plan).ok
    for sides in less(plan.halo.aligned):
        assert fails([plan], sides)


@pytest.mark.parametrize(
    ("layers", "size"),
    [
        ("{kernel: 2, stride: 2}, {conv_transpose: {kernel: 2, stride: 2}}, {crop: {after: 1}}", 2),
        ("{pad: {before: 1}}", 1),
        ("{pad: {before: 7}}, {kernel: 1}", 7),
        ("{crop: {before: 5, after: 3}}, {kernel: 3}", 8),
        ("{conv_transpose: {kernel: 3, stride: 2, dilation: 2}}, {kernel: 3, stride: 2}", 8),
        ("{kernel: 3, stride: 2, padding: same}, {kernel: 3, stride: 2, padding: same}", 8),
        ("{roll: {shift: 2}}, {window_attention: {window: 4}}, {roll: {shift: -2}}", 8),
        ("{kernel: 5, padding_mode: circular}, {kernel: 5, padding_mode: reflect}", 8),
    ],
)
def test_outputs_and_grids_that_do_not_end_with_the_input(layers: str, size: int) -> None:
    """Outputs in the padding alone, outputs cut away, phases that read nothing, cells that wrap."""
    for n in (36, 37):
        plan = tile(read_text(f"{{dims: 1, input: [{n}], layers: [{layers}]}}", "net.yaml"), size)
        assert all(verify(plan, seed=seed).ok for seed in range(3))
