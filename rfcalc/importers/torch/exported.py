"""What does ``torch.export`` make of a module? A program, or one line that says why not."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.torch.asking import advice, parts
from rfcalc.importers.torch.keeping import quiet, restored
from rfcalc.importers.torch.looking import NUMBERS_LIMIT, looked_into, numbers_of
from rfcalc.importers.torch.memory import Laid, shares, with_strides
from rfcalc.importers.torch.outputs import labels, tree_of
from rfcalc.importers.torch.program import UNKNOWN, Call, Program, Ref, whole
from rfcalc.importers.torch.raised import theirs
from rfcalc.importers.torch.tensors import is_fake, is_tensor

if TYPE_CHECKING:
    import torch

__all__ = ["exported", "program_of", "traced"]


def exported(
    module: "torch.nn.Module", args: Sequence[object], kwargs: Mapping[str, object] | None = None
) -> Program:
    """Return the program of a module at example inputs, not decomposed, as data.

    Raises
    ------
    RfcalcError
        RF507: the module itself raised, with the place; RF508: torch.export refused it.
    """
    return program_of(traced(module, args, kwargs), type(module).__name__)


def traced(
    module: "torch.nn.Module", args: Sequence[object], kwargs: Mapping[str, object] | None = None
) -> Any:
    """Return the ``torch.export.ExportedProgram`` of a module, not decomposed.

    Raises
    ------
    RfcalcError
        RF507, RF508: as ``exported``.
    """
    import torch

    try:
        with quiet(), restored(module):
            module.eval()
            return torch.export.export(module, tuple(args), dict(kwargs or {}), strict=False)
    except (Exception, SystemExit) as fault:
        raise _told(fault, module, args, kwargs) from None


def program_of(program: Any, name: str) -> Program:
    """Return an exported program as data."""
    signature = program.graph_signature
    shapes: dict[str, tuple[int, ...]] = {}
    calls: list[Call] = []
    renamed: dict[str, str] = {}
    _read_nodes(program.graph_module, shapes, calls, renamed)
    made = {name for call in calls for name in call.outputs if name}
    called = labels(tree_of(program.call_spec.out_spec), len(signature.user_outputs))
    outputs = [
        (renamed.get(n, n), label)
        for n, label in zip(signature.user_outputs, called, strict=True)
        if isinstance(n, str)
    ]
    inputs = tuple(n for n in signature.user_inputs if isinstance(n, str) and n in shapes)
    names, named = (tuple(part) for part in (zip(*outputs, strict=True) if outputs else ((), ())))
    weights = {
        value: {held: prod(shapes[value])}
        for value, held in signature.inputs_to_parameters.items()
        if value in shapes
    }
    numbers = numbers_of(calls, _constants(program), shapes)
    given = Program(name, inputs, names, tuple(calls), shapes, named, numbers, weights)
    fixed = {name for name, other in renamed.items() if name == other}
    return whole(given, (set(shapes) | fixed) - made)


def _constants(program: Any) -> "Callable[[str], Any]":
    """Return what gives the numbers of a constant by its name in the program."""
    signature = program.graph_signature
    paths = {**signature.inputs_to_buffers, **signature.inputs_to_lifted_tensor_constants}

    def held(name: str) -> Any:
        path = paths.get(name)
        tensor = program.state_dict.get(path)
        tensor = program.constants.get(path) if tensor is None else tensor
        if path is None or not is_tensor(tensor) or is_fake(tensor):
            return None
        return looked_into("", tensor) if tensor.numel() <= NUMBERS_LIMIT else None

    return held


def _read_nodes(
    graph_module: Any,
    shapes: dict[str, tuple[int, ...]],
    calls: list[Call],
    renamed: dict[str, str],
    prefix: str = "",
) -> list[str]:
    """Append the calls of a graph and return the names of what it puts out."""
    *steps, end = graph_module.graph.nodes
    for node in steps:
        name = prefix + node.name
        if node.op == "call_function":
            _read_call(graph_module, node, name, prefix, shapes, calls, renamed)
        elif name not in renamed:
            renamed[name] = name
            _shaped(shapes, name, node.meta.get("val"))
    listed = end.args[0] if isinstance(end.args[0], tuple | list) else [end.args[0]]
    return [_named(n, prefix, renamed) for n in listed if hasattr(n, "name")]


def _read_call(
    graph_module: Any,
    node: Any,
    name: str,
    prefix: str,
    shapes: dict[str, tuple[int, ...]],
    calls: list[Call],
    renamed: dict[str, str],
) -> None:
    if getattr(node.target, "__name__", "") == "getitem":
        parent = _named(node.args[0], prefix, renamed)
        part = f"{parent}.{node.args[1]}"
        renamed[name] = renamed.get(part, part)
        return
    target = str(node.target)
    if "wrap_with_set_grad_enabled" in target or "wrap_with_autocast" in target:
        at = next(i for i, a in enumerate(node.args) if getattr(a, "op", "") == "get_attr")
        inner = getattr(graph_module, node.args[at].target)
        below = f"{name}."
        held = [n for n in inner.graph.nodes if n.op == "placeholder"]
        for place, given in zip(held, node.args[at + 1 :], strict=True):
            renamed[below + place.name] = _named(given, prefix, renamed)
        for i, out in enumerate(_read_nodes(inner, shapes, calls, renamed, below)):
            renamed[f"{name}.{i}"] = out
        return
    schema = getattr(node.target, "_schema", None)
    names = (
        [a.name for a in schema.arguments] if schema else [str(i) for i in range(len(node.args))]
    )
    given = dict(zip(names, node.args, strict=False)) | dict(node.kwargs)
    value = node.meta.get("val")
    outputs: tuple[str | None, ...] = (name,)
    if isinstance(value, list | tuple):
        outputs = tuple(f"{name}.{i}" for i in range(len(value)))  # pyright: ignore[reportUnknownArgumentType]
        for one, item in zip(outputs, value, strict=True):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            _shaped(shapes, str(one), item)
    else:
        _shaped(shapes, name, value)
    around: dict[str, tuple[str, str]] = node.meta.get("nn_module_stack") or {}
    stack = tuple((str(path).split("@")[0], str(kind)) for path, kind in around.values())
    op, overload, inplace = split_target(target)
    args = {key: _plain(arg, prefix, renamed) for key, arg in given.items()}
    first = given.get("self", given.get("input"))
    before = _laid(getattr(first, "meta", {}).get("val"))
    shared = shares(op, args, before, _laid(value))
    args = with_strides(op, args, before)
    calls.append(Call(op, overload, inplace, args, outputs, stack, shared))


def split_target(target: str) -> tuple[str, str, bool]:
    """Return an operator's name, its overload, and whether it writes in place.

    >>> split_target("aten.add_.Tensor")
    ('aten.add', 'Tensor', True)
    """
    target = target.removeprefix("torch.ops.")
    space, _, rest = target.partition(".")
    op, _, overload = rest.partition(".")
    if not op:
        word = target.strip("<>").split(" ")[-1]
        return word if target.startswith("<") else f"higher_order.{word}", "", False
    inplace = op.endswith("_") and not op.endswith("__") and op != "requires_grad_"
    return f"{space}.{op.removesuffix('_') if inplace else op}", overload, inplace


def _shaped(shapes: dict[str, tuple[int, ...]], name: str, value: Any) -> None:
    shape = getattr(value, "shape", None)
    if shape is not None:
        shapes[name] = _sizes(shape)


def _laid(value: Any) -> Laid | None:
    if not hasattr(value, "stride"):
        return None
    return Laid(f"{value.dtype} {value.device}", _sizes(value.shape), _sizes(value.stride()))


def _sizes(given: Sequence[object]) -> tuple[int, ...]:
    """Return sizes as numbers; those that depend on values are symbols of the exporter's."""
    return tuple(size if isinstance(size, int) else UNKNOWN for size in given)


def _named(node: Any, prefix: str, renamed: dict[str, str]) -> str:
    name = prefix + str(node.name)
    return renamed.get(name, name)


def _plain(arg: Any, prefix: str, renamed: dict[str, str]) -> Any:
    """Return an argument as data."""
    if isinstance(arg, list | tuple):
        return [_plain(item, prefix, renamed) for item in arg]  # pyright: ignore[reportUnknownVariableType]
    if hasattr(arg, "op") and hasattr(arg, "name"):
        return Ref(_named(arg, prefix, renamed))
    if arg is None or isinstance(arg, bool | int | float | str):
        return arg
    return str(arg)


def _told(
    fault: BaseException, module: Any, args: Sequence[object], kwargs: Mapping[str, object] | None
) -> RfcalcError:
    """Return the error of a failed export: the module's own, or the exporter's, in one line."""
    import torch

    first = next((line for line in str(fault).splitlines() if line.strip()), type(fault).__name__)
    try:
        with quiet(), restored(module), torch.no_grad():
            module.eval()
            module(*args, **(kwargs or {}))
    except (Exception, SystemExit) as own:
        return theirs("the model", own, advice(module, args, kwargs))
    return fail(
        "RF508",
        f"torch.export cannot trace the model: {type(fault).__name__}: {first}",
        parts(module, args, kwargs),
    )
