"""What do residual, parallel, repeat, stack and a block's use unfold into?"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.layers import LAYERS
from rfcalc.spec.drafting import NODE_LIMIT, VALUE_LIMIT, Drafting, Entry, Scope, prefixed
from rfcalc.spec.expressions import ExpressionFault, evaluate
from rfcalc.spec.parameters import STRUCTURE, parse
from rfcalc.spec.parser import yaml
from rfcalc.spec.text import Source
from rfcalc.spelling import nearest

__all__ = [
    "BlockDefinition",
    "Call",
    "Reader",
    "block",
    "integer",
    "parallel",
    "repeat",
    "residual",
    "stack",
    "unknown_keys",
]

CALL_LIMIT = 32
"""Deepest nesting of blocks that use blocks."""


class BlockDefinition(msgspec.Struct, frozen=True):
    """A reusable block: default values of its parameters, and its list of layers."""

    params: dict[str, Entry]
    layers: yaml.Node


class Call(msgspec.Struct, frozen=True):
    """One use of a construct: its entries, where it stands, and what it reads."""

    word: str
    entries: Mapping[str, Entry]
    place: yaml.Node
    scope: Scope
    start: int
    name: str | None


class Reader(Protocol):
    """What a construct needs of the grammar."""

    source: Source
    dims: int
    made: Drafting

    def layers(self, node: yaml.Node, scope: Scope, previous: int) -> int:
        """Add the layers of a list and return the position of the last one."""
        ...


def residual(reader: Reader, call: Call) -> int:
    """Add ``x + body(x)``, or ``shortcut(x) + body(x)``."""
    unknown_keys(reader.source, call, ("layers", "shortcut"))
    body = _list(reader, call, call.scope, call.start)
    shortcut = call.start
    if "shortcut" in call.entries:
        shortcut = reader.layers(call.entries["shortcut"][1], call.scope, call.start)
    add = LAYERS["add"]()
    return reader.made.add(add, (shortcut, body), call.place, call.name, call.scope, "add")


def parallel(reader: Reader, call: Call) -> int:
    """Add branches that read the same layer, and their merge."""
    source = reader.source
    unknown_keys(source, call, ("branches", "merge"))
    merge = "concat"
    if "merge" in call.entries:
        node = call.entries["merge"][1]
        if isinstance(node, yaml.ScalarNode) and node.value in ("add", "concat", "mul"):
            merge = node.value
        else:
            fact = f"'merge' is '{node.value}'" if isinstance(node, yaml.ScalarNode) else "'merge'"
            source.report("RF104", fact, "it takes add, concat or mul", node)
    branches = call.entries.get("branches")
    if branches is None or not isinstance(branches[1], yaml.SequenceNode):
        help = "write 'branches:' and a list of lists of layers"
        source.report("RF108", "parallel needs 'branches'", help, call.place)
        return call.start
    ends = [reader.layers(branch, call.scope, call.start) for branch in branches[1].value]
    if len(ends) < 2:
        fact = f"parallel has {len(ends)} branches"
        source.report("RF205", fact, "it takes two or more", branches[1])
        return call.start
    layer = LAYERS[merge]()
    return reader.made.add(layer, tuple(ends), call.place, call.name, call.scope, merge)


def repeat(reader: Reader, call: Call) -> int:
    """Add a list of layers several times, one after the other.

    Names inside begin with the repetition's name and the number of the turn, ``layer1.0.conv``;
    in a name with braces, ``block{}_``, the number takes their place.
    """
    unknown_keys(reader.source, call, ("times", "first", "layers"))
    if "times" not in call.entries:
        reader.source.report("RF108", "repeat needs 'times'", "times is how often", call.place)
    times = _count(reader, call, "times")
    first = _count(reader, call, "first")
    number = reader.made.count("repeat")
    stem = call.name or f"repeat{number}"
    position = call.start
    before = reader.source.visits
    for turn in range(first, first + times):
        if turn == first + 2:
            # The second turn and all after it read the same nodes: what is known is not read again.
            reader.source.foresee((times - 2) * (reader.source.visits - before), call.place)
        before = reader.source.visits
        reader.source.visit(call.place)
        name = stem.replace("{}", str(turn)) if "{}" in stem else f"{stem}.{turn}"
        prefix = prefixed(call.scope, name)
        inner = Scope(prefix, call.scope.values, call.scope.calls, _sole(call))
        position = _list(reader, call, inner, position)
        if call.name:
            reader.made.also(call.scope.prefix + name, position)
    return (
        position if "{}" in stem else reader.made.label(call.name, position, call.place, call.scope)
    )


def _count(reader: Reader, call: Call, key: str) -> int:
    """Return how often, or from which number on; 0 when it is not said."""
    if key not in call.entries:
        return 0
    node = call.entries[key][1]
    return integer(node, key, 0, NODE_LIMIT, call.scope.values, reader.source) or 0


def _sole(call: Call) -> yaml.Node | None:
    """Return the word of the only layer of a repetition, ``None`` when there are more."""
    node = call.entries["layers"][1] if "layers" in call.entries else None
    if not isinstance(node, yaml.SequenceNode) or len(node.value) != 1:
        return None
    (child,) = node.value
    return child.value[0][0] if isinstance(child, yaml.MappingNode) and child.value else child


def stack(reader: Reader, call: Call) -> int:
    """Add one convolution per dilation."""
    source, entries = reader.source, call.entries
    if "dilations" not in entries or "dilation" in entries:
        help = "write 'dilations: [1, 2, 5]', one per convolution"
        source.report("RF108", "stack needs 'dilations', and no 'dilation'", help, call.place)
        return call.start
    rest = {word: entry for word, entry in entries.items() if word != "dilations"}
    key, node = entries["dilations"]
    values: Sequence[yaml.Node] = node.value if isinstance(node, yaml.SequenceNode) else [node]
    position = call.start
    for number, value in enumerate(values):
        each = {**rest, "dilation": (key, value)}
        layer = parse(LAYERS["conv"], each, reader.dims, call.scope.values, source, call.place)
        own = f"{call.name}.{number}" if call.name else None
        position = reader.made.add(layer, (position,), value, own, call.scope, "conv")
    return reader.made.label(call.name, position, call.place, call.scope)


def block(reader: Reader, call: Call, found: BlockDefinition) -> int:
    """Add the layers of a block with the parameters of its use."""
    source = reader.source
    if call.scope.calls >= CALL_LIMIT:
        fact = f"the block '{call.word}' uses itself, or blocks nest beyond {CALL_LIMIT}"
        help = "a block may only use blocks that do not use it"
        last = fail("RF116", fact, help, source.at(call.place))
        raise RfcalcError([*source.faults, *last.diagnostics])
    unknown_keys(source, call, tuple(found.params))
    values = dict(call.scope.values)
    for key, (_, default) in found.params.items():
        source.visit(default)
        given = call.entries[key][1] if key in call.entries else default
        value = integer(given, key, None, None, call.scope.values, source)
        values[key] = 0 if value is None else value
    if len(values) > VALUE_LIMIT:
        fact = f"the layers of '{call.word}' may use {len(values)} parameters and variables"
        raise fail("RF113", fact, f"the limit is {VALUE_LIMIT}", source.at(call.place))
    number = reader.made.count(call.word)
    prefix = prefixed(call.scope, call.name or f"{call.word}{number}")
    if not call.name and call.place is call.scope.sole:
        prefix = call.scope.prefix
    inner = Scope(prefix, values, call.scope.calls + 1)
    end = reader.layers(found.layers, inner, call.start)
    return reader.made.label(call.name, end, call.place, call.scope)


def _list(reader: Reader, call: Call, scope: Scope, start: int) -> int:
    """Add the list of layers of a construct."""
    if "layers" not in call.entries:
        fact = f"{call.word} needs 'layers'"
        reader.source.report("RF108", fact, "a list of layers", call.place)
        return start
    return reader.layers(call.entries["layers"][1], scope, start)


def unknown_keys(source: Source, call: Call, known: Sequence[str]) -> None:
    """Report keys that a construct or block does not have."""
    for key, (node, _) in call.entries.items():
        if key not in known and key not in STRUCTURE:
            fact = f"{call.word} has no parameter '{key}'"
            source.report("RF102", fact, nearest(key, [*known, "name", "from"]), node)


def integer(
    node: yaml.Node,
    name: str,
    low: int | None,
    high: int | None,
    values: Mapping[str, int],
    source: Source,
) -> int | None:
    """Return an integer or the value of an integer expression, ``None`` after reporting."""
    value = source.scalar(node) if isinstance(node, yaml.ScalarNode) else None
    if isinstance(value, str):
        try:
            value = evaluate(value, values)
        except ExpressionFault as fault:
            source.report("RF110", f"'{name}' is '{value}': {fault}", "", node)
            return None
    if not isinstance(value, int) or isinstance(value, bool):
        source.report("RF104", f"'{name}' is not an integer", "", node)
        return None
    if (low is not None and value < low) or (high is not None and value > high):
        source.report("RF105", f"'{name}' is {value}", f"it takes {low} to {high}", node)
        return None
    return value
