"""What program is in an ONNX file? Its nodes one by one, functions laid out in their place."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.onnx.stacks import stack_of
from rfcalc.importers.onnx.wire import SAVE, without_weights

__all__ = ["DEFAULT", "OLDEST", "Given", "Program", "Step", "laid_out", "program_in"]

OLDEST = 7
"""Oldest opset that is read: before it broadcasting was another."""

STEPS_LIMIT = 200_000
"""Most nodes, those of functions counted wherever they are called."""

DEPTH_LIMIT = 64
"""Deepest nesting of function calls."""

DEFAULT = ("", "ai.onnx")
"""Names of the standard operator set."""


class Step(msgspec.Struct):
    """One node: values by their names in the whole program, ``""`` for an input left out.

    ``op`` is the operator, with its domain unless that is the standard one; ``stack`` holds the
    module path and class around the node, outermost first, as far as the file tells; ``scope``
    renames what a graph among the attributes reads from outside.
    """

    op: str
    opset: int
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attrs: dict[str, Any]
    stack: tuple[tuple[str, str], ...]
    scope: dict[str, str]
    prefix: str = ""

    @property
    def graphs(self) -> list[Any]:
        """The graphs among the attributes, as of ``If``."""
        return [value for value in self.attrs.values() if hasattr(value, "initializer")]


class Given(msgspec.Struct, frozen=True):
    """An input of the program: a size, or the name of an unknown one, per dimension."""

    name: str
    dims: tuple[int | str, ...] | None


class Program(msgspec.Struct):
    """The nodes of a model in order, and its constants as the file holds them."""

    name: str
    inputs: list[Given]
    outputs: list[str]
    steps: list[Step]
    tensors: dict[str, Any]
    model: Any


def program_in(path: str | Path) -> Program:
    """Return the program of an ONNX file; weights and external data are not read.

    Raises
    ------
    RfcalcError
        RF504: the file is not ONNX, is cut short, or has an opset that is not known; RF505: the
        package ``onnx`` is missing; RF113: a limit.
    """
    try:
        import onnx
    except ImportError:
        help = 'pip install "rfcalc[onnx]"'
        raise fail("RF505", "reading an ONNX model needs the package onnx", help) from None
    held = without_weights(path)
    try:
        model = onnx.ModelProto.FromString(held)
    except Exception as fault:
        first = str(fault).partition("\n")[0]
        fact = f"{path} is not an ONNX file, or is cut short ({first})"
        raise fail("RF504", fact, SAVE) from None
    del held
    if not model.HasField("graph") or not (model.graph.node or model.graph.output):
        raise fail("RF504", f"{path} holds no graph", "save the model, not its weights alone")
    _check(model.opset_import, onnx.defs.onnx_opset_version(), str(path))
    return _program(model, Path(path).stem)


def _check(imports: Iterable[Any], newest: int, path: str) -> None:
    """Refuse a file without an opset, or with one that is not known."""
    opset = next((item.version for item in imports if item.domain in DEFAULT), None)
    if opset is None:
        if any(True for _ in imports):
            return
        raise fail("RF504", f"{path} names no opset, or is cut short", SAVE)
    if opset > newest:
        raise fail(
            "RF504",
            f"{path} has opset {opset}; the installed onnx knows opsets up to {newest}",
            "pip install --upgrade onnx",
        )
    if opset < OLDEST:
        raise fail(
            "RF504",
            f"{path} has opset {opset}; opsets from {OLDEST} up are read",
            "convert it with onnx.version_converter.convert_version(model, 13)",
        )


def _program(model: Any, name: str) -> Program:
    graph = model.graph
    tensors = _tensors(graph)
    inputs = [
        Given(value.name, _dims(value.type)) for value in graph.input if value.name not in tensors
    ]
    outputs = [value.name for value in graph.output]
    program = Program(name, inputs, outputs, [], tensors, model)
    program.steps = laid_out(program, graph.node, {}, "")
    return program


def _tensors(graph: Any) -> dict[str, Any]:
    """Return the constants of a graph by name."""
    found = {tensor.name: tensor for tensor in graph.initializer}
    return found | {sparse.values.name: sparse for sparse in graph.sparse_initializer}


def _dims(kind: Any) -> tuple[int | str, ...] | None:
    if kind.WhichOneof("value") != "tensor_type" or not kind.tensor_type.HasField("shape"):
        return None
    return tuple(
        dim.dim_value if dim.WhichOneof("value") == "dim_value" else dim.dim_param
        for dim in kind.tensor_type.shape.dim
    )


def laid_out(
    program: Program,
    nodes: Iterable[Any],
    scope: Mapping[str, str],
    prefix: str,
    given: Mapping[str, Any] | None = None,
    stack: tuple[tuple[str, str], ...] = (),
) -> list[Step]:
    """Return the steps of nodes; a call of a function becomes the steps of the function."""
    layer = _Layer(program)
    imports = {item.domain: item.version for item in program.model.opset_import}
    layer.add(nodes, dict(scope), prefix, given, stack, imports, 0)
    return layer.steps


class _Layer:
    """Steps as they are laid out, with the limits that hold."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.steps: list[Step] = []
        self._torch = program.model.producer_name == "pytorch"
        self._functions = {(f.domain, f.name, f.overload): f for f in program.model.functions}
        self._count = 0

    def add(
        self,
        nodes: Iterable[Any],
        scope: dict[str, str],
        prefix: str,
        given: Mapping[str, Any] | None,
        stack: tuple[tuple[str, str], ...],
        imports: Mapping[str, int],
        depth: int,
    ) -> None:
        """Append the steps of nodes whose values are renamed by ``scope``."""
        if depth > DEPTH_LIMIT:
            raise _limit(f"its functions call each other deeper than {DEPTH_LIMIT}")
        for node in nodes:
            self._count += 1
            if self._count > STEPS_LIMIT:
                raise _limit(f"it has more than {STEPS_LIMIT:,} nodes, functions laid out")
            attrs = dict(_attributes(node.attribute, given))
            given_names, own = list[str](node.input), list[str](node.output)
            inputs = tuple(scope.get(name, prefix + name) if name else "" for name in given_names)
            outputs = tuple(prefix + name if name else "" for name in own)
            scope.update(zip(own, outputs, strict=True))
            around = stack_of(node, torch=self._torch) or stack
            function = self._functions.get((node.domain, node.op_type, node.overload))
            if function is None:
                standard = node.domain in DEFAULT
                op = node.op_type if standard else f"{node.domain}.{node.op_type}"
                version = imports.get(node.domain, 1)
                if standard:
                    version = imports.get("", imports.get("ai.onnx", 1))
                name = prefix + node.name if node.name else ""
                self.steps.append(
                    Step(op, version, name, inputs, outputs, attrs, around, dict(scope), prefix)
                    if _holds_graph(attrs)
                    else Step(op, version, name, inputs, outputs, attrs, around, {}, prefix)
                )
                continue
            self._call(function, node, inputs, outputs, attrs, prefix, around, depth)

    def _call(
        self,
        function: Any,
        node: Any,
        inputs: tuple[str, ...],
        outputs: tuple[str, ...],
        attrs: dict[str, Any],
        prefix: str,
        stack: tuple[tuple[str, str], ...],
        depth: int,
    ) -> None:
        """Append the steps of a function, its own values under a name of the call."""
        below = f"{prefix}{node.name or f'{node.op_type}_{self._count}'}/"
        scope = dict.fromkeys(function.input, "") | dict(zip(function.input, inputs, strict=False))
        defaults = dict(_attributes(function.attribute_proto, None))
        imports = {item.domain: item.version for item in function.opset_import}
        self.add(function.node, scope, below, defaults | attrs, stack, imports, depth + 1)
        for mine, theirs in zip(outputs, list[str](function.output), strict=False):
            if mine:
                source = scope.get(theirs, below + theirs)
                self.steps.append(
                    Step("Identity", OLDEST, "", (source,), (mine,), {}, stack, {}, below)
                )


def _attributes(
    attributes: Iterable[Any], given: Mapping[str, Any] | None
) -> Iterable[tuple[str, Any]]:
    """Yield each attribute with its value; one that a function passes on, if it was given."""
    for item in attributes:
        if item.ref_attr_name:
            if given is not None and item.ref_attr_name in given:
                yield item.name, given[item.ref_attr_name]
            continue
        field = _FIELDS.get(item.type)
        if field is None:
            field = next((f for f in _FIELDS.values() if _present(item, f)), "i")
        value = getattr(item, field)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        elif field == "strings":
            value = [one.decode("utf-8", "replace") for one in value]
        elif field in ("ints", "floats"):
            value = list(value)
        yield item.name, value


_FIELDS = {
    1: "f", 2: "i", 3: "s", 4: "t", 5: "g", 6: "floats", 7: "ints", 8: "strings",
    9: "tensors", 10: "graphs", 11: "sparse_tensor",
}  # fmt: skip
"""The field of an attribute that holds its value, by its type."""


def _present(item: Any, field: str) -> bool:
    value = getattr(item, field)
    return len(value) > 0 if field.endswith("s") and field != "s" else item.HasField(field)


def _holds_graph(attrs: Mapping[str, Any]) -> bool:
    return any(hasattr(value, "initializer") for value in attrs.values())


def _limit(fact: str) -> RfcalcError:
    return fail("RF113", f"the model is too large: {fact}", "read a part of it")
