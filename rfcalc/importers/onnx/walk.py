"""How is an ONNX program walked? Its nodes, one by one, through the table of operators."""

from collections.abc import Sequence

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.axes import Tensor, Value, constant, live
from rfcalc.importers.graph import Graph, plain
from rfcalc.importers.losses import Losses
from rfcalc.importers.onnx.branches import entered
from rfcalc.importers.onnx.folding import Numbers
from rfcalc.importers.onnx.naming import names_of
from rfcalc.importers.onnx.operators import Op, handled
from rfcalc.importers.onnx.program import Program, Step
from rfcalc.importers.onnx.work import learned_weights, work_of
from rfcalc.importers.operation import Held
from rfcalc.importers.parts import needed
from rfcalc.importers.products import broadcast
from rfcalc.importers.scouting import Scout
from rfcalc.importers.works import Weights, book, uncounted_work, weights_among
from rfcalc.network import Network

__all__ = ["BRANCH_LIMIT", "Walk"]

BRANCH_LIMIT = 10_000
"""Most branches of constant conditions that are followed."""


class Walk:
    """The values of a program so far, and the numbers that are known."""

    def __init__(self, graph: Graph, program: Program, assume: Sequence[str] = ()) -> None:
        self.graph = graph
        self.program = program
        self.values: dict[str, Held] = {}
        self.numbers = Numbers(program.tensors, program.folder)
        self.losses = Losses()
        self._assume = frozenset(assume)
        self._branches = 0
        self.weights: dict[str, Weights] = {}
        self._made = {name for step in program.steps for name in step.outputs}

    def run(self, steps: Sequence[Step]) -> None:
        """Go through the steps in order."""
        names = names_of(steps)
        paths = (path for step in steps for path, _ in step.stack)
        known = (name for step in steps for name in (step.name, *step.outputs))
        self.graph.reserved = {*names, *paths, *known}
        for step, name in zip(steps, names, strict=True):
            self.graph.begin(name)
            try:
                self._step(step, name)
            except RfcalcError as fault:
                self.losses.take(fault, self.graph, step.refs, step.outputs, self.values)

    def scout(self, steps: Sequence[Step], graph: Scout) -> None:
        """Go through the steps that hold what is scouted, or that are new, as far as they go."""
        for step, name in zip(steps, names_of(steps), strict=True):
            known = all(n in self.values for n in step.outputs if n)
            if known and not any(self.live(n) for n in step.refs):
                continue
            graph.here = name
            try:
                self._step(step, name)
            except RfcalcError:
                continue
            for n in step.outputs:
                held = self.values.get(n)
                if held is not None:
                    many = isinstance(held, list)
                    self.values[n] = [graph.kept(v) for v in held] if many else graph.kept(held)

    def finish(self, name: str, outputs: Sequence[str]) -> Network:
        """Return the network; a sequence among the outputs gives each of its tensors."""
        self.graph.begin("output")
        held = [self.losses.faults.get(output) or self._held(output) for output in outputs]
        listed = [one if isinstance(one, list) else [one] for one in held]
        labels = self._labels(outputs, listed)
        values = [value for some in listed for value in some]
        modules = any(step.stack for step in self.program.steps)
        return self.losses.finish(self.graph, name, values, labels, modules)

    def _labels(
        self, outputs: Sequence[str], listed: Sequence[Sequence[Value | RfcalcError]]
    ) -> list[str]:
        """Return the names of outputs; one output alone may have one already."""
        if len(outputs) == 1 and outputs[0] in self.graph.aliases:
            return []
        return [
            name if len(some) == 1 else f"{name}.{i}"
            for name, some in zip(outputs, listed, strict=True)
            for i in range(len(some))
        ]

    def live(self, name: str) -> bool:
        """Whether a value depends on an input."""
        held = self.values.get(name)
        listed = held if isinstance(held, list) else [held]
        return any(v is not None and live(v) for v in listed)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of a value that enters a part."""
        held = self._held(name)
        if isinstance(held, list):
            raise fail(
                "RF502", f"'{name}' enters as a sequence of tensors", "ask for a larger part"
            )
        return held.shape

    def _step(self, step: Step, name: str) -> None:
        before = len(self.graph.drafts)
        for read in step.inputs:
            if read:
                self.values[read] = self._held(read)
        results = self._results(step)
        only = results[0] if len(results) == 1 else None
        if isinstance(only, Tensor) and only.node is not None:
            self.graph.named(before, only.node)
        self._count(step, before, results)
        for output, result in zip(step.outputs, results, strict=False):
            for one in result if isinstance(result, list) else [result]:
                self.graph.check(one)
            if output:
                self.values[output] = result
        if results and isinstance(results[0], Tensor) and results[0].node is not None:
            for path, _ in step.stack:
                self.graph.aliases[path] = results[0].node
            for alias in (name, step.name, step.outputs[0]):
                if alias:
                    self.graph.aliases.setdefault(alias, results[0].node)

    def _count(self, step: Step, before: int, results: Sequence[Held]) -> None:
        """Book what a step costs; what is made of weights alone costs where it is read."""
        if isinstance(self.graph, Scout):
            return
        held = self.weights | learned_weights(step, self.program.tensors)
        weights = weights_among(step.inputs, held)
        flat = [one for held in results for one in (held if isinstance(held, list) else [held])]
        if not any(map(live, flat)):
            if weights:
                self.weights |= {name: weights for name in step.outputs if name}
            return
        shapes, out = [self._shape_of(n) for n in step.inputs], [one.shape for one in flat]
        if step.op in self._assume:
            book(self.graph, before, results, lambda: uncounted_work(step.op, out, weights))
        else:
            book(self.graph, before, results, lambda: work_of(step, shapes, out, weights))

    def _shape_of(self, name: str) -> tuple[int, ...]:
        """Return the shape of a value, none of a sequence or of what is left out."""
        held = self.values.get(name)
        return () if held is None or isinstance(held, list) else held.shape

    def _results(self, step: Step) -> Sequence[Held]:
        if step.op in ("Shape", "Size") and not isinstance(self.values[step.inputs[0]], list):
            self._measured(step)
        else:
            computed = self.numbers.computed(step, self.graph.here)
            if computed is not None:
                for output, array in zip(step.outputs, computed, strict=False):
                    self.numbers.put(output, array)
                return [constant(array.shape) for array in computed]
        op = Op(self.graph, step, self.values, self.numbers)
        if step.op in self._assume:
            self.graph.assume(f"{self.graph.here}: {step.op} taken for element-wise")
            return [broadcast(self.graph, op.values, plain("identity"))] * len(step.outputs)
        if step.op == "If":
            return self._branch(step)
        done = handled(op)
        return done if isinstance(done, tuple) else [done]

    def _measured(self, step: Step) -> None:
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

    def _branch(self, step: Step) -> Sequence[Held]:
        """Return what the branch of a constant condition gives, or both branches of another."""
        condition = self.numbers(step.inputs[0])
        if condition is not None and condition.size == 1:
            word = "then_branch" if condition.item() else "else_branch"
            return [self._held(name) for name in self._taken(step, word)]
        names = [n for word in ("then_branch", "else_branch") for n in self._taken(step, word)]
        self.values |= {name: self._held(name) for name in names}
        both = msgspec.structs.replace(step, inputs=(step.inputs[0], *names))
        done = handled(Op(self.graph, both, self.values, self.numbers))
        return done if isinstance(done, tuple) else [done]

    def _taken(self, step: Step, word: str) -> list[str]:
        """Return the names of what one branch gives, once it is gone through."""
        self._branches += 1
        if self._branches > BRANCH_LIMIT:
            raise fail("RF113", f"the model follows more than {BRANCH_LIMIT:,} conditions")
        here = self.graph.here
        inside, names = entered(self.program, step, word, self._there)
        self.run(needed(inside, names))
        self.graph.begin(here)
        return names

    def _there(self, name: str) -> bool:
        """Whether a value outside of branches, or one before, has that name."""
        if isinstance(self.graph, Scout):
            return False
        return name in self._made or name in self.values or name in self.program.tensors

    def _held(self, name: str) -> Held:
        self.losses.check(name)
        held = self.values.get(name)
        if held is not None:
            return held
        tensor = self.program.tensors.get(name)
        if tensor is None:
            fact = f"'{self.graph.here}' reads '{name}', which nothing before it gives"
            raise fail("RF504", fact, "save the model again with onnx.save")
        return constant(tensor.dims)
