"""What do the parts of a concatenation read, once other layers have been over them?

A grid has one node for all channels. Where channels read unlike cells the tensor says so, and by
which steps it is made in pieces; nothing is emitted for that until a part is asked for.
"""

from collections.abc import Sequence
from math import gcd, prod

from rfcalc.errors import RfcalcError
from rfcalc.importers.axes import Tensor, Uneven, Value
from rfcalc.importers.graph import Graph
from rfcalc.taps import Taps

__all__ = [
    "alike",
    "apart",
    "blurred",
    "covered",
    "folded",
    "marked",
    "spanned",
    "standing",
    "unlike_along",
    "within",
]

LOOK = 64
"""Layers that are looked through from one part of a concatenation to another."""


def marked(
    done: Tensor, dim: int | None, period: int = 0, *runs: Uneven, spread: bool = False
) -> Tensor:
    """Return a tensor whose indices along ``dim`` read unlike cells, it is not known how.

    Parameters
    ----------
    runs : those that the tensor is made of.
    spread : indices of a segment are laid over other dimensions.
    """
    nested, spread = any(u.nested for u in runs), spread or any(u.spread for u in runs)
    held = Uneven(dim, period=period, nested=nested, spread=spread)
    return Tensor(done.node, done.dims, held, done.pairs)


def unlike_along(done: Tensor, dims: Sequence[int]) -> Tensor:
    """Return a tensor whose indices along dimensions read unlike cells, if there are any."""
    if not dims:
        return done
    return marked(done, dims[0] if len(dims) == 1 and done.uneven is None else None)


def within(done: Tensor, x: Tensor) -> Tensor:
    """Return what all segments of a tensor went into: uneven if they are in their turn."""
    return marked(done, None) if x.uneven is not None and x.uneven.spread else done


def blurred(done: Value, x: Value) -> Value:
    """Return what a step made of a tensor, uneven in ways that are not known if that one was."""
    if isinstance(x, Tensor) and x.uneven is not None and isinstance(done, Tensor):
        return marked(done, None) if done.node is not None else done
    return done


def spanned(x: Tensor, old: Sequence[int], new: Sequence[int]) -> tuple[int, ...]:
    """Return the new dimensions that hold a part of those among which a tensor is uneven."""
    assert x.uneven is not None
    behind = [1]
    for size in reversed(new):
        behind.append(behind[-1] * size)
    found: set[int] = set()
    for d in x.uneven.among:
        low = prod(old[d + 1 :])
        high = low * old[d]
        found |= {
            len(new) - 1 - i for i in range(len(new)) if behind[i] < high and low < behind[i + 1]
        }
    return tuple(sorted(found))


def alike(graph: Graph, x: Value, dims: Sequence[int]) -> Value:
    """Return a tensor of which a step may take any part of ``dims``, as if all read the same.

    The network is marked where they do not.
    """
    was = x.uneven if isinstance(x, Tensor) else None
    if was is not None and (was.spread or was.dim in (None, *dims)):
        graph.assume(f"{graph.here}: a part of the channels is taken to read what all of them read")
    return x


def covered(graph: Graph, parts: Sequence[Tensor]) -> bool:
    """Whether what any index of an uneven part reads, each index of an even one reads, too.

    So it does when that is made of all channels of the uneven one's node by layers that read their
    own cell, as in a block of a shuffled network beside the half that it passes on.
    """
    unlike = {part.node for part in parts if part.uneven is not None}
    alike = {part.node for part in parts if part.uneven is None and part.node is not None}
    return not unlike or unlike <= set[int]().union(*(_grown_from(graph, node) for node in alike))


def _grown_from(graph: Graph, node: int) -> set[int]:
    """Return nodes, of the same size, whose every cell a node reads at its own place."""
    found, waiting = {node}, [node]
    while waiting and len(found) < LOOK:
        here = waiting.pop()
        draft = graph.drafts[here]
        for i in draft.inputs:
            if i not in found and graph.sizes[i] == graph.sizes[here] and _own(graph, here, i):
                found.add(i)
                waiting.append(i)
    return found


def _own(graph: Graph, node: int, before: int) -> bool:
    """Whether each cell of a node reads the cell at the same place before it."""
    for axis, n in enumerate(graph.sizes[before]):
        taps = graph.drafts[node].layer.taps(n, axis)
        if isinstance(taps, Taps) and not (
            taps.advance == taps.period == 1 and 0 in taps.phases[0]
        ):
            return False
    return True


def apart(graph: Graph, x: Tensor) -> Value | None:
    """Return an uneven tensor in pieces, ``None`` where that cannot be done."""
    assert x.uneven is not None
    here, stack, made = graph.here, [x.uneven], graph.pieces
    try:
        while stack:
            top = stack[-1]
            waiting = [one for one in top.before if one not in made]
            if waiting:
                stack += waiting
                continue
            stack.pop()
            if top not in made:
                assert top.recipe is not None
                graph.here = top.name
                made[top] = top.recipe.again(graph, [made[one] for one in top.before])
    except (RfcalcError, AssertionError, ValueError, IndexError):
        return None
    finally:
        graph.here = here
    return made[x.uneven]


def folded(
    old: Sequence[int], new: Sequence[int], d: int, sizes: Sequence[int], period: int = 0
) -> tuple[int | None, int, tuple[int, ...]]:
    """Return where segments of a dimension stand after a reshape, their period, their new sizes.

    Segments of equal sizes may become a dimension of their own; where they are laid out among
    the indices of another they have a period, and no sizes.
    """
    if not period and not sizes:
        return standing(old, new, d), 0, ()
    run = gcd(*sizes) or 1
    weight, count = prod(old[d + 1 :]) * run, period or sum(sizes) // run
    behind = 1
    for at in reversed(range(len(new))):
        here = behind * new[at]
        if behind <= weight and weight % behind == 0 and here % (weight * count) == 0:
            inner = weight // behind
            if inner * count == new[at]:
                return at, 0, tuple(size // run * inner for size in sizes)
            return at, inner * count, ()
        behind = here
    return None, 0, ()


def standing(old: Sequence[int], new: Sequence[int], d: int) -> int | None:
    """Return where a dimension stands after a reshape that leaves it whole."""
    before, behind = prod(old[:d]), 1
    for at, size in enumerate(new):
        if behind == before and size == old[d]:
            return at
        behind *= size
    return None
