"""What does a network file say around its layers? Axes, inputs, outputs, and what is assumed."""

from collections.abc import Mapping, Sequence

import msgspec

from rfcalc.arguments import INPUT_LIMIT
from rfcalc.errors import fail, many
from rfcalc.network import Draft
from rfcalc.spec.constructs import integer
from rfcalc.spec.drafting import Drafting, Entry
from rfcalc.spec.parser import yaml
from rfcalc.spec.text import Source
from rfcalc.spelling import nearest

__all__ = [
    "Frame",
    "Given",
    "assumed",
    "frame",
    "input_channels",
    "lenient",
    "named_outputs",
    "outputs",
]

Given = Sequence[int] | Sequence[Sequence[int]] | None
"""Input sizes of the caller: one for all inputs, or one per input."""
Size = tuple[int, ...] | None

MOST_CHANNELS = 1 << 20
"""Most channels of an input, as of a convolution."""


class Frame(msgspec.Struct, frozen=True):
    """The number of axes, and the inputs by name with their sizes, cells per axis."""

    dims: int
    names: tuple[str, ...]
    sizes: tuple[Size, ...]


def frame(
    top: Mapping[str, Entry], source: Source, values: Mapping[str, int], given: Given
) -> Frame:
    """Return the axes and inputs of a file; sizes given by the caller go before its own.

    Raises
    ------
    RfcalcError
        RF106: sizes given for other axes or other inputs than the file has.
    """
    dims = None
    if "dims" in top:
        dims = integer(top["dims"][1], "dims", 1, 3, values, source)
    nodes = _inputs(top, source)
    sizes = [_size(node, dims, values, source) for node in nodes.values()]
    axes = dims or next((len(size) for size in sizes if size and len(size) > 1), None)
    axes = axes or next((len(size) for size in sizes if size), None)
    if given is not None:
        asked = _asked(given, list(nodes))
        for size in asked:
            if not 1 <= len(size) <= 3 or (axes is not None and len(size) != axes):
                fact = f"`input=` has {len(size)} sizes for {axes or '1 to 3'} axes"
                raise fail("RF106", fact, "give the spatial size only, one number per axis")
        return Frame(len(asked[0]), tuple(nodes), tuple(asked))
    axes = axes or 2
    spread: list[Size] = []
    for size, node in zip(sizes, nodes.values(), strict=True):
        spread.append(size * axes if size is not None and len(size) == 1 else size)
        if node is not None and spread[-1] is not None and len(spread[-1]) != axes:
            fact = f"an input has {many(len(spread[-1]), 'value')}, another {axes}"
            source.report("RF106", fact, "all inputs have the same axes", node)
            spread[-1] = None
    return Frame(axes, tuple(nodes), tuple(spread))


def _inputs(top: Mapping[str, Entry], source: Source) -> dict[str, yaml.Node | None]:
    """Return the inputs by name, each with the node of its size."""
    if "inputs" not in top:
        return {"input": top["input"][1] if "input" in top else None}
    key, node = top["inputs"]
    if "input" in top:
        source.report("RF107", "'inputs' and 'input' stand side by side", "keep one of them", key)
    if isinstance(node, yaml.MappingNode) and node.value:
        return {name: entry[1] for name, entry in source.items(node).items()}
    source.report("RF109", "'inputs' is not a mapping", "write 'inputs: {image: [64, 64]}'", node)
    return {"input": None}


def _size(
    node: yaml.Node | None, dims: int | None, values: Mapping[str, int], source: Source
) -> Size:
    """Return the size that stands in the file, ``None`` when there is none."""
    if node is None or (isinstance(node, yaml.ScalarNode) and source.scalar(node) is None):
        return None
    children = node.value if isinstance(node, yaml.SequenceNode) else [node]
    cells = [integer(child, "input", 1, INPUT_LIMIT, values, source) for child in children]
    if 1 <= len(cells) <= 3 and (dims is None or len(cells) in (1, dims)):
        return tuple(1 if cell is None else cell for cell in cells)
    fact = f"'input' has {many(len(cells), 'value')} for {dims or '1 to 3'} axes"
    source.report("RF106", fact, "one size per axis: [128, 128]", node)
    return None


def input_channels(
    top: Mapping[str, Entry], names: Sequence[str], values: Mapping[str, int], source: Source
) -> list[int | None]:
    """Return the channels of every input, ``None`` where the file does not say how many."""
    if "channels" not in top:
        return [None] * len(names)
    node = top["channels"][1]
    if not isinstance(node, yaml.MappingNode):
        return [integer(node, "channels", 1, MOST_CHANNELS, values, source)] * len(names)
    given = source.items(node)
    for name, (key, _) in given.items():
        if name not in names:
            fact = f"'channels' names '{name}', and no input has that name"
            source.report("RF202", fact, nearest(name, list(names)), key)
    return [
        integer(given[name][1], name, 1, MOST_CHANNELS, values, source) if name in given else None
        for name in names
    ]


def _asked(
    given: Sequence[int] | Sequence[Sequence[int]], names: Sequence[str]
) -> list[tuple[int, ...]]:
    """Return the caller's sizes, one per input; a single one is that of every input."""
    sizes = [tuple(one) for one in given if not isinstance(one, int)]
    if not sizes:
        sizes = [tuple(one for one in given if isinstance(one, int))]
    if len(sizes) == 1:
        return [*sizes] * len(names)
    if len(sizes) != len(names):
        fact = f"`input=` is given for {len(sizes)} inputs, and the file has {len(names)}"
        raise fail("RF106", fact, f"the inputs are {', '.join(names)}")
    return [*sizes]


def outputs(drafts: Sequence[Draft], last: int, inputs: int) -> list[int]:
    """Return what nothing reads, with the last layer of the file as the main output."""
    read = {i for draft in drafts for i in draft.inputs}
    return [i for i in range(inputs, len(drafts)) if i not in read and i != last] + [last]


def named_outputs(top: Mapping[str, Entry], source: Source, made: Drafting) -> list[int] | None:
    """Return the outputs that the file names, the main one last, and add its further names."""
    for name, (key, node) in _mapping(top, "aliases", source).items():
        position = _known(node, source, made)
        if name in made.names:
            fact = f"'aliases' gives the name '{name}', and a layer has it"
            source.report("RF201", fact, "choose another name", key)
        elif position is not None:
            made.names[name] = position
    if "outputs" not in top:
        return None
    node = top["outputs"][1]
    children = node.value if isinstance(node, yaml.SequenceNode) else [node]
    found = [_known(child, source, made) for child in children]
    if not children:
        source.report("RF109", "'outputs' names no layer", "omit it, or name layers", node)
    return [position for position in found if position is not None] or None


def _known(node: yaml.Node, source: Source, made: Drafting) -> int | None:
    """Return the position of the layer that a node names, ``None`` after reporting."""
    if isinstance(node, yaml.ScalarNode) and node.value in made.names:
        return made.names[node.value]
    shown = f"'{node.value}'" if isinstance(node, yaml.ScalarNode) else "something else"
    help = nearest(str(node.value), list(made.names))
    source.report("RF202", f"the name of a layer is wanted, and there is {shown}", help, node)
    return None


def lenient(top: Mapping[str, Entry], source: Source) -> bool:
    """Whether branches of equal size may meet although their jumps differ."""
    if "lenient" not in top:
        return False
    node = top["lenient"][1]
    value = source.scalar(node) if isinstance(node, yaml.ScalarNode) else None
    if not isinstance(value, bool):
        source.report("RF104", "'lenient' is neither true nor false", "", node)
    return value is True


def assumed(top: Mapping[str, Entry], source: Source) -> list[str]:
    """Return what the file says was taken for granted; answers are then not exact."""
    if "assumed" not in top:
        return []
    node = top["assumed"][1]
    children = node.value if isinstance(node, yaml.SequenceNode) else [node]
    facts: list[str] = []
    for child in children:
        if isinstance(child, yaml.ScalarNode) and child.value:
            facts.append(child.value)
        else:
            source.report("RF104", "'assumed' holds something that is no text", "", child)
    return facts


def _mapping(top: Mapping[str, Entry], word: str, source: Source) -> dict[str, Entry]:
    """Return the entries of a mapping of the file, none when it is left out."""
    if word not in top:
        return {}
    node = top[word][1]
    if isinstance(node, yaml.MappingNode):
        return source.items(node)
    source.report("RF109", f"'{word}' is not a mapping", f"write '{word}: {{name: layer}}'", node)
    return {}
