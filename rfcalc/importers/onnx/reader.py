"""What network is an ONNX program? Its nodes, one by one, through the table of operators."""

from collections.abc import Sequence

import msgspec

from rfcalc.errors import fail
from rfcalc.importers.axes import Value, constant
from rfcalc.importers.graph import Graph
from rfcalc.importers.inputs import axes_of, rank_of
from rfcalc.importers.onnx import (
    constants,
    elementwise,
    frames,
    indexing,
    products,
    refusals,
    resizing,
    shapes,
    sliding,
    sums,
)
from rfcalc.importers.onnx.folding import Numbers
from rfcalc.importers.onnx.inputs import shapes_of, trials
from rfcalc.importers.onnx.parts import part
from rfcalc.importers.onnx.program import Given, Program, Step, operators_of
from rfcalc.importers.onnx.walk import Walk
from rfcalc.importers.operation import Held
from rfcalc.importers.parts import Part, needed
from rfcalc.importers.scouting import Layout, Scout, layouts
from rfcalc.network import Network
from rfcalc.spelling import nearest

__all__ = ["FAMILIES", "read_program", "read_values"]

FAMILIES = (
    *(constants, elementwise, frames, indexing, products, refusals, resizing, shapes),
    *(sliding, sums),
)
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
        RF501 an operator that is not handled, RF502 axes that cannot be followed, RF504 a node
        that reads what nothing gives, RF509 no output that depends on an input, RF510 no such
        submodule, RF511 no such operator to assume, RF512 an input whose size is not known.
    """
    if submodule is None:
        return read_values(program, given, assume_pointwise, layout)[0]
    _, found, sizes = _laid_out(program, given, assume_pointwise, ())
    walk = _begun(program, sizes, found, assume_pointwise)
    before, inside = part(program, submodule)
    walk.run(before)
    return _inner(walk, inside, f"{program.name}.{submodule}", assume_pointwise, layout)


def read_values(
    program: Program,
    given: Sequence[Sequence[int]] = (),
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
) -> tuple[Network, dict[str, Held], list[tuple[int, ...]]]:
    """Return the network of a program, its values by name, and the shapes of its inputs.

    Arguments and errors as for ``read_program``.
    """
    steps, found, sizes = _laid_out(program, given, assume_pointwise, layout)
    walk = _begun(program, sizes, found, assume_pointwise)
    walk.run(steps)
    network = walk.finish(program.name, program.outputs)
    return network, walk.values, [tuple(size) for size in sizes]


def _laid_out(
    program: Program,
    given: Sequence[Sequence[int]],
    assume_pointwise: Sequence[str],
    layout: Sequence[str],
) -> tuple[Sequence[Step], list[Layout], Sequence[Sequence[int]]]:
    """Return the steps that are needed, and the layout and the size of each input."""
    met = operators_of(program.steps)
    for name in sorted(set(assume_pointwise) - met):
        help = nearest(name, sorted(met))
        raise fail("RF511", f"the model does not use an operator '{name}'", help)
    steps = needed(program.steps, program.outputs)
    whole = _Scouted(program, trials(program, given), steps, assume_pointwise)
    found = whole.layouts(layout)
    return steps, found, shapes_of(program, given, [one.letters for one in found])


def _begun(
    program: Program, sizes: Sequence[Sequence[int]], found: Sequence[Layout], assume: Sequence[str]
) -> "Walk":
    letters = [one.letters for one in found]
    walk = Walk(Graph(rank_of(letters), axes_of(letters)), program, assume)
    for one, shape, said in zip(program.inputs, sizes, found, strict=True):
        walk.values[one.name] = walk.graph.source(one.name, shape, *said)
    return walk


def _inner(
    before: "Walk", found: Part[Step], name: str, assume: Sequence[str], layout: Sequence[str]
) -> Network:
    """Return the network of a part, whose inputs are what reaches it from outside."""
    entering = {n: before.shape(n) for n in found.inputs if before.live(n)}
    inputs = [Given(n, shape) for n, shape in entering.items()]
    whole = before.program
    program = Program(
        whole.name, inputs, found.outputs, found.inside, whole.tensors, whole.model, whole.folder
    )
    steps = needed(program.steps, program.outputs)
    outside = {n: v for n, v in before.values.items() if n not in entering and not before.live(n)}
    sizes = list(entering.values())
    layouts = _Scouted(program, sizes, steps, assume, outside, before.numbers).layouts(layout)
    walk = _begun(program, sizes, layouts, assume)
    walk.numbers = before.numbers
    walk.values |= outside
    walk.weights |= before.weights
    walk.run(steps)
    return walk.finish(name, program.outputs)


class _Scouted:
    """A program that is walked to find the layouts of its inputs."""

    def __init__(
        self,
        program: Program,
        shapes: Sequence[tuple[int, ...]],
        steps: Sequence[Step],
        assume: Sequence[str] = (),
        outside: "dict[str, Held] | None" = None,
        numbers: Numbers | None = None,
    ) -> None:
        # Constants of branches join the program's, in every walk anew.
        self.program = msgspec.structs.replace(program, tensors=dict(program.tensors))
        self.shapes = shapes
        self.steps = steps
        self.assume = assume
        self.names = [one.name for one in program.inputs]
        # Shapes, and the numbers that depend on them, are the same in every walk.
        self.numbers = numbers or Numbers(self.program.tensors, program.folder)
        values = {n: constant(shape) for n, shape in zip(self.names, shapes, strict=True)}
        self.still = self._walked(Scout(), {**(outside or {}), **values})

    def layouts(self, said: Sequence[str] = ()) -> list[Layout]:
        """Return the layout of each input."""

        def scout(graph: Scout, values: list[Value]) -> None:
            self._walked(graph, self.still | dict(zip(self.names, values, strict=True)))

        return layouts(self.names, self.shapes, scout, said=said)

    def _walked(self, graph: Scout, values: "dict[str, Held]") -> "dict[str, Held]":
        walk = Walk(graph, self.program, self.assume)
        walk.values, walk.numbers = values, self.numbers
        walk.scout(self.steps, graph)
        return walk.values
