"""How are small Keras models made for a test? Of layers in a row, or of operations."""

from collections.abc import Callable, Sequence
from typing import Any

from rfcalc.network import Network
from tests.importers.keras_oracle import compare, keras

L, ops = keras.layers, keras.ops

FIRST = {"data_format": "channels_first"}


def chain(shape: Sequence[int], *layers: Any) -> keras.Model:
    """Return layers one behind the other."""
    x = inputs = keras.Input(shape)
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs, x)


def function(shape: Sequence[int], call: Callable[[Any], Any]) -> keras.Model:
    """Return a model of operations."""
    inputs = keras.Input(shape)
    return keras.Model(inputs, call(inputs))


def pair(one: Sequence[int], two: Sequence[int], call: Callable[[Any, Any], Any]) -> keras.Model:
    """Return a model of operations on two inputs."""
    x, y = keras.Input(one, name="x"), keras.Input(two, name="y")
    return keras.Model([x, y], call(x, y))


def c(filters: int, kernel: int | tuple[int, int] = 3, **given: Any) -> Any:
    """Return a convolution that keeps the size of its map."""
    return L.Conv2D(filters, kernel, padding="same", **given)


def halves(x: Any) -> Any:
    """Return channels of which the first four read one cell, the second four a window."""
    return ops.concatenate([c(4, 1)(x), c(4, 5)(x)], axis=-1)


def shapes(model: keras.Model) -> list[tuple[int, ...]]:
    """Return the shapes of a model's inputs, of a batch of one."""
    return [tuple(1 if n is None else n for n in i.shape) for i in model.inputs]


def assert_equal(model: keras.Model, network: Network, first: bool = False) -> None:
    """Hold the masks to the gradient, cell by cell."""
    verdict = compare(model, network, shapes(model), first)
    assert (verdict.wrong, verdict.wide) == (0, 0), verdict.first
    assert verdict.equal > 0
