"""How is one operator of a TFLite program read? What a walk has to know of the format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rfcalc.errors import fail
from rfcalc.importers.axes import Value, constant, live
from rfcalc.importers.file_walk import FileWalk
from rfcalc.importers.graph import Graph
from rfcalc.importers.operation import Held, Result
from rfcalc.importers.tflite.fixed import fix_sizes
from rfcalc.importers.tflite.folding import Numbers
from rfcalc.importers.tflite.naming import names_of
from rfcalc.importers.tflite.operators import OPERATORS, Op, run_handler
from rfcalc.importers.tflite.program import Program, Step
from rfcalc.importers.tflite.work import learned_weights, work_of
from rfcalc.importers.works import Weights
from rfcalc.network import Work

__all__ = ["TfliteWalk"]


class TfliteWalk(FileWalk[Step, Program, Numbers]):
    """The values of a TFLite program so far, and the numbers that are known."""

    def __init__(
        self, graph: Graph, program: Program, numbers: Numbers, assume: Iterable[str] = ()
    ) -> None:
        super().__init__(graph, program, numbers, assume)
        self.stored = {name for name, tensor in program.tensors.items() if tensor.kept}

    def names_of(self, steps: Sequence[Step]) -> Sequence[str]:
        return names_of(steps)

    def further_names(self, steps: Sequence[Step]) -> Iterator[str]:
        yield from super().further_names(steps)
        yield from (step.name for step in steps)

    def titles(self, step: Step, name: str) -> Iterable[str]:
        return name, step.name

    def title(self, name: str) -> str:
        return self.program.tensors[name].name

    def absent(self, name: str) -> Value:
        tensor = self.program.tensors[name]
        if not tensor.kept:
            fact = f"'{self.graph.here}' reads '{tensor.name}', which nothing before it gives"
            raise fail("RF504", fact, "save or download the file again")
        return constant(tensor.shape)

    def fold(self, step: Step) -> Sequence[Held] | None:
        import numpy as np

        if step.op == "SHAPE" and step.inputs and step.outputs:
            shape = np.asarray(self._value_of(step.inputs[0]).shape, np.int64)
            self.numbers.put(step.outputs[0], shape)
        computed = self.numbers.computed(step)
        if computed is not None:
            return self.keep_numbers(step, computed)
        read = [self._value_of(name) for name in step.refs]
        if step.op != "SHAPE" and read and not any(map(live, read)) and step.op in OPERATORS:
            # What is made of weights alone has the shape that is written for it.
            return [constant(self._written(name)) for name in step.outputs]
        return None

    def handle(self, step: Step) -> Result:
        return run_handler(self._op(step))

    def operands(self, step: Step) -> list[Value]:
        return self._op(step).values

    def fix(self, step: Step) -> None:
        fix_sizes(self.graph, step, self.values, self.stored)

    def weights_of(self, step: Step) -> Mapping[str, Weights]:
        return learned_weights(step, self.program.tensors)

    def work(self, step: Step, out: Sequence[tuple[int, ...]], weights: Weights) -> Work:
        shapes = [self._value_of(name).shape if name else () for name in step.inputs]
        return work_of(step, shapes, out, weights)

    def _op(self, step: Step) -> Op:
        written = tuple(self._written(name) for name in step.outputs)
        return Op(self.graph, step, self.values, self.numbers, written)

    def _value_of(self, name: str) -> Value:
        held = self.values[name]
        assert not isinstance(held, list)
        return held

    def _written(self, name: str) -> tuple[int, ...]:
        return self.program.tensors[name].shape if name else ()
