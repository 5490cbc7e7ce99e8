"""What tells one tensor from another? The memory it lies in, and how."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, cast

if TYPE_CHECKING:
    import torch
    from torch.multiprocessing.reductions import StorageWeakRef

    Geometry: TypeAlias = tuple[torch.dtype, tuple[int, ...], tuple[int, ...], int | torch.SymInt]

__all__ = [
    "geometry",
    "is_fake",
    "is_tensor",
    "key_of",
    "reference",
    "tensors_in",
]


def tensors_in(values: Iterable[object]) -> "Iterator[torch.Tensor]":
    """Yield the tensors among arguments, those in lists too."""
    for value in values:
        if isinstance(value, list | tuple):
            yield from tensors_in(cast("Sequence[object]", value))
        elif isinstance(value, dict):
            yield from tensors_in(cast("dict[object, object]", value).values())
        elif is_tensor(value):
            yield value


def is_tensor(value: object) -> "TypeGuard[torch.Tensor]":
    """Whether a value is a tensor."""
    import torch

    return isinstance(value, torch.Tensor)


def is_fake(tensor: "torch.Tensor") -> bool:
    """Whether a tensor has sizes alone, no values."""
    return tensor.device.type == "meta" or type(tensor).__name__ == "FakeTensor"


def key_of(tensor: Any) -> int:
    """Return what tells the memory that a tensor lies in from any other."""
    return int(tensor.untyped_storage()._cdata)


def reference(tensor: "torch.Tensor") -> "StorageWeakRef":
    """Return what keeps the memory's address, not its values, from being used again."""
    from torch.multiprocessing import reductions

    return reductions.StorageWeakRef(tensor.untyped_storage())


def geometry(tensor: "torch.Tensor") -> "Geometry":
    """Return how a tensor lies in its memory."""
    return (tensor.dtype, tuple(tensor.shape), tuple(tensor.stride()), tensor.storage_offset())
