"""What network is an ONNX program? Its nodes, one by one, through the table of operators."""

from collections.abc import Callable, Sequence

import msgspec

from rfcalc.importers.graph import Graph
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
from rfcalc.importers.onnx.program import Program, operators_of
from rfcalc.importers.onnx.stems import stems
from rfcalc.importers.onnx.walk import OnnxWalk
from rfcalc.importers.operation import Held
from rfcalc.importers.parts import needed
from rfcalc.importers.programs import check_assumed, walk_part, walk_through
from rfcalc.importers.scouting import Scout
from rfcalc.network import Network

__all__ = ["FAMILIES", "read_program", "read_values"]

FAMILIES = (
    *(constants, elementwise, frames, indexing, products, refusals, resizing, shapes),
    *(sliding, sums),
)
"""The files whose handlers fill the table."""

Shapes = Sequence[Sequence[int]]


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
    start = _Start(program, given, assume_pointwise)
    walk, outputs = walk_part(
        start.begin, program.steps, program.outputs, submodule, *start.inputs, layout
    )
    return _network_of(walk, f"{program.name}.{submodule}", outputs)


def read_values(
    program: Program,
    given: Sequence[Sequence[int]] = (),
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
) -> tuple[Network, dict[str, Held], list[tuple[int, ...]]]:
    """Return the network of a program, its values by name, and the shapes of its inputs.

    Arguments and errors as for ``read_program``.
    """
    start = _Start(program, given, assume_pointwise)
    needs = needed(program.steps, program.outputs)
    found = None if layout else stems(program, start.inputs[1], needs, assume_pointwise)
    walk = walk_through(start.begin, needs, *start.inputs, layout, found=found)
    network = _network_of(walk, program.name, program.outputs)
    return network, walk.values, [walk.shape_of(one.name) for one in program.inputs]


class _Start:
    """What begins walks through a program."""

    def __init__(
        self, program: Program, given: Sequence[Sequence[int]], assume: Sequence[str]
    ) -> None:
        check_assumed(assume, operators_of(program.steps))
        self._program = program
        self._given = given
        self._assume = assume
        # Constants of branches join the program's, in walks that scout over and over. Numbers
        # that follow from the shapes of inputs are the same in all of these.
        self._scouted = msgspec.structs.replace(program, tensors=dict(program.tensors))
        self._numbers = Numbers(self._scouted.tensors, program.folder)

    @property
    def inputs(
        self,
    ) -> tuple[dict[str, str], list[tuple[int, ...]], Callable[[Sequence[str]], Shapes]]:
        """The inputs by name, shapes to find their layouts at, and what tells their sizes."""
        names = {one.name: one.name for one in self._program.inputs}
        return names, trials(self._program, self._given), self._sizes

    def begin(self, graph: Graph) -> OnnxWalk:
        """Return a walk on a graph."""
        if isinstance(graph, Scout):
            return OnnxWalk(graph, self._scouted, self._numbers, self._assume)
        numbers = Numbers(self._program.tensors, self._program.folder)
        return OnnxWalk(graph, self._program, numbers, self._assume)

    def _sizes(self, letters: Sequence[str]) -> Shapes:
        return shapes_of(self._program, self._given, letters)


def _network_of(walk: OnnxWalk, name: str, outputs: Sequence[str]) -> Network:
    """Return the network of a walk that is through."""
    return walk.finish(name, outputs, outputs, any(step.stack for step in walk.program.steps))
