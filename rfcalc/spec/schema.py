"""What may stand in a network file, said as a JSON Schema? Made from the layers themselves."""

from typing import Any

from rfcalc.layers import ALIASES, LAYERS, PARAMETER_ALIASES, Layer
from rfcalc.spec.constructs import CONSTRUCTS
from rfcalc.spec.parameters import Parameter, parameters

__all__ = ["schema"]

_EXPRESSION = {"type": "string", "description": "an integer expression of the parameters in scope"}
_NAME = {"type": "string", "minLength": 1, "description": "unique name of the layer"}
_FROM = {
    "description": "the input or inputs; the layer before when left out",
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
}
_LAYERS = {"$ref": "#/$defs/layers"}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the network file."""
    words = {**{op: op for op in LAYERS}, **ALIASES}
    integer = {"anyOf": [{"type": "integer"}, _EXPRESSION]}
    sizes = {"anyOf": [integer, {"type": "array", "items": integer, "minItems": 1, "maxItems": 3}]}
    top = {
        "$schema": {"type": "string"},
        "name": {"type": ["string", "number"]},
        "dims": {"anyOf": [{"enum": [1, 2, 3]}, _EXPRESSION]},
        "input": {"anyOf": [sizes, {"type": "null"}]},
        "vars": {"type": "object", "additionalProperties": integer},
        "blocks": {"type": "object", "additionalProperties": {"$ref": "#/$defs/block"}},
        "layers": _LAYERS,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rfcalc network file",
        "anyOf": [
            _LAYERS,
            {
                "type": "object",
                "properties": top,
                "required": ["layers"],
                "additionalProperties": False,
            },
        ],
        "$defs": {
            "layers": {"type": "array", "items": {"$ref": "#/$defs/layer"}},
            "block": {
                "type": "object",
                "properties": {
                    "params": {"type": "object", "additionalProperties": integer},
                    "layers": _LAYERS,
                },
                "required": ["layers"],
                "additionalProperties": False,
            },
            "layer": {
                "anyOf": [
                    {"type": "string", "description": "an op or a block without parameters"},
                    *({"$ref": f"#/$defs/{op}"} for op in LAYERS),
                    {"$ref": "#/$defs/plain"},
                    *({"$ref": f"#/$defs/{word}"} for word in CONSTRUCTS),
                    {"$ref": "#/$defs/call"},
                ]
            },
            "plain": _flat(LAYERS["conv"], None),
            **{op: _op(op, words) for op in LAYERS},
            **_constructs(),
            "call": _call([*words, *CONSTRUCTS]),
        },
    }


def _op(op: str, words: dict[str, str]) -> dict[str, Any]:
    """Return the forms of one op: flat with ``op``, or the op as the key."""
    names = [word for word, meant in words.items() if meant == op]
    keyed = [
        {
            "type": "object",
            "properties": {
                word: {"anyOf": [_flat(LAYERS[op], None), {"type": "null"}]},
                "name": _NAME,
                "from": _FROM,
            },
            "required": [word],
            "additionalProperties": False,
        }
        for word in names
    ]
    return {
        "description": (LAYERS[op].__doc__ or op).split("\n")[0],
        "anyOf": [_flat(LAYERS[op], names), *keyed],
    }


def _flat(layer: type[Layer], names: list[str] | None) -> dict[str, Any]:
    """Return the mapping of an op's parameters."""
    found = parameters(layer)
    properties: dict[str, Any] = {name: _value(one) for name, one in found.items()}
    for alias, name in PARAMETER_ALIASES.items():
        if name in properties:
            properties[alias] = properties[name]
    properties |= {"name": _NAME, "from": _FROM}
    if names is not None:
        properties["op"] = {"enum": names}
    required = [] if names is None else ["op"]
    aliased = {name for name in PARAMETER_ALIASES.values() if name in found}
    needed = [one.name for one in found.values() if one.required]
    forms = [
        {"anyOf": [{"required": [word]} for word in _spellings(name)]}
        if name in aliased
        else {"required": [name]}
        for name in needed
    ]
    result: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    if required:
        result["required"] = required
    if forms:
        result["allOf"] = forms
    return result


def _spellings(name: str) -> list[str]:
    return [name, *(alias for alias, meant in PARAMETER_ALIASES.items() if meant == name)]


def _value(one: Parameter) -> dict[str, Any]:
    """Return the schema of one parameter's value."""
    single: dict[str, Any]
    if one.kind is str:
        single = {"enum": list(one.choices)}
    elif one.kind is bool:
        single = {"type": "boolean"}
    else:
        single = {"type": "integer" if one.kind is int else "number"}
        if one.low is not None:
            single["minimum"] = one.low
        if one.high is not None:
            single["maximum"] = one.high
    forms: list[dict[str, Any]] = [single]
    if one.kind in (int, float):
        forms.append(_EXPRESSION)
    if one.optional:
        forms.append({"type": "null"})
    if one.name == "padding":
        pair = {"type": "array", "items": {"anyOf": forms[:2]}, "minItems": 2, "maxItems": 2}
        entry = {"anyOf": [*forms[:2], pair]}
        forms = [{"enum": list(one.choices)}, *forms, _axes(entry)]
    elif one.per_axis:
        forms.append(_axes({"anyOf": list(forms)}))
    result: dict[str, Any] = {"anyOf": forms} if len(forms) > 1 else forms[0]
    if one.about:
        result = {"description": one.about, **result}
    return result


def _axes(entry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": entry, "minItems": 1, "maxItems": 3}


def _constructs() -> dict[str, Any]:
    """Return the schemas of residual, parallel, repeat and stack."""
    conv = parameters(LAYERS["conv"])
    integer = {"anyOf": [{"type": "integer", "minimum": 0}, _EXPRESSION]}
    rates = {"type": "array", "items": _value(conv["dilation"]), "minItems": 1}
    stacked = {name: _value(one) for name, one in conv.items() if name != "dilation"}
    stacked |= {"kernel_size": stacked["kernel"], "dilations": rates}
    branches = {"type": "array", "items": _LAYERS, "minItems": 2}
    bodies: dict[str, Any] = {
        "residual": {
            "anyOf": [_LAYERS, _mapping({"layers": _LAYERS, "shortcut": _LAYERS}, ["layers"])]
        },
        "parallel": {
            "anyOf": [
                branches,
                _mapping(
                    {"merge": {"enum": ["add", "concat", "mul"]}, "branches": branches},
                    ["branches"],
                ),
            ]
        },
        "repeat": _mapping({"times": integer, "layers": _LAYERS}, ["times", "layers"]),
        "stack": _mapping(stacked, ["dilations"]),
    }
    return {
        word: {
            "type": "object",
            "properties": {
                word: body,
                "name": _NAME,
                "from": _FROM,
                **({"shortcut": _LAYERS} if word == "residual" else {}),
            },
            "required": [word],
            "additionalProperties": False,
        }
        for word, body in bodies.items()
    }


def _mapping(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**properties, "name": _NAME, "from": _FROM},
        "required": required,
        "additionalProperties": False,
    }


def _call(taken: list[str]) -> dict[str, Any]:
    """Return the schema of a block's use: one key that is no op, and its parameters."""
    integer = {"anyOf": [{"type": "integer"}, _EXPRESSION, _FROM]}
    return {
        "description": "a block from 'blocks' with its parameters",
        "type": "object",
        "properties": {"name": _NAME, "from": _FROM},
        "minProperties": 1,
        "maxProperties": 3,
        "propertyNames": {"not": {"enum": [*taken, "op", "kernel"]}},
        "additionalProperties": {
            "anyOf": [{"type": "object", "additionalProperties": integer}, {"type": "null"}]
        },
    }
