"""What is a Keras configuration? Layers, and the calls that connect them, as data."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, cast

import msgspec

from rfcalc.errors import RfcalcError, fail

__all__ = ["DEPTH_LIMIT", "Array", "Call", "Layer", "Model", "Ref", "flat", "key_of"]

V = TypeVar("V")

DEPTH_LIMIT = 64
"""Deepest nesting of models, of wrappers and of arguments."""

_OWN = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras", "keras_core")


class Ref(msgspec.Struct, frozen=True, gc=False):
    """An output of an earlier call: of which layer, of which of its calls, which one."""

    layer: str
    node: int
    tensor: int
    shape: tuple[int | None, ...] | None = None


class Array(msgspec.Struct, frozen=True, gc=False):
    """A constant among the arguments, as nested lists."""

    value: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """Size of each dimension."""
        sizes: list[int] = []
        here: Any = self.value
        while isinstance(here, list):
            items = cast("list[Any]", here)
            sizes.append(len(items))
            here = items[0] if items else None
        return tuple(sizes)


class Call(msgspec.Struct, frozen=True):
    """One call of a layer: its arguments with ``Ref`` where a tensor stands."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def refs(self) -> list[Ref]:
        """The tensors among the arguments, in order."""
        found = [*flat(self.args), *flat(self.kwargs)]
        return [item for item in found if isinstance(item, Ref)]


class Layer(msgspec.Struct, frozen=True):
    """A layer and its calls.

    ``key`` is its place in the table of layers: ``Conv2D``, ``ops.Pad``; for a class of somebody
    else its name with their package. ``model`` is there when the layer is itself a model.
    """

    name: str
    key: str
    config: dict[str, Any]
    calls: tuple[Call, ...] = ()
    model: "Model | None" = None

    @property
    def names(self) -> set[str]:
        """What the class may be called: its key, and without the package of whoever wrote it."""
        if self.key.startswith("ops."):
            return {self.key}
        return {self.key, self.key.rpartition(">")[2], self.key.rpartition(".")[2]}


class Model(msgspec.Struct, frozen=True):
    """Layers by name, in order; inputs and outputs as structures of ``Ref``.

    ``custom`` is the class when it is somebody's own, saved as a functional model.
    """

    name: str
    layers: dict[str, Layer]
    inputs: Any
    outputs: Any
    custom: str | None = None

    @property
    def sources(self) -> list[Ref]:
        """The inputs, in order."""
        return [ref for ref in flat(self.inputs) if isinstance(ref, Ref)]

    def arranged(self, given: Any, values: Sequence[V]) -> Sequence[V]:
        """Return the tensors that a model is called with in the order of its inputs.

        A dictionary, in the order of its keys so far, goes by the inputs' names, unless the model
        takes one itself. Source: ``keras.Functional._standardize_inputs``.
        """
        if not isinstance(given, dict) or isinstance(self.inputs, dict):
            return values
        held = dict(zip(sorted(cast("dict[str, Any]", given)), values, strict=False))
        names = [ref.layer for ref in self.sources]
        if not set(names) <= set(held):
            raise wrong(self.name, f"its inputs are {names}, and it is called with {list(held)}")
        return [held[name] for name in names]

    @property
    def names(self) -> Iterator[str]:
        """The names of the layers, those of a nested model behind its own: ``backbone.conv``."""
        for name, layer in self.layers.items():
            yield name
            if layer.model is not None:
                yield from (f"{name}.{inner}" for inner in layer.model.names)

    @property
    def labels(self) -> list[str]:
        """What the model calls each output, empty for one that it does not name."""
        return [
            "" if all(key.isdigit() for key in path) else ".".join(path)
            for path in _paths(self.outputs, ())
        ]

    @property
    def results(self) -> list[Ref]:
        """The outputs, in order."""
        return [ref for ref in flat(self.outputs) if isinstance(ref, Ref)]


def flat(value: Any) -> Iterator[Any]:
    """Yield the leaves of nested lists and dictionaries, in Keras' order: keys sorted."""
    if isinstance(value, dict):
        for _, item in sorted(cast("dict[str, Any]", value).items()):
            yield from flat(item)
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[Any]", value):
            yield from flat(item)
    else:
        yield value


def _paths(value: Any, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the keys and places at which each leaf stands, in the order of ``flat``."""
    if isinstance(value, dict):
        for key, item in sorted(cast("dict[str, Any]", value).items()):
            yield from _paths(item, (*above, str(key)))
    elif isinstance(value, list | tuple):
        for place, item in enumerate(cast("Sequence[Any]", value)):
            yield from _paths(item, (*above, str(place)))
    else:
        yield above


def mapped(value: Any, change: Callable[[Ref], Any]) -> Any:
    """Return a structure with every ``Ref`` in it exchanged."""
    if isinstance(value, Ref):
        return change(value)
    if isinstance(value, dict):
        return {k: mapped(v, change) for k, v in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        items = [mapped(item, change) for item in cast("Sequence[Any]", value)]
        return tuple(items) if isinstance(value, tuple) else items
    return value


def key_of(data: dict[str, Any]) -> str:
    """Return under which key of the table a serialised object is found."""
    name, module = str(data.get("class_name")), data.get("module")
    registered = str(data.get("registered_name") or "")
    if module is None:
        return registered or name
    module = str(module)
    if not any(module == own or module.startswith(f"{own}.") for own in _OWN):
        return registered or f"{module}.{name}"
    if ".applications." in module:
        return f"applications.{name}"
    return f"ops.{name}" if ".ops." in f"{module}." else name


def wrong(where: str, fact: str) -> RfcalcError:
    """Return the error of a configuration that is not what Keras writes."""
    help = "save the model again with model.save('model.keras') or model.to_json()"
    return fail("RF504", f"the configuration of '{where}' cannot be read: {fact}", help)
