"""Which values does a parameter take, said as a JSON Schema?"""

from rfcalc.documents import Json
from rfcalc.layers import PARAMETER_ALIASES
from rfcalc.spec.about import ABOUT
from rfcalc.spec.parameters import Parameter

__all__ = ["EXPRESSION", "FROM", "LIST", "NAME", "shared", "spellings", "value"]

EXPRESSION: dict[str, Json] = {"$ref": "#/$defs/expression"}
NAME: dict[str, Json] = {"$ref": "#/$defs/name"}
FROM: dict[str, Json] = {"$ref": "#/$defs/from"}
LIST: dict[str, Json] = {"$ref": "#/$defs/layers"}


def shared(op: str, one: Parameter, values: dict[str, Json]) -> dict[str, Json]:
    """Return a reference to a parameter's values, which ops share where they agree."""
    found = value(one)
    name = f"value.{one.name}"
    if values.setdefault(name, found) != found:
        name = f"value.{op}.{one.name}"
        values[name] = found
    return {"$ref": f"#/$defs/{name}"}


def value(one: Parameter) -> dict[str, Json]:
    """Return the schema of one parameter's value."""
    single: dict[str, Json]
    if one.kind is str:
        single = {"enum": list(one.choices)}
    elif one.kind is bool:
        single = {"type": "boolean"}
    else:
        kind = "integer" if one.kind is int else "number"
        single = {"type": kind, "minimum": one.low, "maximum": one.high}
    forms: list[dict[str, Json]] = [single]
    if one.kind in (int, float):
        forms.append(EXPRESSION)
    listed = list(forms)
    if one.optional:
        forms.append({"type": "null"})
    if one.gaps:
        listed.append({"type": "null"})
    if one.name == "padding":
        pair = {"type": "array", "items": {"anyOf": listed}, "minItems": 2, "maxItems": 2}
        forms = [{"enum": list(one.choices)}, *forms, _axes({"anyOf": [*listed, pair]})]
    elif one.per_axis:
        forms.append(_axes({"anyOf": listed}))
    result: dict[str, Json] = {"anyOf": forms} if len(forms) > 1 else forms[0]
    return {"description": ABOUT.get(one.name, one.about), **result}


def _axes(entry: dict[str, Json]) -> dict[str, Json]:
    return {"type": "array", "items": entry, "minItems": 1, "maxItems": 3}


def spellings(name: str) -> list[str]:
    """Return the names of a parameter: its own, and those of PyTorch."""
    return [name, *(alias for alias, meant in PARAMETER_ALIASES.items() if meant == name)]
