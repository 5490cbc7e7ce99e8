"""What network is a TFLite program? Its operators, one by one, through the table."""

from collections.abc import Sequence

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers import inputs, parts
from rfcalc.importers.axes import Tensor, Value, constant, live
from rfcalc.importers.graph import Graph, plain
from rfcalc.importers.operation import Held, Result
from rfcalc.importers.products import broadcast
from rfcalc.importers.tflite import elementwise, frames, refusals, resizing, shapes, sliding, sums
from rfcalc.importers.tflite.folding import Numbers
from rfcalc.importers.tflite.inputs import PROBE, by_rank, layout_of, shapes_of
from rfcalc.importers.tflite.naming import names_of
from rfcalc.importers.tflite.operators import OPERATORS, Op, handled
from rfcalc.importers.tflite.program import Program, Step
from rfcalc.network import Network
from rfcalc.spelling import nearest

__all__ = ["FAMILIES", "read_program"]

FAMILIES = (elementwise, frames, refusals, resizing, shapes, sliding, sums)
"""The files whose handlers fill the table."""

LOOK = 64
"""Most operators between an input and its first window that are gone through for its layout."""


def read_program(
    program: Program,
    given: Sequence[Sequence[int]] = (),
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
) -> Network:
    """Return the network of a program.

    Parameters
    ----------
    given : one shape per input, as for ``inputs.shapes_of``.
    assume_pointwise : operators to take for element-wise; the network is then not exact.

    Raises
    ------
    RfcalcError
        RF501 an operator that is not handled, RF502 axes that cannot be followed, RF504 a step
        that reads what nothing gives, RF509 no output that depends on an input, RF510 no such
        submodule, RF511 no such operator to assume, RF512 an input whose size is not known.
    """
    met = {step.op for step in program.steps}
    for name in sorted(set(assume_pointwise) - met):
        help = nearest(name, sorted(met))
        raise fail("RF511", f"the model does not use an operator '{name}'", help)
    letters = inputs.with_rows([_layout(program, name) for name in program.inputs])
    sizes = shapes_of(program, given, letters)
    graph = Graph(inputs.rank_of(letters))
    walk = _Walk(graph, program, assume_pointwise)
    for name, shape, said in zip(program.inputs, sizes, letters, strict=True):
        walk.values[name] = graph.source(program.tensors[name].name, shape, said)
    if submodule is None:
        walk.run(parts.needed(program.steps, program.outputs))
        return walk.finish(program.name, program.outputs)
    pathless = "the file names no modules: ask for a --layer"
    found = parts.part(program.steps, program.outputs, submodule, "model", pathless)
    walk.run(parts.needed(found.outside, found.inputs))
    return _inner(walk, found, f"{program.name}.{submodule}", assume_pointwise)


def _inner(before: "_Walk", found: parts.Part[Step], name: str, assume: Sequence[str]) -> Network:
    """Return the network of a part, whose inputs are what reaches it from outside."""
    program = before.program
    entering = {n: before.held(n).shape for n in found.inputs if live(before.held(n))}
    letters = inputs.with_rows([by_rank(len(shape)) for shape in entering.values()])
    walk = _Walk(Graph(inputs.rank_of(letters)), program, assume)
    walk.numbers = before.numbers
    walk.values = {n: v for n, v in before.values.items() if not live(v)}
    for (n, shape), said in zip(entering.items(), letters, strict=True):
        walk.values[n] = walk.graph.source(program.tensors[n].name, shape, said)
    walk.run(parts.needed(found.inside, found.outputs))
    return walk.finish(name, found.outputs)


def _layout(program: Program, name: str) -> str:
    """Return the layout of an input, by the first window that runs over it."""
    held = program.tensors[name]
    rank = len(held.shape)
    if not 2 < rank <= len(PROBE):
        return by_rank(rank)
    walk = _Walk(Graph(rank), program, ())
    # Two of what is left open, so that it is an axis.
    sizes = [2 if n is None else n for n in held.sizes]
    walk.values[name] = walk.graph.source(held.name, sizes, PROBE[:rank])
    return layout_of(rank, walk.windowed())


class _Walk:
    """The values of a program so far, and the numbers that are known."""

    def __init__(self, graph: Graph, program: Program, assume: Sequence[str]) -> None:
        self.graph = graph
        self.program = program
        self.values: dict[str, Value] = {}
        self.numbers = Numbers(program.tensors)
        self._assume = frozenset(assume)

    def run(self, steps: Sequence[Step]) -> None:
        """Go through the steps in order."""
        names = names_of(steps)
        paths = (path for step in steps for path, _ in step.stack)
        self.graph.reserved = {*names, *paths, *(step.name for step in steps)}
        for step, name in zip(steps, names, strict=True):
            self.graph.here = name
            self._step(step, name)

    def windowed(self) -> Tensor | None:
        """Return what the first window runs over that reads the one input, ``None`` without one."""
        seen = 0
        for step in self.program.steps:
            read = [self.values[n] for n in step.refs if n in self.values]
            if not any(map(live, read)):
                continue
            known, seen = OPERATORS.get(step.op), seen + 1
            if known is None or seen > LOOK:
                return None
            if known.kind in ("window", "resize"):
                x = next(v for v in read if live(v))
                return x if isinstance(x, Tensor) else None
            try:
                self._step(step, step.name)
            except RfcalcError:
                return None
        return None

    def finish(self, name: str, outputs: Sequence[str]) -> Network:
        """Return the network."""
        self.graph.here = "output"
        labels = [self.program.tensors[output].name for output in outputs]
        if len(outputs) == 1 and labels[0] in self.graph.aliases:
            labels = []
        return self.graph.finish(name, [self.held(output) for output in outputs], labels)

    def held(self, name: str) -> Value:
        """Return a value: one that was made, or a constant of the file."""
        held = self.values.get(name)
        if held is not None:
            return held
        tensor = self.program.tensors[name]
        if not tensor.kept:
            fact = f"'{self.graph.here}' reads '{tensor.name}', which nothing before it gives"
            raise fail("RF504", fact, "save or download the file again")
        return constant(tensor.shape)

    def _step(self, step: Step, name: str) -> None:
        before = len(self.graph.drafts)
        for read in step.refs:
            self.values[read] = self.held(read)
        results = self._results(step)
        only = results[0] if len(results) == 1 else None
        if isinstance(only, Tensor) and only.node is not None:
            self.graph.named(before, only.node)
        for output, result in zip(step.outputs, results, strict=False):
            self.graph.check(result)
            if output:
                self.values[output] = result
        first = results[0] if results else None
        if isinstance(first, Tensor) and first.node is not None:
            for path, _ in step.stack:
                self.graph.aliases[path] = first.node
            for alias in (name, step.name):
                if alias:
                    self.graph.aliases.setdefault(alias, first.node)

    def _results(self, step: Step) -> Sequence[Value]:
        import numpy as np

        if step.op == "SHAPE" and step.inputs and step.outputs:
            shape = np.asarray(self.values[step.inputs[0]].shape, np.int64)
            self.numbers.put(step.outputs[0], shape)
        computed = self.numbers.computed(step)
        if computed is not None:
            for output, array in zip(step.outputs, computed, strict=False):
                self.numbers.put(output, array)
            return [constant(array.shape) for array in computed]
        read = [self.values[n] for n in step.refs]
        if step.op != "SHAPE" and read and not any(map(live, read)) and step.op in OPERATORS:
            # What is made of weights alone has the shape that is written for it.
            return [constant(self._written(n)) for n in step.outputs]
        held: dict[str, Held] = {**self.values}
        written = tuple(self._written(n) for n in step.outputs)
        op = Op(self.graph, step, held, self.numbers, written)
        if step.op in self._assume:
            self.graph.assume(f"{self.graph.here}: {step.op} taken for element-wise")
            return [broadcast(self.graph, op.values, plain("identity"))] * len(step.outputs)
        return _listed(handled(op))

    def _written(self, name: str) -> tuple[int, ...]:
        return self.program.tensors[name].shape if name else ()


def _listed(done: Result) -> Sequence[Value]:
    return done if isinstance(done, tuple | list) else [done]
