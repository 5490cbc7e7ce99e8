"""What may stand in a network file, said as a JSON Schema? Made from the layers themselves."""

from rfcalc.documents import Json
from rfcalc.layers import ALIASES, LAYERS, PARAMETER_ALIASES, Layer
from rfcalc.spec.parameters import parameters
from rfcalc.spec.schema_constructs import call, constructs
from rfcalc.spec.schema_values import EXPRESSION, FROM, LIST, NAME, shared, spellings
from rfcalc.spec.words import CONSTRUCTS

__all__ = ["schema"]

_WORDS: dict[str, dict[str, Json]] = {
    "expression": {
        "description": "an integer expression of the parameters in scope",
        "type": "string",
        "pattern": r"^[\w\s+*/()-]+$",
    },
    "name": {"type": "string", "minLength": 1, "description": "unique name of the layer"},
    "from": {
        "description": "the input or inputs; the layer before when left out",
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
        ],
    },
}


def schema() -> dict[str, Json]:
    """Return the JSON Schema (draft 2020-12) of the network file."""
    words = {**{op: op for op in LAYERS}, **ALIASES}
    integer = {"anyOf": [{"type": "integer"}, EXPRESSION]}
    sizes = {"anyOf": [integer, {"type": "array", "items": integer, "minItems": 1, "maxItems": 3}]}
    top = {
        "$schema": {"type": "string"},
        "name": {"type": ["string", "number"]},
        "dims": {"anyOf": [{"enum": [1, 2, 3]}, EXPRESSION]},
        "input": {"anyOf": [sizes, {"type": "null"}]},
        "inputs": {
            "description": "the inputs by name, each with its size; instead of 'input'",
            "type": "object",
            "additionalProperties": {"anyOf": [sizes, {"type": "null"}]},
            "minProperties": 1,
        },
        "channels": {
            "description": "channels of the input, or of each by its name; costs need them",
            "anyOf": [integer, {"type": "object", "additionalProperties": integer}],
        },
        "vars": {"type": "object", "additionalProperties": integer},
        "blocks": {"type": "object", "additionalProperties": {"$ref": "#/$defs/block"}},
        "layers": {**LIST, "minItems": 1},
        "outputs": {**_WORDS["from"], "description": "the outputs by name, the main one last"},
        "aliases": {
            "description": "further names of layers",
            "type": "object",
            "additionalProperties": {"type": "string"},
        },
        "lenient": {
            "description": "let branches of equal size meet whatever their jumps",
            "type": "boolean",
        },
        "assumed": {
            "description": "what was taken for granted: answers are then not exact",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        },
    }
    values: dict[str, Json] = {}
    ops = {op: _op(op, words, values) for op in LAYERS}
    bodies = {f"{op}.parameters": _flat(LAYERS[op], None, values) for op in LAYERS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rfcalc network file",
        "anyOf": [
            {**LIST, "minItems": 1},
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
                    "layers": LIST,
                },
                "required": ["layers"],
                "additionalProperties": False,
            },
            "layer": {
                "anyOf": [
                    {"description": "an op without parameters", "enum": list(words)},
                    {"description": "a block without parameters", "type": "string"},
                    *({"$ref": f"#/$defs/{op}"} for op in LAYERS),
                    {"$ref": "#/$defs/conv.parameters"},
                    *({"$ref": f"#/$defs/{word}"} for word in CONSTRUCTS),
                    {"$ref": "#/$defs/call"},
                ]
            },
            **ops,
            **bodies,
            **constructs(values),
            "call": call([*words, *CONSTRUCTS]),
            **_WORDS,
            **values,
        },
    }


def _op(op: str, words: dict[str, str], values: dict[str, Json]) -> dict[str, Json]:
    """Return the forms of one op: flat with ``op``, or the op as the key."""
    names = [word for word, meant in words.items() if meant == op]
    body = {"anyOf": [{"$ref": f"#/$defs/{op}.parameters"}, {"type": "null"}]}
    keyed = [
        {
            "type": "object",
            "properties": {word: body, "name": NAME, "from": FROM},
            "required": [word],
            "additionalProperties": False,
        }
        for word in names
    ]
    return {
        "description": (LAYERS[op].__doc__ or op).split("\n")[0],
        "anyOf": [_flat(LAYERS[op], names, values), *keyed],
    }


def _flat(layer: type[Layer], names: list[str] | None, values: dict[str, Json]) -> dict[str, Json]:
    """Return the mapping of an op's parameters."""
    found = parameters(layer)
    properties = {name: shared(layer.op, one, values) for name, one in found.items()}
    for alias, name in PARAMETER_ALIASES.items():
        if name in properties:
            properties[alias] = properties[name]
    properties |= {"name": NAME, "from": FROM}
    if names is not None:
        properties["op"] = {"enum": names}
    required = [] if names is None else ["op"]
    aliased = {name for name in PARAMETER_ALIASES.values() if name in found}
    needed = [one.name for one in found.values() if one.required]
    forms = [
        {"anyOf": [{"required": [word]} for word in spellings(name)]}
        if name in aliased
        else {"required": [name]}
        for name in needed
    ]
    result: dict[str, Json] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    if required:
        result["required"] = required
    if forms:
        result["allOf"] = forms
    return result
