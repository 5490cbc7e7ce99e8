"""How are path counts pulled back through a network? Node by node, in words that never overflow."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.errors import fail
from rfcalc.footprint import Axis, Side
from rfcalc.layers.base import Border, Layer
from rfcalc.masks.borders import fold_lines
from rfcalc.masks.pixels import pixels
from rfcalc.masks.questions import Question
from rfcalc.tally import Tally
from rfcalc.taps import Taps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = ["SUMS_LIMIT", "WORDS_LIMIT", "pulled", "summed"]

WORDS_LIMIT = 1 << 24
"""Most words of 32 bits that hold the counts of all cells at once."""


SUMS_LIMIT = 1 << 20
"""Most sums of lines along one axis of one layer."""


def pulled(question: Question, axis: int = 0) -> Tally:
    """Pull the weight of one output back to the source, cut at every node's own borders.

    ``axis`` is the first of the network's axes that the question is about.
    """
    nodes = question.network.nodes
    between = question.network.between(question.source, question.target)
    demand: dict[int, list[Tally]] = {question.target: [Tally.one(question.output)]}
    for position in range(question.target, question.source, -1):
        if position not in demand:
            continue
        node = nodes[position]
        part = summed(demand.pop(position))
        for i, taps in zip(node.inputs, node.reads, strict=True):
            if not between[i]:
                continue
            size = nodes[i].size if question.bordered else None
            found = _through(part, taps, size, node.layer, axis)
            demand.setdefault(i, []).append(found)
            if node.layer.gate:
                demand[i].append(part)
    empty = Tally.none(len(question.output))
    found = summed(demand[question.source]) if question.source in demand else empty
    # Where one axis reads nothing the others were not followed to their end.
    return found if found.words.size else empty


def summed(parts: Sequence[Tally]) -> Tally:
    """Add counts whose boxes start at different cells."""
    import numpy as np

    parts = [part for part in parts if part.words.size] or list(parts[:1])
    if len(parts) == 1:
        return parts[0]
    parts = [part.roomy(len(parts)) for part in parts]
    axes = range(len(parts[0].start))
    low = [min(part.start[a] for part in parts) for a in axes]
    high = [max(part.start[a] + part.shape[a] for part in parts) for a in axes]
    shape = [h - s for h, s in zip(high, low, strict=True)]
    shape = [max(len(part.words) for part in parts), *shape]
    pixels(shape, WORDS_LIMIT)
    total = np.zeros(shape, dtype=np.int64)
    for part in parts:
        window = (
            slice(s - base, s - base + n)
            for s, base, n in zip(part.start, low, part.shape, strict=True)
        )
        total[(slice(len(part.words)), *window)] += part.words
    return Tally(tuple(low), total, sum(part.most for part in parts))


def _through(
    part: Tally, taps: Sequence[Axis], size: tuple[int, ...] | None, layer: Layer, first: int
) -> Tally:
    """Pull counts through one layer, axis by axis, of which the first is ``first`` of its axes."""
    for axis, relation in enumerate(taps):
        if not part.words.size:
            break
        n = None if size is None else size[axis]
        if isinstance(relation, Taps):
            part = _along(part, axis, relation)
            if n is not None:
                part = _fold(part, axis, n, layer.beyond(first + axis))
        else:
            # Without a size an unbounded layer has been refused.
            assert n is not None
            cells = part.shape[axis]
            part = part.roomy(cells)
            part = part.along(axis, 0, _everywhere(part, axis, n, relation.side), cells)
    return part


def _everywhere(part: Tally, axis: int, n: int, side: Side) -> "Array":
    """Return at each of ``n`` cells the sum of the counts of all outputs that read it."""
    import numpy as np

    if side == "both":
        return part.words.sum(axis=1 + axis, keepdims=True).repeat(n, 1 + axis)
    lines, first = np.moveaxis(part.words, 1 + axis, 0), part.start[axis]
    last = first + len(lines)
    total = np.zeros((n, *lines.shape[1:]), dtype=np.int64)
    if side == "before":
        total[first:last] = lines[::-1].cumsum(axis=0)[::-1]
        total[:first] = total[first]
    else:
        total[first:last] = lines.cumsum(axis=0)
        total[last:] = total[last - 1]
    return np.moveaxis(total, 0, 1 + axis)


def _along(part: Tally, axis: int, taps: Taps) -> Tally:
    """Pull counts of outputs back along one axis."""
    import numpy as np

    start = part.start[axis]
    if taps.period == 1 and taps.advance == 1 and taps.phases[0].extent == 1:
        return part.along(axis, start + taps.phases[0].start, part.words, 1)
    length, period, advance = part.shape[axis], taps.period, taps.advance
    sums = sum(taps.phases[(start + i) % period].count for i in range(min(length, period)))
    if sums > SUMS_LIMIT:
        fact = f"the path counts take {sums:,} sums of lines; the limit is {SUMS_LIMIT:,}"
        raise fail("RF409", fact, "ask for an earlier `layer=` or a later `source=`")
    moves: list[tuple[int, int, int]] = []
    for phase, cells in enumerate(taps.phases):
        first = (phase - start) % period
        if first >= length:
            continue
        turn = (start + first) // period
        moves += [
            (first, index + advance * turn, -(-(length - first) // period)) for index in cells
        ]
    ends = [to + advance * (count - 1) for _, to, count in moves] + [to for _, to, _ in moves]
    if not ends:
        return part.along(axis, 0, part.words[(slice(None),) * (1 + axis) + (slice(0, 0),)], 1)
    low, high = min(ends), max(ends) + 1
    terms = len(moves) if advance else length * len(moves)
    part = part.roomy(terms)
    shape = list(part.words.shape)
    shape[1 + axis] = high - low
    pixels(shape, WORDS_LIMIT)
    total = np.zeros(shape, dtype=np.int64)
    # Views with the axis in front, of memory whose last axis stays the last.
    into, given = np.moveaxis(total, 1 + axis, 0), np.moveaxis(part.words, 1 + axis, 0)
    for first, to, count in moves:
        lines = given[first::period]
        if advance == 0:
            into[to - low] += lines.sum(axis=0)
        else:
            at, step = (to, advance) if advance > 0 else (to + advance * (count - 1), -advance)
            stop = at - low + step * (count - 1) + 1
            into[at - low : stop : step] += lines if advance > 0 else lines[::-1]
    return part.along(axis, low, total, terms)


def _fold(part: Tally, axis: int, n: int, mode: Border) -> Tally:
    """Fold counts outside ``0 .. n - 1`` to where padding took them from, or drop them."""
    import numpy as np

    start, length = part.start[axis], part.shape[axis]
    if start >= 0 and start + length <= n:
        return part
    terms = 1 if mode == "zeros" else max(3, length) if mode == "replicate" else 3
    part = part.roomy(terms)
    first, lines = fold_lines(np.moveaxis(part.words, 1 + axis, 0), start, n, mode)
    return part.along(axis, first, np.moveaxis(lines, 0, 1 + axis), terms)
