"""Do the values written for one layer fit its parameters? Every fault with its place."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from rfcalc.errors import many
from rfcalc.layers import PARAMETER_ALIASES, Layer
from rfcalc.spec.expressions import ExpressionFault, evaluate
from rfcalc.spec.parser import yaml
from rfcalc.spec.text import Scalar, Source
from rfcalc.spelling import nearest

__all__ = ["STRUCTURE", "Parameter", "parameters", "parse"]

STRUCTURE = ("op", "name", "from")
"""Keys of a layer that are not parameters of its op."""


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of an op: what it takes, per axis or once.

    ``gaps`` says that one of a list may be left empty, as where a slice stops.
    """

    name: str
    field: str
    kind: type
    per_axis: bool
    required: bool
    optional: bool
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    default: object
    about: str
    gaps: bool = False

    @property
    def wanted(self) -> str:
        """What a value has to be, in words."""
        if self.name == "padding":
            return "cells, [before, after] pairs or one of valid, same, same_lower, causal"
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind is bool:
            return "true or false"
        noun = "an integer" if self.kind is int else "a number"
        return f"{noun} from {self.low or 0:,} to {self.high:,}"


@cache
def parameters(layer: type[Layer]) -> dict[str, Parameter]:
    """Return the parameters of an op by name."""
    found: dict[str, Parameter] = {}
    for field in msgspec.structs.fields(layer):
        kind, per_axis, optional, gaps = field.type, False, False, False
        parts = list(_flat(kind))
        if type(None) in parts:
            optional = True
            parts.remove(type(None))
        choices = tuple(str(c) for p in parts if get_origin(p) is Literal for c in get_args(p))
        kind = next((p for p in parts if get_origin(p) is not Literal), str)
        if get_origin(kind) is tuple:
            per_axis, kind = True, get_args(kind)[0]
            inner = list(_flat(kind))
            kind, gaps = inner[0], type(None) in inner
            optional = optional or gaps
        if field.name == "padding":
            kind = get_args(get_args(kind)[0])[0]  # an end of a pair
        meta = next((m for m in get_args(kind)[1:] if isinstance(m, msgspec.Meta)), None)
        base = get_args(kind)[0] if get_origin(kind) is Annotated else kind
        found[field.encode_name] = Parameter(
            name=field.encode_name,
            field=field.name,
            kind=base,
            per_axis=per_axis,
            required=field.required,
            optional=optional,
            choices=choices,
            low=None if meta is None else _first(meta.ge, meta.gt),
            high=None if meta is None else meta.le,
            default=None if field.required else field.default,
            about="" if meta is None else meta.description or "",
            gaps=gaps,
        )
    return found


def parse(
    layer: type[Layer],
    entries: Mapping[str, tuple[yaml.ScalarNode, yaml.Node]],
    dims: int,
    values: Mapping[str, int],
    source: Source,
    place: yaml.Node,
) -> Layer | None:
    """Return the layer that the entries describe, ``None`` after reporting what is wrong.

    ``values`` are the parameters that integer expressions may use.
    """
    known = parameters(layer)
    before = len(source.faults)
    fields: dict[str, Any] = {}
    for word, (key, node) in entries.items():
        if word in STRUCTURE:
            continue
        name = word if word in known else PARAMETER_ALIASES.get(word, word)
        if name not in known:
            fact = f"{layer.op} has no parameter '{word}'"
            source.report("RF102", fact, nearest(word, [*known, "name", "from"]), key)
            continue
        parameter = known[name]
        if parameter.field in fields:
            source.report("RF107", f"'{word}' is given twice, as '{name}' too", "", key)
            continue
        fields[parameter.field] = _Reading(layer.op, parameter, dims, values, source).value(node)
    missing = [p for p in known.values() if p.required and p.field not in fields]
    for parameter in missing:
        help = f"{parameter.name} is {parameter.wanted}, or a list of one per axis"
        source.report("RF108", f"{layer.op} needs '{parameter.name}'", help, place)
    # A fault that is reported already, as of every convolution of a stack, is not reported again.
    if missing or len(source.faults) > before or any(value is _FAULT for value in fields.values()):
        return None
    try:
        return layer(**fields)
    except ValueError as fault:
        source.report("RF104", f"{layer.op}: {fault}", "", place)
        return None


_FAULT = object()


class _Reading(msgspec.Struct, frozen=True):
    """The reading of one parameter's value."""

    op: str
    parameter: Parameter
    dims: int
    values: Mapping[str, int]
    source: Source

    def value(self, node: yaml.Node) -> object:
        """Return the value of a parameter, broadcast to the axes, or ``_FAULT``."""
        if self.parameter.name == "padding":
            return self._padding(node)
        if not self.parameter.per_axis:
            return self._single(node)
        if isinstance(node, yaml.SequenceNode):
            entries = [self._single(child, listed=True) for child in node.value]
            return self._axes(node, entries)
        one = self._single(node)
        return one if one is None or one is _FAULT else (one,) * self.dims

    def _axes(self, node: yaml.Node, entries: list[object]) -> object:
        if len(entries) != self.dims:
            axes = f"{self.dims} {'axis' if self.dims == 1 else 'axes'}"
            fact = f"'{self.parameter.name}' has {many(len(entries), 'value')} for {axes}"
            self.source.report("RF106", fact, "give one value, or one per axis", node)
            return _FAULT
        return _FAULT if any(entry is _FAULT for entry in entries) else tuple(entries)

    def _padding(self, node: yaml.Node) -> object:
        if not isinstance(node, yaml.SequenceNode):
            one = self._single(node)
            return ((one, one),) * self.dims if isinstance(one, int) else one
        entries: list[object] = []
        for child in node.value:
            if isinstance(child, yaml.SequenceNode):
                pair = [self._single(end, listed=True) for end in child.value]
                if len(pair) != 2:
                    fact = f"a padding pair has {many(len(pair), 'value')}"
                    self.source.report("RF106", fact, "a pair is [before, after]", child)
                    pair = [_FAULT]
                entries.append(_FAULT if _FAULT in pair else tuple(pair))
            else:
                one = self._single(child, listed=True)
                entries.append(one if one is _FAULT else (one, one))
        return self._axes(node, entries)

    def _single(self, node: yaml.Node, listed: bool = False) -> object:
        """Return one value; one of a list is a number, neither left out nor a word for all."""
        self.source.visit(node)
        if not isinstance(node, yaml.ScalarNode):
            return self._wrong(
                "a mapping" if isinstance(node, yaml.MappingNode) else "a list", node
            )
        value = self.source.scalar(node)
        if value is None and (self.parameter.gaps if listed else self.parameter.optional):
            return None
        if self.parameter.choices and isinstance(value, str) and not listed:
            if value in self.parameter.choices:
                return value
            if self.parameter.kind is str:
                return self._wrong(repr(value), node, nearest(value, self.parameter.choices))
        if isinstance(value, str) and self.parameter.kind is not bool:
            return self._expression(value, node)
        return self._check(value, node)

    def _expression(self, text: str, node: yaml.Node) -> object:
        try:
            return self._check(evaluate(text, self.values), node)
        except ExpressionFault as fault:
            if not self.values or text.isidentifier():
                return self._wrong(repr(text), node)
            self.source.report("RF110", f"'{text}': {fault}", "use integers and parameters", node)
            return _FAULT

    def _check(self, value: Scalar, node: yaml.Node) -> object:
        wanted = self.parameter
        kind = int if wanted.name == "padding" else wanted.kind
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if kind is str or not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
            words = {"True": "true", "False": "false", "None": "empty"}
            return self._wrong(words.get(str(value), str(value)), node)
        low, high = wanted.low, wanted.high
        if low is not None and isinstance(value, (int, float)) and value < low:
            return self._range(value, node)
        if high is not None and isinstance(value, (int, float)) and value > high:
            return self._range(value, node)
        return value

    def _range(self, value: float, node: yaml.Node) -> object:
        fact = f"'{self.parameter.name}' of {self.op} is {value}"
        self.source.report("RF105", fact, f"it takes {self.parameter.wanted}", node)
        return _FAULT

    def _wrong(self, shown: str, node: yaml.Node, help: str = "") -> object:
        fact = f"'{self.parameter.name}' of {self.op} is {shown}"
        self.source.report("RF104", fact, help or f"it takes {self.parameter.wanted}", node)
        return _FAULT


def _flat(kind: Any) -> Iterator[Any]:
    """Yield the members of a union, or the type itself."""
    if get_origin(kind) in (Union, UnionType):
        for member in get_args(kind):
            yield from _flat(member)
    else:
        yield kind


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
