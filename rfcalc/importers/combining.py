"""What does a product of tensors read whose dimensions carry labels, as in einsum?"""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import msgspec

from rfcalc.importers.aligning import Label
from rfcalc.importers.axes import Pieces, Product, Tensor, Uneven, Value, spatial
from rfcalc.importers.cutting import narrow
from rfcalc.importers.digits import Whole, removed
from rfcalc.importers.graph import JOIN, Graph
from rfcalc.importers.pairing import paired, sight_of
from rfcalc.importers.pieces import only, resized
from rfcalc.importers.uneven import marked
from rfcalc.importers.uniting import unite
from rfcalc.layers.base import Layer
from rfcalc.layers.whole import Attention, GlobalPool

__all__ = ["Labelled", "combine"]

Labelled = tuple[Value, Sequence[Label]]


class Contract(msgspec.Struct, frozen=True, eq=False):
    """A product whose result reads unlike cells along a label, in segments of some sizes."""

    product: Product
    whole: Whole
    label: Label
    sizes: tuple[int, ...]

    def again(self, graph: Graph, parts: Sequence[Value]) -> Value:
        """Return a product per segment; its operands are cut, and no parts of them are needed."""
        layer, operands, out = self.product.layer, self.product.operands, self.product.out
        rows = _rows(graph, operands, self.label, self.sizes)
        done = tuple(only(combine(graph, layer, row, out, self.whole)) for row in rows)
        return Pieces(out.index(self.label), done)


def combine(
    graph: Graph,
    layer: Layer,
    operands: Sequence[Labelled],
    out: Sequence[Label],
    whole: Whole = Attention,
) -> Value:
    """Return an element-wise or summed product of tensors whose dimensions carry labels.

    As in ``einsum``: equal labels run together, a label that is missing in ``out`` is summed
    over, a dimension of size 1 is broadcast. A cell of the result reads, of each operand, the
    cells that agree with it in every digit that is not summed over.

    Parameters
    ----------
    layer : the node of the result, where no attention stands for it.
    whole : the layers for an operand that is read whole while the result keeps its axes.
    """
    tensors: list[tuple[Tensor, Sequence[Label]]] = []
    for value, labels in operands:
        if isinstance(value, Pieces):
            return _in_pieces(graph, layer, operands, out, whole, value, labels[value.dim])
        tensors.append((value, labels))
    _note_mixed(graph, tensors, out)
    whole = sight_of(operands, out) or whole
    done, crossed, live = unite(graph, layer, tensors, out, whole)
    if done.node is None:
        return done
    product = Product(layer, tuple(operands), tuple(out))
    unlike = [(v.uneven, ls) for v, ls in tensors if v.node is not None and v.uneven is not None]
    if unlike or crossed:
        done = _follow(graph, product, whole, done, crossed, unlike)
    return paired(graph, done, live, out, crossed, product)


def _note_mixed(
    graph: Graph, tensors: Sequence[tuple[Tensor, Sequence[Label]]], out: Sequence[Label]
) -> None:
    """Tell a graph which dimensions are summed over with weights, as channels are."""
    mixed = {
        label
        for v, labels in tensors
        if v.node is None
        for label, size in zip(labels, v.shape, strict=True)
        if size > 1 and label not in out
    }
    for v, labels in tensors if mixed else ():
        for d, label in enumerate(labels):
            if v.node is not None and label in mixed:
                graph.mix(v, d)


def _follow(
    graph: Graph,
    product: Product,
    whole: Whole,
    done: Tensor,
    crossed: set[Label],
    unlike: Sequence[tuple[Uneven, Sequence[Label]]],
) -> Tensor:
    """Return the result, uneven where operands are and where positions became channels."""
    out, every = product.out, [u for u, _ in unlike]
    named = {None if u.dim is None else labels[u.dim] for u, labels in unlike}
    known = {label for label in named if label in out} | crossed
    if None in named or len(known) > 1:
        return marked(done, None)
    if not known:
        return marked(done, None) if any(u.spread for u in every) else done
    label = known.pop()
    at = out.index(label)
    if not crossed and spatial(done.dims[at]):
        # Rows without an axis of their own met the cells of one.
        graph.assume(f"{graph.here}: each cell is taken to read all rows of what it is joined with")
        return done
    runs = [u for u, labels in unlike if u.dim is not None and labels[u.dim] == label]
    if crossed or any(u.period or not u.sizes for u in runs):
        # So many neighbours hold one of each only where all operands are laid out in turn.
        periods = [0] if crossed else [u.period for u in runs]
        return marked(done, at, max(periods) if all(periods) else 0, *every)
    ends = sorted({end for u in runs for end in accumulate(u.sizes, initial=0)})
    sizes = tuple(high - low for low, high in pairwise(ends))
    held = Uneven(
        at,
        sizes,
        nested=any(u.nested for u in runs),
        spread=any(u.spread for u in runs),
        name=graph.here,
        recipe=Contract(product, whole, label, sizes),
        before=tuple(runs),
    )
    return Tensor(done.node, done.dims, held)


def _rows(
    graph: Graph, operands: Sequence[Labelled], label: Label, sizes: Sequence[int]
) -> list[list[Labelled]]:
    """Return the operands for each segment of a label; those without it are whole in each."""
    return [
        [
            (narrow(graph, v, ls.index(label), end - size, size), ls)
            if label in ls and v.shape[ls.index(label)] > 1
            else (v, ls)
            for v, ls in operands
        ]
        for size, end in zip(sizes, accumulate(sizes), strict=True)
    ]


def _in_pieces(
    graph: Graph,
    layer: Layer,
    operands: Sequence[Labelled],
    out: Sequence[Label],
    whole: Whole,
    pieces: Pieces,
    label: Label,
) -> Value:
    """Combine piece by piece along a label: side by side where it is kept, summed where not."""
    sizes = [item.shape[pieces.dim] for item in pieces.items]
    if label in out:
        at = list(out).index(label)
        done: list[Tensor] = []
        for row in _rows(graph, operands, label, sizes):
            made = combine(graph, layer, row, out, whole)
            if isinstance(made, Pieces) and made.dim == at:
                done += made.items  # operands that are cut elsewhere cut the piece again
            else:
                done.append(_united(graph, made))
        return Pieces(at, tuple(done))
    # All parts of an operand are summed: none is taken for another.
    summed = [(_as_if_alike(v) if label in ls else v, ls) for v, ls in operands]
    flat: list[Labelled] = []
    for number, row in enumerate(_rows(graph, summed, label, sizes)):
        renamed = {label: (label, number)}
        flat += [(v, [renamed.get(other, other) for other in ls]) for v, ls in row]
    return combine(graph, layer, flat, out, whole)


def _as_if_alike(x: Value) -> Value:
    return Tensor(x.node, x.dims) if isinstance(x, Tensor) and x.uneven is not None else x


def _united(graph: Graph, x: Value) -> Tensor:
    """Return a row of an attention map, whose keys may lie on several grids, on the row's grid."""
    if isinstance(x, Tensor):
        return x
    d, labels = x.dim, list(range(len(x.shape)))
    rows = [
        removed(graph, i, spatial(i.dims[d]), GlobalPool, "keys")
        for i in x.items
        if i.node is not None
    ]
    flat = [(Tensor(i.node, (*i.dims[:d], (), *i.dims[d + 1 :])), labels) for i in rows]
    return marked(resized(unite(graph, JOIN, flat, labels).done, d, x.shape[d]), d)
