"""Which steps are a branch of an ONNX conditional? Its nodes, their values under its own name."""

from collections.abc import Callable
from typing import Any

from rfcalc.errors import fail
from rfcalc.importers.onnx.inlining import laid_out
from rfcalc.importers.onnx.program import Program, Step

__all__ = ["entered"]


def entered(
    program: Program, step: Step, word: str, held: Callable[[str], bool]
) -> tuple[list[Step], list[str]]:
    """Return the steps of a branch, whose constants join the program's, and what it gives.

    Branches of one graph may use the same names: values are named after what the step gives.

    Parameters
    ----------
    word : the attribute that holds the branch.
    held : whether a value is there already.

    Raises
    ------
    RfcalcError
        RF504: the branch gives a value that is there already; RF113: a limit.
    """
    branch: Any = step.attrs[word]
    prefix = f"{next(filter(None, step.outputs))}/{word}/"
    own = {prefix + tensor.name: tensor for tensor in branch.initializer}
    scope = step.scope | {tensor.name: prefix + tensor.name for tensor in branch.initializer}
    inside = laid_out(program, branch.node, scope, prefix, taken=own, around=step)
    made = {*own, *(name for one in inside for name in one.outputs if name)}
    for name in made:
        if held(name):
            fact = f"a branch of '{step.outputs[0]}' gives '{name}', which is there already"
            raise fail("RF504", fact, "each value has one node: save the model again")
    program.tensors.update(own)
    for one in inside:
        # Users know nodes by their names alone.
        one.name = one.name.removeprefix(prefix)
    given: list[str] = [value.name for value in branch.output]
    return inside, [prefix + n if prefix + n in made else step.scope.get(n, n) for n in given]
