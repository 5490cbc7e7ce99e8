"""What does it take to run a network on a stream, one frame at a time, computing nothing twice?"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor, lcm

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import fail, many
from rfcalc.footprint import Footprint
from rfcalc.growth import footprints
from rfcalc.network import Network
from rfcalc.taps import PERIOD_LIMIT, Taps
from rfcalc.tiling.clocks import Clock, clocks
from rfcalc.tiling.grids import Grids, grids
from rfcalc.tiling.reach import reach

__all__ = ["FRAME_LIMIT", "Stage", "Stream", "stream"]

FRAME_LIMIT = 10**15
"""Most samples of one frame, so that numbers of cells stay exact wherever they are read."""


class Stage(msgspec.Struct, frozen=True):
    """One layer of a stream, in its steady state.

    look_back, look_ahead : samples of the source that its cells read before the first and after
        the last sample that they stand for.
    latency : samples that arrive after the first one a cell stands for, until it can be computed.
    buffer : cells of each of its inputs that must be kept from one step to the next.
    cells : cells computed per step, in turn; one entry where all steps are alike.
    """

    name: str
    op: str
    jump: Fraction
    rf: int
    look_back: int
    look_ahead: int
    latency: int
    buffer: tuple[int, ...]
    cells: tuple[int, ...]


class Stream(msgspec.Struct, frozen=True):
    """A network run on a stream of samples, ``frame`` samples a step.

    latency : samples that arrive after a sample until the output that stands for it is out, when
        whole frames are waited for.
    cycle : steps after which the numbers of cells repeat; 1 where the frame is a multiple of the
        alignment.
    """

    frame: int
    alignment: int
    stages: tuple[Stage, ...]
    latency: int
    exact: bool
    assumed: tuple[str, ...]

    @property
    def output(self) -> Stage:
        """The layer that the question is about."""
        return self.stages[-1]

    @property
    def cycle(self) -> int:
        """Steps after which the numbers of cells repeat."""
        return max(len(stage.cells) for stage in self.stages)

    @property
    def buffer(self) -> int:
        """Cells kept by all layers."""
        return sum(sum(stage.buffer) for stage in self.stages)

    @property
    def cells(self) -> Fraction:
        """Cells computed per step by all layers, on average."""
        return sum((Fraction(sum(s.cells), len(s.cells)) for s in self.stages[1:]), Fraction(0))


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
    one that is still to be computed reads it. Padding is left aside: it concerns the first and
    the last steps only.

    Parameters
    ----------
    source : the layer whose cells are the samples, by default the input.
    frame : samples per step, by default the alignment, the smallest number with which all steps
        are alike.
    axis : the axis of time; needed when there are several.

    Raises
    ------
    RfcalcError
        RF404 no finite look-back, RF406 a frame out of range or no such axis, RF463 a layer that
        goes by the size of its input, RF464 several axes or too many phases.

    Examples
    --------
    >>> from rfcalc.spec import read_text
    >>> causal = "{dims: 1, layers: [{stack: {kernel: 2, padding: causal, dilations: [1, 4]}}]}"
    >>> [stage.buffer for stage in stream(read_text(causal, "net.yaml")).stages]
    [(), (1,), (4,)]
    """
    time = _axis(network, axis)
    moving = grids(network, layer, source, ignore_global=ignore_global)
    step = moving.alignment[time]
    frame = step if frame is None else frame
    if not 1 <= frame <= FRAME_LIMIT:
        fact = f"--frame is {frame}" if frame < 1 else "--frame is too large"
        raise fail("RF406", fact, f"a frame holds 1 to {FRAME_LIMIT:,} samples")
    turns = lcm(frame, step) // frame
    outputs = max(1, int(1 / moving.jump[time]))
    if step * outputs > PERIOD_LIMIT:
        each = f" of {outputs:,} outputs" if outputs > 1 else ""
        fact = f"the network repeats itself after {many(step, 'sample')}{each}"
        raise fail("RF464", f"{fact}; the limit is {PERIOD_LIMIT:,}", "ask for an earlier --layer")
    ready = clocks(moving, time)
    ends = [frame * turn - 1 for turn in range(turns + 1)]
    seen: dict[int, list[Footprint]] = {}
    for origin in moving.sources:
        for position, found in footprints(moving.network, origin, None, moving.target):
            seen.setdefault(position, []).append(found)
    stages = tuple(
        _stage(moving, position, time, ready, ends, seen[position]) for position in moving.order
    )
    last = ready[moving.target]
    # Of the cells that a frame completes, the first has waited longest.
    late = (
        -(-(last.at(first) + 1) // frame) * frame - 1 - floor(moving.jump[time] * first)
        for end in [-1, *ends[1:-1]]
        for first in (last.last(end) + 1,)
    )
    assumed = moving.network.assumed
    return Stream(frame, step, stages, max(0, *late), not assumed, assumed)


def _stage(
    moving: Grids,
    position: int,
    axis: int,
    ready: Mapping[int, Clock],
    ends: Sequence[int],
    seen: Sequence[Footprint],
) -> Stage:
    node, jump, clock = (
        moving.network.nodes[position],
        moving.jumps[position][axis],
        ready[position],
    )
    sides = reach(seen, axis, jump)
    taps = node.taps[axis]
    assert isinstance(taps, Taps)
    buffer = tuple(
        max(_kept(taps, clock.last(end), ready[i].last(end)) for end in ends[1:])
        for i in moving.inputs[position]
    )
    done = [clock.last(end) for end in ends]
    cells = tuple(b - a for a, b in pairwise(done))
    return Stage(
        name=node.name,
        op=node.layer.op,
        jump=jump,
        rf=sides.rf,
        look_back=max(0, sides.before),
        look_ahead=max(0, sides.after),
        latency=max(0, *(at - floor(jump * cell) for cell, at in enumerate(clock.ready))),
        buffer=buffer,
        cells=cells[:1] if len(set(cells)) == 1 else cells,
    )


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


def _axis(network: Network, axis: int | None) -> int:
    """Return the axis of time."""
    if axis is None:
        if network.dims == 1:
            return 0
        fact = f"the network has {network.dims} axes; a stream runs along one"
        raise fail("RF464", fact, "name the axis of time: --axis 0")
    if not 0 <= axis < network.dims:
        fact = f"--axis is {axis}; the network has {network.dims} axes"
        raise fail("RF406", fact, f"axes count from 0 to {network.dims - 1}")
    return axis
