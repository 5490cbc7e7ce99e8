"""Which network is a model: a file of a framework, code that makes a module, or one in hand?"""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, TypeGuard

from rfcalc.errors import fail
from rfcalc.loading.shapes import Sizes, shapes_of
from rfcalc.network import Network

if TYPE_CHECKING:
    import torch

__all__ = [
    "Options",
    "examples_of",
    "is_module",
    "part_and_call",
    "read_model",
    "read_module",
    "tensors_in",
]


class Options(TypedDict):
    """What ``load`` takes for models; ``refuse_useless`` has refused what has no meaning."""

    kwargs: Mapping[str, object] | None
    take_values: bool
    submodule: str | None
    assume_pointwise: Sequence[str]
    layout: Sequence[str]
    value: Mapping[str, float | Sequence[float]] | None
    max_offset: int | None


class _Asked(TypedDict):
    """What every reader of models takes."""

    submodule: str | None
    assume_pointwise: Sequence[str]
    layout: Sequence[str]


def read_model(name: str, kind: str, shapes: Sequence[Sequence[int]], given: Options) -> Network:
    """Return the network of a file, whose bytes nobody vouches for, or of code that makes one.

    Raises
    ------
    RfcalcError
        RF403: code without an ``input``; and as the reader of its kind.
    """
    from rfcalc import importers
    from rfcalc.importers.deforming import bounded_offsets
    from rfcalc.importers.malformed import untrusted

    submodule, assumed, layout = given["submodule"], given["assume_pointwise"], given["layout"]
    asked: _Asked = {"submodule": submodule, "assume_pointwise": assumed, "layout": layout}
    with bounded_offsets(given["max_offset"]):
        if kind == "target":
            if not shapes:
                fact = f"'{name}' is run on an example input, and none is given"
                help = "give its shape, channels and all: `input=(1, 3, 224, 224)`"
                raise fail("RF403", fact, help)
            kwargs, taken = given["kwargs"], given["take_values"]
            return importers.from_target(name, shapes, kwargs=kwargs, take_values=taken, **asked)
        with untrusted(name):
            if kind == ".onnx":
                return importers.read_onnx(name, shapes=shapes, value=given["value"], **asked)
            if kind == ".pt2":
                return importers.read_pt2(name, shapes=shapes, **asked)
            if kind == ".tflite":
                return importers.read_tflite(name, shapes=shapes, **asked)
            return importers.read_keras(name, shapes=shapes, **asked)


def is_module(net: object) -> "TypeGuard[torch.nn.Module]":
    """Whether a value is a PyTorch module, which none is where nothing has imported torch."""
    torch = sys.modules.get("torch")
    module = getattr(getattr(torch, "nn", None), "Module", None)
    return module is not None and isinstance(net, module)


def read_module(net: "torch.nn.Module", input: "Sizes | None", given: Options) -> Network:
    """Return the network of a module in hand.

    Raises
    ------
    RfcalcError
        RF403: there is no ``input``; and as ``from_torch``.
    """
    from rfcalc.importers import from_torch

    return from_torch(
        net,
        examples_of(net, input),
        submodule=given["submodule"],
        layout=given["layout"],
        assume_pointwise=given["assume_pointwise"],
        take_values=given["take_values"],
        max_offset=given["max_offset"],
    )


def examples_of(net: "torch.nn.Module", input: "Sizes | None") -> "tuple[torch.Tensor, ...]":
    """Return the example inputs of a module: those that are given, or zeros of their shapes.

    Raises
    ------
    RfcalcError
        RF403: there is no ``input``, RF512: one that is no shape of an example input.
    """
    from rfcalc.importers.torch.target import example

    if input is None:
        fact = f"net is a {type(net).__name__}, which is run on an example input"
        help = "give its shape, batch and channels too: `input=(1, 3, 224, 224)`"
        raise fail("RF403", fact, help)
    return tensors_in(input) or example(shapes_of(input), net)


def part_and_call(
    net: "torch.nn.Module", input: "Sizes | None", submodule: str | None
) -> "tuple[torch.nn.Module, tuple[Any, ...], Mapping[str, Any]]":
    """Return a module, or a part of it, with the arguments that it is called with.

    Raises
    ------
    RfcalcError
        As for ``examples_of``; RF510: there is no such part, or it is not called.
    """
    from rfcalc.importers.torch.target import part_of

    args = examples_of(net, input)
    return (net, args, {}) if submodule is None else part_of(net, submodule, args, None)


def tensors_in(input: "Sizes | None") -> "tuple[torch.Tensor, ...]":
    """Return the tensors that are given in place of shapes, none where none are."""
    if "torch" not in sys.modules or input is None:
        return ()
    import torch

    if isinstance(input, torch.Tensor):
        return (input,)
    given = input if isinstance(input, list | tuple) else ()
    tensors = [one for one in given if isinstance(one, torch.Tensor)]
    return tuple(tensors) if tensors and len(tensors) == len(given) else ()
