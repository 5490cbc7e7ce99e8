"""Does an operator's result share the memory of what it was made from? Strides tell."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["Laid", "shares", "with_strides"]


class Laid(NamedTuple):
    """How a tensor lies in memory; ``kind`` is its type and device, in the program's words."""

    kind: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]


_ALWAYS = frozenset(
    f"aten.{op}"
    for op in (
        *("alias", "detach", "lift_fresh", "view", "view_as", "_reshape_alias", "unflatten"),
        *("squeeze", "unsqueeze", "atleast_1d", "atleast_2d", "atleast_3d", "permute"),
        *("transpose", "swapaxes", "swapdims", "t", "numpy_T", "mT", "mH", "adjoint", "matrix_H"),
        *("movedim", "moveaxis", "expand", "expand_as", "broadcast_to", "slice", "select"),
        *("narrow", "chunk", "split", "split_with_sizes", "tensor_split", "hsplit", "vsplit"),
        *("dsplit", "unbind", "unfold", "diagonal", "requires_grad_", "as_strided"),
    )
)

_IN_ORDER = frozenset(f"aten.{op}" for op in ("reshape", "reshape_as", "flatten", "ravel"))
"""Operators that copy where the new shape cannot be laid over the memory."""

_ALIKE = frozenset(
    f"aten.{op}"
    for op in (
        *("contiguous", "to", "type_as", "_autocast_to_full_precision"),
        "_autocast_to_reduced_precision",
    )
)
"""Operators that copy where the result has another type, or lies otherwise."""

_DROPPED = frozenset(
    f"aten.{op}" for op in ("dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout")
)
"""Operators that give back what they are given, except in training."""

_PERHAPS = frozenset(
    f"aten.{op}"
    for op in (
        *("conj", "_conj", "resolve_conj", "resolve_neg", "real", "imag", "positive", "lift"),
        *("broadcast_tensors", "meshgrid", "view_as_real", "view_as_complex"),
    )
)


def with_strides(target: str, args: dict[str, Any], before: Laid | None) -> dict[str, Any]:
    """Return a call's arguments; a view by strides has those of what it is a view of with it."""
    if target != "aten.as_strided" or before is None:
        return args
    return {**args, "strides": list(before.strides)}


def shares(
    target: str, args: Mapping[str, Any], before: Laid | None, after: Laid | None
) -> bool | None:
    """Return whether what a call puts out shares the memory of its first argument.

    ``None`` is returned where that is not known.

    Parameters
    ----------
    before, after : the first argument and the first result, where both are tensors.

    Examples
    --------
    >>> image, rows = Laid("f", (1, 4, 8, 8), (256, 64, 8, 1)), Laid("f", (1, 4, 64), (256, 64, 1))
    >>> shares("aten.flatten", {"start_dim": 2}, image, rows)
    True
    >>> turned = Laid("f", (1, 8, 8, 4), (256, 8, 1, 64))
    >>> shares("aten.contiguous", {}, turned, image)
    False
    """
    if target in _ALWAYS:
        return True
    if target in _DROPPED:
        return not args.get("train", True) or args.get("p") == 0
    if target in _PERHAPS or (target == "aten.einsum" and len(args.get("tensors", ())) == 1):
        return None
    if target not in _IN_ORDER | _ALIKE:
        return False
    if before is None or after is None:
        return None
    if target in _IN_ORDER:
        return _lies_over(before, after.shape)
    same = (before.kind, before.strides) == (after.kind, after.strides)
    return same and not args.get("copy", False)


def _lies_over(before: Laid, shape: Sequence[int]) -> bool:
    """Whether each dimension of a shape lies within a run of memory that has one stride."""
    runs: list[tuple[int, int]] = []
    for size, stride in zip(before.shape, before.strides, strict=True):
        if size == 1:
            continue
        if runs and runs[-1][1] == size * stride:
            runs[-1] = (runs[-1][0] * size, stride)
        else:
            runs.append((size, stride))
    rest = [size for size in reversed(shape) if size != 1]
    for size, _ in runs:
        held = 1
        while held < size and rest:
            held *= rest.pop()
        if held != size:
            return False
    return True
