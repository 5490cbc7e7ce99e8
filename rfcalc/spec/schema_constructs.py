"""What may stand in a construct or in a block's use, said as a JSON Schema?"""

from typing import Any

from rfcalc.layers import LAYERS
from rfcalc.spec.bounds import FURTHEST
from rfcalc.spec.drafting import NODE_LIMIT
from rfcalc.spec.parameters import parameters
from rfcalc.spec.schema_values import EXPRESSION, FROM, LIST, NAME, shared, spellings, value

__all__ = ["call", "constructs"]


def constructs(values: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas of the words that unfold into layers."""
    conv = parameters(LAYERS["conv"])
    times = {"type": "integer", "minimum": 0, "maximum": NODE_LIMIT}
    integer = {"anyOf": [times, EXPRESSION]}
    rate = value(conv["dilation"])
    rates = {"anyOf": [rate, {"type": "array", "items": rate}]}
    stacked = {name: shared("conv", one, values) for name, one in conv.items()}
    plain = {**stacked, "kernel_size": stacked["kernel"]}
    furthest = {"type": "integer", "minimum": 0, "maximum": FURTHEST}
    del stacked["dilation"]
    stacked |= {"kernel_size": stacked["kernel"], "dilations": rates}
    # Without a dilation there is no convolution that needs a kernel.
    kernel: list[dict[str, Any]] = [
        *({"required": [w]} for w in spellings("kernel")),
        {"properties": {"dilations": {"const": []}}},
    ]
    branches = {"type": "array", "items": LIST, "minItems": 2}
    merge = {"enum": ["add", "concat", "mul"]}
    bodies: dict[str, tuple[dict[str, Any], list[str]]] = {
        "residual": ({"layers": LIST, "shortcut": LIST}, ["layers"]),
        "parallel": ({"merge": merge, "branches": branches}, ["branches"]),
        "repeat": ({"times": integer, "first": integer, "layers": LIST}, ["times", "layers"]),
        "stack": (stacked, ["dilations"]),
        "deform_conv": (
            {**plain, "max_offset": {"anyOf": [furthest, EXPRESSION]}},
            ["max_offset"],
        ),
        "submanifold_conv": (plain, []),
    }
    lists = {"residual": LIST, "parallel": branches}
    rules = {"stack": {"anyOf": kernel}}
    rules |= {word: {"anyOf": kernel[:-1]} for word in ("deform_conv", "submanifold_conv")}
    return {
        word: {"anyOf": _forms(word, *body, lists.get(word), rules.get(word, {}))}
        for word, body in bodies.items()
    }


def _forms(
    word: str,
    properties: dict[str, Any],
    required: list[str],
    alone: dict[str, Any] | None,
    rule: dict[str, Any],
) -> list[dict[str, Any]]:
    """Return both forms of a construct: flat with ``op``, or its word as the key.

    ``alone`` is the list that may stand for the parameters, ``rule`` what else they keep to.
    """
    flat = _mapping({"op": {"const": word}, **properties}, ["op", *required])
    inside = {**_mapping(properties, required), **rule}
    keyed = {word: inside if alone is None else {"anyOf": [alone, inside]}}
    if word == "residual":
        keyed["shortcut"] = LIST
    return [{**flat, **rule}, _mapping(keyed, [word])]


def _mapping(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**properties, "name": NAME, "from": FROM},
        "required": required,
        "additionalProperties": False,
    }


def call(taken: list[str]) -> dict[str, Any]:
    """Return the schema of a block's use: flat with ``op``, or one key that is no op."""
    integer = {"anyOf": [{"type": "integer"}, EXPRESSION, FROM]}
    structure = {"name": NAME, "from": FROM}
    flat = {
        "type": "object",
        "properties": {"op": {"type": "string", "not": {"enum": taken}}, **structure},
        "required": ["op"],
        "additionalProperties": integer,
    }
    keyed = {
        "type": "object",
        "properties": structure,
        "minProperties": 1,
        "maxProperties": 3,
        "propertyNames": {"not": {"enum": [*taken, "op", "kernel"]}},
        "additionalProperties": {
            "anyOf": [{"type": "object", "additionalProperties": integer}, {"type": "null"}]
        },
    }
    return {"description": "a block from 'blocks' with its parameters", "anyOf": [flat, keyed]}
