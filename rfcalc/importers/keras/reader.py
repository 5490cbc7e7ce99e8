"""What network is a Keras model? Its layers' calls, one by one, through the table of layers."""

from collections.abc import Sequence

from rfcalc.errors import RfcalcError
from rfcalc.importers.graph import Graph
from rfcalc.importers.keras import (
    attention,
    frames,
    functions,
    merging,
    passing,
    recurrent,
    refusals,
    resizing,
    shapes,
    slices,
    sliding,
    sums,
    windows,
)
from rfcalc.importers.keras.configs import layer_of
from rfcalc.importers.keras.inputs import shapes_of, trials, usual
from rfcalc.importers.keras.model import Model, Ref
from rfcalc.importers.keras.order import weight
from rfcalc.importers.keras.steps import Scope, steps_of
from rfcalc.importers.keras.walk import KerasWalk, bounded
from rfcalc.importers.programs import check_assumed, walk_through
from rfcalc.importers.scouting import Scout
from rfcalc.network import Network

__all__ = ["FAMILIES", "read_model", "shapes_at"]

FAMILIES = (
    *(attention, frames, functions, merging, passing, recurrent, refusals, resizing, shapes),
    *(slices, sliding, sums, windows),
)
"""The files whose handlers fill the table."""


def read_model(
    model: Model,
    given: Sequence[Sequence[int]] = (),
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
) -> Network:
    """Return the network of a model.

    Parameters
    ----------
    given : one shape per input, as for ``inputs.shapes_of``.
    layout : one string per input, a letter per dimension, in place of what the windows say.
    assume_pointwise : layer classes to take for element-wise; the network is then not exact.

    Raises
    ------
    RfcalcError
        RF501 a layer that is not handled, RF502 axes that cannot be followed, RF512 a shape that
        is missing, RF301 an input too small, RF509 no output that depends on an input.
    """
    check_assumed(assume_pointwise, _classes(model))
    walk = _walk(model, given, assume_pointwise, layout)
    nested = any(layer.model is not None for layer in model.layers.values())
    outputs = walk.results(model, Scope())
    return walk.losses.finish(walk.graph, model.name, outputs, model.labels, nested)


def shapes_at(
    model: Model, refs: Sequence[Ref], given: Sequence[Sequence[int]], assume: Sequence[str]
) -> list[tuple[int, ...]]:
    """Return the shapes of some tensors within a model."""
    part = Model(model.name, model.layers, model.inputs, list(refs), model.custom)
    shapes: list[tuple[int, ...]] = []
    for output in _walk(part, given, assume).results(part, Scope()):
        if isinstance(output, RfcalcError):
            raise output
        shapes.append(output.shape)
    return shapes


def _walk(
    model: Model,
    given: Sequence[Sequence[int]],
    assume: Sequence[str],
    layout: Sequence[str] = (),
) -> KerasWalk:
    bounded(weight(model))
    resized = False

    def begin(graph: Graph) -> KerasWalk:
        walk = KerasWalk(graph, assume, recorded=not isinstance(graph, Scout) and not resized)
        walk.assume_class(model)
        graph.reserved.update(model.names)
        return walk

    def sizes(letters: Sequence[str]) -> Sequence[Sequence[int]]:
        nonlocal resized
        found, resized = shapes_of(model, given, letters)
        return found

    steps = steps_of(model, Scope())
    inputs = {Scope().value(ref): ref.layer for ref in model.sources}
    tried = trials(model, given)
    return walk_through(begin, steps, inputs, tried, sizes, layout, usual)


def _classes(model: Model) -> set[str]:
    """Return the names of the classes that a model uses, those in others included."""
    met: set[str] = set()
    stack = list(model.layers.values())
    while stack:
        layer = stack.pop()
        met |= layer.names
        if layer.model is not None:
            stack += layer.model.layers.values()
        if isinstance(layer.config.get("layer"), dict):
            stack.append(layer_of(layer.config["layer"]))
    return met
