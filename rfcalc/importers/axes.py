"""How is a tensor's dimension made of space and of everything else? Factors, outer to inner."""

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from math import gcd, prod
from typing import Any, Literal, Protocol

import msgspec

from rfcalc.layers.base import Layer

__all__ = [
    "Dim",
    "Factor",
    "Pairs",
    "Pieces",
    "Product",
    "Recipe",
    "Tensor",
    "Uneven",
    "Value",
    "constant",
    "divided",
    "extent",
    "live",
    "normal",
    "overlap",
    "refined",
    "regrouped",
    "spatial",
]


class Factor(msgspec.Struct, frozen=True, gc=False):
    """One factor of a dimension: ``size`` indices.

    With an ``axis`` it is a digit of a grid position: the index ``i`` adds ``i * stride`` to the
    position on that axis of the tensor's node. Without one it is batch, channel or copy: it
    says nothing about position.
    """

    size: int
    axis: int | None = None
    stride: int = 1


Dim = tuple[Factor, ...]
"""A dimension as a mixed-radix number, outer digit first; empty for a dimension of size 1."""


class Tensor(msgspec.Struct, frozen=True, gc=False):
    """A value of a graph: the draft whose grid it lies on, and how its dimensions address it.

    ``node`` is ``None`` for a constant, which depends on no input. Each cell of the node's grid
    is addressed by exactly one combination of space factors: what an operator removes from the
    tensor it also removes from the grid, by a node of its own.
    ``uneven`` tells which of the other indices read unlike cells, as after a concatenation.
    ``pairs`` is set where it holds one entry for each two cells of an axis, as attention's
    scores do.
    """

    node: int | None
    dims: tuple[Dim, ...]
    uneven: "Uneven | None" = None
    pairs: "Pairs | None" = None
    shape: tuple[int, ...] = ()
    """Size of each dimension: written once, as every operator asks for it many times."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "shape", tuple(map(extent, self.dims)))


class Recipe(Protocol):
    """What a tensor is made by, as data: it can be made again, in pieces."""

    def again(self, graph: Any, parts: "Sequence[Value]") -> "Value":
        """Return the tensor in pieces, made of those that it was made of in pieces."""
        ...


class Product(msgspec.Struct, frozen=True, eq=False):
    """A product of tensors whose dimensions carry labels; ``out`` has those of the result."""

    layer: Layer
    operands: "tuple[tuple[Value, Sequence[Hashable]], ...]"
    out: tuple[Hashable, ...]


class Pairs(msgspec.Struct, frozen=True, gc=False):
    """Entries for each two cells of axes: ``rows`` and ``keys`` are the dimensions of them.

    ``product`` is what the tensor was made by, and then ``steps`` that moved it, which are done
    anew with layers that read the keys that are left (``whole``) when others are hidden;
    ``None`` once some are, or where too much has been made of it. Hidden entries hold nothing
    (``zero``) or so little that a softmax makes nothing of them (``low``).
    """

    axes: tuple[int, ...]
    rows: int
    keys: int
    product: Product | None = None
    steps: tuple[Recipe, ...] = ()
    whole: tuple[Layer, ...] = ()
    fill: Literal["", "low", "zero"] = ""


class Pieces(msgspec.Struct, frozen=True, gc=False):
    """Tensors on different grids side by side along ``dim``: tokens of levels, a class token."""

    dim: int
    items: tuple[Tensor, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Size of each dimension."""
        shape = list(self.items[0].shape)
        shape[self.dim] = sum(item.shape[self.dim] for item in self.items)
        return tuple(shape)


Value = Tensor | Pieces


class Uneven(msgspec.Struct, frozen=True, eq=False):
    """Along which dimension without space do a tensor's indices read unlike cells?

    ``dim`` is ``None`` where that is not known, or where it may be any ``among`` several.
    ``sizes`` are the segments of indices that read alike, empty where that is not known. With
    ``nested`` the indices of a segment may read unlike cells in their turn; with ``spread`` so
    may those along other dimensions, over which a reshape has laid the segments.
    ``period`` is set where the segments are interleaved, as by a channel shuffle: that many
    neighbours hold one of each. The layer ``name`` made the tensor by a ``recipe`` of those whose
    unlike indices are ``before`` it; it makes the tensor in pieces, one per segment, where a part
    is asked for.
    """

    dim: int | None
    sizes: tuple[int, ...] = ()
    period: int = 0
    among: tuple[int, ...] = ()
    nested: bool = False
    spread: bool = False
    name: str = ""
    recipe: Recipe | None = None
    before: "tuple[Uneven, ...]" = ()


def constant(shape: Iterable[int]) -> Tensor:
    """Return a tensor of the given shape that depends on no input."""
    return _constant(tuple(shape))


@lru_cache(maxsize=1024)
def _constant(shape: tuple[int, ...]) -> Tensor:
    # A model has many weights of few shapes.
    return Tensor(None, tuple(normal([Factor(size)]) for size in shape))


def live(x: Value) -> bool:
    """Whether a value depends on an input."""
    return isinstance(x, Pieces) or x.node is not None


def extent(dim: Dim) -> int:
    """Return the size of a dimension."""
    # Most have one factor or none, and this is asked of every value.
    if len(dim) > 1:
        return prod(factor.size for factor in dim)
    return dim[0].size if dim else 1


def spatial(dim: Dim) -> Dim:
    """Return the factors of a dimension that are space."""
    return tuple(factor for factor in dim if factor.axis is not None)


def overlap(one: Factor, other: Factor) -> bool:
    """Whether two digits of one axis describe the same part of the position."""
    return (
        one.axis == other.axis
        and one.stride < other.stride * other.size
        and other.stride < one.stride * one.size
    )


def normal(factors: Iterable[Factor]) -> Dim:
    """Return factors without those of size 1, neighbours joined where they continue each other.

    >>> normal([Factor(4, 0, 8), Factor(8, 0, 1)])
    (Factor(size=32, axis=0, stride=1),)
    """
    kept: list[Factor] = []
    for factor in factors:
        if factor.size == 1:
            continue
        last = kept[-1] if kept else None
        if last is None or last.axis != factor.axis:
            kept.append(factor)
        elif factor.axis is None or last.stride == factor.stride * factor.size:
            kept[-1] = Factor(last.size * factor.size, factor.axis, factor.stride)
        else:
            kept.append(factor)
    return tuple(kept)


def divided(factor: Factor, outer: int) -> tuple[Factor, Factor]:
    """Return a factor as two digits, the outer one with ``outer`` values."""
    inner = factor.size // outer
    if factor.axis is None:
        return Factor(outer), Factor(inner)
    return (
        Factor(outer, factor.axis, factor.stride * inner),
        Factor(inner, factor.axis, factor.stride),
    )


def regrouped(dims: Sequence[Dim], shape: Sequence[int]) -> tuple[Dim, ...] | None:
    """Return the dimensions of a reshaped tensor, ``None`` where a digit would be cut askew."""
    rest = list(reversed(normal(factor for dim in dims for factor in dim)))
    found: list[Dim] = []
    for size in shape:
        need, taken = size, list[Factor]()
        while need > 1:
            if not rest:
                return None
            head = rest.pop()
            if need % head.size == 0:
                taken.append(head)
                need //= head.size
            elif head.size % need == 0:
                outer, inner = divided(head, need)
                taken.append(outer)
                rest.append(inner)
                need = 1
            else:
                return None
        found.append(normal(taken))
    return None if rest else tuple(found)


def refined(dims: Sequence[Dim]) -> list[list[Factor]] | None:
    """Return dimensions of one size as digits of the same sizes, ``None`` if they clash."""
    stacks = [list(reversed(dim)) for dim in dims]
    found: list[list[Factor]] = [[] for _ in dims]
    while stacks and all(stacks):
        size = gcd(*(stack[-1].size for stack in stacks))
        if size == 1:
            return None
        for stack, digits in zip(stacks, found, strict=True):
            head = stack.pop()
            outer, inner = divided(head, size)
            digits.append(outer)
            if inner.size > 1:
                stack.append(inner)
    return None if any(stacks) else found
