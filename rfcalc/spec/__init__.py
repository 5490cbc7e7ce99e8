"""Which network does a text describe? The network file and the chain typed in place."""

from collections.abc import Mapping, Sequence

import yaml

from rfcalc.errors import RfcalcError, fail
from rfcalc.network import Draft, Network, build, nearest
from rfcalc.spec.chain import chain_text, is_chain, read_chain
from rfcalc.spec.constructs import BlockDefinition, integer
from rfcalc.spec.drafting import Entry, Scope
from rfcalc.spec.grammar import Grammar
from rfcalc.spec.text import Source, compose, too_deep

__all__ = ["TOP_LEVEL", "chain_text", "is_chain", "read_inline", "read_text"]

TOP_LEVEL = ("name", "dims", "input", "vars", "blocks", "layers")
"""Keys of a network file."""
INPUT_LIMIT = 1 << 31


def read_inline(text: str, size: Sequence[int] | None = None) -> Network:
    """Return the network of a chain such as ``k3,k3d2,k3d5``."""
    dims, drafts = read_chain(text, None if size is None else len(size))
    return build(text, dims, drafts, [None if size is None else tuple(size)])


def read_text(
    text: str,
    file: str,
    size: Sequence[int] | None = None,
    overrides: Mapping[str, int] | None = None,
) -> Network:
    """Return the network of a network file's text.

    Parameters
    ----------
    file : the name that diagnostics show.
    size : input size that goes before the file's own, cells per axis.
    overrides : values that go before those under ``vars``.

    Raises
    ------
    RfcalcError
        Every fault of the file, each with its place.
    """
    source, tree = compose(text, file)
    try:
        return _network(source, tree, size, overrides or {})
    except RecursionError:
        # Aliases may hold themselves, and blocks in blocks add up.
        raise too_deep(file) from None


def _network(
    source: Source, tree: yaml.Node, size: Sequence[int] | None, overrides: Mapping[str, int]
) -> Network:
    """Return the network of a file's tree."""
    if isinstance(tree, yaml.SequenceNode):
        top, layers = {}, tree
    elif isinstance(tree, yaml.MappingNode):
        top = source.items(tree)
        if "layers" not in top:
            word = next((word for word in top if word not in TOP_LEVEL), "")
            help = nearest(word, TOP_LEVEL) if word else ""
            source.report(
                "RF108", "a network file needs 'layers'", help or "a list of layers", tree
            )
        for word, (key, _) in top.items():
            if word not in TOP_LEVEL and word != "$schema":
                fact = f"a network file has no key '{word}'"
                source.report("RF102", fact, nearest(word, TOP_LEVEL), key)
        layers = top["layers"][1] if "layers" in top else None
    else:
        source.report("RF109", "this is not a network", "write 'layers:' and a list", tree)
        raise RfcalcError(source.faults)
    values = _vars(top, source, overrides)
    dims, size = _frame(top, source, values, size)
    grammar = Grammar(source, dims, _blocks(top, source))
    if layers is not None:
        if isinstance(layers, yaml.SequenceNode) and not layers.value:
            source.report("RF114", "the network has no layers", "add one: '- {kernel: 3}'", layers)
        last = grammar.layers(layers, Scope("", values), 0)
        grammar.made.report_missing()
    else:
        last = 0
    name = source.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if "name" in top:
        node = top["name"][1]
        if isinstance(node, yaml.ScalarNode):
            name = node.value
        else:
            source.report("RF104", "'name' is not a word", "write 'name: my-network'", node)
    drafts = grammar.made.drafts
    own = {draft.name: n for n, draft in enumerate(drafts)}
    aliases = {n: i for n, i in grammar.made.names.items() if own.get(n) != i}
    outputs = _outputs(drafts, last)
    return build(name, dims, drafts, [size], outputs, aliases, reported=source.faults)


def _outputs(drafts: Sequence[Draft], last: int) -> list[int]:
    """Return what nothing reads, with the last layer of the file as the main output."""
    read = {i for draft in drafts for i in draft.inputs}
    return [i for i in range(1, len(drafts)) if i not in read and i != last] + [last]


def _vars(
    top: Mapping[str, Entry],
    source: Source,
    overrides: Mapping[str, int],
) -> dict[str, int]:
    """Return the file's variables, each an expression of those above it."""
    values: dict[str, int] = {}
    node = top["vars"][1] if "vars" in top else None
    entries: Mapping[str, Entry] = {}
    if isinstance(node, yaml.MappingNode):
        entries = source.items(node)
    elif node is not None:
        source.report("RF109", "'vars' is not a mapping", "write 'vars: {rate: 2}'", node)
    for name, (key, value) in entries.items():
        if not name.isidentifier():
            source.report("RF109", f"'{name}' cannot be used in expressions", "use a word", key)
        given = overrides.get(name)
        found = integer(value, name, None, None, values, source) if given is None else given
        values[name] = 0 if found is None else found
    for name in overrides:
        if name not in entries:
            raise fail("RF111", f"the file has no variable '{name}'", nearest(name, list(entries)))
    return values


def _blocks(top: Mapping[str, Entry], source: Source) -> dict[str, BlockDefinition]:
    """Return the reusable blocks by name."""
    node = top["blocks"][1] if "blocks" in top else None
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        source.report("RF109", "'blocks' is not a mapping", "write 'blocks: {name: {..}}'", node)
        return {}
    found: dict[str, BlockDefinition] = {}
    for name, (key, value) in source.items(node).items():
        if not isinstance(value, yaml.MappingNode):
            source.report("RF109", f"the block '{name}' is not a mapping", "", value)
            continue
        entries = source.items(value)
        params = entries.get("params")
        if params is not None and not isinstance(params[1], yaml.MappingNode):
            help = "write 'params: {stride: 1}', each with its default"
            source.report("RF109", f"'params' of '{name}' is not a mapping", help, params[1])
            params = None
        for word, (place, _) in entries.items():
            if word not in ("params", "layers"):
                fact = f"a block has no key '{word}'"
                source.report("RF102", fact, nearest(word, ["params", "layers"]), place)
        if "layers" not in entries:
            source.report("RF108", f"the block '{name}' needs 'layers'", "", key)
            continue
        defaults = (
            source.items(params[1])
            if params is not None and isinstance(params[1], yaml.MappingNode)
            else {}
        )
        found[name] = BlockDefinition(defaults, entries["layers"][1])
    return found


def _frame(
    top: Mapping[str, Entry],
    source: Source,
    values: Mapping[str, int],
    given: Sequence[int] | None,
) -> tuple[int, tuple[int, ...] | None]:
    """Return the number of axes and the input size, the caller's before the file's."""
    dims = None
    if "dims" in top:
        dims = integer(top["dims"][1], "dims", 1, 3, values, source)
    size: tuple[int, ...] | None = None
    node = top["input"][1] if "input" in top else None
    if node is not None and not (isinstance(node, yaml.ScalarNode) and source.scalar(node) is None):
        children = node.value if isinstance(node, yaml.SequenceNode) else [node]
        cells = [integer(child, "input", 1, INPUT_LIMIT, values, source) for child in children]
        size = tuple(1 if cell is None else cell for cell in cells)
        if not 1 <= len(size) <= 3 or (dims is not None and len(size) not in (1, dims)):
            axes = dims or "1 to 3"
            fact = f"'input' has {len(size)} values for {axes} axes"
            source.report("RF106", fact, "one size per axis: [128, 128]", node)
            size = None
    axes = dims or (None if size is None else len(size))
    if given is not None:
        if len(given) > 3 or (axes is not None and len(given) != axes):
            fact = f"--input has {len(given)} sizes for {axes or '1 to 3'} axes"
            raise fail("RF106", fact, "give the spatial size only, one number per axis")
        return len(given), tuple(given)
    axes = axes or 2
    if size is not None and len(size) != axes:
        size = size * axes
    return axes, size
