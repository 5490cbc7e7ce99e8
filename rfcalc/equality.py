"""When are two values equal that hold arrays? Field by field, and cell by cell."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    _Array: TypeAlias = NDArray[np.generic]

__all__ = ["equal_fields"]


def equal_fields(one: object, other: object) -> bool:
    """Whether two structs are of one type and their fields are equal; stands for ``__eq__``."""
    if type(one) is not type(other):
        return NotImplemented
    names = cast("msgspec.Struct", one).__struct_fields__
    return all(_equal(getattr(one, name), getattr(other, name)) for name in names)


def _equal_arrays(one: "_Array", other: "_Array") -> bool:
    """Whether two arrays are equal by their shape, their type and every cell."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    # What is not a number is not equal to itself, and an array is to be.
    return bool(((one == other) | ((one != one) & (other != other))).all())


def _equal(one: object, other: object) -> bool:
    """Whether two values are equal; arrays by their shape, their type and every cell."""
    if hasattr(one, "dtype") and hasattr(other, "dtype"):
        return _equal_arrays(cast("_Array", one), cast("_Array", other))
    if isinstance(one, tuple | list) and isinstance(other, type(cast("Any", one))):
        ours, theirs = cast("tuple[object, ...]", one), cast("tuple[object, ...]", other)
        return len(ours) == len(theirs) and all(map(_equal, ours, theirs))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        held, there = cast("Mapping[object, object]", one), cast("Mapping[object, object]", other)
        return held.keys() == there.keys() and all(_equal(held[k], there[k]) for k in held)
    return bool(one == other) or (one != one and other != other)
