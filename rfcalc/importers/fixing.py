"""Which axes do stored tensors hold to one size, as they have a number for each of its cells?"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from rfcalc.importers.axes import Value, live, spatial
from rfcalc.importers.graph import Graph
from rfcalc.importers.pieces import items_of

__all__ = [
    "Operand",
    "fix",
    "fix_by_broadcast",
    "fix_by_channels",
    "fix_by_labels",
    "matrix_labels",
    "operands_of",
    "stays_stored",
]

_KEEPING = frozenset(
    (
        *("alias", "clone", "contiguous", "detach", "identity", "to", "_to_copy", "cast"),
        *("permute", "transpose", "t", "view", "_unsafe_view", "reshape", "squeeze", "unsqueeze"),
        *("add", "sub", "mul", "div", "neg", "exp", "expm1", "log", "log1p", "sqrt", "square"),
        *("relu", "sigmoid", "softmax", "softplus", "tanh"),
        *("dequantize", "dequantizelinear", "quantize", "quantizelinear"),
    )
)
"""Operators, by their names in lower case, that make of stored tensors what is as large as they."""

Operand = tuple[Value, Sequence[object]]
"""A value, and a label for each of its dimensions."""


def stays_stored(kind: str, read: Sequence[str], stored: Collection[str]) -> bool:
    """Whether what a step gives has the size of what is stored, whatever the input's."""
    kind = kind.lower()
    if kind == "constant":
        return True
    return kind in _KEEPING and bool(read) and all(name in stored for name in read)


def fix(graph: Graph, x: Value, dims: Iterable[int]) -> None:
    """Note that axes keep the size they have: those of which dimensions hold every cell.

    A part of an axis, as a window that is as large at any size, fixes nothing.
    """
    dims = list(dims)
    for item in items_of(x):
        if item.node is None:
            continue
        held: dict[int, int] = {}
        for factor in (f for d in dims for f in spatial(item.dims[d])):
            assert factor.axis is not None
            held[factor.axis] = held.get(factor.axis, 1) * factor.size
        for axis, cells in held.items():
            if cells == graph.sizes[item.node][axis]:
                graph.fixed.setdefault(item.node, set()).add(axis)


def operands_of(
    names: Iterable[str], values: Mapping[str, object], stored: Collection[str]
) -> tuple[list[Value], set[int]]:
    """Return the values that a step reads, and the places of the stored ones among them.

    There are none where all are stored: the step then gives a constant, and fixes nothing.
    """
    found = [(name, one) for name in names if isinstance(one := values.get(name), Value)]
    places = {i for i, (name, one) in enumerate(found) if name in stored and not live(one)}
    operands = [one for _, one in found]
    return operands, places if any(map(live, operands)) else set()


def fix_by_broadcast(graph: Graph, operands: Sequence[Value], stored: Collection[int]) -> None:
    """Fix what stored operands are as large as, aligned from the last dimension."""
    shapes = [operands[place].shape for place in stored]
    for x in filter(live, operands):
        rank = len(x.shape)
        aligned = (
            rank - k
            for shape in shapes
            for k in range(1, min(rank, len(shape)) + 1)
            if shape[-k] == x.shape[-k] > 1
        )
        fix(graph, x, set(aligned))


def fix_by_channels(graph: Graph, operands: Sequence[Value], stored: Collection[int]) -> None:
    """Fix the second dimension, for each index of which stored operands have a number."""
    x = next(filter(live, operands))
    if len(x.shape) > 1 and any(max(operands[i].shape, default=1) > 1 for i in stored):
        fix(graph, x, [1])


def matrix_labels(one: Value, two: Value) -> list[Sequence[object]]:
    """Return the labels of the operands of a matrix product; those before the last two are equal.

    >>> from rfcalc.importers.axes import constant
    >>> matrix_labels(constant((4, 5, 6)), constant((6, 7)))
    [[-3, 'i', 'k'], ['k', 'j']]
    """
    ones, twos = len(one.shape), len(two.shape)
    return [
        [*range(-ones, -2), "i", "k"] if ones > 1 else ["k"],
        [*range(-twos, -2), "k", "j"] if twos > 1 else ["k"],
    ]


def fix_by_labels(graph: Graph, operands: Sequence[Operand], stored: Collection[int]) -> None:
    """Fix what runs together with a dimension of an operand that is stored."""
    sizes: Mapping[object, int] = {
        label: size
        for place in stored
        for label, size in zip(operands[place][1], operands[place][0].shape, strict=True)
    }
    for value, labels in operands:
        if live(value):
            fix(graph, value, [d for d, label in enumerate(labels) if sizes.get(label, 1) > 1])
