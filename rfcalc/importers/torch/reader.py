"""What network is a PyTorch program? Its calls, one by one, through the table of operators."""

from collections.abc import Sequence

from rfcalc.errors import RfcalcError
from rfcalc.importers.axes import Value
from rfcalc.importers.graph import Graph
from rfcalc.importers.programs import check_assumed, walk_through
from rfcalc.importers.torch import (
    elementwise,
    folding,
    frames,
    refusals,
    sampling,
    shapes,
    sliding,
    spectra,
    sums,
)
from rfcalc.importers.torch.naming import names_of
from rfcalc.importers.torch.program import Program
from rfcalc.importers.torch.walk import TorchWalk
from rfcalc.network import Network, PartlyRead

__all__ = ["read_as_far", "read_program", "read_values"]

FAMILIES = (elementwise, folding, frames, refusals, sampling, shapes, sliding, spectra, sums)
"""The files whose handlers fill the table."""


def read_program(
    program: Program,
    layout: Sequence[str] | None = None,
    assume_pointwise: Sequence[str] = (),
) -> Network:
    """Return the network of a program.

    Parameters
    ----------
    layout : one string per input, a letter per dimension (``NCHW``, ``NHWC``, ``NC``).
    assume_pointwise : operators to take for element-wise; the network is then not exact.

    Raises
    ------
    RfcalcError
        RF501 an operator that is not handled, RF502 axes that cannot be followed, RF301 an
        input too small, RF509 no output that depends on an input.
    """
    return read_values(program, layout, assume_pointwise)[0]


def read_values(
    program: Program,
    layout: Sequence[str] | None = None,
    assume_pointwise: Sequence[str] = (),
) -> tuple[Network, dict[str, Value], list[Value]]:
    """Return the network of a program, each value as it was when made, and the outputs.

    A tensor among the values says at which entries it holds the cells of its node.
    """
    network, made, outputs, fault = read_as_far(program, layout, assume_pointwise)
    if fault is not None:
        raise fault
    return network, made, outputs


def read_as_far(
    program: Program,
    layout: Sequence[str] | None = None,
    assume_pointwise: Sequence[str] = (),
) -> tuple[Network, dict[str, Value], list[Value], PartlyRead | None]:
    """Return what ``read_values`` does of what can be read, and the fault where it is not all."""
    assume = [name.removeprefix("aten.") for name in assume_pointwise]
    check_assumed(assume, {name for call in program.calls for name in (call.op, call.target)})
    shapes = [program.shapes.get(name, ()) for name in program.inputs]
    names = names_of(program.calls)

    def begin(graph: Graph) -> TorchWalk:
        return TorchWalk(graph, program, names, assume)

    inputs = {name: name for name in program.inputs}
    walk = walk_through(begin, program.calls, inputs, shapes, lambda _: shapes, layout or ())
    graph = walk.graph
    graph.here = "output"
    outputs = [walk.output(name) for name in program.outputs]
    known = [x for x in outputs if not isinstance(x, RfcalcError)]
    try:
        network = walk.losses.finish(graph, program.name, outputs, program.labels)
    except PartlyRead as fault:
        return fault.network, walk.made, known, fault
    return network, walk.made, known, None
