"""How is a user's own model run on arrays of any size? By PyTorch, ONNX or Keras."""

import os
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.loading import is_target
from rfcalc.packages import package
from rfcalc.verification.targets import prepare_target

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["BACKENDS", "Model", "model_of"]

FREE = 2
"""Size of an input's dimension that a file leaves open and that is no axis, batch aside."""


class Model(msgspec.Struct, frozen=True, eq=False):
    """A model that takes arrays and gives arrays: its inputs' shapes, and their precision."""

    run: "Callable[[Sequence[Array]], list[Array]]"
    shapes: tuple[tuple[int, ...], ...]
    precision: str


def model_of(
    backend: str,
    net: str,
    layouts: Sequence[str],
    shapes: Sequence[Sequence[int]] = (),
    *,
    kwargs: Mapping[str, Any] | None = None,
    submodule: str | None = None,
) -> Model:
    """Return a model that can be run on windows of any size.

    Parameters
    ----------
    backend : ``torch``, ``onnx`` or ``keras``.
    layouts : a letter per dimension of each input, as ``Network.layouts`` has them.
    shapes : of the example inputs of a PyTorch target.

    Raises
    ------
    RfcalcError
        RF406: the argument names no such model; RF505: a package is missing; RF507: its code
        raised.
    """
    if backend == "torch":
        return _torch(net, shapes, kwargs, submodule)
    suffixes = {"onnx": (".onnx",), "keras": (".keras", ".h5", ".hdf5")}[backend]
    if is_target(net) or not net.lower().endswith(suffixes):
        fact = f"'{net}' is no model that --backend {backend} runs"
        raise fail(
            "RF406", fact, f"name a file: {' or '.join(suffixes)}; or choose another backend"
        )
    if submodule is not None:
        raise fail("RF406", "--submodule is for --backend torch", "omit one of the two")
    return BACKENDS[backend](net, layouts)


def _torch(
    net: str, shapes: Sequence[Sequence[int]], kwargs: Mapping[str, Any] | None, part: str | None
) -> Model:
    module, args, named = prepare_target(net, shapes, kwargs, part)
    if named or not all(hasattr(one, "shape") for one in args):
        raise fail("RF441", "the module is called with more than tensors", "verify it in NumPy")
    return _module(module, tuple(tuple(map(int, one.shape)) for one in args))


def _module(module: Any, shapes: tuple[tuple[int, ...], ...]) -> Model:
    """Return a PyTorch module in float64, or in float32 where it does not run in that."""
    import torch

    from rfcalc.importers.torch.raised import theirs
    from rfcalc.verification.preparing import leaves, precision

    def called(arrays: Sequence[Array], dtype: Any) -> list[Any]:
        with torch.no_grad(), precision(dtype):
            found = leaves(module(*(torch.tensor(one, dtype=dtype) for one in arrays)))
        return [one.numpy() for one in found if isinstance(one, torch.Tensor)]

    def runner(dtype: Any) -> "Callable[[Sequence[Array]], list[Array]]":
        def run(arrays: Sequence[Array]) -> list[Any]:
            try:
                return called(arrays, dtype)
            except (Exception, SystemExit) as fault:
                raise theirs("the model", fault) from None

        return run

    import numpy as np

    module.eval()
    zeros = [np.zeros(shape) for shape in shapes]
    try:
        called(zeros, module.double() and torch.float64)
    except (Exception, SystemExit):
        module.float()
        return Model(runner(torch.float32), shapes, "float32")
    return Model(runner(torch.float64), shapes, "float64")


def _onnx(net: str, layouts: Sequence[str]) -> Model:
    """Return an ONNX model whose axes take any size, run by ONNX Runtime, or onnx's reference."""
    onnx = package("onnx", "running this model needs onnx", "rfcalc[onnx]")
    try:
        proto = onnx.load(net)
    except Exception as fault:
        raise _model_error("reading the file", fault) from None
    held = {one.name for one in proto.graph.initializer}
    inputs = [one for one in proto.graph.input if one.name not in held]
    shapes: list[tuple[int, ...]] = []
    for value, layout in zip(inputs, layouts, strict=False):
        dims = value.type.tensor_type.shape.dim
        shapes.append(_shape([one.dim_value or None for one in dims], layout))
        for number, (dim, letter) in enumerate(zip(dims, layout, strict=False)):
            if letter not in "NC":
                dim.dim_param = f"{value.name}_{number}"
    for value in proto.graph.output:
        value.type.tensor_type.ClearField("shape")
    del proto.graph.value_info[:]
    names = [one.name for one in inputs]
    try:
        if find_spec("onnxruntime"):
            runtime = cast("Any", import_module("onnxruntime"))
            made = runtime.InferenceSession(
                proto.SerializeToString(), providers=["CPUExecutionProvider"]
            )
        else:
            made = import_module("onnx.reference").ReferenceEvaluator(proto)
    except Exception as fault:
        raise _model_error("the model", fault) from None

    def run(arrays: Sequence[Array]) -> list[Array]:
        given = {n: one.astype("float32") for n, one in zip(names, arrays, strict=True)}
        try:
            return list(made.run(None, given))
        except Exception as fault:
            raise _model_error("the model", fault) from None

    return Model(run, tuple(shapes), "float32")


def _keras(net: str, layouts: Sequence[str]) -> Model:
    """Return a Keras model whose axes take any size."""
    if "KERAS_BACKEND" not in os.environ:
        found = next((one for one in ("tensorflow", "torch", "jax") if find_spec(one)), None)
        if found is not None:
            os.environ["KERAS_BACKEND"] = found
    keras = package("keras", "running this model needs keras", "keras")
    try:
        model = keras.models.load_model(net, compile=False)
        shapes = [_shape(one.shape, by) for one, by in zip(model.inputs, layouts, strict=False)]
        config = model.get_config()
        _open(config, iter(layouts))
        freed: Any = cast("Any", type(model)).from_config(config)
        freed.set_weights(model.get_weights())
    except Exception as fault:
        raise _model_error("the model", fault) from None

    def run(arrays: Sequence[Array]) -> list[Array]:
        given = [one.astype("float32") for one in arrays]
        try:
            made: Any = freed(given[0] if len(given) == 1 else given, training=False)
            return [keras.ops.convert_to_numpy(one) for one in keras.tree.flatten(made)]
        except Exception as fault:
            raise _model_error("the model", fault) from None

    return Model(run, tuple(shapes), "float32")


def _open(config: Any, layouts: Any) -> None:
    """Leave the axes of every input open in a configuration."""
    for layer in config.get("layers", ()):
        if layer.get("class_name") == "InputLayer":
            inner, layout = layer["config"], next(layouts, "")
            key = "batch_shape" if "batch_shape" in inner else "batch_input_shape"
            sizes = zip(inner[key], layout, strict=False)
            inner[key] = [size if letter == "C" else None for size, letter in sizes]
    build = config.get("build_input_shape")
    if isinstance(build, (list, tuple)):
        config.pop("build_input_shape")


def _shape(sizes: Sequence[int | None], layout: str) -> tuple[int, ...]:
    """Return the shape of an input, batch 1; its axes are given other sizes."""
    pairs = zip(sizes, layout, strict=False)
    return tuple(1 if letter == "N" else size or FREE for size, letter in pairs)


def _model_error(who: str, fault: Exception) -> RfcalcError:
    line = next((text for text in str(fault).splitlines() if text.strip()), "")
    fact = f"{who} raised {type(fault).__name__}: {line[:300]}"
    return fail("RF507", fact, "this comes from the model, not from rfcalc: verify it in NumPy")


BACKENDS: dict[str, Callable[[str, Sequence[str]], Model]] = {"onnx": _onnx, "keras": _keras}
"""Backends that run a file, by name."""
