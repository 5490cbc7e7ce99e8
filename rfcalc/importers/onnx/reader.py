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
from rfcalc.importers.onnx.program import Program, Step, operators_of
from rfcalc.importers.onnx.walk import OnnxWalk
from rfcalc.importers.operation import Held
from rfcalc.importers.parts import needed, part
from rfcalc.importers.scouting import Scout
from rfcalc.importers.walk import PATHLESS, check_assumed, walk_inside, walk_through
from rfcalc.network import Network

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
    begin, steps = _beginning(program, assume_pointwise), needed(program.steps, program.outputs)
    inside = part(program.steps, program.outputs, submodule, "model", PATHLESS)
    outside = needed(inside.outside, inside.inputs)
    before = _walk(program, begin, steps, given, (), outside)

    def inner(graph: Graph) -> OnnxWalk:
        walk = begin(graph)
        walk.numbers = before.numbers
        return walk

    walk = walk_inside(before, inner, inside, inside.outputs, layout)
    modules = any(step.stack for step in program.steps)
    name = f"{program.name}.{submodule}"
    return walk.finish(name, inside.outputs, inside.outputs, modules)


def read_values(
    program: Program,
    given: Sequence[Sequence[int]] = (),
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
) -> tuple[Network, dict[str, Held], list[tuple[int, ...]]]:
    """Return the network of a program, its values by name, and the shapes of its inputs.

    Arguments and errors as for ``read_program``.
    """
    begin, steps = _beginning(program, assume_pointwise), needed(program.steps, program.outputs)
    walk = _walk(program, begin, steps, given, layout)
    modules = any(step.stack for step in program.steps)
    network = walk.finish(program.name, program.outputs, program.outputs, modules)
    return network, walk.values, [walk.shape_of(one.name) for one in program.inputs]


def _beginning(program: Program, assume: Sequence[str]) -> Callable[[Graph], OnnxWalk]:
    """Return what begins a walk through a program."""
    check_assumed(assume, operators_of(program.steps))
    # Constants of branches join the program's, in walks that scout over and over. Numbers that
    # follow from the shapes of inputs are the same in all of these.
    scouted = msgspec.structs.replace(program, tensors=dict(program.tensors))
    numbers = Numbers(scouted.tensors, program.folder)

    def begin(graph: Graph) -> OnnxWalk:
        if isinstance(graph, Scout):
            return OnnxWalk(graph, scouted, numbers, assume)
        return OnnxWalk(graph, program, Numbers(program.tensors, program.folder), assume)

    return begin


def _walk(
    program: Program,
    begin: Callable[[Graph], OnnxWalk],
    steps: Sequence[Step],
    given: Sequence[Sequence[int]],
    layout: Sequence[str],
    until: Sequence[Step] | None = None,
) -> OnnxWalk:
    names = {one.name: one.name for one in program.inputs}

    def sizes(letters: Sequence[str]) -> Sequence[Sequence[int]]:
        return shapes_of(program, given, letters)

    return walk_through(begin, steps, names, trials(program, given), sizes, layout, until=until)
