"""How is a Keras configuration read? As Keras 3 writes it, or as Keras 2 did."""

from typing import Any, cast

from rfcalc.importers.keras.arguments import call_of, leaves
from rfcalc.importers.keras.legacy import translated
from rfcalc.importers.keras.model import (
    DEPTH_LIMIT,
    Call,
    Layer,
    Model,
    Ref,
    flat,
    key_of,
    mapped,
    wrong,
)

__all__ = ["layer_of", "model_of"]

_FUNCTIONAL = ("Functional", "Model")


def model_of(data: dict[str, Any], depth: int = 0) -> Model | None:
    """Return the model of a serialised object, ``None`` when it is a layer.

    Raises
    ------
    RfcalcError
        RF504: the configuration is not what Keras writes.
    """
    name, config = data.get("class_name"), data.get("config")
    if depth > DEPTH_LIMIT:
        raise wrong(str(name), f"models are nested deeper than {DEPTH_LIMIT} levels")
    if isinstance(config, list) and name == "Sequential":
        config = cast("dict[str, Any]", {"name": "sequential", "layers": config})
    if not isinstance(config, dict):
        return None
    config = cast("dict[str, Any]", config)
    if {"layers", "input_layers", "output_layers"} <= set(config):
        custom = None if name in _FUNCTIONAL else key_of(data)
        return _functional(config, custom, depth)
    if name == "Sequential":
        return _sequential(config, depth)
    if name in _FUNCTIONAL:
        raise wrong(str(name), "it has no 'layers', 'input_layers' and 'output_layers'")
    return None


def layer_of(data: Any, depth: int = 0) -> Layer:
    """Return a serialised layer, without its calls."""
    if not isinstance(data, dict) or not isinstance(data.get("class_name"), str):  # pyright: ignore[reportUnknownMemberType]
        raise wrong("model", "a layer has no 'class_name'")
    data = cast("dict[str, Any]", data)
    model = model_of(data, depth + 1)
    config: Any = data.get("config")
    if not isinstance(config, dict):
        config = {}
    config = cast("dict[str, Any]", config)
    name = data.get("name") or config.get("name") or data["class_name"].lower()
    if not isinstance(name, str):
        raise wrong("model", f"the name of a layer is {name!r}")
    return Layer(name, key_of(data), config, (), model)


def _layers(config: dict[str, Any], name: str, depth: int) -> list[tuple[Layer, Any]]:
    listed = config.get("layers")
    if not isinstance(listed, list) or not listed:
        raise wrong(name, "it has no list of layers")
    found = [(layer_of(data, depth), data) for data in cast("list[Any]", listed)]
    seen: set[str] = set()
    for layer, _ in found:
        if layer.name in seen:
            raise wrong(name, f"two layers have the name '{layer.name}'")
        seen.add(layer.name)
    return found


def _sequential(config: dict[str, Any], depth: int) -> Model:
    """Return a chain of layers as a model whose layers name what they read."""
    name = str(config.get("name") or "sequential")
    chain = [layer for layer, _ in _layers(config, name, depth)]
    first = chain[0]
    if first.key != "InputLayer":
        batch = config.get("build_input_shape") or config.get("batch_input_shape")
        shape = first.config.get("batch_input_shape") or first.config.get("batch_shape") or batch
        given = {"batch_shape": shape}
        if shape is None and first.model is not None:
            source = first.model.sources[0].layer
            given = first.model.layers[source].config
        chain.insert(0, Layer(_free(f"{first.name}_input", chain), "InputLayer", given))
    layers = {chain[0].name: chain[0]}
    last = Ref(chain[0].name, 0, 0)
    for layer in chain[1:]:
        call = Call((last,), {})
        layers[layer.name] = Layer(layer.name, layer.key, layer.config, (call,), layer.model)
        last = Ref(layer.name, 0, 0)
    return Model(name, layers, Ref(chain[0].name, 0, 0), last)


def _free(name: str, chain: list[Layer]) -> str:
    names = {layer.name for layer in chain}
    while name in names:
        name += "_"
    return name


def _functional(config: dict[str, Any], custom: str | None, depth: int) -> Model:
    name = str(config.get("name") or "model")
    layers: dict[str, Layer] = {}
    legacy = False
    for layer, data in _layers(config, name, depth):
        nodes: Any = data.get("inbound_nodes", [])
        if not isinstance(nodes, list):
            raise wrong(layer.name, "its 'inbound_nodes' is no list")
        calls: list[Call] = []
        for node in cast("list[Any]", nodes):
            legacy = legacy or isinstance(node, list)
            calls.append(call_of(node, layer.name))
        layers[layer.name] = translated(
            Layer(layer.name, layer.key, layer.config, tuple(calls), layer.model)
        )
    inputs = leaves(config["input_layers"], name)
    outputs = leaves(config["output_layers"], name)
    layers, outputs = _counted_from_zero(layers, outputs, legacy)
    return Model(name, layers, inputs, outputs, custom)


def _counted_from_zero(
    layers: dict[str, Layer], outputs: Any, legacy: bool
) -> tuple[dict[str, Layer], Any]:
    """Return layers and outputs with the calls of nested models counted from 0.

    A nested model was called once before, on inputs of its own. Keras 2 counts that call
    everywhere, Keras 3 only for functional models among the outputs.
    """
    used: dict[str, set[int]] = {}
    for ref in (ref for layer in layers.values() for call in layer.calls for ref in call.refs):
        used.setdefault(ref.layer, set()).add(ref.node)
    shown: dict[str, set[int]] = {}
    for ref in flat(outputs):
        shown.setdefault(ref.layer, set()).add(ref.node)
    inside, outside = set[str](), set[str]()
    for name, layer in layers.items():
        if layer.model is None:
            continue
        inner, outer = used.get(name, set()), shown.get(name, set())
        if legacy:
            if 0 not in inner | outer:
                inside.add(name)
                outside.add(name)
            continue
        if inner and 0 not in inner and max(inner) == len(layer.calls):
            inside.add(name)
        if 0 not in outer and "input_layers" in layer.config:
            outside.add(name)
    if inside:
        layers = {
            name: Layer(
                name,
                layer.key,
                layer.config,
                tuple(
                    Call(*(mapped(part, _lowered(inside)) for part in (call.args, call.kwargs)))
                    for call in layer.calls
                ),
                layer.model,
            )
            for name, layer in layers.items()
        }
    return layers, mapped(outputs, _lowered(outside))


def _lowered(names: set[str]) -> Any:
    def lower(ref: Ref) -> Ref:
        return Ref(ref.layer, ref.node - (ref.layer in names), ref.tensor, ref.shape)

    return lower
