"""What does a function give on the window of a tile, and does it go where results are put?"""

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec

from rfcalc.errors import RfcalcError, by, fail, many
from rfcalc.tiling.parts import Part, Places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["Kind", "check_kind", "own_copy", "run_part"]


class Kind(msgspec.Struct, frozen=True):
    """What is the same of the results of all tiles: their type, and their size beside the axes.

    given : whether it is that of an array that results are written to, whose type is chosen.
    """

    dtype: Any
    shape: tuple[int, ...]
    given: bool = False

    @staticmethod
    def of(array: Any, *, given: bool = False) -> "Kind":
        """Return the kind of an array."""
        return Kind(array.dtype, tuple(map(int, array.shape)), given)


def run_part(
    predict: Callable[[Any], Any], window: Any, part: Part, places: Places
) -> "list[Array]":
    """Return what is kept of what a function gives on a window, one array per output.

    The function has the window for itself: it may change it. What it raises says of which window.

    Raises
    ------
    RfcalcError
        RF466: no arrays, another number of them, or another size, than the plan says.
    """
    try:
        result = predict(own_copy(window))
    except Exception as fault:
        low, high = zip(*part.input, strict=True)
        fault.add_note(f"raised on the window of cells {by(low)} to {by([n - 1 for n in high])}")
        raise
    results = _several(result)
    if len(results) != len(part.sizes):
        given, planned = many(len(results), "array"), many(len(part.sizes), "output")
        fact = f"the function returns {given}, the plan has {planned}"
        raise fail("RF466", fact, "make the plan for one of them: `layer=`")
    found: list[Array] = []
    for value, wanted, inner in zip(results, part.sizes, part.inner, strict=True):
        array = _array(value, len(wanted))
        size = places.size(array.shape, len(wanted))
        if size != wanted:
            window = by([high - low for low, high in part.input])
            fact = f"on a window of {window} cells the function returns {by(size)}, the plan says "
            help = "make the plan from the network that the function runs"
            raise fail("RF466", fact + by(wanted), help)
        found.append(array[places.index(inner, array.ndim)])
    return found


def own_copy(window: Any) -> Any:
    """Return a window whose memory is no other array's: where it is, a copy.

    A function that works in place would change what it is given, and the windows beside it.
    """
    import numpy as np

    owndata: bool = getattr(getattr(window, "flags", None), "owndata", True)
    return window if owndata else np.array(window, subok=True)


def check_kind(value: Any, kind: Kind, places: Places, axes: int) -> None:
    """Refuse a result that another tile's, or the array that is given, could not hold as it is.

    Raises
    ------
    RfcalcError
        RF466: of another type, or another size beside the axes.
    """
    sizes = [_beside(shape, places, axes) for shape in (value.shape, kind.shape)]
    where = "and `out=` is" if kind.given else "on one window, and on another"
    if sizes[0] != sizes[1]:
        shapes = [f"({', '.join('n' if n is None else str(n) for n in size)})" for size in sizes]
        fact = f"the function returns an array of shape {shapes[0]} {where} of {shapes[1]}"
        help = "n are the axes of the plan; make `out=` of the other sizes of a result"
        raise fail("RF466", fact, help if kind.given else "let it return one shape on all windows")
    if not _holds(kind, value):
        fact = f"the function returns an array of {value.dtype} {where} of {kind.dtype}"
        help = f"make `out=` of {value.dtype}"
        raise fail("RF466", fact, help if kind.given else "let it return one type on all windows")


def _holds(kind: Kind, value: Any) -> bool:
    """Whether values are the same in a type; they may be rounded where it is chosen by hand."""
    import numpy as np

    if np.can_cast(value.dtype, kind.dtype, "safe"):
        return True
    if kind.given and {value.dtype.kind, kind.dtype.kind} <= set("fc"):
        return np.can_cast(value.dtype, kind.dtype, "same_kind")
    if value.dtype.kind not in "biufc" or kind.dtype.kind not in "biufc":
        return False
    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool((np.asarray(value).astype(kind.dtype) == value).all())


def _beside(shape: Sequence[int], places: Places, axes: int) -> list[int | None]:
    """Return a shape with ``None`` for the axes."""
    on = places.of(len(shape), axes)
    return [None if dim in on else n for dim, n in enumerate(shape)]


def _several(result: Any) -> tuple[Any, ...]:
    """Return the arrays in a tuple or a list, or what stands alone as the only one.

    A list of numbers is one array, as it is to NumPy.
    """
    if isinstance(result, tuple):
        return cast("tuple[Any, ...]", result)
    listed = cast("list[Any]", result if isinstance(result, list) else [])
    arrays = listed and all(hasattr(one, "shape") for one in listed)
    return tuple(listed) if arrays else (cast("Any", result),)


def _array(value: Any, axes: int) -> Array:
    """Return a result as an array of NumPy.

    Raises
    ------
    RfcalcError
        RF466: it is none, or some of its cells are masked.
    """
    import numpy as np

    masks: Any = np.ma
    if masks.is_masked(value):
        fact = "the function returns an array some of whose cells are masked"
        raise fail("RF466", fact, "let it return their values: `numpy.ma.filled(result, 0)`")
    try:
        found: Array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as fault:
        raise _no_array(value, f" ({fault})") from None
    if not hasattr(value, "shape") and (found.ndim < axes or found.dtype.kind not in "biufc"):
        raise _no_array(value)
    return found


def _no_array(value: Any, why: str = "") -> RfcalcError:
    fact = f"the function returns a value of type {type(value).__name__}, which is no array{why}"
    help = (
        "let it return an array of NumPy, or a tuple of one per output; of a tensor of PyTorch: "
        "`result.detach().cpu().numpy()`"
    )
    return fail("RF466", fact, help)
