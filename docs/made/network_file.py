"""Which ops stand in a network file, and what do they take? From the layers themselves."""

from typing import Any

from rfcalc.layers import ALIASES, LAYERS, PARAMETER_ALIASES, Layer
from rfcalc.spec.about import ABOUT
from rfcalc.spec.parameters import Parameter, parameters
from rfcalc.spec.words import CONSTRUCTS

from .markdown import anchor, code, table

__all__ = ["constructs", "element_wise", "operations"]


def operations() -> str:
    """Return every op that takes more than its input cell by cell, with its parameters."""
    return "\n".join(_op(op, layer) for op, layer in LAYERS.items() if not _plain(layer))


def element_wise() -> str:
    """Return the ops that keep every cell to itself."""
    rows = [
        [code(op), _about(layer), ", ".join(map(_short, parameters(layer).values()))]
        for op, layer in LAYERS.items()
        if _plain(layer)
    ]
    return table(["op", "what it computes", "parameters"], rows)


def constructs() -> str:
    """Return the words that unfold into layers."""
    rows = [[code(word), _about(made)] for word, made in CONSTRUCTS.items()]
    return table(["word", "meaning"], rows)


def _plain(layer: type[Layer]) -> bool:
    return layer.__module__.endswith(".pointwise")


def _op(op: str, layer: type[Layer]) -> str:
    also = [alias for alias, meant in ALIASES.items() if meant == op]
    named = f" Also written {', '.join(map(code, also))}." if also else ""
    rows = [
        [code(one.name) + _spelled(one.name), _takes(one), _default(one), _meaning(one)]
        for one in parameters(layer).values()
    ]
    told = table(["parameter", "takes", "default", "meaning"], rows) if rows else ""
    return f"{anchor(f'### `{op}`', f'op-{op}')}\n\n{_about(layer)}{named}\n\n{told}"


def _about(thing: Any) -> str:
    return (thing.__doc__ or "").strip().partition("\n")[0].replace("``", "`")


def _spelled(name: str) -> str:
    also = [alias for alias, meant in PARAMETER_ALIASES.items() if meant == name]
    return "".join(f", {code(alias)}" for alias in also)


def _takes(one: Parameter) -> str:
    if one.per_axis and one.name != "padding":
        return f"{one.wanted}; one, or one per axis"
    return one.wanted


def _default(one: Parameter) -> str:
    if one.required:
        return "required"
    if one.default in ((), None) or one.default is False:
        return code("false") if one.default is False else ""
    return code("true") if one.default is True else code(str(one.default))


def _meaning(one: Parameter) -> str:
    return ABOUT.get(one.name, one.about)


def _short(one: Parameter) -> str:
    return f"{code(one.name)} ({code(str(one.default))})"
