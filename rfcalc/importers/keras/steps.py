"""Which steps is a Keras model made of? The calls of its layers in order, as data."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from rfcalc.importers.keras.model import Layer, Model, Ref, flat
from rfcalc.importers.keras.order import ordered

__all__ = ["Scope", "Shape", "Step", "steps_of"]

Shape = tuple[int | None, ...]
"""Sizes, ``None`` where a model leaves one open."""


class Scope(msgspec.Struct, frozen=True):
    """One call of a model: ``name`` is before those of its layers, ``key`` before its values'.

    A model that is called twice has one name, and its values differ.
    """

    name: str = ""
    key: str = ""

    def value(self, ref: Ref) -> str:
        """Return the name of what one call of a layer gives: all of its tensors."""
        return f"{self.key}{ref.layer}:{ref.node}"

    def inside(self, step: "Step") -> "Scope":
        """Return the scope of a model that a step calls."""
        return Scope(f"{step.name}.", f"{step.outputs[0] if step.outputs else step.name}/")


class Step(msgspec.Struct, frozen=True):
    """One call of a layer, whose tensors are one value together.

    ``args`` and ``kwargs`` hold a ``Ref`` where a tensor stands that an earlier step of the scope
    gave, and values where a wrapper calls a layer; ``shapes`` are what the configuration has for
    the tensors that it gives, by their place, at the sizes that it has for the inputs.
    """

    layer: Layer
    name: str
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    scope: Scope
    outputs: tuple[str, ...] = ()
    shapes: Mapping[int, Shape] = {}
    stack: tuple[tuple[str, str], ...] = ()

    @property
    def op(self) -> str:
        """The class of the layer, or the operation."""
        return self.layer.key

    @property
    def refs(self) -> list[str]:
        """Names of the values that the step reads, in order."""
        found = (*flat(self.args), *flat(self.kwargs))
        return [self.scope.value(item) for item in found if isinstance(item, Ref)]


def steps_of(model: Model, scope: Scope) -> list[Step]:
    """Return the steps that a model's outputs need, each after those it reads.

    Raises
    ------
    RfcalcError
        As ``order.ordered``.
    """
    held = {(ref.layer, ref.node) for ref in model.sources}
    shapes = _recorded_shapes(model)
    return [
        Step(
            layer,
            scope.name + layer.name,
            layer.calls[index].args,
            layer.calls[index].kwargs,
            scope,
            (scope.value(Ref(layer.name, index, 0)),),
            shapes.get((layer.name, index), {}),
        )
        for layer, index in ordered(model, held)
    ]


def _recorded_shapes(model: Model) -> dict[tuple[str, int], dict[int, Shape]]:
    """Return the shapes that a configuration has written down, by call and output."""
    found: dict[tuple[str, int], dict[int, Shape]] = {}
    for layer in model.layers.values():
        for ref in (ref for call in layer.calls for ref in call.refs if ref.shape is not None):
            assert ref.shape is not None
            found.setdefault((ref.layer, ref.node), {})[ref.tensor] = ref.shape
    return found
