"""How are an ONNX model's statistics held at those of the whole? By more inputs of its graph."""

from collections.abc import Callable, Collection, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rfcalc.verification.holding import Call, Held, calls_of, statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["hold_proto"]

_NORM = ".norm."
"""Stands in the names of what a norm is written as."""
_NORMS = ("InstanceNormalization", "LayerNormalization", "GroupNormalization")

Session = Callable[[Mapping[str, Array]], list[Array]]


def hold_proto(proto: Any, names: Sequence[str], made: Callable[[Any], Session]) -> Any:
    """Return what holds the statistics of a model.

    Parameters
    ----------
    proto : the model, whose axes take any size.
    names : of its inputs.
    made : makes what runs a model, and gives all that it puts out.
    """

    def hold(whole: Sequence[Array], window: Sequence[Array]) -> Held | None:
        plain, shapes = _copy(proto), list[dict[str, tuple[int, ...]]]()
        _decompose(plain, _shapes(plain, names, window, made))
        shapes = [_shapes(plain, names, given, made) for given in (whole, window)]
        nodes = list(plain.graph.node)
        found = statistics(*([_call(node, one) for node in nodes] for one in shapes))
        if found is None:
            return None
        kept, held = _with_held_inputs(plain, [nodes[at] for at in found])
        run = made(held)
        own = {name: one.astype("float32") for name, one in zip(names, whole, strict=True)}
        count = len(proto.graph.output)
        none = {f"{name}.held": _number(0.0) for name in kept}
        off = {f"{name}.on": _number(False) for name in kept}
        values = run({**own, **none, **off})[count:]

        def again(given: Sequence[Array], free: Collection[int]) -> list[Array]:
            own = {o for at in calls_of(found, free) for o in nodes[at].output}
            feeds = {name: one.astype("float32") for name, one in zip(names, given, strict=True)}
            feeds |= {f"{n}.held": value for n, value in zip(kept, values, strict=True)}
            feeds |= {f"{name}.on": _number(name not in own) for name in kept}
            return run(feeds)[:count]

        return Held(tuple(found.values()), again)

    return hold


def _number(value: Any) -> Array:
    import numpy as np

    return np.array(value, np.bool_ if isinstance(value, bool) else np.float32)


def _copy(proto: Any) -> Any:
    made = type(proto)()
    made.CopyFrom(proto)
    return made


def _shapes(
    proto: Any, names: Sequence[str], given: Sequence[Array], made: Callable[[Any], Session]
) -> dict[str, tuple[int, ...]]:
    """Return the shape of every value that a node gives."""
    every = _copy(proto)
    outputs = [o for node in every.graph.node for o in node.output if o]
    del every.graph.output[:]
    every.graph.output.extend(import_module("onnx").ValueInfoProto(name=o) for o in outputs)
    feeds = {name: one.astype("float32") for name, one in zip(names, given, strict=True)}
    found = {o: tuple(one.shape) for o, one in zip(outputs, made(every)(feeds), strict=True)}
    held = {one.name: tuple(one.dims) for one in proto.graph.initializer}
    return held | found | {name: tuple(one.shape) for name, one in zip(names, given, strict=True)}


def _call(node: Any, shapes: Mapping[str, tuple[int, ...]]) -> Call:
    read = tuple(shapes.get(name, ()) for name in node.input if name)
    given = tuple(shapes.get(name, ()) for name in node.output if name)
    # What is as it was made from shapes alone is no statistic.
    place = node.name.partition(_NORM)[0]
    return Call(place, node.op_type, read, () if node.op_type == "Shape" else given)


def _decompose(proto: Any, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Write norms as the two means that they take, and what they do with them."""
    nodes: list[Any] = []
    for node in proto.graph.node:
        written = node.op_type in _NORMS and len(node.output) == 1
        nodes += _norm_nodes(proto, node, shapes[node.input[0]]) if written else [node]
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)


def _norm_nodes(proto: Any, node: Any, shape: tuple[int, ...]) -> list[Any]:
    onnx = import_module("onnx")
    given = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    x, *parameters = node.input
    rank, base = len(shape), f"{node.output[0]}.norm"
    epsilon, opset = given.get("epsilon", 1e-5), _opset(proto)
    made: list[Any] = []

    def put(op: str, inputs: Sequence[str], what: str, **attributes: Any) -> str:
        name = f"{base}.{what}"
        made.append(
            onnx.helper.make_node(
                op, inputs, [name], name=f"{node.name}{_NORM}{what}", **attributes
            )
        )
        return name

    def constant(values: Any, what: str, kind: str = "int64") -> str:
        import numpy as np

        name = f"{base}.{what}"
        array = np.array(values, kind)
        proto.graph.initializer.append(onnx.numpy_helper.from_array(array, name))
        return name

    def mean(value: str, axes: list[int], what: str) -> str:
        if opset >= 18:
            return put("ReduceMean", [value, constant(axes, f"{what}.axes")], what)
        return put("ReduceMean", [value], what, axes=axes)

    if node.op_type == "LayerNormalization":
        first = given.get("axis", -1) % rank
        axes, lined = list(range(first, rank)), None
    elif node.op_type == "GroupNormalization":
        groups = given["num_groups"]
        x = put("Reshape", [x, constant([0, groups, -1], "groups")], "grouped")
        axes, lined = [2], [1, -1, *[1] * (rank - 2)]
    else:
        axes, lined = list(range(2, rank)), [1, -1, *[1] * (rank - 2)]
    apart = put("Sub", [x, mean(x, axes, "mean")], "apart")
    variance = mean(put("Mul", [apart, apart], "square"), axes, "variance")
    wide = put(
        "Sqrt", [put("Add", [variance, constant(epsilon, "epsilon", "float32")], "more")], "root"
    )
    value = put("Div", [apart, wide], "normal")
    if node.op_type == "GroupNormalization":
        value = put("Reshape", [value, put("Shape", [node.input[0]], "shape")], "ungrouped")
    for name, op in zip(parameters, ("Mul", "Add"), strict=False):
        if not name:
            continue
        if lined is not None and node.op_type == "GroupNormalization" and opset < 21:
            name = _repeat_channels(put, constant, name, op, shape[1] // given["num_groups"])
        if lined is not None:
            name = put("Reshape", [name, constant(lined, f"{op}.lined")], f"{op}.value")
        value = put(op, [value, name], op)
    made[-1].output[0] = node.output[0]
    return made


def _repeat_channels(put: Any, constant: Any, name: str, op: str, times: int) -> str:
    """Return the parameter of each group as that of its channels."""
    column = put("Reshape", [name, constant([-1, 1], f"{op}.column")], f"{op}.tall")
    return put("Expand", [column, constant([1, times], f"{op}.times")], f"{op}.wide")


def _opset(proto: Any) -> int:
    return next(one.version for one in proto.opset_import if one.domain in ("", "ai.onnx"))


def _with_held_inputs(proto: Any, chosen: Sequence[Any]) -> tuple[list[str], Any]:
    """Return the values that may be held, and a model that takes them and gives its own."""
    onnx = import_module("onnx")
    held = _copy(proto)
    kept = [o for node in chosen for o in node.output if o]
    nodes: list[Any] = []
    for node in held.graph.node:
        nodes.append(node)
        for at, name in enumerate(node.output):
            if name in kept:
                node.output[at] = f"{name}.own"
                inputs = [f"{name}.on", f"{name}.held", f"{name}.own"]
                nodes.append(onnx.helper.make_node("Where", inputs, [name]))
    del held.graph.node[:]
    held.graph.node.extend(nodes)
    for name in kept:
        for what, kind in (("held", onnx.TensorProto.FLOAT), ("on", onnx.TensorProto.BOOL)):
            info = onnx.helper.make_tensor_value_info(f"{name}.{what}", kind, None)
            held.graph.input.append(info)
        held.graph.output.append(onnx.ValueInfoProto(name=f"{name}.own"))
    return kept, held
