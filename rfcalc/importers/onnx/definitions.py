"""Does a node have what its operator's definition asks for? Its inputs and its attributes."""

from typing import Any

from rfcalc.importers.onnx.program import Step

__all__ = ["undefined"]


def undefined(step: Step) -> str | None:
    """Return what a node has otherwise than the schema of its operator, ``None`` if nothing.

    Operators of other domains have no schema here, and nothing to be held against.
    """
    from onnx import defs

    if not defs.has(step.op):
        return None
    try:
        schema: Any = defs.get_schema(step.op, step.opset, "")
    except defs.SchemaError:
        return f"opset {step.opset} has no such operator"
    count = len(step.inputs)
    if not schema.min_input <= count <= schema.max_input:
        return f"it has {count} inputs, and the operator takes {_range(schema)}"
    for number, formal in enumerate(schema.inputs):
        single = formal.option == defs.OpSchema.FormalParameterOption.Single
        if single and not step.inputs[number]:
            return f"its input '{formal.name}' is left out"
    for name, attribute in schema.attributes.items():
        if name not in step.attrs:
            if attribute.required:
                return f"its attribute '{name}' is missing"
        elif not _fits(step.attrs[name], attribute.type.name):
            return (
                f"its attribute '{name}' is {step.attrs[name]!r:.60}, not of {attribute.type.name}"
            )
    return None


def _range(schema: Any) -> str:
    low, high = schema.min_input, schema.max_input
    return str(low) if low == high else f"{low} to {high}"


_KINDS: dict[str, type | tuple[type, ...]] = {
    "FLOAT": (int, float),
    "INT": int,
    "STRING": (str, bytes),
    "FLOATS": list,
    "INTS": list,
    "STRINGS": list,
}


def _fits(value: Any, kind: str) -> bool:
    """Whether an attribute is of a type of the schema, as far as that is one of Python."""
    known = _KINDS.get(kind)
    if known is None:
        return not isinstance(value, int | float | str | bytes | list)
    if not isinstance(value, known):
        return False
    inner = _KINDS[kind[:-1]] if kind.endswith("S") and kind[:-1] in _KINDS else None
    return inner is None or all(isinstance(one, inner) for one in value)
