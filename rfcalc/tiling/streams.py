"""What does it take to run a network on a stream, one frame at a time, computing nothing twice?"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor, lcm

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import fail, many
from rfcalc.footprint import Endless, Footprint
from rfcalc.interior import footprint, footprints
from rfcalc.layers.whole import Sequence as Recurrence
from rfcalc.network import Network, Node
from rfcalc.taps import PERIOD_LIMIT, Taps
from rfcalc.tiling.clocks import Clock, clocks
from rfcalc.tiling.grids import Grids, grids
from rfcalc.tiling.looking_ahead import shares
from rfcalc.tiling.memory import Widths
from rfcalc.tiling.reach import Reach, reach
from rfcalc.tiling.stream_stages import Need, Stage, Stream
from rfcalc.tiling.trims import trims

__all__ = ["FRAME_LIMIT", "Stage", "Stream", "stream"]

FRAME_LIMIT = 10**15
"""Most samples of one frame, so that numbers of cells stay exact wherever they are read."""


def stream(
    network: Network,
    layer: str | None = None,
    source: str | None = None,
    *,
    frame: int | None = None,
    axis: int | None = None,
    ignore_global: bool = False,
) -> Stream:
    """Return what each layer does and keeps when the network is fed ``frame`` samples a step.

    Every cell is computed once, as soon as all that it reads is there; a cell is kept as long as
    one that is still to be computed reads it. Padding is ignored: it concerns the first and
    the last steps only. A layer that reads all that came before, as a recurrence,
    has no end to its look-back; one that reads what comes after waits for the end of the stream,
    and has no latency.

    Parameters
    ----------
    layer : whose numbers are asked for, by default those of every output.
    source : the layer whose cells are the samples, by default the input.
    frame : samples per step, by default the alignment, the smallest number with which all steps
        are alike.
    axis : the axis of time; needed when there are several.

    Raises
    ------
    RfcalcError
        RF406 a frame out of range or no such axis, RF463 a layer that
        goes by the size of its input, RF464 several axes or too many phases.

    Examples
    --------
    >>> from rfcalc.spec import read_text
    >>> causal = "{dims: 1, layers: [{stack: {kernel: 2, padding: causal, dilations: [1, 4]}}]}"
    >>> [stage.buffer for stage in stream(read_text(causal, "net.yaml")).stages]
    [(), (1,), (4,)]
    """
    time = _axis(network, axis)
    moving = grids(network, layer, source, time=time, ignore_global=ignore_global)
    step = moving.alignment[time]
    frame = step if frame is None else frame
    if not 1 <= frame <= FRAME_LIMIT:
        fact = f"`frame=` is {frame}" if frame < 1 else "`frame=` is too large"
        raise fail("RF406", fact, f"a frame holds 1 to {FRAME_LIMIT:,} samples")
    turns = lcm(frame, step) // frame
    outputs = max(1, *(int(1 / one.jump[time]) for one in moving.each))
    if step * outputs > PERIOD_LIMIT:
        each = f" of {outputs:,} outputs" if outputs > 1 else ""
        fact = f"the network repeats itself after {many(step, 'sample')}{each}"
        raise fail("RF464", f"{fact}; the limit is {PERIOD_LIMIT:,}", "ask for an earlier `layer=`")
    ready = clocks(moving, time)
    ends = [frame * turn - 1 for turn in range(turns + 1)]
    seen: dict[int, list[Footprint]] = {}
    needs: list[Need] = []
    for origin in moving.sources:
        last = moving.target if len(moving.targets) == 1 else None
        here = dict(footprints(moving.network, origin, None, last))
        for position, found in here.items():
            seen.setdefault(position, []).append(found)
        needs.append(_need(moving, origin, time, here))
    sides = {p: reach(seen[p], time, moving.jumps[p][time]) for p in moving.order}
    widths = Widths(network, time)
    stages = tuple(
        _stage(moving, position, time, ready, ends, sides[position], seen[position], widths)
        for position in moving.order
    )
    late = [_late(ready[one.target], one.jump[time], frame, ends) for one in moving.each]
    known = [samples for samples in late if samples is not None]
    latency = max(known) if len(known) == len(late) else None
    names = tuple(one.name for one in moving.each)
    assumed = moving.network.assumed
    found = Stream(frame, step, stages, latency, names, tuple(needs), not assumed, assumed)
    worst = network.index(found.worst("look_ahead").name, moving.target)
    ahead = {position: side.after for position, side in sides.items()}
    looks = shares(worst, moving.inputs, ahead)
    nodes = moving.network.nodes
    return msgspec.structs.replace(
        found,
        looks_ahead=tuple((nodes[position].name, samples) for position, samples in looks),
        layouts=network.layouts,
    )


def _need(moving: Grids, origin: int, axis: int, seen: Mapping[int, Footprint]) -> Need:
    """Return what all targets read of an input before and after what they stand for."""
    sides = [
        reach([seen[one.target]], axis, one.jump[axis]) for one in moving.each if one.target in seen
    ]
    back, ahead = [side.before for side in sides], [side.after for side in sides]
    return Need(moving.network.nodes[origin].name, _most(back), _most(ahead))


def _most(samples: Sequence[int | None]) -> int | None:
    """Return the largest number, ``None`` where one is without end."""
    known = [number for number in samples if number is not None]
    return max(0, *known) if known and len(known) == len(samples) else None


def _late(clock: Clock | None, jump: Fraction, frame: int, ends: Sequence[int]) -> int | None:
    """Return the latency of an output when whole frames are waited for."""
    if clock is None:
        return None
    # Of the cells that a frame completes, the first has waited longest.
    firsts = [clock.last(end) + 1 for end in [-1, *ends[1:-1]]]
    turns = [-(-(clock.at(first) + 1) // frame) * frame - 1 for first in firsts]
    return max(0, *(turn - floor(jump * o) for turn, o in zip(turns, firsts, strict=True)))


def _stage(
    moving: Grids,
    position: int,
    axis: int,
    ready: Mapping[int, Clock | None],
    ends: Sequence[int],
    sides: Reach,
    seen: Sequence[Footprint],
    widths: Widths,
) -> Stage:
    node, jump, clock = (
        moving.network.nodes[position],
        moving.jumps[position][axis],
        ready[position],
    )
    buffer = tuple(_buffer(node, axis, clock, ready[i], ends) for i in moving.inputs[position])
    done = [] if clock is None else [clock.last(end) for end in ends]
    cells = tuple(b - a for a, b in pairwise(done))
    causes = Footprint.union(seen).unbounded
    return Stage(
        name=node.name,
        op=node.layer.op,
        jump=jump,
        rf=sides.rf,
        look_back=None if sides.before is None else max(0, sides.before),
        look_ahead=None if sides.after is None else max(0, sides.after),
        latency=None
        if clock is None
        else max(0, *(at - floor(jump * cell) for cell, at in enumerate(clock.ready))),
        buffer=buffer,
        cells=cells[:1] if len(set(cells)) == 1 else cells,
        unbounded=None if causes is None else causes[axis],
        widths=tuple(widths.of(i) for i in moving.inputs[position]),
        trim=trims(moving.network, position, axis),
    )


def _buffer(
    node: Node, axis: int, clock: Clock | None, given: Clock | None, ends: Sequence[int]
) -> int | None:
    """Return how many cells of an input a layer keeps; ``None`` where they grow with the stream."""
    taps = node.taps[axis]
    if clock is None or given is None:
        return None
    if isinstance(taps, Endless):
        return 0 if isinstance(node.layer, Recurrence) else None
    return max(_kept(taps, clock.last(end), given.last(end)) for end in ends[1:])


def _kept(taps: Taps, done: int, there: int) -> int:
    """Return how many input cells up to ``there`` the outputs after ``done`` still read."""
    reach = [
        (there - cells.start) // taps.advance * taps.period + phase
        for phase, cells in enumerate(taps.phases)
        if cells
    ]
    waiting = Cells.run(done + 1, max(reach, default=done) - done)
    read = taps.image(waiting)
    return (read & Cells.run(read.start, there + 1 - read.start)).count if read else 0


def _with_an_end(network: Network) -> int:
    """Return the first axis on which the output waits for a part of its input only, or 0."""
    found = footprint(network, 0, network.output).unbounded or (None,)
    waits = [0 if end is None else 1 if end.side == "before" else 2 for end in found]
    return waits.index(min(waits))


def _axis(network: Network, axis: int | None) -> int:
    """Return the axis of time."""
    if axis is None:
        if network.dims == 1:
            return 0
        fact = f"the network has {network.dims} axes; a stream runs along one"
        help = f"name the axis of time: `axis={_with_an_end(network)}`; a chain takes `dims=1`"
        raise fail("RF464", fact, help)
    if not 0 <= axis < network.dims:
        fact = f"`axis=` is {axis}; the network has {network.dims} axes"
        raise fail("RF406", fact, f"axes count from 0 to {network.dims - 1}")
    return axis
