"""What may stand in a construct or in a block's use, said as a JSON Schema?"""

from collections.abc import Mapping

from rfcalc.documents import Json
from rfcalc.layers import LAYERS
from rfcalc.spec.bounds import FURTHEST
from rfcalc.spec.drafting import NODE_LIMIT
from rfcalc.spec.parameters import parameters
from rfcalc.spec.schema_values import EXPRESSION, FROM, LIST, NAME, shared, spellings, value

__all__ = ["call", "constructs"]


def constructs(values: dict[str, Json]) -> dict[str, Json]:
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
    kernel: list[dict[str, Json]] = [
        *({"required": [w]} for w in spellings("kernel")),
        {"properties": {"dilations": {"const": []}}},
    ]
    branches = {"type": "array", "items": LIST, "minItems": 2}
    merge = {"enum": ["add", "concat", "mul"]}
    bodies: dict[str, tuple[Mapping[str, Json], list[str]]] = {
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
    lists: dict[str, Mapping[str, Json]] = {"residual": LIST, "parallel": branches}
    rules: dict[str, Mapping[str, Json]] = {"stack": {"anyOf": kernel}}
    rules |= {word: {"anyOf": kernel[:-1]} for word in ("deform_conv", "submanifold_conv")}
    return {
        word: {"anyOf": _forms(word, *body, lists.get(word), rules.get(word, {}))}
        for word, body in bodies.items()
    }


def _forms(
    word: str,
    properties: Mapping[str, Json],
    required: list[str],
    alone: Mapping[str, Json] | None,
    rule: Mapping[str, Json],
) -> list[dict[str, Json]]:
    """Return both forms of a construct: flat with ``op``, or its word as the key.

    ``alone`` is the list that may stand for the parameters, ``rule`` what else they keep to.
    """
    flat = _mapping({"op": {"const": word}, **properties}, ["op", *required])
    inside = {**_mapping(properties, required), **rule}
    keyed: dict[str, Json] = {word: inside if alone is None else {"anyOf": [alone, inside]}}
    if word == "residual":
        keyed["shortcut"] = LIST
    return [{**flat, **rule}, _mapping(keyed, [word])]


def _mapping(properties: Mapping[str, Json], required: list[str]) -> dict[str, Json]:
    return {
        "type": "object",
        "properties": {**properties, "name": NAME, "from": FROM},
        "required": required,
        "additionalProperties": False,
    }


def call(taken: list[str]) -> dict[str, Json]:
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
