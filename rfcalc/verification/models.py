"""How is a user's own model run on arrays of any size? By PyTorch, ONNX or Keras."""

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.loading import is_target
from rfcalc.network import Network
from rfcalc.packages import package
from rfcalc.verification.holding import Held
from rfcalc.verification.holding_onnx import hold_proto
from rfcalc.verification.inside import Inside, give_nodes, give_values, inside
from rfcalc.verification.targets import prepare_target

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["BACKENDS", "INSIDE", "Model", "check_tensors", "model_of", "model_of_module"]

SIZED = (
    "the file holds sizes of the input that it was exported with: verify the module itself, "
    "package.module:factory, or in NumPy"
)
UNSIZED = (
    "its code does not run at another size of its input: export it to an ONNX file, of which what "
    "comes before such a size is compared with `backend='onnx'`; or verify it in NumPy"
)
INSIDE = ("RF441", "RF507")
"""Codes of a model whose outputs cannot be compared, though values inside it may be."""
FREE = 2
"""Size of an input's dimension that a file leaves open and that is no axis, batch aside."""


class Model(msgspec.Struct, frozen=True, eq=False):
    """A model that takes arrays and gives arrays: its inputs' shapes, and their precision.

    hold : from the inputs of the whole and of a window, the model with statistics of the whole;
        ``None`` where that is not known.
    within : from what was read of it and names of layers, the model that gives values inside it
        which hold these, and what it then gives; ``None`` where there are none.
    """

    run: "Callable[[Sequence[Array]], list[Array]]"
    shapes: tuple[tuple[int, ...], ...]
    precision: str
    hold: "Callable[[Sequence[Array], Sequence[Array]], Held | None] | None" = None
    within: "Callable[[Network, Sequence[str]], tuple[Model, Inside] | None] | None" = None


def model_of(
    backend: str,
    net: str,
    layouts: Sequence[str],
    shapes: Sequence[Sequence[int]] = (),
    *,
    kwargs: Mapping[str, object] | None = None,
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    value: Mapping[str, Any] | None = None,
) -> Model:
    """Return a model that can be run on windows of any size.

    Parameters
    ----------
    backend : ``torch``, ``onnx`` or ``keras``.
    layouts : a letter per dimension of each input, as ``Network.layouts`` has them.
    shapes : of the example inputs of a PyTorch target, and those at which a file was read.
    assume_pointwise, value : as a file was read.

    Raises
    ------
    RfcalcError
        RF406: the argument names no such model; RF505: a package is missing; RF507: its code
        raised.
    """
    if backend == "torch" and (is_target(net) or not net.lower().endswith(".pt2")):
        return _torch(net, shapes, kwargs, submodule)
    suffixes = {"onnx": (".onnx",), "keras": (".keras", ".h5", ".hdf5"), "torch": (".pt2",)}[
        backend
    ]
    if is_target(net) or not net.lower().endswith(suffixes):
        fact = f"'{net}' is not a model that `backend={backend!r}` runs"
        raise fail(
            "RF406", fact, f"name a file: {' or '.join(suffixes)}; or choose another backend"
        )
    if submodule is not None:
        raise fail("RF406", "`submodule=` is for `backend='torch'`", "omit one of the two")
    runs = BACKENDS[backend]
    reading = {"layout": layouts, "assume_pointwise": assume_pointwise, "value": value or {}}

    def within(network: Network, layers: Sequence[str]) -> tuple[Model, Inside] | None:
        found = inside(backend, net, network, layers, shapes, reading)
        return None if found is None else (runs(net, layouts, found.values), found)

    made = runs(net, layouts, ())
    return made if backend == "keras" else msgspec.structs.replace(made, within=within)


def _torch(
    net: str, shapes: Sequence[Sequence[int]], kwargs: Mapping[str, object] | None, part: str | None
) -> Model:
    module, args, named = prepare_target(net, shapes, kwargs, part)
    check_tensors(args, named)
    return model_of_module(module, tuple(tuple(map(int, one.shape)) for one in args))


def check_tensors(args: Sequence[Any], named: Mapping[str, Any] | None) -> None:
    """Refuse a module that is called with what is no tensor, or by name.

    Raises
    ------
    RfcalcError
        RF441.
    """
    if named or not all(hasattr(one, "shape") for one in args):
        raise fail("RF441", "the module is called with more than tensors", "verify it in NumPy")


def model_of_module(module: "torch.nn.Module", shapes: tuple[tuple[int, ...], ...]) -> Model:
    """Return a PyTorch module in float64, or in float32 where it does not run in that.

    Parameters
    ----------
    module : it is left in that precision, and in evaluation mode.
    shapes : of its inputs, batch and channels included.

    Raises
    ------
    RfcalcError
        RF505: torch is missing.
    """
    from rfcalc.importers.torch.modules import running

    place: Any = None
    module.eval()

    def around(call: "Callable[[], Any]") -> Any:
        nonlocal place
        with running(module) as place:
            return call()

    return _run_in_torch(module, module, shapes, around, lambda: place.here)


def _program(net: str, _: Sequence[str], values: Sequence[str] = ()) -> Model:
    """Return a program that torch.export has saved, run at other sizes than its own."""
    package("torch", "running this model needs torch", "rfcalc[torch]")
    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program: Any = torch.export.load(net)
            module = program.module(check_guards=False)
    except Exception as fault:
        raise _model_error("reading the file", fault) from None
    given = program.graph_signature.user_inputs
    metas = {node.name: node.meta.get("val") for node in program.graph_module.graph.nodes}
    shapes = tuple(tuple(map(int, metas[name].shape)) for name in given if name in metas)
    if values:
        give_nodes(module, values)
    place = [""]

    class Steps(torch.fx.Interpreter):
        def run_node(self, n: Any) -> Any:
            paths = list((n.meta.get("nn_module_stack") or {"": ("", "")}).values())
            place[0] = str(paths[-1][0]).split("@")[0]
            return super().run_node(n)

    steps = Steps(module)

    def run(*given: Any) -> Any:
        # What is given in place of the outputs is no tree as theirs.
        return steps.run(*given, enable_io_processing=not values)

    return _run_in_torch(module, run, shapes, lambda call: call(), lambda: place[0], SIZED)


def _run_in_torch(
    module: Any,
    call: "Callable[..., Any]",
    shapes: tuple[tuple[int, ...], ...],
    around: "Callable[[Callable[[], Any]], Any]",
    place: "Callable[[], str]",
    help: str = UNSIZED,
) -> Model:
    """Return what is called in float64, or in float32 where it does not run in that."""
    import torch

    from rfcalc.importers.torch.raised import theirs
    from rfcalc.verification.holding_torch import hold_module
    from rfcalc.verification.preparing import leaves, precision

    def called(arrays: Sequence[Array], dtype: Any) -> list[Any]:
        with torch.no_grad(), precision(dtype):
            given = [torch.tensor(one, dtype=dtype) for one in arrays]
            found = leaves(around(lambda: call(*given)))
        return [one.numpy() for one in found if isinstance(one, torch.Tensor)]

    def runner(dtype: Any) -> "Callable[[Sequence[Array]], list[Array]]":
        def run(arrays: Sequence[Array]) -> list[Any]:
            try:
                return called(arrays, dtype)
            except (Exception, SystemExit) as fault:
                if tuple(one.shape for one in arrays) != shapes:
                    raise theirs("the model", fault, help) from None
                raise theirs("the model", fault) from None

        return run

    import numpy as np

    zeros = [np.zeros(shape) for shape in shapes]
    kind = torch.float64
    try:
        called(zeros, module.double() and kind)
    except (Exception, SystemExit):
        kind = torch.float32
        module.float()
    run = runner(kind)
    return Model(run, shapes, str(kind).removeprefix("torch."), hold_module(run, place))


def _onnx(net: str, layouts: Sequence[str], values: Sequence[str] = ()) -> Model:
    """Return an ONNX model whose axes take any size, run by ONNX Runtime, or onnx's reference."""
    onnx = package("onnx", "running this model needs onnx", "rfcalc[onnx]")
    try:
        proto = onnx.load(net)
    except Exception as fault:
        raise _model_error("reading the file", fault) from None
    if values:
        give_values(proto, values)
    held = {one.name for one in proto.graph.initializer}
    inputs = [one for one in proto.graph.input if one.name not in held]
    shapes: list[tuple[int, ...]] = []
    for value, layout in zip(inputs, layouts, strict=False):
        dims = value.type.tensor_type.shape.dim
        shapes.append(_shape([one.dim_value or None for one in dims], layout))
        for number, (dim, letter) in enumerate(zip(dims, layout, strict=False)):
            if letter not in "NC":
                dim.dim_param = f"{value.name}_{number}"
    for value in proto.graph.output if not values else ():
        value.type.tensor_type.ClearField("shape")
    del proto.graph.value_info[:]
    names = [one.name for one in inputs]
    made = _session(proto)

    def run(arrays: Sequence[Array]) -> list[Array]:
        return made({n: one.astype("float32") for n, one in zip(names, arrays, strict=True)})

    return Model(run, tuple(shapes), "float32", hold_proto(proto, names, _session))


def _session(proto: Any) -> "Callable[[Mapping[str, Array]], list[Array]]":
    """Return what runs an ONNX model: ONNX Runtime where it is installed."""
    try:
        if find_spec("onnxruntime"):
            runtime = cast("Any", import_module("onnxruntime"))
            options = runtime.SessionOptions()
            options.log_severity_level = 4  # what it raises is reported
            made = runtime.InferenceSession(
                proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
        else:
            made = import_module("onnx.reference").ReferenceEvaluator(proto)
    except Exception as fault:
        raise _model_error("the model", fault) from None

    def run(given: Mapping[str, Array]) -> list[Array]:
        try:
            return list(made.run(None, dict(given)))
        except Exception as fault:
            help = (
                "export it with dynamic axes: a file may hold sizes of its own; or verify in NumPy"
            )
            raise _model_error("the model", fault, help) from None

    return run


def _keras(net: str, layouts: Sequence[str], _: Sequence[str] = ()) -> Model:
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
        place = _places(freed)
    except Exception as fault:
        raise _model_error("the model", fault) from None

    def run(arrays: Sequence[Array]) -> list[Array]:
        given = [one.astype("float32") for one in arrays]
        try:
            made: Any = freed(given[0] if len(given) == 1 else given, training=False)
            return [keras.ops.convert_to_numpy(one) for one in keras.tree.flatten(made)]
        except Exception as fault:
            raise _model_error("the model", fault) from None

    hold = None
    if keras.backend.backend() == "torch":
        from rfcalc.verification.holding_torch import hold_module

        hold = hold_module(run, lambda: place[-1])
    return Model(run, tuple(shapes), "float32", hold)


def _places(model: Any) -> list[str]:
    """Return a list whose last entry is the name of the layer that runs, while one does."""
    held = [""]

    def told(layer: Any) -> Any:
        call = layer.call

        @wraps(call)
        def around(*args: Any, **kwargs: Any) -> Any:
            held.append(layer.name)
            try:
                return call(*args, **kwargs)
            finally:
                held.pop()

        return around

    for layer in model._flatten_layers(include_self=False):
        layer.call = told(layer)
    return held


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


def _model_error(who: str, fault: Exception, help: str = "") -> RfcalcError:
    line = next((text for text in str(fault).splitlines() if text.strip()), "")
    fact = f"{who} raised {type(fault).__name__}: {line[:300]}"
    help = help or "this comes from the model, not from rfcalc: verify it in NumPy"
    return fail("RF507", fact, help)


BACKENDS: dict[str, Callable[[str, Sequence[str], Sequence[str]], Model]] = {
    "onnx": _onnx,
    "keras": _keras,
    "torch": _program,
}
"""Backends that run a file, by name."""
