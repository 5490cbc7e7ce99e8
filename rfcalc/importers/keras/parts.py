"""Which part of a Keras model is asked for, and at what input does it stand?"""

from collections.abc import Sequence
from typing import Any

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.keras.model import Model, Ref, key_of
from rfcalc.importers.keras.order import needed
from rfcalc.importers.keras.reader import read_model, shapes_at
from rfcalc.network import Network
from rfcalc.spelling import nearest

__all__ = ["part_of"]


def part_of(
    data: dict[str, Any],
    model: Model | None,
    name: str,
    shapes: Sequence[Sequence[int]],
    submodule: str | None,
    assume: Sequence[str],
    layout: Sequence[str] = (),
) -> Network:
    """Return the network of a model, or of the part of it that a dotted name asks for.

    Raises
    ------
    RfcalcError
        RF501 the whole is somebody's own class, RF510 no such part; and as ``read_model``.
    """
    if model is None:
        raise fail(
            "RF501",
            f"'{name}' is a {key_of(data)}, whose layers are known to its Python code alone",
            "build it as a functional model, or export it to ONNX",
        )
    if submodule is None:
        return read_model(model, shapes, assume, layout)
    return _part(model, submodule, submodule, shapes, assume, layout)


def _part(
    model: Model,
    path: str,
    whole: str,
    shapes: Sequence[Sequence[int]],
    assume: Sequence[str],
    layout: Sequence[str],
) -> Network:
    fitting = [n for n in model.layers if path == n or path.startswith(f"{n}.")]
    if not fitting:
        raise fail("RF510", f"no layer is named '{whole}'", nearest(path, list(model.layers)))
    layer = model.layers[max(fitting, key=len)]
    rest = path[len(layer.name) + 1 :]
    if not layer.calls or (rest and layer.model is None):
        raise fail("RF510", f"'{whole}' is no layer that is called", "name one that is")
    if layer.model is None:
        results = [Ref(layer.name, len(layer.calls) - 1, 0)]
        sources = [(ref.layer, ref.node) for ref in model.sources]
        wanted = needed(Model(model.name, model.layers, [], results), sources)
        live = [source in wanted for source in sources]
        inputs = [ref for ref, used in zip(model.sources, live, strict=True) if used]
        given = [shape for shape, used in zip(shapes, live, strict=False) if used]
        part = Model(model.name, model.layers, inputs, results, model.custom)
        return read_model(part, given, assume, layout)
    refs = layer.calls[0].refs
    received = _received(model, refs, shapes, assume)
    if rest:
        return _part(layer.model, rest, whole, received, assume, layout)
    return read_model(layer.model, received, assume, layout)


def _received(
    model: Model, refs: Sequence[Ref], shapes: Sequence[Sequence[int]], assume: Sequence[str]
) -> Sequence[Sequence[int]]:
    """Return the shapes of tensors within a model, or those written if a layer is refused."""
    try:
        return shapes_at(model, refs, shapes, assume)
    except RfcalcError:
        written = [[1, *(ref.shape or (None,))[1:]] for ref in refs]
        known = [[n for n in shape if n is not None] for shape in written]
        if shapes or any(not ref.shape for ref in refs) or known != written:
            raise
        return known
