"""Which layers, in which order, reading what, does a network file describe?"""

from collections.abc import Mapping, Sequence

import msgspec
import yaml

from rfcalc.errors import RfcalcError, fail
from rfcalc.layers import ALIASES, LAYERS, Layer
from rfcalc.network import Broken, Draft, Input, nearest
from rfcalc.spec.expressions import ExpressionFault, evaluate
from rfcalc.spec.parameters import STRUCTURE, parameters, parse
from rfcalc.spec.text import Source

__all__ = ["NODE_LIMIT", "BlockDefinition", "Builder", "integer"]

NODE_LIMIT = 1 << 17
"""Most layers of one network."""
CALL_LIMIT = 32
"""Deepest nesting of blocks that use blocks."""
CONSTRUCTS = ("residual", "parallel", "repeat", "stack")

_Entry = tuple[yaml.ScalarNode, yaml.Node]


class BlockDefinition(msgspec.Struct, frozen=True):
    """A reusable block: default values of its parameters, and its list of layers."""

    params: dict[str, _Entry]
    layers: yaml.Node


class Scope(msgspec.Struct, frozen=True):
    """Where a layer stands: the prefix of its name, and the parameters it may use."""

    prefix: str
    values: Mapping[str, int]
    calls: int = 0


class Builder(msgspec.Struct):
    """The drafts made so far from one file."""

    source: Source
    dims: int
    blocks: dict[str, BlockDefinition]
    drafts: list[Draft] = []
    names: dict[str, int] = {}
    counters: dict[str, int] = {}
    later: dict[str, yaml.Node] = {}
    numbered: set[int] = set()
    cache: dict[tuple[int, tuple[tuple[str, int], ...]], Layer | None] = {}

    def layers(self, node: yaml.Node, scope: Scope, previous: int) -> int:
        """Add the layers of a list and return the position of the last one."""
        if not isinstance(node, yaml.SequenceNode):
            self.source.report("RF109", "layers are not a list", "write '- ' before each", node)
            return previous
        for child in node.value:
            previous = self.layer(child, scope, previous)
        return previous

    def layer(self, node: yaml.Node, scope: Scope, previous: int) -> int:
        """Add one entry of a list of layers and return the position of its output."""
        self.source.visit(node)
        if isinstance(node, yaml.ScalarNode):
            return self._entry(node.value, {}, {}, node, node, scope, previous)
        if not isinstance(node, yaml.MappingNode):
            help = "a layer is a name or a mapping, as in '- {kernel: 3}'"
            self.source.report("RF109", "a list stands where a layer should", help, node)
            return previous
        entries = self.source.items(node)
        if "op" in entries:
            key, value = entries["op"]
            if not isinstance(value, yaml.ScalarNode):
                self.source.report("RF104", "'op' is not a name", "", value)
                return previous
            return self._entry(value.value, entries, entries, node, value, scope, previous)
        for word, (key, value) in entries.items():
            if self._known(word) and word not in STRUCTURE:
                return self._keyed(word, key, value, entries, node, scope, previous)
        if entries.keys() & parameters(LAYERS["conv"]).keys() or "kernel_size" in entries:
            return self._entry("conv", entries, entries, node, node, scope, previous)
        word, (key, _) = next(
            ((w, e) for w, e in entries.items() if w not in STRUCTURE),
            ("", (node, node)),
        )
        return self._unknown(word, key, previous)

    def _known(self, word: str) -> bool:
        return word in LAYERS or word in ALIASES or word in CONSTRUCTS or word in self.blocks

    def _unknown(self, word: str, node: yaml.Node, previous: int) -> int:
        known = [*LAYERS, *CONSTRUCTS, *self.blocks]
        fact = f"there is no op '{word}'" if word else "a layer without an op or a kernel"
        help = nearest(word, known) if word else "write '{kernel: 3}' or '{op: maxpool, ..}'"
        self.source.report("RF103", fact, help, node)
        return self._add(Broken(), (previous,), node, None, Scope("", {}))

    def _keyed(
        self,
        word: str,
        key: yaml.ScalarNode,
        value: yaml.Node,
        entries: Mapping[str, _Entry],
        node: yaml.Node,
        scope: Scope,
        previous: int,
    ) -> int:
        """Add a layer written as ``op: parameters``, with ``name`` and ``from`` beside or inside."""
        beside = {w: e for w, e in entries.items() if w != word}
        allowed = (*STRUCTURE, "shortcut") if word == "residual" else STRUCTURE
        for other, (place, _) in beside.items():
            if other not in allowed:
                fact = f"'{other}' stands beside '{word}'"
                self.source.report("RF102", fact, f"move it into the braces of '{word}'", place)
        inside: dict[str, _Entry] = {}
        if isinstance(value, yaml.MappingNode):
            inside = self.source.items(value)
        elif isinstance(value, yaml.SequenceNode) and word in ("residual", "repeat", "parallel"):
            inside = {"branches" if word == "parallel" else "layers": (key, value)}
        elif not (isinstance(value, yaml.ScalarNode) and self.source.scalar(value) is None):
            fact = f"'{word}' is not followed by its parameters"
            self.source.report("RF109", fact, f"write '{word}: {{..}}'", value)
        for word_ in beside.keys() & inside.keys():
            fact = f"the key '{word_}' stands twice, beside '{word}' and inside"
            self.source.report("RF107", fact, "keep one of them", beside[word_][0])
        return self._entry(word, inside, {**inside, **beside}, node, key, scope, previous)

    def _entry(
        self,
        word: str,
        inside: Mapping[str, _Entry],
        entries: Mapping[str, _Entry],
        node: yaml.Node,
        place: yaml.Node,
        scope: Scope,
        previous: int,
    ) -> int:
        """Add an op, a construct or a block by its word."""
        inputs = self._inputs(entries, scope, previous)
        name = self._name(entries)
        if word in self.blocks:
            return self._block(word, inside, entries, place, scope, inputs[0], name)
        if word in CONSTRUCTS:
            if len(inputs) > 1:
                self.source.report("RF205", f"'{word}' reads one layer", "", entries["from"][1])
            make = {
                "residual": self._residual,
                "parallel": self._parallel,
                "repeat": self._repeat,
                "stack": self._stack,
            }[word]
            return make(entries, place, scope, inputs[0], name)
        op = ALIASES.get(word, word)
        if op not in LAYERS:
            return self._unknown(word, place, previous)
        layer = self._parsed(LAYERS[op], inside, place, scope)
        if layer is not None and layer.merges != (len(inputs) > 1):
            many = f"'{op}' merges, and has one input" if layer.merges else f"'{op}' reads one layer"
            help = "name its inputs: 'from: [a, b]'" if layer.merges else "merge them first: add, concat"
            self.source.report("RF205", many, help, entries["from"][1] if "from" in entries else place)
            layer = None
        return self._add(layer or Broken(), inputs, place, name, scope, op)

    def _parsed(
        self, kind: type[Layer], entries: Mapping[str, _Entry], place: yaml.Node, scope: Scope
    ) -> Layer | None:
        """Return the layer of the entries; a layer inside a repetition is parsed once."""
        key = (id(place), tuple(sorted(scope.values.items())))
        if key not in self.cache:
            self.cache[key] = parse(kind, entries, self.dims, scope.values, self.source, place)
        return self.cache[key]

    def _add(
        self,
        layer: Layer,
        inputs: tuple[int, ...],
        place: yaml.Node,
        name: str | None,
        scope: Scope,
        op: str | None = None,
    ) -> int:
        """Add a draft, named or numbered, and return its position."""
        position = len(self.drafts)
        if position >= NODE_LIMIT:
            fact = f"the file unfolds into more than {NODE_LIMIT} layers"
            raise fail("RF113", fact, "shorten the repetitions", self.source.at(place))
        op = op or layer.op
        self.counters[op] = self.counters.get(op, 0) + 1
        full = scope.prefix + name if name else self._number(op)
        if not name:
            self.numbered.add(position)
        self.drafts.append(Draft(full, layer, inputs, self.source.at(place)))
        self._claim(full, position, place)
        return position

    def _number(self, op: str) -> str:
        """Return the op with the first running number from its count on that is free."""
        while (name := f"{op}{self.counters[op]}") in self.names:
            self.counters[op] += 1
        return name

    def _claim(self, name: str, position: int, place: yaml.Node) -> None:
        """Give a name to a draft; a name that was only a running number makes way."""
        owner = self.names.get(name)
        if owner is not None and owner in self.numbered and self.drafts[owner].name == name:
            draft = self.drafts[owner]
            self.counters[draft.layer.op] = self.counters.get(draft.layer.op, 0) + 1
            other = self._number(draft.layer.op)
            self.drafts[owner] = Draft(other, draft.layer, draft.inputs, draft.at)
            self.names[other] = owner
            del self.names[name]
            self.numbered.discard(position)
        if name in self.names:
            first = self.drafts[self.names[name]].at
            where = f"line {first.line}" if first else "the network's input"
            fact = f"two layers are named '{name}'; the first on {where}"
            self.source.report("RF201", fact, "give one of them another name", place)
        else:
            self.names[name] = position

    def _label(self, name: str | None, position: int, place: yaml.Node, scope: Scope) -> int:
        """Let a block's name stand for its output, which takes it when it has only a number."""
        if not name:
            return position
        full = scope.prefix + name
        if position in self.numbered and full not in self.names:
            draft = self.drafts[position]
            del self.names[draft.name]
            self.numbered.discard(position)
            self.drafts[position] = Draft(full, draft.layer, draft.inputs, draft.at)
        self._claim(full, position, place)
        return position

    def _name(self, entries: Mapping[str, _Entry]) -> str | None:
        if "name" not in entries:
            return None
        node = entries["name"][1]
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            self.source.report("RF104", "'name' is not a word", "", node)
            return None
        return node.value

    def _inputs(
        self, entries: Mapping[str, _Entry], scope: Scope, previous: int
    ) -> tuple[int, ...]:
        """Return the positions that ``from`` names, or the layer before."""
        if "from" not in entries:
            return (previous,)
        node = entries["from"][1]
        children = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found: list[int] = []
        for child in children:
            if not isinstance(child, yaml.ScalarNode):
                self.source.report("RF104", "'from' holds something that is no name", "", child)
                continue
            position = self._find(child.value, scope)
            if position is None:
                self.later.setdefault(child.value, child)
                position = self._add(Broken(), (previous,), child, None, Scope("", {}))
            found.append(position)
        if not found:
            self.source.report("RF205", "'from' names no layer", "", node)
        return tuple(found) or (previous,)

    def _find(self, name: str, scope: Scope) -> int | None:
        """Look a name up from the innermost block outwards."""
        prefix = scope.prefix
        while True:
            if prefix + name in self.names:
                return self.names[prefix + name]
            if not prefix:
                return None
            prefix = prefix[: prefix.rstrip(".").rfind(".") + 1]

    def missing(self) -> None:
        """Report every ``from`` that names a layer which stands later, or nowhere."""
        for name, node in self.later.items():
            if name in self.names:
                target = self.names[name]
                fact = f"'from' names '{name}', which stands later"
                code, line = "RF203", node.start_mark.line + 1
                at = self.drafts[target].at
                if at is not None and self._reads(target, line):
                    code, fact = "RF204", f"'from' names '{name}', which closes a cycle"
                self.source.report(code, fact, "a layer reads layers above it", node)
            else:
                help = nearest(name, [n for n in self.names if not n.startswith("broken")])
                self.source.report("RF202", f"'from' names '{name}', and no layer has that name", help, node)

    def _reads(self, target: int, line: int) -> bool:
        """Whether a draft depends, through its inputs, on the layer of the given line."""
        todo, done = [target], set[int]()
        while todo:
            position = todo.pop()
            at = self.drafts[position].at
            if at is not None and at.line == line:
                return True
            if position not in done:
                done.add(position)
                todo += self.drafts[position].inputs
        return False

    def _residual(
        self,
        entries: Mapping[str, _Entry],
        place: yaml.Node,
        scope: Scope,
        start: int,
        name: str | None,
    ) -> int:
        self._only(entries, "residual", ("layers", "shortcut"))
        body = self._list(entries, "residual", "layers", place, scope, start)
        shortcut = start
        if "shortcut" in entries:
            shortcut = self.layers(entries["shortcut"][1], scope, start)
        return self._add(LAYERS["add"](), (shortcut, body), place, name, scope)

    def _parallel(
        self,
        entries: Mapping[str, _Entry],
        place: yaml.Node,
        scope: Scope,
        start: int,
        name: str | None,
    ) -> int:
        self._only(entries, "parallel", ("branches", "merge"))
        merge = "concat"
        if "merge" in entries:
            node = entries["merge"][1]
            merge = str(node.value)
            if merge not in ("add", "concat", "mul"):
                self.source.report("RF104", f"'merge' is '{merge}'", "it takes add, concat or mul", node)
                merge = "concat"
        branches = entries.get("branches")
        if branches is None or not isinstance(branches[1], yaml.SequenceNode):
            help = "write 'branches:' and a list of lists of layers"
            self.source.report("RF108", "parallel needs 'branches'", help, place)
            return start
        ends = [self.layers(branch, scope, start) for branch in branches[1].value]
        if len(ends) < 2:
            self.source.report("RF205", f"parallel has {len(ends)} branches", "it takes two or more", branches[1])
            return start
        return self._add(LAYERS[merge](), tuple(ends), place, name, scope)

    def _repeat(
        self,
        entries: Mapping[str, _Entry],
        place: yaml.Node,
        scope: Scope,
        start: int,
        name: str | None,
    ) -> int:
        self._only(entries, "repeat", ("times", "layers"))
        times = 0
        if "times" in entries:
            times = integer(entries["times"][1], "times", 0, NODE_LIMIT, scope.values, self.source) or 0
        else:
            self.source.report("RF108", "repeat needs 'times'", "times is how often", place)
        self.counters["repeat"] = self.counters.get("repeat", 0) + 1
        prefix = scope.prefix + (name or f"repeat{self.counters['repeat']}")
        position = start
        for turn in range(times):
            self.source.visit(place)
            inner = Scope(f"{prefix}.{turn}.", scope.values, scope.calls)
            position = self._list(entries, "repeat", "layers", place, inner, position)
        return self._label(name, position, place, scope)

    def _stack(
        self,
        entries: Mapping[str, _Entry],
        place: yaml.Node,
        scope: Scope,
        start: int,
        name: str | None,
    ) -> int:
        rest = {w: e for w, e in entries.items() if w != "dilations"}
        if "dilations" not in entries or "dilation" in entries:
            help = "write 'dilations: [1, 2, 5]', one per convolution"
            self.source.report("RF108", "stack needs 'dilations', and no 'dilation'", help, place)
            return start
        node = entries["dilations"][1]
        values = node.value if isinstance(node, yaml.SequenceNode) else [node]
        position = start
        for number, value in enumerate(values):
            each = {**rest, "dilation": (entries["dilations"][0], value)}
            layer = parse(LAYERS["conv"], each, self.dims, scope.values, self.source, place)
            own = f"{name}.{number}" if name else None
            position = self._add(layer or Broken(), (position,), value, own, scope, "conv")
        return self._label(name, position, place, scope)

    def _block(
        self,
        word: str,
        inside: Mapping[str, _Entry],
        entries: Mapping[str, _Entry],
        place: yaml.Node,
        scope: Scope,
        start: int,
        name: str | None,
    ) -> int:
        if scope.calls >= CALL_LIMIT:
            raise RfcalcError(
                [
                    *self.source.faults,
                    *fail(
                        "RF116",
                        f"the block '{word}' uses itself, or blocks nest beyond {CALL_LIMIT}",
                        "a block may only use blocks that do not use it",
                        self.source.at(place),
                    ).diagnostics,
                ]
            )
        block = self.blocks[word]
        values = dict(scope.values)
        for key, (_, default) in block.params.items():
            given = inside.get(key, (None, default))[1]
            value = integer(given, key, None, None, scope.values, self.source)
            values[key] = 0 if value is None else value
        for key, (node, _) in inside.items():
            if key not in block.params and key not in STRUCTURE:
                fact = f"the block '{word}' has no parameter '{key}'"
                self.source.report("RF102", fact, nearest(key, [*block.params, "name", "from"]), node)
        self.counters[word] = self.counters.get(word, 0) + 1
        prefix = f"{scope.prefix}{name or f'{word}{self.counters[word]}'}."
        inner = Scope(prefix, values, scope.calls + 1)
        return self._label(name, self.layers(block.layers, inner, start), place, scope)

    def _list(
        self,
        entries: Mapping[str, _Entry],
        word: str,
        key: str,
        place: yaml.Node,
        scope: Scope,
        start: int,
    ) -> int:
        """Add the list of layers under a key of a construct."""
        if key not in entries:
            self.source.report("RF108", f"{word} needs '{key}'", "a list of layers", place)
            return start
        return self.layers(entries[key][1], scope, start)

    def _only(self, entries: Mapping[str, _Entry], word: str, known: Sequence[str]) -> None:
        for key, (node, _) in entries.items():
            if key not in known and key not in STRUCTURE:
                fact = f"{word} has no parameter '{key}'"
                self.source.report("RF102", fact, nearest(key, [*known, "name", "from"]), node)


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


