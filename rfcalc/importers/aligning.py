"""How do operands on different grids come together before they are combined?"""

from collections.abc import Hashable, Sequence

from rfcalc.importers.axes import Dim, Factor, Tensor, normal, overlap, spatial
from rfcalc.importers.digits import removed
from rfcalc.importers.graph import Graph
from rfcalc.layers.frame import Pad
from rfcalc.layers.resample import PixelShuffle
from rfcalc.layers.whole import GlobalPool

__all__ = ["Label", "Live", "aligned"]

Label = Hashable
Live = tuple[Tensor, tuple[Label, ...]]


def aligned(graph: Graph, live: Sequence[Live], out: Sequence[Label]) -> list[Live]:
    """Return operands whose axes are on the grid of the result, or laid out as channels."""
    grids = {graph.sizes[value.node] for value, _ in live if value.node is not None}
    if len(grids) == 1 and all(label in out for _, labels in live for label in labels):
        return list(live)
    settled = [(_settled(graph, value, live), labels) for value, labels in live]
    found = _refined(graph, _summed(graph, settled, out), out)
    laid = _foreign(graph, found, out)
    # What has lost an axis to the channels may have a cell per block now.
    return laid if laid == found else _refined(graph, laid, out)


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
        done.append((removed(graph, value, gone, GlobalPool, "sum", sized=True), labels))
    return done


def _refined(graph: Graph, live: Sequence[Live], out: Sequence[Label]) -> list[Live]:
    """Bring operands that lack some digits of another's axis onto the grid of that axis.

    One that has a cell per block (the outer digits) is repeated within each block; one that
    has the cells of a single block (the inner digits) is repeated block by block.
    """
    done: list[Live] = []
    for value, labels in live:
        for other, theirs in live:
            ratio = _ratios(graph, value, labels, other, theirs)
            if ratio is None:
                continue
            held = dict(zip(labels, value.dims, strict=True))
            held = {label: _scaled(dim, ratio) for label, dim in held.items()}
            known = {f for dim in held.values() for f in dim}
            lacking: dict[Label, Dim] = {}
            for label, dim in zip(theirs, other.dims, strict=True):
                gone = [f for f in dim if f.axis in ratio and f not in known]
                there = spatial(held.get(label, ()))
                if gone and (there or label not in out or len(gone) != len(spatial(dim))):
                    break
                lacking |= {label: dim} if gone else {}
            else:
                assert value.node is not None
                assert other.node is not None
                node = _repeated(graph, value.node, ratio, graph.sizes[other.node])
                held |= lacking
                value, labels = Tensor(node, tuple(held.values())), tuple(held)
                break
        done.append((value, labels))
    return done


def _ratios(
    graph: Graph, value: Tensor, labels: Sequence[Label], other: Tensor, theirs: Sequence[Label]
) -> dict[int, int] | None:
    """Return by axis the cells of ``other`` per cell of ``value``; 1 where it is one block.

    ``None`` when their digits do not match, or no axis differs.
    """
    assert value.node is not None
    assert other.node is not None
    found: dict[int, int] = {}
    for label, dim in zip(labels, value.dims, strict=True):
        there = spatial(other.dims[list(theirs).index(label)]) if label in theirs else ()
        for f in spatial(dim):
            assert f.axis is not None
            n, m = graph.sizes[other.node][f.axis], graph.sizes[value.node][f.axis]
            if n == m:
                continue
            outer = Factor(f.size, f.axis, f.stride * (n // m))
            step = n // m if outer in there else 1
            if n % m or (outer not in there and f not in there):
                return None
            if found.setdefault(f.axis, step) != step:
                return None
    return found or None


def _scaled(dim: Dim, ratio: dict[int, int]) -> Dim:
    return tuple(
        f if f.axis is None else Factor(f.size, f.axis, f.stride * ratio.get(f.axis, 1))
        for f in dim
    )


def _repeated(graph: Graph, node: int, ratio: dict[int, int], size: Sequence[int]) -> int:
    """Return the node with each cell repeated, or, where the ratio is 1, all of them in turn."""
    factors = tuple(ratio.get(axis, 1) for axis in range(graph.dims))
    if max(factors) > 1:
        node = graph.emit(PixelShuffle(factor=factors), [node], "blocks")
    for axis in ratio:
        while (n := graph.sizes[node][axis]) < size[axis]:
            after = [0] * graph.dims
            after[axis] = min(n, size[axis] - n)
            zeros = (0,) * graph.dims
            pad = Pad(before=zeros, after=tuple(after), padding_mode="circular")
            node = graph.emit(pad, [node], "tiles")
    return node


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
                if n != kept and place != label and not _is_placed_elsewhere(live, i, label):
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


def _is_placed_elsewhere(live: Sequence[Live], mine: int, label: Label) -> bool:
    """Whether a label says where cells are in another operand, too."""
    return any(
        label in labels and spatial(value.dims[labels.index(label)])
        for i, (value, labels) in enumerate(live)
        if i != mine
    )


def _grid(graph: Graph, x: Tensor, factor: Factor) -> int:
    assert x.node is not None
    assert factor.axis is not None
    return graph.sizes[x.node][factor.axis]
