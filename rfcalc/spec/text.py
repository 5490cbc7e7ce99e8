"""What does a network file say, value by value, and where? YAML or JSON text to a marked tree."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from rfcalc.errors import FAULT_LIMIT, Diagnostic, Location, RfcalcError, fail
from rfcalc.spec.pairs import joined
from rfcalc.spec.parser import yaml

__all__ = [
    "DEPTH_LIMIT",
    "DIRECTIVE_LIMIT",
    "SIZE_LIMIT",
    "VISIT_LIMIT",
    "Scalar",
    "Source",
    "compose",
    "too_deep",
]

SIZE_LIMIT = 1 << 24
"""Largest network file, in characters."""
DEPTH_LIMIT = 64
"""Deepest nesting of a network file."""
SHALLOW = 1000
"""Nesting that the parser of the YAML library survives."""
VISIT_LIMIT = 1 << 19
"""Most values read from one file, aliases and repetitions counted each time."""
DIRECTIVE_LIMIT = 100
"""Most lines that begin with '%'; over directives the YAML library takes quadratic time."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_compose: Callable[..., Any] = yaml.compose  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
_parse: Callable[..., Iterator[yaml.Event]] = yaml.parse  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
_MERGE = "tag:yaml.org,2002:merge"
_TAGS = "tag:yaml.org,2002:"

Scalar = int | float | bool | str | None


class Source(msgspec.Struct):
    """A text being read: its name, its lines, and the faults found so far.

    What a repetition reads again, places and mappings by their node, is kept as it was read.
    """

    file: str
    lines: list[str]
    faults: list[Diagnostic] = []
    visits: int = 0
    seen: set[tuple[str, int, int]] = set()
    places: dict[int, Location] = {}
    mappings: dict[int, dict[str, tuple[yaml.ScalarNode, yaml.Node]]] = {}

    def at(self, node: yaml.Node) -> Location:
        """Return the place of a node, cut at the end of its first line."""
        if (known := self.places.get(id(node))) is None:
            known = self.places[id(node)] = self._at(node)
        return known

    def _at(self, node: yaml.Node) -> Location:
        start, end = node.start_mark, node.end_mark
        line = max(0, min(start.line, len(self.lines) - 1))
        text = self.lines[line] if self.lines else ""
        # What an empty document lacks is missing at the end of its last line.
        column = start.column if line == start.line else len(text)
        stop = end.column if end.line == line else len(text)
        return Location(self.file, line + 1, column + 1, max(1, stop - column), text)

    def report(self, code: str, message: str, help: str, node: yaml.Node) -> None:
        """Add a fault at a node, once however often the node is read."""
        at = self.at(node)
        if (key := (code + message, at.line, at.column)) in self.seen:
            return
        self.seen.add(key)
        self.faults.append(Diagnostic(code, message, help, at))
        if len(self.faults) >= FAULT_LIMIT:
            fact = f"{self.file} has {FAULT_LIMIT} faults or more"
            rest = Diagnostic("RF113", fact, "correct those above first; the others are not shown")
            raise RfcalcError([*self.faults, rest])

    def visit(self, node: yaml.Node) -> None:
        """Count a reading of a node and stop when there are too many (aliases, repetitions)."""
        self.visits += 1
        if self.visits > VISIT_LIMIT:
            raise self._too_many(node)

    def foresee(self, readings: int, node: yaml.Node) -> None:
        """Stop when so many readings more would be too many."""
        if self.visits + readings > VISIT_LIMIT:
            raise self._too_many(node)

    def _too_many(self, node: yaml.Node) -> RfcalcError:
        return fail(
            "RF113",
            f"the file unfolds into more than {VISIT_LIMIT:,} values",
            "shorten the repetitions or the aliases",
            self.at(node),
        )

    def scalar(self, node: yaml.ScalarNode) -> Scalar:
        """Return the value of a scalar: integer, float, true, false, null, else its text.

        YAML's older spellings (``no``, ``1:30``, ``0o7``) stay the text they look like.
        """
        text = node.value
        if node.style in ("'", '"'):
            return text
        if _INTEGER.fullmatch(text):
            return int(text) if len(text) < 40 else float("inf")
        if _FLOAT.fullmatch(text):
            return float(text)
        return {"true": True, "false": False, "null": None, "~": None, "": None}.get(text, text)

    def items(self, node: yaml.MappingNode) -> dict[str, tuple[yaml.ScalarNode, yaml.Node]]:
        """Return the entries of a mapping by key, with ``<<`` merged in and doubles reported."""
        if (known := self.mappings.get(id(node))) is not None:
            for key, _ in node.value:
                self.visit(key)
            return known
        found: dict[str, tuple[yaml.ScalarNode, yaml.Node]] = {}
        merged: list[yaml.Node] = []
        for key, value in node.value:
            self.visit(key)
            if not isinstance(key, yaml.ScalarNode):
                self.report("RF109", "a key is not a word", "write 'key: value'", key)
            elif key.tag == _MERGE:
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
            elif key.value in found:
                first = found[key.value][0].start_mark.line + 1
                fact = f"the key '{key.value}' stands twice; first on line {first}"
                self.report("RF107", fact, "keep one of them", key)
            else:
                found[key.value] = (key, value)
        for base in merged:
            if not isinstance(base, yaml.MappingNode):
                fact = "'<<' needs a mapping"
                self.report("RF109", fact, "merge a mapping, as in '<<: *name'", base)
                continue
            for name, entry in self.items(base).items():
                found.setdefault(name, entry)
        self.mappings[id(node)] = found
        return found


def compose(text: str, file: str) -> tuple[Source, yaml.Node]:
    """Return the tree of a YAML or JSON text with the source that locates its nodes.

    Raises
    ------
    RfcalcError
        RF101 the text does not parse, RF113 it is too large or too deep, RF114 it is empty.
    """
    source = Source(file, text.splitlines(), [], 0, set(), {}, {})
    if len(text) > SIZE_LIMIT:
        fact = f"{file} has {len(text):,} characters; the limit is {SIZE_LIMIT:,}"
        raise fail("RF113", fact, "a network file holds layers, not weights")
    text = joined(text.replace("\t", " "))
    marks = text.count("%") > DIRECTIVE_LIMIT
    if marks and sum(line.startswith("%") for line in source.lines) > DIRECTIVE_LIMIT:
        fact = f"{file} has more than {DIRECTIVE_LIMIT} directives"
        raise fail("RF113", fact, "lines that begin with '%' are directives of YAML; omit them")
    try:
        if 2 * sum(map(text.count, ",:[{-?")) > VISIT_LIMIT:
            _check_count(text, file)
        # Neither brackets nor indents can nest deeper than this; mostly that is little enough.
        if text.count("[") + text.count("{") + 2 * max(map(len, source.lines), default=0) > SHALLOW:
            _check_depth(text)
        root: yaml.Node | None = _compose(text, _LOADER)
    except yaml.YAMLError as fault:
        raise RfcalcError([_syntax(fault, source)]) from None
    except RecursionError:
        raise too_deep(file) from None
    if root is None:
        raise fail("RF114", f"{file} is empty", "write 'layers:' and a list of layers")
    for node in _foreign(root, file):
        fact = f"the tag '{node.tag}' is not read"
        source.report("RF101", fact, "network files hold plain values only", node)
    if source.faults:
        raise RfcalcError(source.faults)
    return source, root


def too_deep(file: str) -> RfcalcError:
    """Return the fault of a file whose nesting, aliases and blocks included, is too deep."""
    help = "write long runs as lists, `repeat` or `stack`"
    return fail("RF113", f"{file} nests deeper than {DEPTH_LIMIT} levels", help)


def _check_depth(text: str) -> None:
    """Refuse nesting over which the parser, which recurses in C, would overflow its stack."""
    depth = 0
    for event in _parse(text, _LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > SHALLOW:
                raise RecursionError
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _check_count(text: str, file: str) -> None:
    """Refuse more values than are read, before the memory for them is taken."""
    count = 0
    for event in _parse(text, _LOADER):
        count += isinstance(event, yaml.NodeEvent)
        if count > VISIT_LIMIT:
            fact = f"{file} holds more than {VISIT_LIMIT:,} values"
            raise fail("RF113", fact, "write long runs as `repeat` or `stack`")


def _syntax(fault: yaml.YAMLError, source: Source) -> Diagnostic:
    """Return a parser's complaint as a diagnostic."""
    mark: Any = getattr(fault, "problem_mark", None)
    problem: str = getattr(fault, "problem", None) or getattr(fault, "reason", None) or str(fault)
    context: str | None = getattr(fault, "context", None)
    at = None
    if mark is not None:
        line: int = min(mark.line, max(0, len(source.lines) - 1))
        text: str = source.lines[line] if source.lines else ""
        column: int = mark.column if line == mark.line else len(text)
        at = Location(source.file, line + 1, column + 1, 1, text)
    what = f"{context}, {problem}" if context else problem
    place = "" if at else f"{source.file}: "
    return Diagnostic("RF101", f"{place}this is not YAML: {what}", "check quotes and indents", at)


def _foreign(root: yaml.Node, file: str) -> Iterator[yaml.Node]:
    """Yield nodes with a tag of their own; stop at nesting beyond the limit."""
    done: set[int] = set()
    stack: list[tuple[yaml.Node, int]] = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if id(node) in done:
            continue
        done.add(id(node))
        if depth > DEPTH_LIMIT:
            raise too_deep(file)
        if not node.tag.startswith(_TAGS) or node.tag.startswith(_TAGS + "python"):
            yield node
        if isinstance(node, yaml.MappingNode):
            stack += [(child, depth + 1) for pair in node.value for child in pair]
        elif isinstance(node, yaml.SequenceNode):
            stack += [(child, depth + 1) for child in node.value]
