"""How is one node of an ONNX program read? What a walk through it has to know of the format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from rfcalc.errors import fail
from rfcalc.importers.axes import Value, constant
from rfcalc.importers.file_walk import FileWalk
from rfcalc.importers.graph import Graph
from rfcalc.importers.onnx.branches import entered
from rfcalc.importers.onnx.fixed import fix_sizes
from rfcalc.importers.onnx.folding import Numbers
from rfcalc.importers.onnx.naming import names_of
from rfcalc.importers.onnx.operators import Op, run_handler
from rfcalc.importers.onnx.program import Program, Step
from rfcalc.importers.onnx.work import learned_weights, work_of
from rfcalc.importers.operation import Held, Result
from rfcalc.importers.parts import needed
from rfcalc.importers.scouting import Scout
from rfcalc.importers.works import Weights
from rfcalc.network import Work

__all__ = ["BRANCH_LIMIT", "OnnxWalk"]

BRANCH_LIMIT = 10_000
"""Most branches of constant conditions that are followed."""


class OnnxWalk(FileWalk[Step, Program, Numbers]):
    """The values of an ONNX program so far, and the numbers that are known."""

    def __init__(
        self, graph: Graph, program: Program, numbers: Numbers, assume: Iterable[str] = ()
    ) -> None:
        super().__init__(graph, program, numbers, assume)
        self.stored = {*program.tensors}
        self._branches = 0
        self._made = {name for step in program.steps for name in step.outputs}

    def names_of(self, steps: Sequence[Step]) -> Sequence[str]:
        return names_of(steps)

    def further_names(self, steps: Sequence[Step]) -> Iterator[str]:
        yield from super().further_names(steps)
        yield from (name for step in steps for name in (step.name, *step.outputs))

    def titles(self, step: Step, name: str) -> Iterable[str]:
        return name, step.name, step.outputs[0]

    def absent(self, name: str) -> Value:
        tensor = self.program.tensors.get(name)
        if tensor is None:
            fact = f"'{self.graph.here}' reads '{name}', which nothing before it gives"
            raise fail("RF504", fact, "save the model again with onnx.save")
        return constant(tensor.dims)

    def fold(self, step: Step) -> Sequence[Held] | None:
        if step.op in ("Shape", "Size") and not isinstance(self.values[step.inputs[0]], list):
            self._measure(step)
            return None
        computed = self.numbers.computed(step, self.graph.here)
        return None if computed is None else self.keep_numbers(step, computed)

    def handle(self, step: Step) -> Result:
        return self._run_branches(step) if step.op == "If" else run_handler(self._op(step))

    def leads(self, step: Step) -> bool:
        # What a graph within a step reads is not among its inputs.
        return not step.branching and super().leads(step)

    def operands(self, step: Step) -> list[Value]:
        return self._op(step).values

    def fix(self, step: Step) -> None:
        fix_sizes(self.graph, step, self.values, self.stored)

    def weights_of(self, step: Step) -> Mapping[str, Weights]:
        return learned_weights(step, self.program.tensors)

    def work(self, step: Step, out: Sequence[tuple[int, ...]], weights: Weights) -> Work:
        return work_of(step, [self.shape_of(n) for n in step.inputs], out, weights)

    def shape_of(self, name: str) -> tuple[int, ...]:
        """Return the shape of a value, none of a sequence or of what is left out."""
        held = self.values.get(name)
        return () if held is None or isinstance(held, list) else held.shape

    def _op(self, step: Step) -> Op:
        return Op(self.graph, step, self.values, self.numbers)

    def _measure(self, step: Step) -> None:
        """Record the shape of a value as numbers."""
        import numpy as np

        held = self.values[step.inputs[0]]
        assert not isinstance(held, list)
        shape = np.asarray(held.shape, dtype=np.int64)
        if step.op == "Size":
            self.numbers.put(step.outputs[0], np.asarray(shape.prod(), dtype=np.int64))
        else:
            cut = slice(step.attrs.get("start"), step.attrs.get("end"))
            self.numbers.put(step.outputs[0], shape[cut])

    def _run_branches(self, step: Step) -> Result:
        """Return what the branch of a constant condition gives, or both branches of another."""
        condition = self.numbers(step.inputs[0])
        if condition is not None and condition.size == 1:
            word = "then_branch" if condition.item() else "else_branch"
            return tuple(self.value(name) for name in self._follow_branch(step, word))
        names = [
            n for word in ("then_branch", "else_branch") for n in self._follow_branch(step, word)
        ]
        self.values |= {name: self.value(name) for name in names}
        return run_handler(self._op(msgspec.structs.replace(step, inputs=(step.inputs[0], *names))))

    def _follow_branch(self, step: Step, word: str) -> list[str]:
        """Return the names of what one branch gives, once it is gone through."""
        self._branches += 1
        if self._branches > BRANCH_LIMIT:
            raise fail("RF113", f"the model follows more than {BRANCH_LIMIT:,} conditions")
        here = self.graph.here
        inside, names = entered(self.program, step, word, self._is_given)
        self.follow(needed(inside, names))
        self.graph.begin(here)
        return names

    def _is_given(self, name: str) -> bool:
        """Whether a value outside of branches, or one before, has that name."""
        if isinstance(self.graph, Scout):
            return False
        return name in self._made or name in self.values or name in self.program.tensors
