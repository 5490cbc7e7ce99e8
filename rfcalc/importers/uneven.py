"""What do the parts of a concatenation read, once other layers have been over them?

A grid has one node for all channels. Where channels read unlike cells the tensor says so, and
remembers how to be made in pieces; nothing is emitted for that until a part is asked for.
"""

from collections.abc import Callable, Sequence
from math import gcd, prod

from rfcalc.errors import RfcalcError
from rfcalc.importers.axes import Tensor, Uneven, Value
from rfcalc.importers.graph import Graph

__all__ = ["alike", "apart", "blurred", "carried", "folded", "marked", "spanned", "standing"]


def carried(
    graph: Graph,
    done: Tensor,
    x: Tensor,
    dim: int | None,
    make: Callable[[Value], Value],
    sizes: tuple[int, ...] | None = None,
) -> Tensor:
    """Return what a step made of an uneven tensor, still uneven along ``dim``.

    Parameters
    ----------
    make : the same step, for the tensor in pieces.
    sizes : of the pieces, where the step changes them.
    """
    was = x.uneven
    assert was is not None
    if was.dim is None or was.period or not was.sizes:
        return marked(done, dim if was.dim is not None else None, was.period, was.nested)
    held = Uneven(
        dim,
        was.sizes if sizes is None else sizes,
        make=lambda values: make(values[0]),
        before=(was,),
        name=graph.here,
        nested=was.nested,
    )
    return Tensor(done.node, done.dims, held)


def marked(done: Tensor, dim: int | None, period: int = 0, nested: bool = False) -> Tensor:
    """Return a tensor whose indices along ``dim`` read unlike cells, it is not known how."""
    return Tensor(done.node, done.dims, Uneven(dim, period=period, nested=nested))


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
    if isinstance(x, Tensor) and x.uneven is not None and x.uneven.dim in (None, *dims):
        graph.assume(f"{graph.here}: a part of the channels is taken to read what all of them read")
    return x


def apart(graph: Graph, x: Tensor) -> Value | None:
    """Return an uneven tensor in pieces, ``None`` where that cannot be done."""
    assert x.uneven is not None
    here, stack = graph.here, [x.uneven]
    try:
        while stack:
            top = stack[-1]
            waiting = [one for one in top.before if one.made is None]
            if waiting:
                stack += waiting
                continue
            stack.pop()
            if top.made is None:
                assert top.make is not None
                graph.here = top.name
                top.made = top.make([one.made for one in top.before if one.made is not None])
    except (RfcalcError, AssertionError, ValueError, IndexError):
        return None
    finally:
        graph.here = here
    return x.uneven.made


def folded(
    x: Tensor, old: Sequence[int], new: Sequence[int]
) -> tuple[int | None, int, tuple[int, ...]]:
    """Return where the uneven dimension stands after a reshape, its period, and its pieces.

    Pieces of equal sizes may become a dimension of their own; one that is laid out among the
    indices of another has a period.
    """
    assert x.uneven is not None
    d, sizes = x.uneven.dim, x.uneven.sizes
    if d is None or (x.uneven.period == 0 and not sizes):
        return (None if d is None else standing(old, new, d)), 0, ()
    run = gcd(*sizes) or 1
    weight, count = prod(old[d + 1 :]) * run, x.uneven.period or sum(sizes) // run
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
