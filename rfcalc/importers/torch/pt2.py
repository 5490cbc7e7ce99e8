"""What program is in a ``.pt2`` file? An archive with a JSON graph, read without PyTorch."""

from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any

import msgspec

from rfcalc.errors import fail
from rfcalc.importers.archive import decoded, read_entry
from rfcalc.importers.inputs import bounded, counted
from rfcalc.importers.ranges import whole as number
from rfcalc.importers.torch.exported import split_target
from rfcalc.importers.torch.looking import numbers_of
from rfcalc.importers.torch.memory import Laid, shares, with_strides
from rfcalc.importers.torch.outputs import labels
from rfcalc.importers.torch.program import UNKNOWN, Call, Program, Ref, whole
from rfcalc.importers.torch.stored import Stored
from rfcalc.importers.torch.symbols import resize

__all__ = ["program_in"]

_MALFORMED = (
    *(msgspec.DecodeError, AttributeError, LookupError, TypeError, ValueError, StopIteration),
    *(OverflowError, RecursionError),
)


def program_in(path: str | Path, given: Sequence[Sequence[int]] = ()) -> Program:
    """Return the program of a file saved by ``torch.export.save``.

    ``given`` has a whole shape per input, where the program was exported with ``dynamic_shapes``;
    an empty one keeps that of the export.

    The graph is read, and of the rest the buffers and constants that decide what is read, as
    masks: pickles and weights are never opened.
    Source: ``torch.export.pt2_archive``.

    Raises
    ------
    RfcalcError
        RF504: the file cannot be read, is not such an archive, or is cut short; RF462: it was
        exported for other sizes; RF512: there are more shapes than inputs, or of another length.
    """
    where = Path(path)
    help = "save it with torch.export.save(torch.export.export(model, (example,)), path)"
    try:
        text = read_entry(where, _graph_file, "exported program", help)
        return _program(decoded(text, where, help), where, help, given)
    except FileNotFoundError:
        raise fail("RF504", f"there is no file {path}", "check the path") from None
    except OSError as fault:
        raise fail("RF504", f"{path} cannot be read: {fault.strerror}", "check the path") from None
    except _MALFORMED as fault:
        fact = f"the graph in {path} is not one that rfcalc knows ({type(fault).__name__}: {fault})"
        raise fail("RF504", fact, help) from None


def _graph_file(names: Sequence[str]) -> str | None:
    """Return the graph's place: one per model, or, before torch 2.8, at the root."""
    for name in sorted(names, key=lambda n: (not n.endswith("models/model.json"), n)):
        inside = "models/" in name and name.endswith(".json")
        if inside or name.endswith("serialized_exported_program.json"):
            return name
    return None


def _program(
    held: dict[str, Any], path: Path, help: str, given_shapes: Sequence[Sequence[int]]
) -> Program:
    module = held["graph_module"]
    graph, signature = module["graph"], module["signature"]
    if given_shapes:
        _resize(held, path, given_shapes)
    shapes = {key: _sizes(value) for key, value in graph["tensor_values"].items()}
    inputs = _inputs(signature)
    given = [
        spec["user_output"]["arg"] for spec in signature["output_specs"] if "user_output" in spec
    ]
    called = labels(_out_spec(module), len(given))
    outputs = [(_tensor_name(arg), label) for arg, label in zip(given, called, strict=True)]
    outputs = [(tensor, label) for tensor, label in outputs if tensor is not None]
    for one in inputs:
        if UNKNOWN in shapes[one]:
            raise fail("RF504", f"the input '{one}' has no fixed size", "export at fixed sizes")
        bounded(one, shapes[one])
    calls: list[Call] = []
    renamed: dict[str, str] = {}
    _read(graph, calls, shapes, renamed)
    names = tuple(renamed.get(one, one) for one, _ in outputs)
    named = tuple(label for _, label in outputs)
    weights = _weights(signature, shapes)
    numbers = numbers_of(calls, Stored(path, signature["input_specs"], help))
    program = Program(
        path.stem, tuple(inputs), names, tuple(calls), shapes, named, numbers, weights
    )
    made = {one for call in calls for one in call.outputs if one}
    fixed = {one for entry in graph["inputs"] if (one := _tensor_name(entry)) is not None}
    inside = {one for one in shapes if "." in one}
    return whole(program, (fixed | inside) - made)


def _inputs(signature: dict[str, Any]) -> list[str]:
    """Return the names of the tensors that a program takes."""
    return [
        tensor
        for spec in signature["input_specs"]
        if (tensor := _tensor_name(spec.get("user_input", {}).get("arg", {}))) is not None
    ]


def _resize(held: dict[str, Any], path: Path, given: Sequence[Sequence[int]]) -> None:
    """Put the sizes at other inputs in place of those at which a program was exported."""
    module = held["graph_module"]
    names = _inputs(module["signature"])
    counted(given, names)
    values = module["graph"]["tensor_values"]
    resize(held, path.name, {name: values[name]["sizes"] for name in names}, given)


def _weights(
    signature: dict[str, Any], shapes: dict[str, tuple[int, ...]]
) -> dict[str, dict[str, int]]:
    """Return the values that are parameters, with their names in the model."""
    found: dict[str, dict[str, int]] = {}
    for spec in signature["input_specs"]:
        held: dict[str, Any] = spec.get("parameter") or {}
        place: dict[str, Any] = held.get("arg") or {}
        value = str(place.get("name"))
        if value in shapes:
            found[value] = {str(held.get("parameter_name") or value): prod(shapes[value])}
    return found


def _out_spec(module: dict[str, Any]) -> str:
    """Return the tree of a model's outputs; older files do not have one."""
    for entry in module.get("module_call_graph") or ():
        if entry.get("fqn") == "" and entry.get("signature"):
            return str(entry["signature"].get("out_spec") or "")
    return ""


def _read(
    graph: dict[str, Any],
    calls: list[Call],
    shapes: dict[str, tuple[int, ...]],
    renamed: dict[str, str],
    prefix: str = "",
) -> None:
    for node in graph["nodes"]:
        target = node["target"]
        outputs = [name for out in node["outputs"] for name in _names(out)]
        if "wrap_with_" in target:
            _read_inner(node, outputs, calls, shapes, renamed, prefix)
            continue
        args = {
            entry["name"] or str(i): _value(_sized(graph, entry["arg"]), prefix, renamed)
            for i, entry in enumerate(node["inputs"])
        }
        op, overload, inplace = split_target(target)
        named = tuple(prefix + name if name else None for name in outputs)
        held: dict[str, Any] = graph["tensor_values"]
        given = {entry["name"]: entry["arg"] for entry in node["inputs"]}
        before = _laid(held, _tensor_name(given.get("self", given.get("input", {}))))
        shared = shares(op, args, before, _laid(held, outputs[0] if outputs else None))
        stack = _stack(node.get("metadata", {}))
        args = with_strides(op, args, before)
        calls.append(Call(op, overload, inplace, args, named, stack, shared))


def _read_inner(
    node: dict[str, Any],
    outputs: list[str | None],
    calls: list[Call],
    shapes: dict[str, tuple[int, ...]],
    renamed: dict[str, str],
    prefix: str,
) -> None:
    """Lay out the calls of a graph within the graph, as under ``torch.no_grad``."""
    entries = [entry["arg"] for entry in node["inputs"]]
    at = next(i for i, arg in enumerate(entries) if "as_graph" in arg)
    inner = entries[at]["as_graph"]["graph"]
    below = f"{prefix}{node['outputs'] and next(iter(_names(node['outputs'][0])))}."
    for key, value in inner["tensor_values"].items():
        shapes[below + key] = _sizes(value)
    for place, given in zip(inner["inputs"], entries[at + 1 :], strict=False):
        ref = _value(given, prefix, renamed)
        name = _tensor_name(place)
        if name is not None and isinstance(ref, Ref):
            renamed[below + name] = ref.name
    _read(inner, calls, shapes, renamed, below)
    results = [name for out in inner["outputs"] for name in _names(out)]
    for mine, result in zip(outputs, results, strict=False):
        if mine and result:
            renamed[prefix + mine] = renamed.get(below + result, below + result)


def _stack(metadata: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the module stack: entries ``key,path,class`` joined by semicolons."""
    entries = [part.split(",") for part in metadata.get("nn_module_stack", "").split(";") if part]
    return tuple((entry[1].split("@")[0], entry[2]) for entry in entries if len(entry) >= 3)


def _laid(held: dict[str, Any], name: str | None) -> Laid | None:
    value: dict[str, Any] | None = held.get(name) if name else None
    if value is None or "strides" not in value:
        return None
    kind = f"{value.get('dtype')} {value.get('device')}"
    return Laid(kind, _sizes(value), tuple(_size(size) for size in value["strides"]))


def _sizes(value: dict[str, Any]) -> tuple[int, ...]:
    return tuple(_size(size) for size in value["sizes"])


def _size(size: dict[str, Any]) -> int:
    if "as_int" in size:
        return number("a tensor", "a size", size["as_int"], 0, 1 << 62)
    expression: dict[str, Any] = size.get("as_expr") or {}
    hint: dict[str, Any] = expression.get("hint") or {}
    if "as_int" not in hint:
        return UNKNOWN
    return number("a tensor", "a size", hint["as_int"], 0, 1 << 62)


def _tensor_name(arg: dict[str, Any]) -> str | None:
    return arg["as_tensor"]["name"] if "as_tensor" in arg else None


def _names(out: dict[str, Any]) -> list[str | None]:
    kind, held = next(iter(out.items()))
    if kind in ("as_tensors", "as_optional_tensors"):
        return [item.get("name") or item.get("as_tensor", {}).get("name") for item in held]
    if isinstance(held, dict):
        return [held.get("name") or held.get("as_name")]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return [None]


def _value(arg: dict[str, Any], prefix: str, renamed: dict[str, str]) -> Any:
    """Return an argument as data; what is not a number, word or tensor stays a text."""
    kind, held = next(iter(arg.items()))
    if kind == "as_none":
        return None
    if kind == "as_float":
        return float(held)  # infinities are words
    if kind == "as_tensor":
        return _ref(held["name"], prefix, renamed)
    if kind == "as_tensors":
        return [_ref(item["name"], prefix, renamed) for item in held]
    if kind == "as_optional_tensors":
        return [
            None if "as_none" in i else _ref(i["as_tensor"]["name"], prefix, renamed) for i in held
        ]
    if kind in ("as_sym_int", "as_sym_bool", "as_sym_float"):
        return _symbol(held, prefix, renamed)
    if kind in ("as_sym_ints", "as_sym_floats"):
        return [_symbol(item, prefix, renamed) for item in held]
    return held


def _sized(graph: dict[str, Any], arg: dict[str, Any]) -> dict[str, Any]:
    """Return an argument with the sizes in it at which the program was exported."""
    held: dict[str, Any] = graph.get("sym_int_values") or {}

    def filled(item: dict[str, Any]) -> dict[str, Any]:
        known: dict[str, Any] = held.get(item.get("as_name", "")) or {}
        expression: dict[str, Any] = known.get("as_expr") or {}
        return known if "as_int" in known else expression.get("hint") or item

    if "as_sym_int" in arg:
        return {"as_sym_int": filled(arg["as_sym_int"])}
    if "as_sym_ints" in arg:
        return {"as_sym_ints": [filled(item) for item in arg["as_sym_ints"]]}
    return arg


def _symbol(held: dict[str, Any], prefix: str, renamed: dict[str, str]) -> Any:
    """Return a number that is written down, or where it is computed from."""
    if "as_name" in held:
        return _ref(held["as_name"], prefix, renamed)
    return held.get("as_int", held.get("as_bool", held.get("as_float")))


def _ref(name: str, prefix: str, renamed: dict[str, str]) -> Ref:
    return Ref(renamed.get(prefix + name, prefix + name))
