"""How many paths lead from a cell of the source to each cell of a node? Counts pushed forward."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.errors import fail
from rfcalc.footprint import Axis, Endless
from rfcalc.layers.base import Border, fold
from rfcalc.masks.pixels import pixels
from rfcalc.network import Network, Node
from rfcalc.path_counts.pulling import SUMS_LIMIT, WORDS_LIMIT, summed
from rfcalc.tally import Tally
from rfcalc.taps import IDENTITY, Taps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = ["pushed", "pushes"]


def pushed(
    network: Network, source: int, cell: Sequence[int], targets: Collection[int]
) -> "dict[int, Array]":
    """Return for some nodes how many paths lead to each of their cells from one of the source.

    The transpose of the path counts of ``paths``: an integer array of the node's size, ``int64``
    where all counts are below ``2**62`` and Python integers beyond.

    Raises
    ------
    RfcalcError
        RF409: more sums or words than the limits.
    """
    import numpy as np

    found = dict(pushes(network, source, Tally.one(tuple(cell)), targets))
    arrays: dict[int, Array] = {}
    for target in targets:
        size = network.nodes[target].size
        assert size is not None
        pixels(size, WORDS_LIMIT)
        part = found.get(target, Tally.none(network.dims))
        counts = part.array()
        arrays[target] = np.zeros(size, dtype=counts.dtype)
        box = zip(part.start, counts.shape, strict=True)
        if counts.size:
            arrays[target][tuple(slice(low, low + n) for low, n in box)] = counts
    return arrays


def pushes(
    network: Network,
    source: int,
    given: Tally,
    targets: Collection[int],
    prime: int | None = None,
) -> Iterator[tuple[int, Tally]]:
    """Yield some nodes with the counts that lead to their cells from those given at the source.

    With a prime below ``2**31`` all counts are taken modulo it, in one word each.

    Raises
    ------
    RfcalcError
        RF409: more sums or words than the limits.
    """
    nodes, last = network.nodes, dict[int, int]()
    wanted = [False] * len(nodes)
    for position in range(max(targets), source - 1, -1):
        wanted[position] |= position in targets
        for i in nodes[position].inputs if wanted[position] else ():
            wanted[i] = True
            last.setdefault(i, position)
    found = {source: given}
    if source in targets:
        yield source, given
    for position in range(source + 1, max(targets) + 1):
        node = nodes[position]
        reads = zip(node.inputs, node.reads, strict=True)
        parts = [(found[i], nodes[i], taps) for i, taps in reads if i in found]
        if not parts or not wanted[position]:
            continue
        terms = [_through(node, read, taps, part) for part, read, taps in parts]
        terms += [part for part, *_ in parts] if node.layer.gate else []
        total = summed(terms)
        found[position] = total if prime is None else total.modulo(prime)
        for i in node.inputs:
            if last[i] == position:
                found.pop(i, None)
        if position in targets:
            yield position, found[position]


def _through(node: Node, given: Node, taps: Sequence[Axis], part: Tally) -> Tally:
    """Push counts of an input through a layer, axis by axis."""
    assert given.size is not None
    assert node.size is not None
    for axis, relation in enumerate(taps):
        if not part.words.size:
            break
        n, outputs = given.size[axis], node.size[axis]
        if relation is IDENTITY and n == outputs:
            continue
        if isinstance(relation, Endless):
            part = _everywhere(part, axis, relation, n, outputs)
        else:
            held = _unfold(part, axis, relation, n, outputs, node.layer.beyond(axis))
            part = _along(held, axis, relation, outputs)
    return part


def _everywhere(part: Tally, axis: int, relation: Endless, n: int, outputs: int) -> Tally:
    """Return for every output the sum of the counts from its first to its last cell."""
    import numpy as np

    part = part.roomy(part.shape[axis])
    lines, start = np.moveaxis(part.words, 1 + axis, 0), part.start[axis]
    sums = np.concatenate([np.zeros_like(lines[:1]), lines.cumsum(axis=0)])
    low, high = np.zeros(outputs, dtype=np.int64), np.full(outputs, n, dtype=np.int64)
    for output in range(outputs):
        if relation.first is not None:
            read = relation.first.read(output)
            low[output] = read.start if read else n
        if relation.last is not None:
            high[output] = relation.last.read(output).stop
    low, high = (np.clip(ends - start, 0, len(lines)) for ends in (low, high))
    total = np.moveaxis(sums[np.maximum(low, high)] - sums[low], 0, 1 + axis)
    return part.along(axis, 0, total, part.shape[axis])


def _unfold(part: Tally, axis: int, taps: Taps, n: int, outputs: int, border: Border) -> Tally:
    """Return the counts with those that padding repeats outside the input."""
    import numpy as np

    if border == "zeros":
        return part
    turns = (0, (outputs - 1) // taps.period)
    ends = [read.shift(taps.advance * turn) for read in taps.phases if read for turn in turns]
    low, high = min((e.start for e in ends), default=0), max((e.stop for e in ends), default=n)
    if low >= 0 and high <= n:
        return part
    start, length = part.start[axis], part.shape[axis]
    lines = np.moveaxis(part.words, 1 + axis, 0)
    total = np.zeros((high - low, *lines.shape[1:]), dtype=np.int64)
    for index in range(low, high):
        at = (index if 0 <= index < n else fold(index, n, border)) - start
        if 0 <= at < length:
            total[index - low] = lines[at]
    return part.along(axis, low, np.moveaxis(total, 0, 1 + axis), 1)


def _along(part: Tally, axis: int, taps: Taps, outputs: int) -> Tally:
    """Return for every output the sum of the counts that it reads on one axis."""
    import numpy as np

    start, stop = part.start[axis], part.start[axis] + part.shape[axis]
    moves: list[tuple[int, int, range]] = []
    for phase, cells in enumerate(taps.phases[:outputs]):
        last = (outputs - 1 - phase) // taps.period
        moves += [
            (phase, index, turns)
            for index in cells
            if (turns := _turns(index, taps.advance, last, start, stop))
        ]
        if len(moves) > SUMS_LIMIT:
            fact = f"the path counts take more than {SUMS_LIMIT:,} sums of lines"
            raise fail("RF409", fact, "ask for an earlier `layer=` or a later `source=`")
    if not moves:
        return Tally.none(len(part.shape))
    ends = [(phase + taps.period * t[0], phase + taps.period * t[-1]) for phase, _, t in moves]
    low, high = min(a for a, _ in ends), max(b for _, b in ends) + 1
    terms = max(cells.count for cells in taps.phases)
    part = part.roomy(terms)
    shape = list(part.words.shape)
    shape[1 + axis] = high - low
    pixels(shape, WORDS_LIMIT)
    total = np.zeros(shape, dtype=np.int64)
    into, given = np.moveaxis(total, 1 + axis, 0), np.moveaxis(part.words, 1 + axis, 0)
    for phase, index, turns in moves:
        first = phase + taps.period * turns[0] - low
        lines = given[[index + taps.advance * turn - start for turn in turns]]
        into[first : first + taps.period * (len(turns) - 1) + 1 : taps.period] += lines
    return part.along(axis, low, total, terms)


def _turns(index: int, advance: int, last: int, start: int, stop: int) -> range:
    """Return the turns up to ``last`` with ``start <= index + advance * turn < stop``."""
    if advance == 0:
        return range(last + 1) if start <= index < stop else range(0)
    if advance < 0:
        index, advance, start, stop = -index, -advance, 1 - stop, 1 - start
    first = max(0, -(-(start - index) // advance))
    return range(first, min(last, (stop - 1 - index) // advance) + 1)
