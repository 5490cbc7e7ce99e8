"""Which entries of a Keras value does a constant hide, added, chosen or multiplied?"""

from typing import TYPE_CHECKING, Any, cast

from rfcalc.importers.axes import Value, live
from rfcalc.importers.functions import meet_constant
from rfcalc.importers.hiding import filled
from rfcalc.importers.keras.model import Array
from rfcalc.importers.keras.operators import Op
from rfcalc.importers.pairing import unhide

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.generic]

__all__ = ["given_at", "hidden_by", "masked", "note_masks", "numbers_of"]

_ARGUMENTS = {"ops.Where": ("condition", "x1", "x2")}


def masked(op: Op, x: Value) -> Value:
    """Return the only operand that depends on the input, without what the others hide."""
    words = _ARGUMENTS.get(op.key, ("x1", "x2"))
    given = [*op.args, *(op.kwargs.get(word) for word in words[len(op.args) :])]
    numbers = [numbers_of(arg) for arg in given]
    if op.key == "ops.Where":
        return _chosen(op, x, given, numbers)
    name = op.key.removeprefix("ops.").lower()
    for i, held in enumerate(numbers):
        if held is not None:
            x = meet_constant(op.graph, x, name, held, first=not i)
    return x


def given_at(op: Op, name: str, place: int) -> Any:
    """Return an argument by its name or place, ``None`` where it is not given."""
    return op.kwargs.get(name, op.args[place] if place < len(op.args) else None)


def hidden_by(mask: Any) -> Any:
    """Return which entries a constant mask of truth hides, ``None`` where it is no constant."""
    numbers = numbers_of(mask)
    return None if numbers is None else ~numbers.astype(bool)


def note_masks(op: Op, *given: Any) -> None:
    """Mark a network in which a constant mask of rows hides some of them."""
    for mask in given:
        listed = cast("list[Any]", mask) if isinstance(mask, list) else [mask]
        if any((held := hidden_by(one)) is not None and held.any() for one in listed):
            unhide(op.graph)


def _chosen(op: Op, x: Value, given: list[Any], numbers: "list[Numbers | None]") -> Value:
    """Return a value of which a constant condition takes a part."""
    if len(given) != 3 or numbers[0] is None:
        return x
    truth: Any = numbers[0].astype(bool)
    first = not isinstance(given[1], Array | int | float) and live(given[1])
    return filled(op.graph, x, ~truth if first else truth, numbers[2 if first else 1])


def numbers_of(arg: Any) -> "Numbers | None":
    """Return the numbers of a constant argument, ``None`` of what is none."""
    import numpy as np

    if isinstance(arg, bool | int | float):
        return np.asarray(arg)
    return np.asarray(arg.value) if isinstance(arg, Array) else None
