"""Which entries of a PyTorch value does a constant hide, added, filled in or multiplied?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.importers.axes import Value, live
from rfcalc.importers.functions import meet_constant
from rfcalc.importers.hiding import filled, hide, low, note_zeros
from rfcalc.importers.pairing import covers, unhide
from rfcalc.importers.products import letters
from rfcalc.importers.torch.operators import Op

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["masked", "masks_of", "note_zero_weights", "note_zero_weights_by_letters", "seen_by"]


def masked(op: Op, x: Value, added: str = "other") -> Value:
    """Return the only operand that depends on the input, without what the others hide."""
    kind = op.call.op
    if kind == "where":
        return _chosen(op, x)
    if kind == "masked_fill":
        return _fill(op, x, "mask", op.array("value"))
    first = kind != "baddbmm" and op.has(added) and live(op.value(added))
    name = "self" if first else added
    if op.call.args.get(name) is None:
        return x
    numbers: Any = op.array(name)
    if numbers is None and _may_hide(op, x, name):
        return hide(op.graph, x, None)
    if numbers is not None and numbers.dtype.kind == "b" and kind != "mul":
        numbers = numbers.astype("int8")  # truths are numbers where they are added
    return meet_constant(op.graph, x, "add" if kind == "baddbmm" else kind, numbers, first=first)


def masks_of(op: Op, name: str) -> "Array | None":
    """Return which keys a mask leaves out, ``None`` where it depends on the input."""
    if not op.has(name) or live(op.value(name)):
        return None
    numbers = op.array(name)
    if numbers is None:
        unhide(op.graph)
        return None
    return low(numbers)


def seen_by(op: Op, name: str) -> "NDArray[np.bool_] | None":
    """Return where a fixed kernel is not zero in all channels, ``None`` where not known.

    Zeros among trained weights are named in ``assumed``.
    """
    held: Any = op.array(name)
    if held is None or not held.any() or held.all():
        return None
    if held.dtype.kind != "b":
        op.graph.assume(f"{op.graph.here}: the zeros of its kernel are taken to be read")
        return None
    return held


def note_zero_weights(op: Op, one: Value, two: Value) -> None:
    """Hear of a matrix product with a constant whose zeros leave cells out of its sums."""
    names = list(op.call.args)[:2]
    for x, name, d, back in ((one, names[1], -1, -2), (two, names[0], -2, -1)):
        numbers = op.array(name) if live(x) and not live(op.value(name)) else None
        if numbers is not None and numbers.ndim and len(x.shape):
            d, back = max(d, -len(x.shape)), max(back, -numbers.ndim)
            _note_zeros(op, x, d % len(x.shape), numbers, back % numbers.ndim)


def note_zero_weights_by_letters(op: Op, equation: str, values: Sequence[Value]) -> None:
    """Hear of an einsum with constants whose zeros leave cells out of its sums."""
    terms, _, result = equation.replace(" ", "").partition("->")
    rows = [(v, letters(t, len(v.shape))) for t, v in zip(terms.split(","), values, strict=True)]
    for i, (value, labels) in enumerate(rows):
        numbers = None if live(value) else op.array("tensors", i)
        if numbers is None:
            continue
        for x, others in ((v, ls) for v, ls in rows if live(v)):
            for label in (one for one in labels if one in others and one not in [*result]):
                _note_zeros(op, x, others.index(label), numbers, labels.index(label))


def _note_zeros(op: Op, x: Value, d: int, numbers: "Array", back: int) -> None:
    unread: Any = numbers == 0
    if numbers.shape[back] == x.shape[d]:
        note_zeros(op.graph, x, d, unread.all(tuple(i for i in range(numbers.ndim) if i != back)))


def _chosen(op: Op, x: Value) -> Value:
    """Return a value of which a constant condition takes a part."""
    condition, taken = op.array("condition"), live(op.value("self"))
    if op.has("condition") and live(op.value("condition")):
        return x
    if condition is None:
        return hide(op.graph, x, None)
    truth: Any = condition.astype(bool)
    return filled(op.graph, x, ~truth if taken else truth, op.array("other" if taken else "self"))


def _fill(op: Op, x: Value, name: str, by: "Array | None") -> Value:
    numbers: Any = op.array(name)
    if numbers is None:
        return x if live(op.value(name)) else hide(op.graph, x, None)
    return filled(op.graph, x, numbers.astype(bool), by)


def _may_hide(op: Op, x: Value, name: str) -> bool:
    """Whether a constant whose numbers are not known, and no weight, may be a mask of scores."""
    return op.has(name) and not op.parameter(name) and covers(x, op.value(name).shape)
