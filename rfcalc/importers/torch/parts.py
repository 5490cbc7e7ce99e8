"""Which calls of a program belong to a submodule, as a program of their own?"""

from rfcalc.importers import parts
from rfcalc.importers.torch.program import Program

__all__ = ["part"]


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
