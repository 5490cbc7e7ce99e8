"""Which calls of a program belong to a submodule, as a program of their own?"""

from collections.abc import Sequence

import msgspec

from rfcalc.errors import RfcalcError, argument
from rfcalc.importers import parts
from rfcalc.importers.torch.program import Call, Program

__all__ = ["name_part_before", "part"]


def name_part_before(fault: RfcalcError, calls: Sequence[Call], number: int) -> RfcalcError:
    """Return the error of a call that names the last submodule that is done before it."""
    done = _done(calls, number)
    help = f"(`{argument('submodule', done)}`)" if done else "(`submodule=`)"
    told = [
        msgspec.structs.replace(one, help=one.help.replace("(`submodule=`)", help))
        if one.help
        else one
        for one in fault.diagnostics
    ]
    return RfcalcError(told)


def _done(calls: Sequence[Call], number: int) -> str:
    """Return the outermost module of those that have ended last before a call."""
    open_here = {path for call in calls[number:] for path, _ in call.stack}
    for call in reversed(calls[:number]):
        for path, _ in call.stack:
            if path and path not in open_here:
                return path
    return ""


def part(program: Program, submodule: str) -> Program:
    """Return the calls made inside a submodule as a program of their own.

    Its inputs are the values computed before it that it reads, in order; its outputs those that
    anything after it reads.

    Raises
    ------
    RfcalcError
        RF510: no call was made inside a submodule of that path.
    """
    found = parts.part(program.calls, program.outputs, submodule, "program")
    before = {name for call in found.outside for name in call.outputs} | set(program.inputs)
    return Program(
        f"{program.name}.{submodule}",
        tuple(name for name in found.inputs if name in before),
        tuple(found.outputs),
        tuple(found.inside),
        program.shapes,
        numbers=program.numbers,
        weights=program.weights,
    )
