"""What is each layer called, and which layers does it read? Names, numbers and inputs."""

from collections.abc import Mapping, Sequence

import msgspec

from rfcalc.errors import fail
from rfcalc.layers import Layer
from rfcalc.network import Broken, Draft, Input
from rfcalc.spec.parser import yaml
from rfcalc.spec.text import Source
from rfcalc.spelling import nearest

__all__ = ["NAME_LIMIT", "NODE_LIMIT", "VALUE_LIMIT", "Drafting", "Entry", "Scope", "prefixed"]

NODE_LIMIT = 1 << 17
"""Most layers of one network."""
NAME_LIMIT = 255
"""Longest name of a layer, in characters, with those of the blocks it stands in."""
VALUE_LIMIT = 100
"""Most variables and parameters that one layer may use."""

Entry = tuple[yaml.ScalarNode, yaml.Node]
"""A key of a mapping and its value."""


JOINTS = ("_", "/", "-", ".")
"""Last characters of a block's name that need no dot behind them."""


class Scope(msgspec.Struct, frozen=True):
    """Where a layer stands: the prefix of its name, and the parameters it may use.

    ``sole`` is the one layer of a repetition: a block there adds no name of its own.
    """

    prefix: str
    values: Mapping[str, int]
    calls: int = 0
    sole: yaml.Node | None = None


def prefixed(scope: Scope, name: str) -> str:
    """Return the prefix of names inside a block of that name."""
    return scope.prefix + (name if name.endswith(JOINTS) else f"{name}.")


TOP = Scope("", {})


class Drafting:
    """The drafts made so far from one file, and what they are called.

    A layer without a name gets its op and a running number, which makes way when the file gives
    the same name to another layer.
    """

    def __init__(self, source: Source, inputs: Sequence[str] = ("input",)) -> None:
        self.source = source
        self.drafts: list[Draft] = [Draft(name, Input()) for name in inputs]
        self.names: dict[str, int] = {name: number for number, name in enumerate(inputs)}
        self.counters: dict[str, int] = {}
        # By position: what is taken for granted of layers that are known by a bound alone.
        self.assumed: list[tuple[int, str]] = []
        self._numbered: set[int] = set()
        self._later: dict[str, tuple[yaml.Node, int]] = {}

    def add(
        self,
        layer: Layer | None,
        inputs: tuple[int, ...],
        place: yaml.Node,
        name: str | None,
        scope: Scope,
        op: str,
    ) -> int:
        """Add a draft, named or numbered, and return its position; ``None`` is a broken layer."""
        position = len(self.drafts)
        if position >= NODE_LIMIT:
            fact = f"the file unfolds into more than {NODE_LIMIT:,} layers"
            raise fail("RF113", fact, "shorten the repetitions", self.source.at(place))
        self.count(op)
        full = scope.prefix + name if name else self._number(op)
        if not name:
            self._numbered.add(position)
        self.drafts.append(Draft(full, layer or Broken(), inputs, self.source.at(place)))
        self._claim(full, position, place)
        return position

    def broken(self, place: yaml.Node, previous: int) -> int:
        """Add what stands for a layer that has been reported."""
        return self.add(None, (previous,), place, None, TOP, Broken.op)

    def count(self, word: str) -> int:
        """Return the running number of one more layer or block of a kind."""
        self.counters[word] = self.counters.get(word, 0) + 1
        return self.counters[word]

    def label(self, name: str | None, position: int, place: yaml.Node, scope: Scope) -> int:
        """Let a block's name stand for its output, which takes it when it has only a number."""
        name = (name or "").rstrip("".join(JOINTS))
        if not name:
            return position
        full = scope.prefix + name
        if position in self._numbered and full not in self.names:
            del self.names[self.drafts[position].name]
            self._rename(position, full)
        self._claim(full, position, place)
        return position

    def also(self, name: str, position: int) -> None:
        """Let a free name stand for a draft besides its own."""
        self.names.setdefault(name.rstrip("".join(JOINTS)), position)

    def _number(self, op: str) -> str:
        """Return the op with the first running number from its count on that is free."""
        while (name := f"{op}{self.counters[op]}") in self.names:
            self.counters[op] += 1
        return name

    def _rename(self, position: int, name: str) -> None:
        self._numbered.discard(position)
        self.drafts[position] = msgspec.structs.replace(self.drafts[position], name=name)

    def _claim(self, name: str, position: int, place: yaml.Node) -> None:
        """Give a name to a draft; a name that was only a running number makes way."""
        if len(name) > NAME_LIMIT:
            fact = f"a name has {len(name)} characters with those of its blocks"
            help = f"names are at most {NAME_LIMIT} long"
            raise fail("RF113", fact, help, self.source.at(place))
        owner = self.names.get(name, -1)
        if owner in self._numbered and self.drafts[owner].name == name:
            op = self.drafts[owner].layer.op
            self.count(op)
            other = self._number(op)
            self._rename(owner, other)
            self._numbered.add(owner)
            self.names[other] = owner
            del self.names[name]
        if name in self.names:
            first = self.drafts[self.names[name]].at
            where = f"line {first.line}" if first else "the network's input"
            fact = f"two layers are named '{name}'; the first on {where}"
            self.source.report("RF201", fact, "give one of them another name", place)
        else:
            self.names[name] = position

    def inputs(
        self, entries: Mapping[str, Entry], scope: Scope, previous: int
    ) -> tuple[int, *tuple[int, ...]]:
        """Return the positions that ``from`` names, or the layer before."""
        if "from" not in entries:
            return (previous,)
        node = entries["from"][1]
        children = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found: list[int] = []
        for child in children:
            self.source.visit(child)
            if not isinstance(child, yaml.ScalarNode):
                self.source.report("RF104", "'from' holds something that is no name", "", child)
                continue
            position = self._find(child.value, scope)
            if position is None:
                position = self.broken(child, previous)
                self._later.setdefault(child.value, (child, position))
            found.append(position)
        if not children:
            self.source.report("RF205", "'from' names no layer", "", node)
        return (found[0], *found[1:]) if found else (previous,)

    def _find(self, name: str, scope: Scope) -> int | None:
        """Look a name up from the innermost block outwards."""
        prefix = scope.prefix
        while True:
            if prefix + name in self.names:
                return self.names[prefix + name]
            if not prefix:
                return None
            prefix = prefix[: prefix.rstrip(".").rfind(".") + 1]

    def report_missing(self) -> None:
        """Report every ``from`` that names a layer which stands later, or nowhere."""
        for name, (node, position) in self._later.items():
            if name not in self.names:
                known = [word for word in self.names if not word.startswith(Broken.op)]
                fact = f"'from' names '{name}', and no layer has that name"
                self.source.report("RF202", fact, nearest(name, known), node)
                continue
            code, fact = "RF203", f"'from' names '{name}', which stands later"
            if self._reads(self.names[name], position):
                code, fact = "RF204", f"'from' names '{name}', which closes a cycle"
            self.source.report(code, fact, "a layer reads layers above it", node)

    def _reads(self, target: int, wanted: int) -> bool:
        """Whether a draft depends, through its inputs, on another."""
        todo, done = [target], set[int]()
        while todo:
            position = todo.pop()
            if position == wanted:
                return True
            if position not in done:
                done.add(position)
                todo += self.drafts[position].inputs
        return False
