"""What is said where an operator is used in a form that its handler does not know?"""

from rfcalc.errors import ImpossibleSize, LimitExceeded, RfcalcError
from rfcalc.importers.graph import lost, unfit

__all__ = ["MISUSED", "misused"]

MISUSED = (
    *(ImpossibleSize, LimitExceeded, LookupError, ArithmeticError, AssertionError),
    *(AttributeError, StopIteration, TypeError, ValueError),
)
"""What a handler raises on arguments that no framework gives."""


def misused(where: str, op: str, fault: Exception) -> RfcalcError:
    """Return the error of a step whose handler gave up: RF301, RF305 or RF502."""
    if isinstance(fault, ImpossibleSize | LimitExceeded):
        return unfit(where, op, fault)
    what = f"{type(fault).__name__}: {fault}"
    return lost(where, f"{op} is used in a form that is not understood ({what:.200})")
