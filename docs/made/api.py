"""What does the library offer? The public names, from their signatures and docstrings."""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import griffe

import rfcalc

from .markdown import anchor, code, table

__all__ = ["families", "functions", "public", "types"]

ROOT = Path(__file__).parents[2]


@cache
def _package() -> Any:
    return griffe.load("rfcalc", search_paths=[ROOT])


@cache
def public() -> dict[str, Any]:
    """Return every public name with the object that it stands for."""
    found: dict[str, Any] = {}
    for name in rfcalc.__all__:
        thing = _package()[name]
        if thing.is_alias:
            thing = thing.final_target
        if not thing.is_attribute:
            found[name] = thing
    return found


def functions() -> str:
    """Return every public function."""
    return "\n".join(_function(f) for f in public().values() if f.is_function)


def families() -> str:
    """Return what each module holds that is public with all of its names, but for the above."""
    told: list[str] = []
    for family in ("figures", "tiling"):
        module = _package()[family]
        told.append(f"### `rfcalc.{family}`\n\n{_docstring(module)}\n")
        for name in import_module(f"rfcalc.{family}").__all__:
            thing = module[name]
            thing = thing.final_target if thing.is_alias else thing
            if any(thing is known for known in public().values()):
                told.append(f"`{family}.{name}` is [`rfcalc.{name}`](#{name}).\n")
            else:
                head = anchor(f"#### `{family}.{name}`", f"{family}-{name}")
                words = _method(thing) if thing.is_function else _docstring(thing)
                told.append(f"{head}\n\n{words}\n")
    return "\n".join(told)


def types() -> str:
    """Return every public type."""
    return "\n".join(_type(c) for c in public().values() if c.is_class)


def _function(function: Any) -> str:
    head = anchor(f"### `{function.name}`", function.name)
    return f"{head}\n\n{_signature(function)}\n{_docstring(function)}\n"


def _type(found: Any) -> str:
    members = [m for m in found.members.values() if not m.name.startswith("_")]
    fields = [m for m in members if m.is_attribute and m.annotation is not None]
    methods = [m for m in members if m.is_function]
    rows = [[code(m.name), code(str(m.annotation)), _line(m) or _inline(m)] for m in fields]
    told = table(["field", "type", "meaning"], rows) if rows else ""
    each = "\n".join(_method(m) for m in methods)
    head = anchor(f"### `{found.name}`", found.name)
    return f"{head}\n\n{_docstring(found)}\n{told}\n{each}"


def _method(method: Any) -> str:
    return f"{_signature(method)}\n{_docstring(method)}"


def _signature(function: Any) -> str:
    given = [p for p in function.parameters if p.name != "self"]
    words: list[str] = []
    for parameter in given:
        kind = parameter.kind
        if kind is griffe.ParameterKind.keyword_only and not any(w[0] == "*" for w in words):
            words.append("*")
        stars = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}
        word = f"{stars.get(kind, '')}{parameter.name}: {parameter.annotation}"
        words.append(
            word if kind in stars or parameter.default is None else f"{word} = {parameter.default}"
        )
    gives = str(function.returns).strip("\"'")
    line = f"{function.name}({', '.join(words)}) -> {gives}"
    if len(line) > 88:
        line = f"{function.name}(\n" + "".join(f"    {w},\n" for w in words) + f") -> {gives}"
    return f"```text\n{line}\n```\n"


def _line(member: Any) -> str:
    return "" if member.docstring is None else member.docstring.value.split("\n")[0]


def _inline(member: Any) -> str:
    """Return what a field without words of its own says by its default."""
    return "" if member.value is None else f"by default {code(str(member.value))}"


def _docstring(thing: Any) -> str:
    """Return a docstring as Markdown; a parameter is described where numpydoc has its type."""
    if thing.docstring is None:
        return ""
    told: list[str] = []
    for section in thing.docstring.parse("numpy"):
        if section.kind is griffe.DocstringSectionKind.parameters:
            rows = [[code(p.name), f"{p.annotation or ''} {p.description}"] for p in section.value]
            told.append(table(["parameter", "meaning"], rows))
        elif section.kind is griffe.DocstringSectionKind.raises:
            told += [
                f"Raises `{r.annotation}`: {' '.join(r.description.split())}\n"
                for r in section.value
            ]
        elif section.kind is griffe.DocstringSectionKind.returns:
            told += [
                f"Returns `{r.annotation}` {' '.join(r.description.split())}\n"
                for r in section.value
            ]
        elif section.kind is griffe.DocstringSectionKind.examples:
            shown = "\n\n".join(text for _, text in section.value)
            told.append(f"```pycon\n{shown}\n```\n")
        elif section.kind is griffe.DocstringSectionKind.admonition:
            told.append(f"{section.value.contents}\n")
        else:
            told.append(f"{section.value}\n")
    return "\n".join(told)
