"""Which layers, in which order, reading what, does a network file describe?"""

from collections.abc import Mapping, Sequence

from rfcalc.layers import ALIASES, LAYERS, Layer
from rfcalc.spec.constructs import BlockDefinition, Call, block
from rfcalc.spec.drafting import NAME_LIMIT, Drafting, Entry, Scope
from rfcalc.spec.parameters import STRUCTURE, parameters, parse
from rfcalc.spec.parser import yaml
from rfcalc.spec.text import Source
from rfcalc.spec.words import CONSTRUCTS
from rfcalc.spelling import nearest

__all__ = ["Grammar"]


class Grammar:
    """The walk over the layers of one file; ``made`` holds the drafts it makes."""

    def __init__(
        self,
        source: Source,
        dims: int,
        blocks: dict[str, BlockDefinition],
        inputs: Sequence[str] = ("input",),
    ) -> None:
        self.source = source
        self.dims = dims
        self.blocks = blocks
        self.made = Drafting(source, inputs)
        self._parsed: dict[tuple[int, tuple[tuple[str, int], ...]], Layer | None] = {}

    def layers(self, node: yaml.Node, scope: Scope, previous: int) -> int:
        """Add the layers of a list and return the position of the last one."""
        self.source.visit(node)
        if not isinstance(node, yaml.SequenceNode):
            self.source.report("RF109", "layers are not a list", "write '- ' before each", node)
            return previous
        for child in node.value:
            previous = self._layer(child, scope, previous)
        return previous

    def _layer(self, node: yaml.Node, scope: Scope, previous: int) -> int:
        """Add one entry of a list of layers and return the position of its output."""
        self.source.visit(node)
        if isinstance(node, yaml.ScalarNode):
            return self._entry(node.value, {}, {}, node, scope, previous)
        if not isinstance(node, yaml.MappingNode):
            help = "a layer is a name or a mapping, as in '- {kernel: 3}'"
            self.source.report("RF109", "a list stands where a layer should", help, node)
            return previous
        entries = self.source.items(node)
        if "op" in entries:
            value = entries["op"][1]
            if not isinstance(value, yaml.ScalarNode):
                self.source.report("RF104", "'op' is not a name", "", value)
                return previous
            return self._entry(value.value, entries, entries, value, scope, previous)
        word = next((w for w in entries if w not in STRUCTURE and self._known(w)), None)
        if word is not None:
            return self._keyed(word, entries, scope, previous)
        if entries.keys() & parameters(LAYERS["conv"]).keys() or "kernel_size" in entries:
            return self._entry("conv", entries, entries, node, scope, previous)
        first = next((w for w in entries if w not in STRUCTURE), "")
        return self._unknown(first, entries[first][0] if first else node, previous)

    def _known(self, word: str) -> bool:
        return word in LAYERS or word in ALIASES or word in CONSTRUCTS or word in self.blocks

    def _unknown(self, word: str, node: yaml.Node, previous: int) -> int:
        from rfcalc.spec.torch_names import in_torch

        known = [*LAYERS, *CONSTRUCTS, *self.blocks, *parameters(LAYERS["conv"])]
        fact = f"there is no op '{word}'" if word else "a layer without an op or a kernel"
        help = nearest(word, known) if word else "write '{kernel: 3}' or '{op: maxpool, ..}'"
        help = in_torch(word) or help
        self.source.report("RF103", fact, help, node)
        return self.made.broken(node, previous)

    def _keyed(self, word: str, entries: Mapping[str, Entry], scope: Scope, previous: int) -> int:
        """Add a layer written as ``op: parameters``, ``name`` and ``from`` beside or inside."""
        key, value = entries[word]
        if word == "repeat" and isinstance(value, yaml.ScalarNode) and value.value.isdigit():
            help = f"write 'repeat: {{times: {value.value}, layers: [..]}}'"
            self.source.report("RF109", "'repeat' is followed by a number", help, value)
            return previous
        beside = {w: e for w, e in entries.items() if w != word}
        allowed = (*STRUCTURE, "shortcut") if word == "residual" else STRUCTURE
        for other, (place, _) in beside.items():
            if other not in allowed:
                fact = f"'{other}' stands beside '{word}'"
                self.source.report("RF102", fact, f"move it into the braces of '{word}'", place)
        inside: dict[str, Entry] = {}
        if isinstance(value, yaml.MappingNode):
            inside = self.source.items(value)
        elif isinstance(value, yaml.SequenceNode) and word in ("residual", "repeat", "parallel"):
            inside = {"branches" if word == "parallel" else "layers": (key, value)}
        elif not (isinstance(value, yaml.ScalarNode) and self.source.scalar(value) is None):
            fact = f"'{word}' is not followed by its parameters"
            self.source.report("RF109", fact, f"write '{word}: {{..}}'", value)
        for twice in beside.keys() & inside.keys():
            fact = f"the key '{twice}' stands twice, beside '{word}' and inside"
            self.source.report("RF107", fact, "keep one of them", beside[twice][0])
        return self._entry(word, inside, {**inside, **beside}, key, scope, previous)

    def _entry(
        self,
        word: str,
        inside: Mapping[str, Entry],
        entries: Mapping[str, Entry],
        place: yaml.Node,
        scope: Scope,
        previous: int,
    ) -> int:
        """Add an op, a construct or a block by its word.

        ``entries`` may hold ``name`` and ``from`` besides the parameters, which are ``inside``.
        """
        inputs = self.made.inputs(entries, scope, previous)
        name = self._name(entries)
        op = ALIASES.get(word, word)
        if word in self.blocks or word in CONSTRUCTS:
            if len(inputs) > 1:
                self.source.report("RF205", f"'{word}' reads one layer", "", entries["from"][1])
            call = Call(word, entries, place, scope, inputs[0], name)
            if word in self.blocks:
                return block(self, call, self.blocks[word])
            return CONSTRUCTS[word](self, call)
        if op not in LAYERS:
            return self._unknown(word, place, previous)
        layer = self._layer_of(LAYERS[op], inside, place, scope)
        if layer is not None and layer.merges != (len(inputs) > 1):
            at = entries["from"][1] if "from" in entries else place
            if layer.merges:
                fact, help = f"'{op}' merges, and has one input", "name them: 'from: [a, b]'"
            else:
                fact, help = f"'{op}' reads one layer", "merge them first: add, concat"
            self.source.report("RF205", fact, help, at)
            layer = None
        return self.made.add(layer, inputs, place, name, scope, op)

    def _layer_of(
        self, kind: type[Layer], entries: Mapping[str, Entry], place: yaml.Node, scope: Scope
    ) -> Layer | None:
        """Return the layer of the entries; a layer inside a repetition is parsed once."""
        key = (id(place), tuple(sorted(scope.values.items())))
        if key not in self._parsed:
            self._parsed[key] = parse(kind, entries, self.dims, scope.values, self.source, place)
        return self._parsed[key]

    def _name(self, entries: Mapping[str, Entry]) -> str | None:
        if "name" not in entries:
            return None
        node = entries["name"][1]
        if not isinstance(node, yaml.ScalarNode) or self.source.scalar(node) in (None, ""):
            help = "write a word, in quotes where it means something else: 'name: \"null\"'"
            self.source.report("RF104", "'name' is not a word", help, node)
            return None
        if len(node.value) > NAME_LIMIT:
            fact = f"'name' has {len(node.value):,} characters"
            self.source.report("RF113", fact, f"names are at most {NAME_LIMIT} long", node)
            return None
        return node.value
