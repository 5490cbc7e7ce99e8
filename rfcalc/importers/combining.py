"""What does a product of tensors read whose dimensions carry labels, as in einsum?"""

from collections.abc import Sequence

from rfcalc.importers.aligning import Label, aligned
from rfcalc.importers.axes import Factor, Pieces, Tensor, Value, constant, normal, overlap, refined
from rfcalc.importers.cutting import narrow
from rfcalc.importers.digits import spread
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.pieces import only
from rfcalc.layers.base import Layer
from rfcalc.layers.whole import Attention

__all__ = ["Labelled", "combine"]

Labelled = tuple[Value, Sequence[Label]]


def combine(
    graph: Graph,
    layer: Layer,
    operands: Sequence[Labelled],
    out: Sequence[Label],
    whole: type[Layer] = Attention,
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
    live = [(v, tuple(ls)) for v, ls in operands if isinstance(v, Tensor) and v.node is not None]
    sizes: dict[Label, int] = {}
    for value, labels in operands:
        for label, size in zip(labels, value.shape, strict=True):
            sizes[label] = max(size, sizes.get(label, 1))
    if not live:
        return constant(sizes[label] for label in out)
    live = aligned(graph, live, out)
    digits, result = _claimed(graph, live, out, sizes)
    nodes: dict[int, list[tuple[Factor, ...]]] = {}
    for value, held in zip((v for v, _ in live), digits, strict=True):
        assert value.node is not None
        hidden = _hidden(graph, held, result, out)
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
    return Tensor(node, tuple(normal(result[label]) for label in out))


def _claimed(
    graph: Graph,
    live: Sequence[tuple[Tensor, tuple[Label, ...]]],
    out: Sequence[Label],
    sizes: dict[Label, int],
) -> tuple[list[dict[Label, list[Factor]]], dict[Label, list[Factor]]]:
    """Return each operand's digits, cut alike, and those of the result: first come, first kept."""
    held: list[dict[Label, list[Factor]]] = [{} for _ in live]
    result: dict[Label, list[Factor]] = {}
    claimed: list[Factor] = []
    for label in [*out, *(label for label in sizes if label not in out)]:
        who = [
            (i, value.dims[labels.index(label)])
            for i, (value, labels) in enumerate(live)
            if label in labels and value.dims[labels.index(label)]
        ]
        cut = refined([dim for _, dim in who])
        if cut is None:
            raise lost(graph.here, "its operands are laid out in ways that do not match")
        for (i, _), digits in zip(who, cut, strict=True):
            held[i][label] = digits
        if label not in out:
            continue
        if not cut:
            result[label] = [Factor(sizes[label])]
            continue
        result[label] = []
        for digits in zip(*cut, strict=True):
            free = [
                f for f in digits if f.axis is not None and not any(overlap(f, c) for c in claimed)
            ]
            result[label].append(free[0] if free else Factor(digits[0].size))
            claimed += free[:1]
    return held, result


def _hidden(
    graph: Graph,
    held: dict[Label, list[Factor]],
    result: dict[Label, list[Factor]],
    out: Sequence[Label],
) -> tuple[Factor, ...]:
    """Return an operand's digits that its cells do not share with those of the result."""
    kept = [f for digits in result.values() for f in digits if f.axis is not None]
    found: list[Factor] = []
    for label, digits in held.items():
        for position, factor in enumerate(digits):
            if factor.axis is None:
                continue
            if label in out:
                there = result[label][position]
                if there == factor:
                    continue
                if there.axis is not None:
                    raise lost(graph.here, "it combines positions with others, as a transpose does")
            if not any(overlap(factor, other) for other in kept):
                raise lost(graph.here, "it lays one axis over another")
            found.append(factor)
    return tuple(found)


def _in_pieces(
    graph: Graph,
    layer: Layer,
    operands: Sequence[Labelled],
    out: Sequence[Label],
    whole: type[Layer],
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
                value = narrow(graph, value, labels.index(label), start, size)
            row.append((value, labels))
        rows.append(row)
        start += size
    if label in out:
        done = tuple(only(combine(graph, layer, row, out, whole)) for row in rows)
        return Pieces(list(out).index(label), done)
    flat: list[Labelled] = []
    for number, row in enumerate(rows):
        renamed = {label: (label, number)}
        flat += [(v, [renamed.get(other, other) for other in labels]) for v, labels in row]
    return combine(graph, layer, flat, out, whole)
