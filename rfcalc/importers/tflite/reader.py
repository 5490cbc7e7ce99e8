"""What network is a TFLite program? Its operators, one by one, through the table."""

from collections.abc import Sequence

from rfcalc.importers.graph import Graph
from rfcalc.importers.parts import needed
from rfcalc.importers.programs import check_assumed, walk_part, walk_through
from rfcalc.importers.scouting import Scout
from rfcalc.importers.tflite import elementwise, frames, refusals, resizing, shapes, sliding, sums
from rfcalc.importers.tflite.folding import Numbers
from rfcalc.importers.tflite.inputs import by_rank, shapes_of, trials
from rfcalc.importers.tflite.program import Program
from rfcalc.importers.tflite.walk import TfliteWalk
from rfcalc.network import Network

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
    check_assumed(assume_pointwise, {step.op for step in program.steps})
    # Numbers that follow from the shapes of inputs are the same in all walks that scout.
    numbers = Numbers(program.tensors)

    def begin(graph: Graph) -> TfliteWalk:
        known = numbers if isinstance(graph, Scout) else Numbers(program.tensors)
        return TfliteWalk(graph, program, known, assume_pointwise)

    def sizes(letters: Sequence[str]) -> Sequence[Sequence[int]]:
        return shapes_of(program, given, letters)

    names = {name: program.tensors[name].name for name in program.inputs}
    tried = trials(program, given)
    if submodule is None:
        needs = needed(program.steps, program.outputs)
        walk = walk_through(begin, needs, names, tried, sizes, layout, by_rank)
        return _network_of(walk, program.name, program.outputs)
    walk, outputs = walk_part(
        *(begin, program.steps, program.outputs, submodule),
        *(names, tried, sizes, layout, by_rank),
    )
    return _network_of(walk, f"{program.name}.{submodule}", outputs)


def _network_of(walk: TfliteWalk, name: str, outputs: Sequence[str]) -> Network:
    """Return the network of a walk that is through."""
    modules = any(step.stack for step in walk.program.steps)
    return walk.finish(name, outputs, list(map(walk.title, outputs)), modules)
