"""What network is a Keras model? Its layers' calls, one by one, through the table of layers."""

from collections.abc import Sequence

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.axes import Value, constant
from rfcalc.importers.graph import Graph
from rfcalc.importers.inputs import axes_of, rank_of
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
from rfcalc.importers.keras.walk import Still, Walk, bounded
from rfcalc.importers.scouting import Layout, Scout, layouts
from rfcalc.network import Network
from rfcalc.spelling import nearest

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
    walk, outputs = _walked(model, given, assume_pointwise, layout=layout)
    nested = any(layer.model is not None for layer in model.layers.values())
    return walk.losses.finish(walk.graph, model.name, outputs, model.labels, nested)


def shapes_at(
    model: Model, refs: Sequence[Ref], given: Sequence[Sequence[int]], assume: Sequence[str]
) -> list[tuple[int, ...]]:
    """Return the shapes of some tensors within a model."""
    part = Model(model.name, model.layers, model.inputs, list(refs), model.custom)
    _, outputs = _walked(part, given, assume, strict=False)
    for output in outputs:
        if isinstance(output, RfcalcError):
            raise output
    return [output.shape for output in outputs if not isinstance(output, RfcalcError)]


def _walked(
    model: Model,
    given: Sequence[Sequence[int]],
    assume: Sequence[str],
    strict: bool = True,
    layout: Sequence[str] = (),
) -> tuple[Walk, list[Value | RfcalcError]]:
    found = _layouts(model, trials(model, given), layout, assume)
    letters = [one.letters for one in found]
    sizes, replaced = shapes_of(model, given, letters)
    graph = Graph(rank_of(letters), axes_of(letters))
    walk = Walk(graph, assume, recorded=not replaced)
    values = [
        graph.source(ref.layer, shape, *one)
        for ref, shape, one in zip(model.sources, sizes, found, strict=True)
    ]
    graph.reserved = set(model.names)
    bounded(weight(model))
    if strict:
        _known(model, assume)
    return walk, walk.model(model, values)


def _layouts(
    model: Model, shapes: Sequence[tuple[int, ...]], said: Sequence[str], assume: Sequence[str]
) -> list[Layout]:
    """Return the layout of each input, found at some shapes of them."""
    # What does not hold the dimension that is scouted is the same in every walk.
    still: Still = {}

    def scout(graph: Scout, values: list[Value]) -> None:
        try:
            Walk(graph, assume, recorded=False, still=still).model(model, values)
        except RfcalcError:
            return

    scout(Scout(), [constant(shape) for shape in shapes])
    names = [ref.layer for ref in model.sources]
    return layouts(names, shapes, scout, usual, said)


def _known(model: Model, assume: Sequence[str]) -> None:
    """Refuse an assumption about a class that the model does not use."""
    if not assume:
        return
    met: set[str] = set()
    stack = list(model.layers.values())
    while stack:
        layer = stack.pop()
        met |= layer.names
        if layer.model is not None:
            stack += layer.model.layers.values()
        if isinstance(layer.config.get("layer"), dict):
            stack.append(layer_of(layer.config["layer"]))
    for name in sorted(set(assume) - met):
        raise fail("RF511", f"the model has no '{name}'", nearest(name, sorted(met)))
