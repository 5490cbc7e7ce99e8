"""Which operation of ``keras.ops`` is a TensorFlow function within a Keras 2 model?"""

from itertools import accumulate
from typing import Any, cast

from rfcalc.importers.keras.model import Array, Call, Layer, wrong

__all__ = ["translated"]

_PLAIN = {
    "nn.relu": "Relu",
    "nn.relu6": "Relu6",
    "nn.leaky_relu": "LeakyRelu",
    "nn.elu": "Elu",
    "nn.selu": "Selu",
    "nn.silu": "Silu",
    "nn.gelu": "Gelu",
    "nn.softplus": "Softplus",
    "nn.softmax": "Softmax",
    "math.sigmoid": "Sigmoid",
    "math.tanh": "Tanh",
    "math.exp": "Exp",
    "math.log": "Log",
    "math.sqrt": "Sqrt",
    "math.rsqrt": "Rsqrt",
    "math.square": "Square",
    "math.abs": "Absolute",
    "math.negative": "Negative",
    "clip_by_value": "Clip",
    "cast": "Cast",
    "identity": "Identity",
    "stop_gradient": "StopGradient",
    "expand_dims": "ExpandDims",
    "squeeze": "Squeeze",
    "compat.v1.squeeze": "Squeeze",
    "roll": "Roll",
    "reverse": "Flip",
    "repeat": "Repeat",
    "unstack": "Unstack",
    "concat": "Concatenate",
    "stack": "Stack",
    "nn.depth_to_space": "DepthToSpace",
    "compat.v1.depth_to_space": "DepthToSpace",
    "nn.space_to_depth": "SpaceToDepth",
    "math.reduce_mean": "Mean",
    "math.reduce_sum": "Sum",
    "math.reduce_max": "Max",
    "math.reduce_min": "Min",
}
_WORDS = {"NHWC": "channels_last", "NCHW": "channels_first"}
_BINARY = {
    "math.add": "Add",
    "__operators__.add": "Add",
    "math.subtract": "Subtract",
    "math.multiply": "Multiply",
    "math.divide": "Divide",
    "math.truediv": "Divide",
    "math.maximum": "Maximum",
    "math.minimum": "Minimum",
    "math.pow": "Power",
}
_RENAMED = {
    "reshape": ("Reshape", {"shape": "newshape"}),
    "transpose": ("Transpose", {"perm": "axes"}),
    "compat.v1.transpose": ("Transpose", {"perm": "axes"}),
    "tile": ("Tile", {"multiples": "repeats"}),
    "pad": ("Pad", {"paddings": "pad_width"}),
    "compat.v1.pad": ("Pad", {"paddings": "pad_width"}),
    "image.resize": ("Resize", {"method": "interpolation"}),
}


def translated(layer: Layer) -> Layer:
    """Return a layer that is a TensorFlow function as the operation that it is in Keras 3.

    Source: ``tf.keras.layers.TFOpLambda`` and ``SlicingOpLambda`` of TensorFlow 2.4 to 2.15.
    """
    if layer.key not in ("TFOpLambda", "SlicingOpLambda"):
        return layer
    name = str(layer.config.get("function"))
    if name == "__operators__.getitem":
        calls = [Call((*c.args, _key(c.kwargs.get("slice_spec"), layer)), {}) for c in layer.calls]
        return Layer(layer.name, "ops.GetItem", {}, tuple(calls))
    if name in _BINARY:
        calls = [
            Call((*c.args, *(_constant(c.kwargs.get(k)) for k in "xy")), {}) for c in layer.calls
        ]
        return Layer(layer.name, f"ops.{_BINARY[name]}", {}, tuple(calls))
    if name in _PLAIN:
        # In TensorFlow ``None`` stands for the default: nn.softmax(x, axis=None) has an axis, -1.
        calls = [
            Call(c.args, {k: _WORDS.get(str(v), v) for k, v in c.kwargs.items() if v is not None})
            for c in layer.calls
        ]
        return Layer(layer.name, f"ops.{_PLAIN[name]}", {}, tuple(calls))
    if name == "split":
        return Layer(layer.name, "ops.Split", {}, tuple(_split(c, layer) for c in layer.calls))
    if name in _RENAMED and not any(c.kwargs.get("preserve_aspect_ratio") for c in layer.calls):
        key, words = _RENAMED[name]
        calls = [
            Call(c.args, {words.get(k, k): _lowered(v) for k, v in c.kwargs.items()})
            for c in layer.calls
        ]
        return Layer(layer.name, f"ops.{key}", {}, tuple(calls))
    return Layer(layer.name, f"tf.{name}", {}, layer.calls)


def _constant(value: Any) -> Any:
    return Array(value) if isinstance(value, list) else value


def _lowered(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _split(call: Call, layer: Layer) -> Call:
    """Return a split with the places of its cuts, where TensorFlow has the sizes of its parts."""
    given = call.kwargs.get("num_or_size_splits")
    if isinstance(given, list):
        sizes = cast("list[Any]", given)
        if any(type(size) is not int for size in sizes):
            raise wrong(layer.name, f"the sizes of its parts are {sizes!r:.60}")
        given = list(accumulate(sizes[:-1]))
    return Call(call.args, {"indices_or_sections": given, "axis": call.kwargs.get("axis") or 0})


def _key(spec: Any, layer: Layer) -> list[Any]:
    """Return an index as in Python; a slice is written with its start, stop and step."""
    if not isinstance(spec, list):
        raise wrong(layer.name, f"its slice_spec is {spec!r:.60}")
    found: list[Any] = []
    for item in cast("list[Any]", spec):
        if isinstance(item, dict):
            held = cast("dict[str, Any]", item)
            found.append(slice(held.get("start"), held.get("stop"), held.get("step")))
        else:
            found.append(item)
    return found
