"""Which nodes of an ONNX program belong to a submodule, and what enters and leaves it?"""

from collections.abc import Sequence

import msgspec

from rfcalc.errors import fail
from rfcalc.importers.onnx.model import Given, Program, Step
from rfcalc.network import nearest

__all__ = ["Part", "part"]


class Part(msgspec.Struct, frozen=True):
    """A submodule's steps, those it needs before it, and the values at its borders."""

    whole: Program
    before: list[Step]
    steps: list[Step]
    inputs: list[str]
    outputs: list[str]

    def program(self, entering: Sequence[tuple[str, tuple[int, ...]]]) -> Program:
        """Return the part as a program of its own, with inputs of the given shapes."""
        inputs = [Given(name, shape) for name, shape in entering]
        whole = self.whole
        return Program(whole.name, inputs, self.outputs, self.steps, whole.tensors, whole.model)


def part(program: Program, submodule: str) -> Part:
    """Return the nodes inside a submodule, by the module path that the exporter wrote.

    Raises
    ------
    RfcalcError
        RF510: no node lies inside a submodule of that path.
    """
    mine = [step for step in program.steps if _inside(step, submodule)]
    if not mine or not submodule:
        known = dict.fromkeys(path for step in program.steps for path, _ in step.stack if path)
        help = nearest(submodule, list(known)) or "the file names no modules: ask for a --layer"
        raise fail("RF510", f"the model has no submodule '{submodule}'", help)
    own = {name for step in mine for name in step.outputs}
    read = dict.fromkeys(name for step in mine for name in _reads(step) if name not in own)
    needed = set(read)
    before: list[Step] = []
    for step in reversed(program.steps):
        if not _inside(step, submodule) and not needed.isdisjoint(step.outputs):
            before.append(step)
            needed.update(_reads(step))
    after = {n for step in program.steps if not _inside(step, submodule) for n in _reads(step)}
    after.update(program.outputs)
    outputs = [name for step in mine for name in step.outputs if name and name in after]
    return Part(program, before[::-1], mine, list(read), outputs)


def _inside(step: Step, submodule: str) -> bool:
    return any(path == submodule or path.startswith(f"{submodule}.") for path, _ in step.stack)


def _reads(step: Step) -> list[str]:
    """Return what a step reads, its branches included."""
    return [name for name in (*step.inputs, *step.scope.values()) if name]
