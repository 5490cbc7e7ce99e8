"""Which calls of a program belong to a submodule, and what enters and leaves it?"""

from rfcalc.errors import fail
from rfcalc.importers.torch.program import Program
from rfcalc.network import nearest

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
    inside = [
        any(path == submodule or path.startswith(f"{submodule}.") for path, _ in call.stack)
        for call in program.calls
    ]
    calls = [call for call, mine in zip(program.calls, inside, strict=True) if mine]
    if not calls or not submodule:
        known = dict.fromkeys(path for call in program.calls for path, _ in call.stack if path)
        help = nearest(submodule, list(known))
        raise fail("RF510", f"the program has no submodule '{submodule}'", help)
    rest = [call for call, mine in zip(program.calls, inside, strict=True) if not mine]
    own = {name for call in calls for name in call.outputs if name}
    before = {name for call in rest for name in call.outputs if name} | set(program.inputs)
    after = {name for call in rest for name in call.refs} | set(program.outputs)
    read = dict.fromkeys(name for call in calls for name in call.refs if name not in own)
    return Program(
        f"{program.name}.{submodule}",
        tuple(name for name in read if name in before),
        tuple(dict.fromkeys(n for call in calls for n in call.outputs if n and n in after)),
        tuple(calls),
        program.shapes,
    )
