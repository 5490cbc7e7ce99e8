"""What does a whole network compute? Passes forward through its layers, and one back."""

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from rfcalc.errors import fail
from rfcalc.network import Input, Network
from rfcalc.numpy_backend.forward import forward
from rfcalc.numpy_backend.geometry import cells
from rfcalc.numpy_backend.live import Live, united
from rfcalc.numpy_backend.positive import positive
from rfcalc.numpy_backend.pull import everywhere, pull
from rfcalc.numpy_backend.weights import weights_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]
    Indices: TypeAlias = NDArray[np.intp]

Sizes: TypeAlias = Sequence[tuple[int, ...]]

__all__ = ["PRIME", "counts", "responses", "run", "sizes_of"]

CELLS = 1 << 19
"""Cells of the largest array that a pass makes, unless a single row is larger: what stays near
the processor is passed through many layers faster than what has to come from afar."""

HIGHEST = 1e100
"""Largest response; larger ones are cut to it."""

PRIME = (1 << 31) - 1
"""Integer responses are taken modulo this: what 2^32 of them add up to fits an int64."""


def sizes_of(network: Network) -> list[tuple[int, ...]]:
    """Return the size of every node's output, computed from the inputs' and the parameters.

    Raises
    ------
    RfcalcError
        RF403: an input has no size.
    """
    sizes: list[tuple[int, ...]] = []
    for node in network.nodes:
        if isinstance(node.layer, Input):
            if node.size is None:
                raise fail("RF403", f"'{node.name}' has no size", "give it: `input=(H, W)`")
            sizes.append(node.size)
            continue
        if not node.inputs:  # a layer that was cut off from what it reads
            sizes.append(node.size or (1,) * network.dims)
            continue
        # An input of one cell is spread over the others.
        grid = tuple(max(sizes[i][axis] for i in node.inputs) for axis in range(network.dims))
        sizes.append(tuple(cells(node.layer, n, axis) for axis, n in enumerate(grid)))
    return sizes


def _last_reader(network: Network) -> list[int]:
    last = list(range(len(network.nodes)))
    for position, node in enumerate(network.nodes):
        for i in node.inputs:
            last[i] = position
    return last


def run(
    network: Network, inputs: "Sequence[Array]", draw: "Callable[[tuple[int, ...]], Array]"
) -> "Iterator[tuple[int, Array]]":
    """Yield every node and what it computes, with weights drawn for each layer in turn.

    Parameters
    ----------
    inputs : one per input of the network, shape (batch, channels, *spatial).
    draw : makes an array of a shape, of the dtype wanted.

    Raises
    ------
    RfcalcError
        RF310: channels that do not fit a layer.
    """
    given, last = iter(inputs), _last_reader(network)
    made: dict[int, Array] = {}
    for position, node in enumerate(network.nodes):
        if isinstance(node.layer, Input):
            made[position] = next(given)
        else:
            read = [made[i] for i in node.inputs]
            weights = weights_of(node.layer, read[0].shape[1], read[0].shape[2:], draw)
            made[position] = forward(node.layer, read, weights)
            for i in node.inputs:
                if last[i] == position:
                    made.pop(i, None)
        yield position, made[position]


def responses(
    network: Network,
    x: "Array",
    draw: "Callable[[tuple[int, ...]], Array]",
    source: int = 0,
    until: Sequence[int] | None = None,
) -> "Iterator[tuple[int, Array]]":
    """Yield every node behind the source and its response in the positive linear network.

    Merges add. What does not come from the source is 0.

    Parameters
    ----------
    x : what stands at the source, shape (rows, *source size).
    draw : makes weights of a shape, of 1 or more. Responses are cut at ``HIGHEST``: so no depth
        overflows, and with cells of ``x`` that are 0 or at least 1 none vanishes either. Integers
        are taken modulo ``PRIME`` instead, and no sum is rounded.
    until : per row the last node of interest, in non-increasing order; the row is left out at
        nodes behind it, and at those that it does not depend on.

    Yields
    ------
    position : of the node.
    response : shape (rows still there, *node size); those of which it is the last node stand last.
    """
    import numpy as np

    sizes, last = sizes_of(network), _last_reader(network)
    rows = _rows(network, until, len(x))
    made: dict[int, Array] = {source: x[rows[source], None]}
    yield source, made[source][:, 0]
    for position in range(source + 1, len(sizes)):
        node = network.nodes[position]
        here = rows[position]
        read = [_take(made[i], rows[i], here) for i in node.inputs if i in made]
        for i in node.inputs:
            if last[i] == position:
                made.pop(i, None)
        if not len(here) or not read:
            continue
        grid = (max(sizes[i][axis] for i in node.inputs) for axis in range(network.dims))
        shape = (len(here), 1, *grid)
        total = read[0]
        for part in read[1:]:
            total = total + part
        y = positive(node.layer, np.broadcast_to(total, shape), draw)
        made[position] = np.minimum(y, HIGHEST) if y.dtype.kind == "f" else np.remainder(y, PRIME)
        yield position, made[position][:, 0]


def _rows(network: Network, until: Sequence[int] | None, count: int) -> "list[Indices]":
    """Return for every node the rows whose last node depends on it; all when none is named."""
    import numpy as np

    every = np.arange(count)
    if until is None:
        return [every] * len(network.nodes)
    found = [every[:0]] * len(network.nodes)
    ends: dict[int, Indices] = {end: np.flatnonzero(np.equal(until, end)) for end in set(until)}
    for position in range(max(ends), -1, -1):
        here = found[position]
        if position in ends:
            found[position] = here = np.concatenate([here, ends[position]])
        for i in network.nodes[position].inputs if len(here) else ():
            # In a chain, and where a row comes twice, nothing has to be merged.
            known = found[i]
            found[i] = np.union1d(known, here) if len(known) else here
    return found


def _take(made: "Array", held: "Indices", wanted: "Indices") -> "Array":
    """Return some of the rows that are held."""
    import numpy as np

    return made if len(held) == len(wanted) else made[np.searchsorted(held, wanted)]


def counts(
    network: Network, starts: Sequence[tuple[int, tuple[int, ...]]], source: int = 0
) -> "Iterator[tuple[int, Array]]":
    """Yield for every start the exact number of paths from each cell of the source to it.

    This is the adjoint of the network of ones, applied to a 1 at one position of one node.

    Parameters
    ----------
    starts : a node and a position on its output grid, each.

    Yields
    ------
    number : of the start.
    paths : int64 or Python integers, shape of the source.
    """
    sizes = sizes_of(network)
    order = sorted(range(len(starts)), key=lambda number: -starts[number][0])
    rows = max(1, CELLS // max(map(prod, sizes)))
    for low in range(0, len(order), rows):
        chunk = order[low : low + rows]
        live = _back(network, sizes, [starts[number] for number in chunk], source)
        for row, number in enumerate(chunk):
            if live is None or row >= live.digits.shape[1]:
                live = Live((0,) * network.dims, _zero(len(chunk), network.dims), 0)
            yield number, live.row(row, sizes[source])


def _zero(rows: int, dims: int) -> "NDArray[np.int64]":
    import numpy as np

    return np.zeros((1, rows, *[1] * dims), np.int64)


def _back(
    network: Network, sizes: Sizes, starts: Sequence[tuple[int, tuple[int, ...]]], source: int
) -> Live | None:
    """Return the counts on the source, a row per start; deeper starts stand first."""
    behind = [False] * len(sizes)
    behind[source] = True
    for position in range(source + 1, len(sizes)):
        behind[position] = any(behind[i] for i in network.nodes[position].inputs)
    pending: dict[int, list[Live]] = {}
    done = 0
    for position in range(max(source, starts[0][0]), source - 1, -1):
        parts = pending.pop(position, [])
        here = [place for node, place in starts[done:] if node == position]
        if here:
            parts.append(Live.points(here, above=done))
            done += len(here)
        if not parts or not behind[position]:
            continue
        live = united(parts)
        if position == source:
            return live
        node = network.nodes[position]
        grid = tuple(max(sizes[i][axis] for i in node.inputs) for axis in range(network.dims))
        pulled = pull(node.layer, live, grid)
        for i in node.inputs:
            if pulled is not None and behind[i]:
                spread = sizes[i] != grid
                part = everywhere(pulled, sizes[i], range(network.dims)) if spread else pulled
                pending.setdefault(i, []).append(part)
    return None
