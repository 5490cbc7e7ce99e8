"""How far does the effect of each phase of a layer reach, without doing the same work twice?

Behind the first upsampling every phase of an output has an energy of its own, before it none has:
there each cell's energy is that of cell 0, moved. So each phase is pulled back to the nodes before
the first upsampling alone, and what lies before those is pulled back once::

    energy of a phase = sum over ends v, cells c:  A_v[c] * F_v[. - jump_v * c]

with ``A_v`` the energy of the phase at the cells of ``v``, ``F_v`` that of cell 0 of ``v``.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from rfcalc.energies.assumptions import assumptions
from rfcalc.energies.axes import CELLS_LIMIT
from rfcalc.energies.expected import framed
from rfcalc.energies.moved import Moved, line_sums
from rfcalc.energies.pulling import energies, energies_at
from rfcalc.energies.sums import Sum
from rfcalc.masks.pixels import pixels
from rfcalc.masks.questions import Question, asked
from rfcalc.network import Network
from rfcalc.taps import Taps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["Lines", "lines_of_phases"]

FEW = 4
"""Most phases that are pulled back to the source one by one."""
COARSE = 4
"""Least jump of the nodes at which phases stop: finer grids add little to what is pulled back."""
WRITTEN = 4
"""Most products of lines in the energy of a phase on its way: it is written out soon anyway."""


class Lines(msgspec.Struct, frozen=True, eq=False):
    """The effect of one phase along each axis, summed over all other axes, up to a factor.

    The effect of a cell is the square root of its energy. ``start`` is the first cell.
    """

    start: tuple[int, ...]
    effects: tuple[Array, ...]


def lines_of_phases(
    network: Network, layer: str, source: str, phases: Sequence[tuple[int, ...]]
) -> tuple[list[Lines], tuple[str, ...]]:
    """Return the effect of some phases of a layer along each axis, and what was assumed.

    Raises
    ------
    RfcalcError
        As ``energy``.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> (lines,), _ = lines_of_phases(load("k3,k3", dims=1), "conv2", "input", [(0,)])
    >>> lines.start, (lines.effects[0] ** 2 * 9).round().tolist()
    ((-2,), [1.0, 2.0, 3.0, 2.0, 1.0])
    """
    question, found = asked(network, layer, source, None, phases[0])
    each = [msgspec.structs.replace(question, output=phase) for phase in phases]
    frames = [framed(one, found) for one in each]
    assumed = (*network.assumed, *assumptions(question))
    if len(phases) > FEW and network.dims > 1 and _branches(question):
        return _together(each, frames), assumed
    return [_alone(one, *frame) for one, frame in zip(each, frames, strict=True)], assumed


def _branches(question: Question) -> bool:
    """Whether branches meet on the way: else the energy is one product of lines, and cheap."""
    between = question.network.between(question.source, question.target)
    nodes = question.network.nodes
    return any(on and sum(between[i] for i in nodes[p].inputs) > 1 for p, on in enumerate(between))


def _alone(question: Question, start: tuple[int, ...], shape: tuple[int, ...]) -> Lines:
    """Return the lines of one phase; those of a product come from its factors."""
    import numpy as np

    found = energies(question, shape)
    if len(found.boxes) == 1 and len(found.boxes[0].factors) > 1:
        return Lines(start, tuple(map(np.sqrt, found.boxes[0].framed(start, shape))))
    effects, axes = np.sqrt(found.array(start, shape)), range(len(shape))
    return Lines(start, tuple(effects.sum(axis=tuple(a for a in axes if a != b)) for b in axes))


def _together(
    each: Sequence[Question], frames: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]
) -> list[Lines]:
    """Return the lines of all phases on a common frame."""
    axes = range(each[0].network.dims)
    low = tuple(min(start[a] for start, _ in frames) for a in axes)
    high = [max(start[a] + shape[a] for start, shape in frames) for a in axes]
    shape = tuple(b - a for a, b in zip(low, high, strict=True))
    pixels(shape, CELLS_LIMIT)
    jumps = _steady(each[0])
    met = [energies_at(one, jumps, WRITTEN) for one in each]
    ends = {p: _end(each[0], p) for p in jumps if any(p in one for one in met)}
    parts = [_move(met, p, end, jumps[p], low, _tops(met, ends)) for p, end in ends.items()]
    sums = line_sums([part for part in parts if part is not None], len(each), shape)
    return [Lines(low, tuple(line[number] for line in sums)) for number in range(len(each))]


def _steady(question: Question) -> dict[int, tuple[int, ...]]:
    """Return where phases stop, with the jump: at the source, and before it on coarse grids.

    There every cell has the energy of cell 0, moved: no upsampling lies before it.
    """
    network, source, dims = question.network, question.source, question.network.dims
    between = network.between(source, question.target)
    jumps: dict[int, tuple[int, ...]] = {source: (1,) * dims}
    for position in range(source + 1, question.target):
        given = [i for i in network.nodes[position].inputs if between[i]]
        if not between[position] or not all(i in jumps for i in given):
            continue
        taps = [axis for axis in network.nodes[position].taps if isinstance(axis, Taps)]
        alike = len({jumps[i] for i in given}) == 1 and len(taps) == dims
        if alike and all(axis.period == 1 and axis.advance > 0 for axis in taps):
            before = jumps[given[0]]
            jumps[position] = tuple(j * t.advance for j, t in zip(before, taps, strict=True))
    return {p: jump for p, jump in jumps.items() if p == source or min(jump) >= COARSE}


def _end(question: Question, position: int) -> Sum:
    """Return the energy of cell 0 of a node."""
    dims = question.network.dims
    if position == question.source:
        return Sum.one((0,) * dims)
    one = Question(question.network, position, question.source, (0,) * dims, False)
    return energies(one, (1,) * dims)


def _tops(met: Sequence[Mapping[int, Sum]], ends: Mapping[int, Sum]) -> list[int]:
    """Return the largest exponent of each phase."""
    return [max(one.exponent + ends[p].exponent for p, one in found.items()) for found in met]


def _move(
    met: Sequence[Mapping[int, Sum]],
    position: int,
    end: Sum,
    jump: tuple[int, ...],
    low: Sequence[int],
    tops: Sequence[int],
) -> Moved | None:
    """Return the energy of a node's cell 0, and how much of it each phase has at every cell."""
    import numpy as np

    held = [(number, one[position]) for number, one in enumerate(met) if position in one]
    spans = [_span(one) for _, one in held if one.boxes]
    if not spans or not end.boxes:
        return None
    axes = range(len(low))
    first = tuple(min(start[a] for start, _ in spans) for a in axes)
    shape = tuple(max(stop[a] for _, stop in spans) - first[a] for a in axes)
    cells = np.zeros((len(met), *shape))
    for number, one in held:
        cells[number] = np.ldexp(
            one.array(first, shape), one.exponent + end.exponent - tops[number]
        )
    start, stop = _span(end)
    values = end.array(start, tuple(b - a for a, b in zip(start, stop, strict=True)))
    places = zip(jump, first, start, low, strict=True)
    return Moved(cells, values, jump, tuple(j * f + s - at for j, f, s, at in places))


def _span(found: Sum) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first cell with energy, and the one behind the last."""
    axes = range(len(found.boxes[0].start))
    start = tuple(min(box.start[a] for box in found.boxes) for a in axes)
    return start, tuple(max(box.start[a] + box.shape[a] for box in found.boxes) for a in axes)
