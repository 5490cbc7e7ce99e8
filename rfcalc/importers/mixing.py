"""What does an operator read that sums, compares or broadcasts over dimensions?"""

from collections.abc import Hashable, Sequence
from math import prod

from rfcalc.importers.axes import (
    Dim,
    Factor,
    Pieces,
    Tensor,
    Value,
    constant,
    normal,
    overlap,
    refined,
    spatial,
)
from rfcalc.importers.graph import Graph, lost, plain
from rfcalc.layers.base import Layer
from rfcalc.layers.resample import PixelUnshuffle
from rfcalc.layers.whole import Attention, GlobalPool, WindowAttention
from rfcalc.layers.window import AvgPool

__all__ = ["Labelled", "combine", "mix", "reduce", "removed"]

Label = Hashable
Labelled = tuple[Value, Sequence[Label]]


def removed(
    graph: Graph, x: Tensor, digits: Sequence[Factor], whole: type[Layer], suffix: str = ""
) -> Tensor:
    """Return the tensor without some of its digits, on a grid that has lost them too.

    All digits of an axis: one cell reads the whole axis (``whole``, which takes ``over``). The
    inner digits: a block of cells becomes one. The outer digits: cells far apart become one.
    """
    if not digits:
        return x
    assert x.node is not None
    grid, node = graph.sizes[x.node], x.node
    over, kernel = [False] * graph.dims, [1] * graph.dims
    spacing, scale = [1] * graph.dims, [1] * graph.dims
    for axis in range(graph.dims):
        gone = sorted((f for f in digits if f.axis == axis), key=lambda f: f.stride)
        if not gone:
            continue
        count = prod(f.size for f in gone)
        low = gone[0].stride
        if gone[-1].stride * gone[-1].size != low * count:
            raise lost(graph.here, f"it sums over scattered digits of axis {axis}")
        if count == grid[axis]:
            over[axis] = True
        elif low == 1:
            kernel[axis] = scale[axis] = count
        elif low * count == grid[axis]:
            kernel[axis], spacing[axis] = count, low
        else:
            raise lost(graph.here, f"it sums over middle digits of axis {axis}")
    if scale != [1] * graph.dims and spacing == [1] * graph.dims:
        more = "unshuffle" if any(over) or not suffix else suffix
        node = graph.emit(PixelUnshuffle(factor=tuple(scale)), [node], more)
    elif kernel != [1] * graph.dims:
        pool = AvgPool(
            kernel=tuple(kernel),
            stride=tuple(scale),
            dilation=tuple(spacing),
            padding=((0, 0),) * graph.dims,
        )
        node = graph.emit(pool, [node], "blocks" if any(over) else suffix)
    if any(over):
        axes = () if all(o or n == 1 for o, n in zip(over, grid, strict=True)) else tuple(over)
        node = graph.emit(whole(over=axes), [node], suffix)  # pyright: ignore[reportCallIssue]
    gone = set(digits)
    dims = tuple(
        normal(
            f if f.axis is None else Factor(f.size, f.axis, f.stride // scale[f.axis])
            for f in dim
            if f not in gone
        )
        for dim in x.dims
    )
    return Tensor(node, dims)


def spread(
    graph: Graph, node: int, digits: Sequence[Factor], whole: type[Layer], suffix: str = ""
) -> int:
    """Return a node whose every cell reads all cells that differ from it in the digits only."""
    grid = graph.sizes[node]
    over, window, spacing = [False] * graph.dims, [1] * graph.dims, [1] * graph.dims
    for axis in range(graph.dims):
        here = sorted((f for f in digits if f.axis == axis), key=lambda f: f.stride)
        if not here:
            continue
        count, low = prod(f.size for f in here), here[0].stride
        if here[-1].stride * here[-1].size != low * count:
            raise lost(graph.here, f"it mixes scattered digits of axis {axis}")
        if count == grid[axis]:
            over[axis] = True
        else:
            window[axis], spacing[axis] = count, low
    windowed = window != [1] * graph.dims
    if windowed:
        dilation = () if spacing == [1] * graph.dims else tuple(spacing)
        layer = WindowAttention(window=tuple(window), dilation=dilation)
        node = graph.emit(layer, [node], "windows" if any(over) else suffix)
    if any(over):
        axes = () if all(o or n == 1 for o, n in zip(over, grid, strict=True)) else tuple(over)
        node = graph.emit(whole(over=axes), [node], suffix)  # pyright: ignore[reportCallIssue]
    return node


def reduce(
    graph: Graph, x: Value, dims: Sequence[int], keep: bool, whole: type[Layer] = GlobalPool
) -> Value:
    """Return a mean, sum or maximum over dimensions; without space in them, an element-wise node."""
    if isinstance(x, Pieces):
        return _reduced_pieces(graph, x, dims, keep, whole)
    if x.node is None:
        done: Tensor = x
    else:
        digits = [f for d in dims for f in spatial(x.dims[d])]
        done = removed(graph, x, digits, whole)
        if not digits:
            done = Tensor(graph.emit(plain("identity"), [x.node]), x.dims)
    left = tuple(
        () if d in dims else dim for d, dim in enumerate(done.dims) if keep or d not in dims
    )
    return Tensor(done.node, left)


def mix(
    graph: Graph, x: Value, dims: Sequence[int], layer: Layer, whole: type[Layer]
) -> Value:
    """Return a softmax or normalisation over dimensions; ``layer`` where they hold no space."""
    if isinstance(x, Pieces):
        if x.dim not in dims:
            return Pieces(x.dim, tuple(_one(mix(graph, i, dims, layer, whole)) for i in x.items))
        labels = list(range(len(x.shape)))
        inner = [("sum", d) if d in dims else d for d in labels]
        return combine(graph, layer, [(x, labels), (x, inner)], labels, whole)
    if x.node is None:
        return x
    digits = [f for d in dims for f in spatial(x.dims[d])]
    node = spread(graph, x.node, digits, whole) if digits else graph.emit(layer, [x.node])
    return Tensor(node, x.dims)


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
    live = _summed(graph, [(_settled(graph, v, live), ls) for v, ls in live], out)
    live = _foreign(graph, live, out)
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


def _one(value: Value) -> Tensor:
    assert isinstance(value, Tensor)
    return value


def _reduced_pieces(
    graph: Graph, x: Pieces, dims: Sequence[int], keep: bool, whole: type[Layer]
) -> Value:
    done = [_one(reduce(graph, item, dims, keep, whole)) for item in x.items]
    if x.dim not in dims:
        return Pieces(x.dim if keep else x.dim - sum(d < x.dim for d in dims), tuple(done))
    labels = list(range(len(done[0].dims)))
    return combine(graph, plain("identity"), [(item, labels) for item in done], labels)


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
    from rfcalc.importers.layout import narrow

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
        done = tuple(_one(combine(graph, layer, row, out, whole)) for row in rows)
        return Pieces(list(out).index(label), done)
    flat: list[Labelled] = []
    for number, row in enumerate(rows):
        renamed = {label: (label, number)}
        flat += [(v, [renamed.get(other, other) for other in labels]) for v, labels in row]
    return combine(graph, layer, flat, out, whole)
