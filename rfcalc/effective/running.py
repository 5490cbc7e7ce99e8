"""Which model is run to be measured, and by what? PyTorch, Keras, or ONNX Runtime."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rfcalc.effective.runner import Runner
from rfcalc.effective.weights import load_weights
from rfcalc.errors import RfcalcError, fail
from rfcalc.gradients import Call, Place, Probe, probe_module
from rfcalc.gradients.modules import Module
from rfcalc.importers.deforming import bounded_offsets
from rfcalc.loading import NetworkLike, Sizes, is_target, name_and_kind, shapes_of
from rfcalc.loading.given import is_held
from rfcalc.loading.kinds import refuse_useless
from rfcalc.loading.models import is_module, tensors_in
from rfcalc.loading.options import LoadOptions
from rfcalc.network import Network

if TYPE_CHECKING:
    import torch

    from rfcalc.effective.samples import Array

__all__ = ["is_run", "not_run", "runner_of"]


_FILES = (".onnx", ".keras", ".h5", ".hdf5")
"""Suffixes of models that hold their weights and are run."""


def is_run(net: str) -> bool:
    """Whether an argument names a model that is run, not a network without weights."""
    return net.lower().endswith(_FILES) or (is_target(net) and not Path(net).is_file())


def not_run(parameter: str, net: object) -> RfcalcError:
    """Return the error of a parameter for measuring where there is no model to be run."""
    known = getattr(net, "name", net)
    called = f"'{known}'" if isinstance(known, str | PathLike) else f"a {type(net).__name__}"
    fact = f"`{parameter}=` is given, and {called} is not a model that rfcalc runs"
    help = "name a PyTorch model, package.module:factory, an .onnx or a .keras file"
    return fail("RF406", fact, help)


def runner_of(
    net: NetworkLike,
    input: Sizes | None,
    layer: str | None,
    weights: str | Path | None,
    device: str | None,
    reading: LoadOptions,
) -> Runner | None:
    """Return the model that is measured, ``None`` for a network without weights.

    Raises
    ------
    RfcalcError
        RF454: the weights are of another model; and as ``load``.
    """
    if isinstance(net, Network) or is_held(net):
        return None
    name, kind = name_and_kind(net)
    if isinstance(net, str | PathLike) and not is_run(name):
        return None
    refuse_useless(name, kind, **reading)
    if reading["value"]:
        fact = f"`value=` is given, and '{name}' is fed inputs of its own"
        raise fail("RF406", fact, "omit `value=`")
    with bounded_offsets(reading["max_offset"]):
        if is_module(net):
            return _part(name, net, _examples(net, input), weights, device, reading)
        if kind == "target":
            return _target(name, input, weights, device, reading)
        return _file(name, input, layer, weights, device, reading)


def _file(
    name: str,
    input: Sizes | None,
    layer: str | None,
    weights: str | Path | None,
    device: str | None,
    reading: LoadOptions,
) -> Runner:
    """Return the model of a file that holds its weights."""
    if weights is not None:
        fact = f"`weights=` is given, and '{name}' holds its own"
        raise fail("RF406", fact, "omit `weights=`")
    if name.lower().endswith(".onnx"):
        if device is not None:
            raise fail("RF406", "`device=` applies only to PyTorch models", "omit `device=`")
        from rfcalc.effective.onnx_model import onnx_runner

        return onnx_runner(name, input, reading)
    from rfcalc.effective.keras_model import keras_runner

    def making(stem: str, model: "torch.nn.Module", example: "tuple[torch.Tensor, ...]") -> Runner:
        return _module(stem, model, example, {}, None, device, reading)

    return keras_runner(name, input, layer, reading, making)


def _target(
    target: str,
    input: Sizes | None,
    weights: str | Path | None,
    device: str | None,
    reading: LoadOptions,
) -> Runner:
    from rfcalc.importers.torch.target import made

    module = made(target, reading["kwargs"])
    return _part(target, module, _examples(module, input), weights, device, reading)


def _part(
    name: str,
    module: "torch.nn.Module",
    args: "tuple[torch.Tensor, ...]",
    weights: str | Path | None,
    device: str | None,
    reading: LoadOptions,
) -> Runner:
    """Return a module, or a part of it at the inputs that it receives there."""
    from rfcalc.importers.torch.target import part_of

    submodule = reading["submodule"]
    if submodule is None:
        return _module(name, module, args, {}, weights, device, reading)
    notes = () if weights is None else load_weights(module, weights)
    held, given, named = part_of(module, submodule, args, None)
    notes = (*notes, f"'{submodule}' alone is measured, at inputs of its own")
    return _module(name, held, given, named, None, device, reading, notes)


def _examples(module: "torch.nn.Module", input: Sizes | None) -> "tuple[torch.Tensor, ...]":
    """Return the tensors that are given, or zeros in the precision of the module."""
    if given := tensors_in(input):
        return given
    from rfcalc.importers.torch.target import example

    floats = (p.dtype for p in module.parameters() if p.is_floating_point())
    dtype = next(floats, None)
    return tuple(one.to(dtype) for one in example(shapes_of(input)))


def _module(
    name: str,
    module: "torch.nn.Module",
    args: tuple[object, ...],
    named: Mapping[str, object],
    weights: str | Path | None,
    device: str | None,
    reading: LoadOptions,
    notes: tuple[str, ...] = (),
) -> Runner:
    """Return a PyTorch module as a model that is measured."""
    if weights is not None:
        notes = (*notes, *load_weights(module, weights))
    known = Module(
        module,
        args,
        named,
        reading["layout"] or None,
        reading["assume_pointwise"],
        reading["take_values"],
    )
    leaves = known.tensors(args, named)
    sources = tuple(i for i, one in enumerate(leaves) if one.is_floating_point())
    if not sources:
        fact = "the model has no input of floats, of which a gradient is taken"
        raise fail("RF441", fact, "name the part behind it: `submodule=`")
    shapes = tuple(tuple(map(int, leaves[i].shape)) for i in sources)

    def probing(places: Sequence[Place]) -> AbstractContextManager[Probe[Sequence["Array"]]]:
        return probe_module(known, places, device, _filler(args, named))

    return Runner(name, known.network, shapes, sources, "gradients", notes, probing)


def _filler(
    args: tuple[object, ...], named: Mapping[str, object]
) -> Callable[[Sequence["Array"]], Call]:
    """Return what puts the arrays of a sample in place of the tensors of floats of a call."""

    def fill(arrays: Sequence["Array"]) -> Call:
        import torch
        from torch.utils import _pytree as trees

        left = iter(arrays)

        def put(x: object) -> object:
            if not isinstance(x, torch.Tensor) or not x.is_floating_point():
                return x
            return torch.as_tensor(next(left), dtype=x.dtype)

        return cast("Call", trees.tree_map(put, (args, dict(named))))

    return fill
