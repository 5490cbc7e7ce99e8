"""How many multiply-adds does a step take? One for each pair of numbers whose products are summed.

A weight that meets padding is counted, as when the input is padded first. Norms, activations,
poolings, resizes and sums of two maps multiply no pairs that are summed, and count none.
"""

from collections.abc import Sequence
from math import prod

__all__ = [
    "attention_macs",
    "convolution_macs",
    "einsum_macs",
    "matrix_macs",
    "recurrence_macs",
    "transposed_macs",
]

Shape = Sequence[int]


def convolution_macs(weight: Shape, out: Shape) -> int:
    """Return those of a convolution; ``weight``: out channels, in channels of a group, kernel.

    >>> convolution_macs((64, 3, 7, 7), (1, 64, 112, 112))
    118013952
    """
    return prod(out) * prod(weight[1:])


def transposed_macs(weight: Shape, given: Shape) -> int:
    """Return those of a transposed convolution: every input cell meets the whole kernel.

    ``weight``: in channels, out channels of a group, kernel. What is cropped from the result is
    counted.
    """
    return prod(given) * prod(weight[1:])


def matrix_macs(one: Shape, out: Shape, turned: bool = False) -> int:
    """Return those of a product of matrices, which sums over the last dimension of the first.

    ``turned`` when the first is transposed before.
    """
    return prod(out) * (one[-2] if turned else one[-1] if one else 1)


def attention_macs(query: Shape, key: Shape, value: Shape) -> int:
    """Return those of attention: of the scores, and of the values by them. Masks save none."""
    return prod(query[:-1]) * key[-2] * (query[-1] + value[-1])


def recurrence_macs(steps: int, matrices: Sequence[Shape]) -> int:
    """Return those of a recurrence: every matrix is met once per step and sample."""
    return steps * sum(map(prod, matrices))


def einsum_macs(equation: str, shapes: Sequence[Shape]) -> int | None:
    """Return those of an einsum of two operands, or of one.

    ``None`` for more, whose order is not laid down.

    >>> einsum_macs("bqc,bkc->bqk", [(2, 5, 8), (2, 7, 8)])
    560
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes) or len(terms) > 2:
        return None
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        before, dots, after = term.partition("...")
        spare = len(shape) - len(before) - len(after)
        if spare < 0 or (spare and not dots):
            return None
        labels = [*before, *(f".{i}" for i in range(spare, 0, -1)), *after]
        for label, size in zip(labels, shape, strict=True):
            sizes[label] = max(size, sizes.get(label, 1))
    if arrow:
        kept = set(right.replace(".", ""))
    else:
        kept = {letter for letter in sizes if left.count(letter) == 1}
    summed = [label for label in sizes if label[0] != "." and label not in kept]
    return prod(sizes.values()) if summed and len(terms) == 2 else 0
