"""Whose fault is it where a handler of an operator gives up: the file's, or its own?"""

from rfcalc.errors import ImpossibleSize, LimitExceeded, RfcalcError, fail
from rfcalc.importers.advising import EITHER
from rfcalc.importers.graph import lost, unfit

__all__ = ["given_up", "mistaken"]

_MISUSED = (LookupError, ArithmeticError, AssertionError, ValueError)
"""What a handler raises on arguments of other sizes or numbers than a framework gives."""


def given_up(where: str, op: str, fault: Exception, wrong: str | None = None) -> RfcalcError:
    """Return the error of a step whose handler gave up.

    Parameters
    ----------
    wrong : what the file has otherwise than the operator's definition, ``None`` where nothing is.

    Returns
    -------
    RfcalcError
        RF301 an input that is too small, RF305 a limit, RF502 a form that is not understood,
        RF504 a fault of the file; RF513 a mistake of the handler.
    """
    if isinstance(fault, ImpossibleSize | LimitExceeded):
        return unfit(where, op, fault)
    if wrong is not None:
        return fail("RF504", f"'{where}' ({op}): {wrong}", "save the model again")
    what = f"{type(fault).__name__}: {fault}"
    if isinstance(fault, _MISUSED):
        return lost(where, f"{op} is used in a form that is not understood ({what:.200})")
    return mistaken(f"'{where}': rfcalc cannot read {op} by a mistake of its own ({what:.200})")


def mistaken(fact: str) -> RfcalcError:
    """Return the error of a mistake in rfcalc itself."""
    return fail(
        "RF513",
        fact,
        f"report it with the model; RFCALC_DEBUG=1 shows where it happens; until then {EITHER}",
    )
