"""Which advice does the error of a step give? Only what leads further than the error itself."""

import re
from collections.abc import Sequence, Set

import msgspec

from rfcalc.errors import Diagnostic, RfcalcError, argument, fail
from rfcalc.importers.parts import Step

__all__ = [
    "EITHER",
    "PART",
    "advised",
    "part_before",
    "part_beside",
    "take_for",
    "unsupported",
]

PART = "ask for the part before it (`submodule=`)"
"""What a reader says of a step; which part it is ``advised`` knows."""

_EXACT = "which marks the result as not exact"
_JOIN = ", or "


def take_for(op: str = "") -> str:
    """Return the advice to take an operator for element-wise; by default the step's own.

    >>> take_for("Loop")
    "take it for element-wise (`assume_pointwise='Loop'`), which marks the result as not exact"
    """
    word = argument("assume_pointwise", op) if op else "assume_pointwise="
    return f"take it for element-wise (`{word}`), {_EXACT}"


_TAKEN = re.compile(re.escape(take_for("OP")).replace("'OP'", "([^`]*)"))
EITHER = f"{PART}{_JOIN}{take_for()}"
"""Both ways on."""


def unsupported(where: str, fact: str, op: str) -> RfcalcError:
    """Return the error of a step whose operator is not handled."""
    return fail("RF501", f"'{where}': {fact}", f"{PART}{_JOIN}{take_for(op)}")


def advised(fault: RfcalcError, part: str, op: str, leads: bool) -> RfcalcError:
    """Return the error of a step with the part and the operator that can be asked for.

    Parameters
    ----------
    part : the advice to ask for one, as ``part_beside``.
    op : the step's operator, as ``assume_pointwise`` names it.
    leads : whether the step is read where it is taken for element-wise.
    """

    def better(one: Diagnostic) -> Diagnostic:
        help = _put(one.help, PART, part)
        for found in _TAKEN.finditer(one.help):
            named = found[1] in ("", repr(op))
            help = _put(help, found[0], take_for(op) if leads else "") if named else help
        return msgspec.structs.replace(one, help=help)

    told = RfcalcError([better(one) if one.help else one for one in fault.diagnostics])
    told.__cause__ = fault.__cause__  # a mistake of a handler, shown where a trace is asked for
    return told


def _put(help: str, advice: str, other: str) -> str:
    """Return a help with an advice in place of another, or without it."""
    if other or advice not in help:
        return help.replace(advice, other)
    for joined in (advice + _JOIN, _JOIN + advice, f"; until then {advice}", advice):
        if joined in help:
            return help.replace(joined, "")
    return help


def part_before(name: str) -> str:
    """Return the advice to ask for the part of that name."""
    return PART.replace("submodule=", argument("submodule", name))


def part_beside(steps: Sequence[Step], number: int, unknown: Set[str]) -> str:
    """Return the advice to ask for a part without a step, empty where there is none.

    It is the outermost module that is done last before the step, else the first that begins
    after it.

    Parameters
    ----------
    steps, number : those of the program, and the place of the step among them.
    unknown : values that are not known, since the steps that give them are not read.
    """
    open_before = {path for step in steps[: number + 1] for path, _ in step.stack}
    open_after = {path for step in steps[number:] for path, _ in step.stack}
    broken = {
        path
        for step in steps[:number]
        if not unknown.isdisjoint(step.outputs)
        for path, _ in step.stack
    }
    for step in reversed(steps[:number]):
        for path, _ in step.stack:
            if path and path not in open_after and path not in broken:
                return part_before(path)
    for step in steps[number + 1 :]:
        for path, _ in step.stack:
            if path and path not in open_before:
                word = argument("submodule", path)
                return f"ask for a part behind it (`{word}`)"
    return ""
