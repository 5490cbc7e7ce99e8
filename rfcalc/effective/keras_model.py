"""How is a Keras model measured? On its PyTorch backend, by gradients."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

import msgspec

from rfcalc.effective.runner import Runner
from rfcalc.errors import fail
from rfcalc.loading import Sizes, shapes_of
from rfcalc.loading.options import LoadOptions
from rfcalc.packages import package
from rfcalc.spelling import nearest

if TYPE_CHECKING:
    import torch

__all__ = ["keras_runner"]


class _Shaped(Protocol):
    """A tensor of Keras, of which sizes may be left open."""

    shape: tuple[int | None, ...]


class _KerasModel(Protocol):
    """A model of Keras."""

    inputs: Sequence[_Shaped]


Making: TypeAlias = "Callable[[str, torch.nn.Module, tuple[torch.Tensor, ...]], Runner]"
"""Makes a runner of a PyTorch module, its name, and example inputs."""


def keras_runner(
    path: str, input: Sizes | None, layer: str | None, reading: LoadOptions, making: Making
) -> Runner:
    """Return the model of a ``.keras`` or ``.h5`` file, which holds its weights.

    Parameters
    ----------
    layer : the layer up to which the model is measured, by its name in Keras.

    Raises
    ------
    RfcalcError
        RF401 no such layer, RF406 an option that has no meaning for it or another backend, RF505
        keras or torch is missing, RF507 the file does not load, RF512 a shape that is missing.
    """
    for option in ("submodule", "kwargs"):
        if reading[option]:
            raise fail("RF406", f"`{option}=` is not for a Keras model", f"omit `{option}=`")
    torch = package("torch", "measuring a Keras model needs torch", "rfcalc[torch]")
    if "keras" not in sys.modules:
        os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = package("keras", "measuring a Keras model needs keras", "keras")
    if keras.config.backend() != "torch":
        fact = f"gradients are taken through PyTorch, and Keras runs on {keras.config.backend()}"
        raise fail("RF406", fact, "set it before Keras is imported: KERAS_BACKEND=torch")
    try:
        model = keras.models.load_model(path, compile=False)
    except Exception as fault:
        line = next((text for text in str(fault).splitlines() if text.strip()), "")
        fact = f"loading '{path}' raised {type(fault).__name__}: {line[:300]}"
        raise fail("RF507", fact, "this comes from Keras, not from rfcalc") from None
    names = list(model.output_names)
    if layer is not None:
        known = {one.name: one for one in model.layers}
        if layer not in known:
            raise fail("RF401", f"no layer is named '{layer}'", nearest(layer, sorted(known)))
        model, names = keras.Model(model.inputs, known[layer].output), [layer]
    given = shapes_of(input) or _own(model)
    example = tuple(torch.zeros(tuple(shape)) for shape in given)
    found = making(Path(path).stem, model, example)
    return _with_layer_names(found, names, layer is not None)


def _own(model: _KerasModel) -> list[tuple[int, ...]]:
    """Return the shapes of a model's inputs, batch 1.

    Raises
    ------
    RfcalcError
        RF512: one is left open.
    """
    shapes = [tuple(one.shape) for one in model.inputs]
    for shape in shapes:
        if None in shape[1:]:
            shown = ",".join("?" if n is None else str(n) for n in (1, *shape[1:]))
            fact = f"the model does not fix the size of its input: {shown}"
            raise fail("RF512", fact, "give the whole shape: `input=(1, 224, 224, 3)`")
    return [(1, *cast("Sequence[int]", shape[1:])) for shape in shapes]


def _with_layer_names(found: Runner, names: Sequence[str], cut: bool) -> Runner:
    """Return a runner whose outputs have the names that they have in Keras."""
    network = found.network
    nodes = list(network.nodes)
    taken = {node.name for node in nodes}
    if len(names) == len(network.outputs):
        for position, name in zip(network.outputs, names, strict=True):
            if name not in taken:
                nodes[position] = msgspec.structs.replace(nodes[position], name=name)
    named = msgspec.structs.replace(network, name=found.name, nodes=tuple(nodes))
    note = "gradients are taken through Keras' PyTorch backend"
    return msgspec.structs.replace(found, network=named, notes=(*found.notes, note), cut=cut)
