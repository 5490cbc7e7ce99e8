"""What network is a TFLite program? Its operators, one by one, through the table."""

from collections.abc import Iterable, Sequence

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers import inputs, parts
from rfcalc.importers.axes import Tensor, Value, constant, live
from rfcalc.importers.graph import Graph, plain
from rfcalc.importers.losses import Losses
from rfcalc.importers.operation import Held, Result
from rfcalc.importers.products import broadcast
from rfcalc.importers.scouting import Layout, Scout, layouts
from rfcalc.importers.tflite import elementwise, frames, refusals, resizing, shapes, sliding, sums
from rfcalc.importers.tflite.folding import Numbers
from rfcalc.importers.tflite.inputs import by_rank, shapes_of, trials
from rfcalc.importers.tflite.naming import names_of
from rfcalc.importers.tflite.operators import OPERATORS, Op, handled
from rfcalc.importers.tflite.program import Program, Step
from rfcalc.importers.tflite.work import learned_weights, work_of
from rfcalc.importers.works import Weights, book, uncounted_work, weights_among
from rfcalc.network import Network
from rfcalc.spelling import nearest

__all__ = ["FAMILIES", "read_program"]

FAMILIES = (elementwise, frames, refusals, resizing, shapes, sliding, sums)
"""The files whose handlers fill the table."""


def read_program(
    program: Program,
    given: Sequence[Sequence[int]] = (),
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
) -> Network:
    """Return the network of a program.

    Parameters
    ----------
    given : one shape per input, as for ``inputs.shapes_of``.
    layout : one string per input, a letter per dimension, in place of what the windows say.
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
    steps = parts.needed(program.steps, program.outputs)
    before = _Walk(Graph(1), program, assume_pointwise)
    names, tried = program.inputs, trials(program, given)
    found = _layouts(program, names, tried, steps, before, () if submodule else layout)
    sizes = shapes_of(program, given, [one.letters for one in found])
    walk = _begun(before, names, sizes, found)
    if submodule is None:
        walk.run(steps)
        return walk.finish(program.name, program.outputs)
    pathless = "the file names no modules: ask for a `layer=`"
    inside = parts.part(program.steps, program.outputs, submodule, "model", pathless)
    walk.run(parts.needed(inside.outside, inside.inputs))
    return _inner(walk, inside, f"{program.name}.{submodule}", layout)


def _inner(before: "_Walk", found: parts.Part[Step], name: str, layout: Sequence[str]) -> Network:
    """Return the network of a part, whose inputs are what reaches it from outside."""
    program = before.program
    entering = {n: before.held(n).shape for n in found.inputs if live(before.held(n))}
    names, sizes = list(entering), list(entering.values())
    steps = parts.needed(found.inside, found.outputs)
    walk = _begun(before, names, sizes, _layouts(program, names, sizes, steps, before, layout))
    walk.run(steps)
    return walk.finish(name, found.outputs)


def _layouts(
    program: Program,
    names: Sequence[str],
    shapes: Sequence[tuple[int, ...]],
    steps: Sequence[Step],
    before: "_Walk",
    said: Sequence[str],
) -> list[Layout]:
    """Return the layout of each input: what is said, else what the windows run over."""

    def scout(graph: Scout, values: list[Value]) -> None:
        walk = _Walk(graph, program, before.assume)
        walk.numbers = before.numbers
        walk.values = before.still() | dict(zip(names, values, strict=True))
        walk.scout(steps, graph)

    titles = [program.tensors[name].name for name in names]
    return layouts(titles, shapes, scout, by_rank, said)


def _begun(
    before: "_Walk", names: Sequence[str], sizes: Sequence[Sequence[int]], found: Sequence[Layout]
) -> "_Walk":
    """Return a walk that begins at some values, with what was constant before them."""
    program, letters = before.program, [one.letters for one in found]
    walk = _Walk(Graph(inputs.rank_of(letters), inputs.axes_of(letters)), program, before.assume)
    walk.numbers, walk.values = before.numbers, before.still()
    walk.weights = {**before.weights}
    for name, shape, one in zip(names, sizes, found, strict=True):
        walk.values[name] = walk.graph.source(program.tensors[name].name, shape, *one)
    return walk


class _Walk:
    """The values of a program so far, and the numbers that are known."""

    def __init__(self, graph: Graph, program: Program, assume: Iterable[str]) -> None:
        self.graph = graph
        self.program = program
        self.values: dict[str, Value] = {}
        self.numbers = Numbers(program.tensors)
        self.assume = frozenset(assume)
        self.losses = Losses()
        self.weights: dict[str, Weights] = {}

    def run(self, steps: Sequence[Step]) -> None:
        """Go through the steps in order."""
        names = names_of(steps)
        paths = (path for step in steps for path, _ in step.stack)
        self.graph.reserved = {*names, *paths, *(step.name for step in steps)}
        for step, name in zip(steps, names, strict=True):
            self.graph.begin(name)
            try:
                self._step(step, name)
            except RfcalcError as fault:
                self.losses.take(fault, self.graph, step.refs, step.outputs, self.values)

    def scout(self, steps: Sequence[Step], graph: Scout) -> None:
        """Go through the steps as far as they go."""
        for step, name in zip(steps, names_of(steps), strict=True):
            graph.here = name
            try:
                self._step(step, name)
            except RfcalcError:
                continue
            for output in step.outputs:
                if output in self.values:
                    self.values[output] = graph.kept(self.values[output])

    def still(self) -> dict[str, Value]:
        """Return the values that do not depend on an input."""
        return {n: v for n, v in self.values.items() if not live(v)}

    def finish(self, name: str, outputs: Sequence[str]) -> Network:
        """Return the network."""
        self.graph.here = "output"
        labels = [self.program.tensors[output].name for output in outputs]
        if len(outputs) == 1 and labels[0] in self.graph.aliases:
            labels = []
        held = [self.losses.faults.get(output) or self.held(output) for output in outputs]
        modules = any(step.stack for step in self.program.steps)
        return self.losses.finish(self.graph, name, held, labels, modules)

    def held(self, name: str) -> Value:
        """Return a value: one that was made, or a constant of the file."""
        self.losses.check(name)
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
        self._count(step, before, results)
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

    def _count(self, step: Step, before: int, results: Sequence[Value]) -> None:
        """Book what a step costs; what is made of weights alone costs where it is read."""
        if isinstance(self.graph, Scout):
            return
        held = self.weights | learned_weights(step, self.program.tensors)
        weights = weights_among(step.refs, held)
        if not any(map(live, results)):
            if weights:
                self.weights |= {name: weights for name in step.outputs if name}
            return
        shapes = [self.values[n].shape if n else () for n in step.inputs]
        out = [result.shape for result in results]
        if step.op in self.assume:
            book(self.graph, before, results, lambda: uncounted_work(step.op, out, weights))
        else:
            book(self.graph, before, results, lambda: work_of(step, shapes, out, weights))

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
        if step.op in self.assume:
            self.graph.assume(f"{self.graph.here}: {step.op} taken for element-wise")
            return [broadcast(self.graph, op.values, plain("identity"))] * len(step.outputs)
        return _listed(handled(op))

    def _written(self, name: str) -> tuple[int, ...]:
        return self.program.tensors[name].shape if name else ()


def _listed(done: Result) -> Sequence[Value]:
    return done if isinstance(done, tuple | list) else [done]
