"""Which pixels do maps of a Keras model read? As for modules of PyTorch, on which it runs."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.published.reach import OneChannel, Reach, torch

__all__ = ["keras_maps", "made_in_keras"]


def made_in_keras(build: Callable[[], Any]) -> Any:
    """Return a Keras model made anew from its own configuration, one filter per layer, all 1."""
    import keras

    with keras.device("meta"):
        model = build()
    model = type(model).from_config(_narrow(model.get_config()))
    for variable in model.variables:
        variable.assign(np.ones(variable.shape))
    return model


def keras_maps(
    model: Any,
    size: Sequence[int],
    names: Sequence[str],
    copies: int,
    gates: bool = True,
    filters: bool = False,
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return images and the maps of a model's layers by name, as `torch_maps` does."""
    import keras

    assert not filters, "a model of Keras' is made with one filter per layer"
    layers = [model.get_layer(name) if name else model.layers[-1] for name in names]
    parts = keras.Model(model.inputs, [layer.output for layer in layers])
    images = torch.ones(copies, 1, *size, requires_grad=True)
    with OneChannel(gates):
        made = keras.tree.flatten(parts(images.movedim(1, -1).repeat(1, 1, 1, 3), training=False))
    maps = (Reach.apply(one.sum(-1)[:, None]) for one in made)
    return images, dict(zip(names, maps, strict=True))


def _narrow(value: Any) -> Any:
    """Return a configuration with one filter per layer, what the layers do left as it is."""
    if isinstance(value, list | tuple):
        return type(value)(_narrow(part) for part in value)
    if not isinstance(value, dict):
        return value
    made = {k: _narrow(v) for k, v in value.items() if k != "build_config"}
    made |= {k: 1 for k in ("filters", "groups", "units", "projection_dim") if k in made}
    if "target_shape" in made:
        made["target_shape"] = (1, 1, 1)
    if "batch_shape" in made and made["batch_shape"][-1] != 3:
        made["batch_shape"] = (*made["batch_shape"][:-1], 1)
    return made
