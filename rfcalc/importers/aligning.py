"""How do operands on different grids come together before they are combined?"""

from collections.abc import Hashable, Sequence

from rfcalc.importers.axes import Dim, Factor, Tensor, normal, overlap, spatial
from rfcalc.importers.digits import removed
from rfcalc.importers.graph import Graph
from rfcalc.layers.resample import PixelShuffle
from rfcalc.layers.whole import GlobalPool

__all__ = ["Label", "Live", "aligned"]

Label = Hashable
Live = tuple[Tensor, tuple[Label, ...]]


def aligned(graph: Graph, live: Sequence[Live], out: Sequence[Label]) -> list[Live]:
    """Return operands whose axes are on the grid of the result, or laid out as channels."""
    settled = [(_settled(graph, value, live), labels) for value, labels in live]
    return _foreign(graph, _refined(graph, _summed(graph, settled, out), out), out)


def _settled(graph: Graph, x: Tensor, live: Sequence[tuple[Tensor, object]]) -> Tensor:
    """Return the operand on the finer grid when another operand lies on it."""
    assert x.node is not None
    mine = graph.sizes[x.node]
    for other, _ in live:
        assert other.node is not None
        if any(n > m > 1 for n, m in zip(graph.sizes[other.node], mine, strict=True)):
            return graph.settled(x)
    return x


def _summed(
    graph: Graph, live: Sequence[tuple[Tensor, tuple[Label, ...]]], out: Sequence[Label]
) -> list[tuple[Tensor, tuple[Label, ...]]]:
    """Take from each operand the digits that are summed over and that nobody else keeps."""
    kept = [
        (f, _grid(graph, value, f))
        for value, labels in live
        for label, dim in zip(labels, value.dims, strict=True)
        if label in out
        for f in spatial(dim)
    ]
    done: list[tuple[Tensor, tuple[Label, ...]]] = []
    for value, labels in live:
        gone = [
            f
            for label, dim in zip(labels, value.dims, strict=True)
            if label not in out
            for f in spatial(dim)
            if not any(overlap(f, other) and n == _grid(graph, value, f) for other, n in kept)
        ]
        done.append((removed(graph, value, gone, GlobalPool, "sum"), labels))
    return done


def _refined(
    graph: Graph, live: Sequence[tuple[Tensor, tuple[Label, ...]]], out: Sequence[Label]
) -> list[tuple[Tensor, tuple[Label, ...]]]:
    """Bring operands that have one cell per block onto the grid of those blocks' cells.

    The cell of a block meets the outer digit of the finer operand's axis; the inner digits,
    which it lacks, are copies.
    """
    done: list[tuple[Tensor, tuple[Label, ...]]] = []
    for value, labels in live:
        for other, theirs in live:
            fine = _blocks(graph, value, labels, other, theirs)
            if fine is None:
                continue
            node = value.node
            assert node is not None
            held = dict(zip(labels, value.dims, strict=True))
            inner: dict[Label, Dim] = {}
            for label, dim in zip(theirs, other.dims, strict=True):
                digits = [f for f in dim if f.axis is not None and f.stride < fine[f.axis]]
                if digits and (held.get(label) or label not in out or len(digits) != len(dim)):
                    break
                inner |= {label: dim} if digits else {}
            else:
                node = graph.emit(PixelShuffle(factor=tuple(fine)), [node], "blocks")
                held = {
                    label: tuple(
                        f if f.axis is None else Factor(f.size, f.axis, f.stride * fine[f.axis])
                        for f in dim
                    )
                    for label, dim in held.items()
                } | inner
                value, labels = Tensor(node, tuple(held.values())), tuple(held)
                break
        done.append((value, labels))
    return done


def _blocks(
    graph: Graph,
    value: Tensor,
    labels: Sequence[Label],
    other: Tensor,
    theirs: Sequence[Label],
) -> list[int] | None:
    """Return per axis how many cells of ``other`` one cell of ``value`` stands for."""
    assert value.node is not None
    assert other.node is not None
    ratio = [1] * graph.dims
    for label, dim in zip(labels, value.dims, strict=True):
        there = spatial(other.dims[list(theirs).index(label)]) if label in theirs else ()
        for f in spatial(dim):
            assert f.axis is not None
            n, m = graph.sizes[other.node][f.axis], graph.sizes[value.node][f.axis]
            if n == m:
                continue
            step = n // m
            if n % m or Factor(f.size, f.axis, f.stride * step) not in there:
                return None
            ratio[f.axis] = step
    return ratio if max(ratio) > 1 else None


def _foreign(
    graph: Graph, live: Sequence[tuple[Tensor, tuple[Label, ...]]], out: Sequence[Label]
) -> list[tuple[Tensor, tuple[Label, ...]]]:
    """Lay out as channels the axes of an operand that the result has on another grid.

    A query on a coarser grid than its keys reads all of them, and keeps its own positions.
    """
    owners: dict[int, tuple[int, Label]] = {}
    marked: list[list[Label]] = [[] for _ in live]
    for label in out:
        for i, (value, labels) in enumerate(live):
            for f in spatial(value.dims[labels.index(label)]) if label in labels else ():
                assert f.axis is not None
                n = _grid(graph, value, f)
                kept, place = owners.setdefault(f.axis, (n, label))
                if n != kept and place != label:
                    marked[i].append(label)
    done: list[tuple[Tensor, tuple[Label, ...]]] = []
    for (value, labels), here in zip(live, marked, strict=True):
        if here:
            at = [labels.index(label) for label in dict.fromkeys(here)]
            shape = value.shape
            digits = [f for d in at for f in spatial(value.dims[d])]
            value = removed(graph, value, digits, GlobalPool, "all")
            dims = [
                normal([Factor(shape[d])]) if d in at else dim for d, dim in enumerate(value.dims)
            ]
            value = Tensor(value.node, tuple(dims))
        done.append((value, labels))
    return done


def _grid(graph: Graph, x: Tensor, factor: Factor) -> int:
    assert x.node is not None
    assert factor.axis is not None
    return graph.sizes[x.node][factor.axis]
