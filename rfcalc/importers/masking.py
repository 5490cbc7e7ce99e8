"""Which entries of a value do constant operands hide, in files whose operands stand in a row?"""

from typing import Any

from rfcalc.importers.axes import Value
from rfcalc.importers.functions import meet_constant
from rfcalc.importers.hiding import filled, hide
from rfcalc.importers.operation import Operation
from rfcalc.importers.pairing import covers

__all__ = ["masked"]

_CHOICES = ("Where", "SELECT", "SELECT_V2")


def masked(op: Operation, x: Value) -> Value:
    """Return the only operand that depends on the input, without what the others hide."""
    if op.kind in _CHOICES:
        return _chosen(op, x)
    for i in op.places:
        if not op.has(i) or op.live(i):
            continue
        numbers = _known(op, i)
        if numbers is None and covers(x, op.value(i).shape):
            x = hide(op.graph, x, None)
        else:
            x = meet_constant(op.graph, x, op.kind.lower(), numbers, first=not i)
    return x


def _chosen(op: Operation, x: Value) -> Value:
    """Return a value of which a constant condition takes a part."""
    if op.live(0):
        return x
    condition, other = op.array(0), 2 if op.live(1) else 1
    if condition is None:
        return hide(op.graph, x, None)
    truth: Any = condition.astype(bool)
    return filled(op.graph, x, ~truth if other == 2 else truth, _known(op, other))


def _known(op: Operation, i: int) -> Any:
    """Return the numbers of a constant, ``None`` where they are not known, or in few bits."""
    held = op.array(i)
    return None if held is not None and held.dtype.itemsize == 1 and held.dtype != bool else held
