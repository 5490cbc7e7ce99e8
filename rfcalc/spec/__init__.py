"""Which network does a text describe? The network file and the chain typed in place."""

from collections.abc import Mapping, Sequence

from rfcalc.errors import RfcalcError, fail, many
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.network import Draft, Input, Network, build, channels
from rfcalc.spec.chain import chain_text, is_chain, read_chain
from rfcalc.spec.constructs import BlockDefinition, integer
from rfcalc.spec.drafting import VALUE_LIMIT, Entry, Scope
from rfcalc.spec.frame import (
    assumed,
    frame,
    input_channels,
    lenient,
    named_outputs,
    outputs,
)
from rfcalc.spec.grammar import Grammar
from rfcalc.spec.parser import yaml
from rfcalc.spec.text import Source, compose, too_deep
from rfcalc.spelling import nearest

__all__ = ["TOP_LEVEL", "chain_text", "is_chain", "read_inline", "read_text"]

TOP_LEVEL = (
    *("name", "dims", "input", "inputs", "vars", "blocks", "layers"),
    *("outputs", "aliases", "lenient", "assumed", "channels"),
)
"""Keys of a network file."""


def read_inline(text: str, size: Sequence[int] | None = None, dims: int | None = None) -> Network:
    """Return the network of a chain such as ``k3,k3d2,k3d5``.

    Raises
    ------
    RfcalcError
        RF106: axes that are none, or other than those of the size.
    """
    if dims is not None and size is not None and len(size) != dims:
        fact = f"the input size has {many(len(size), 'value')}, and dims is {dims}"
        raise fail("RF106", fact, "omit one of the two")
    axes, drafts = read_chain(text, dims if size is None else len(size))
    return build(text, axes, drafts, [None if size is None else tuple(size)])


def read_text(
    text: str,
    file: str,
    size: Sequence[int] | Sequence[Sequence[int]] | None = None,
    overrides: Mapping[str, int] | None = None,
) -> Network:
    """Return the network of a network file's text.

    Parameters
    ----------
    file : the name that diagnostics show.
    size : input size that goes before the file's own, cells per axis; one per input where the
        file has several.
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
    source: Source,
    tree: yaml.Node,
    size: Sequence[int] | Sequence[Sequence[int]] | None,
    overrides: Mapping[str, int],
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
    around = frame(top, source, values, size)
    grammar = Grammar(source, around.dims, _blocks(top, source), around.names)
    if layers is not None:
        if isinstance(layers, yaml.SequenceNode) and not layers.value:
            source.report("RF114", "the network has no layers", "add one: '- {kernel: 3}'", layers)
        last = grammar.layers(layers, Scope("", values), 0)
        grammar.made.report_missing()
    else:
        last = 0
    # A file's name need not be text; a network's is.
    name = source.file.rsplit("/", 1)[-1].rsplit(".", 1)[0].encode("utf-8", "replace").decode()
    if "name" in top:
        node = top["name"][1]
        if isinstance(node, yaml.ScalarNode):
            name = node.value
        else:
            source.report("RF104", "'name' is not a word", "write 'name: my-network'", node)
    drafts = grammar.made.drafts
    for number, count in enumerate(input_channels(top, around.names, values, source)):
        drafts[number] = Draft(drafts[number].name, Input(channels=count))
    ends = named_outputs(top, source, grammar.made) or outputs(drafts, last, len(around.names))
    own = {draft.name: n for n, draft in enumerate(drafts)}
    network = build(
        name,
        around.dims,
        drafts,
        around.sizes,
        ends,
        {n: i for n, i in grammar.made.names.items() if own.get(n) != i},
        [
            *assumed(top, source),
            *(f"{drafts[at].name}: {fact}" for at, fact in grammar.made.assumed),
        ],
        reported=source.faults,
        lenient=lenient(top, source),
    )
    if "channels" in top or any(isinstance(d.layer, Conv | ConvTranspose) for d in drafts):
        channels(network)  # what contradicts itself is a fault of the file
    return network


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
    if len(entries) > VALUE_LIMIT:
        fact = f"the file has {len(entries):,} variables"
        raise fail("RF113", fact, f"the limit is {VALUE_LIMIT}", node and source.at(node))
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
