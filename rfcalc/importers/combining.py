"""What does a product of tensors read whose dimensions carry labels, as in einsum?"""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from rfcalc.importers.aligning import Label, aligned
from rfcalc.importers.axes import (
    Factor,
    Pieces,
    Tensor,
    Uneven,
    Value,
    constant,
    normal,
    spatial,
)
from rfcalc.importers.claims import claimed_by, crossed_in, hidden_from
from rfcalc.importers.cutting import narrow
from rfcalc.importers.digits import Whole, removed, spread
from rfcalc.importers.graph import JOIN, Graph
from rfcalc.importers.pairing import paired, sight_of
from rfcalc.importers.pieces import only, resized
from rfcalc.importers.uneven import marked
from rfcalc.layers.base import Layer
from rfcalc.layers.whole import Attention, GlobalPool

__all__ = ["Labelled", "combine"]

Labelled = tuple[Value, Sequence[Label]]


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
    whole : the layer for an operand that is read whole while the result keeps its axes.
    """
    for position, (value, labels) in enumerate(operands):
        if isinstance(value, Pieces):
            return _in_pieces(graph, layer, operands, out, whole, labels[value.dim], position)
    whole = sight_of(operands, out) or whole
    live = [(v, tuple(ls)) for v, ls in operands if isinstance(v, Tensor) and v.node is not None]
    sizes: dict[Label, int] = {}
    for value, labels in operands:
        for label, size in zip(labels, value.shape, strict=True):
            sizes[label] = max(size, sizes.get(label, 1))
    if not live:
        return constant(sizes[label] for label in out)
    live = aligned(graph, live, out)
    digits, result = claimed_by(graph, live, out, sizes)
    nodes: dict[int, list[tuple[Factor, ...]]] = {}
    for value, held in zip((v for v, _ in live), digits, strict=True):
        assert value.node is not None
        hidden = hidden_from(graph, held, result, out)
        nodes.setdefault(value.node, []).append(hidden)
    inputs: list[int] = []
    alone = len(nodes) == 1
    for node, reads in nodes.items():
        wide = [r for r in dict.fromkeys(reads) if r]
        if not wide:
            inputs.append(node)
        single = alone and len(wide) == 1
        inputs += [spread(graph, node, r, whole, "" if single else "read") for r in wide]
    node = inputs[0]
    if not (alone and len(inputs) == 1 and any(any(r) for r in nodes.values())):
        node = graph.merge(layer, inputs)
    done = Tensor(node, tuple(normal(result[label]) for label in out))
    crossed = crossed_in(digits, result)
    done = _uneven(graph, layer, operands, out, whole, done, crossed)
    if isinstance(done, Pieces):
        return done

    def again(sight: Whole) -> Tensor:
        return only(combine(graph, layer, operands, out, sight))

    return paired(graph, done, live, out, crossed, again)


def _uneven(
    graph: Graph,
    layer: Layer,
    operands: Sequence[Labelled],
    out: Sequence[Label],
    whole: Whole,
    done: Tensor,
    crossed: set[Label],
) -> Value:
    """Return the result, uneven where operands are and where positions became channels."""
    unlike = [
        (value.uneven, labels)
        for value, labels in operands
        if isinstance(value, Tensor) and value.node is not None and value.uneven is not None
    ]
    if not unlike and not crossed:
        return done
    named = {None if u.dim is None else labels[u.dim] for u, labels in unlike}
    known = {label for label in named if label in out} | crossed
    if None in named or len(known) > 1:
        return marked(done, None)
    if not known:
        return marked(done, None) if any(u.spread for u, _ in unlike) else done
    label = known.pop()
    at = list(out).index(label)
    if not crossed and spatial(done.dims[at]):
        # Rows without an axis of their own met the cells of one.
        graph.assume(f"{graph.here}: each cell is taken to read all rows of what it is joined with")
        return done
    runs = [u for u, labels in unlike if u.dim is not None and labels[u.dim] == label]
    if crossed or any(u.period or not u.sizes for u in runs):
        # So many neighbours hold one of each only where all operands are laid out in turn.
        periods = [0] if crossed else [u.period for u in runs]
        return marked(done, at, max(periods) if all(periods) else 0, *(u for u, _ in unlike))
    ends = sorted({end for u in runs for end in accumulate(u.sizes)})
    sizes = tuple(high - low for low, high in pairwise([0, *ends]))

    def pieces(_: list[Value]) -> Value:
        rows = [
            [
                (
                    narrow(graph, v, labels.index(label), end - size, size)
                    if label in labels and v.shape[labels.index(label)] > 1
                    else v,
                    labels,
                )
                for v, labels in operands
            ]
            for size, end in zip(sizes, ends, strict=True)
        ]
        return Pieces(at, tuple(only(combine(graph, layer, row, out, whole)) for row in rows))

    held = Uneven(
        at,
        sizes,
        make=pieces,
        before=tuple(runs),
        name=graph.here,
        nested=any(u.nested for u in runs),
        spread=any(u.spread for u in runs),
    )
    return Tensor(done.node, done.dims, held)


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
    done = resized(only(combine(graph, JOIN, flat, labels)), d, x.shape[d])
    return marked(done, d)


def _in_pieces(
    graph: Graph,
    layer: Layer,
    operands: Sequence[Labelled],
    out: Sequence[Label],
    whole: Whole,
    label: Label,
    position: int,
) -> Value:
    """Combine piece by piece along a label: side by side where it is kept, summed where not."""
    pieces = operands[position][0]
    assert isinstance(pieces, Pieces)
    sizes = [item.shape[pieces.dim] for item in pieces.items]
    rows: list[list[Labelled]] = []
    start = 0
    for size in sizes:
        row: list[Labelled] = []
        for value, labels in operands:
            if label in labels and value.shape[labels.index(label)] > 1:
                if label not in out and isinstance(value, Tensor) and value.uneven is not None:
                    # All of its parts are summed: none is taken for another.
                    value = Tensor(value.node, value.dims)
                value = narrow(graph, value, labels.index(label), start, size)
            row.append((value, labels))
        rows.append(row)
        start += size
    if label in out:
        at = list(out).index(label)
        done: list[Tensor] = []
        for row in rows:
            made = combine(graph, layer, row, out, whole)
            if isinstance(made, Pieces) and made.dim == at:
                done += made.items  # operands that are cut elsewhere cut the piece again
            else:
                done.append(_united(graph, made))
        return Pieces(at, tuple(done))
    flat: list[Labelled] = []
    for number, row in enumerate(rows):
        renamed = {label: (label, number)}
        flat += [(v, [renamed.get(other, other) for other in labels]) for v, labels in row]
    return combine(graph, layer, flat, out, whole)
