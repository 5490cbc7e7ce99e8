"""Which numbers of a network file decide dilations, and of which layers?"""

import re
from collections.abc import Iterator, Sequence

import msgspec
import yaml

from rfcalc.errors import RfcalcError
from rfcalc.gridding.stages import dilation_of
from rfcalc.layers.base import Layer
from rfcalc.network import Network
from rfcalc.spec import read_text
from rfcalc.spec.constructs import CONSTRUCTS
from rfcalc.spec.frame import Given
from rfcalc.spec.text import compose

__all__ = ["Edit", "Site", "edited", "sites"]


class Edit(msgspec.Struct, frozen=True):
    """One integer in the text: its span, its value, and how it follows its site."""

    start: int
    stop: int
    value: int
    factor: int = 1


class Site(msgspec.Struct, frozen=True):
    """A written number that decides dilations.

    ``edits`` holds the number itself, and padding beside it that keeps a layer centred.
    ``effect`` maps positions of nodes to the change of their dilation, per axis, when the
    number grows by one.
    """

    name: str
    line: int
    column: int
    value: int
    edits: tuple[Edit, ...]
    effect: dict[int, tuple[int, ...]]


def sites(text: str, file: str, network: Network, size: Given) -> list[Site]:
    """Return the numbers that decide dilations and nothing else, in order of place.

    Each candidate is raised by one and the file read again, so that repetitions, blocks and
    expressions are followed without being understood twice.
    """
    found: list[Site] = []
    for name, edits, node in _candidates(text):
        try:
            other = read_text(edited(text, [(edit, 1) for edit in edits]), file, size)
        except RfcalcError:
            continue
        effect = _effect(network, other)
        if effect:
            mark = node.start_mark
            found.append(Site(name, mark.line + 1, mark.column + 1, edits[0].value, edits, effect))
    return found


def edited(text: str, changes: Sequence[tuple[Edit, int]]) -> str:
    """Return the text with numbers replaced; a change is in steps of the site."""
    for edit, step in sorted(changes, key=lambda change: -change[0].start):
        text = text[: edit.start] + str(edit.value + step * edit.factor) + text[edit.stop :]
    return text


def _candidates(text: str) -> Iterator[tuple[str, tuple[Edit, ...], yaml.ScalarNode]]:
    """Yield every integer that may decide a dilation, with the padding that follows it."""
    _, root = compose(text, "<text>")
    done: set[int] = set()
    stack: list[tuple[yaml.Node, bool]] = [(root, False)]
    ordered: list[tuple[str, tuple[Edit, ...], yaml.ScalarNode]] = []
    while stack:
        node, values = stack.pop()
        if id(node) in done:
            continue
        done.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            stack += [(child, False) for child in node.value]
        if not isinstance(node, yaml.MappingNode):
            continue
        entries = {
            key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)
        }
        for key, value in entries.items():
            if key in ("dilation", "dilations") or (values and isinstance(value, yaml.ScalarNode)):
                ordered += _numbers(key, value, entries)
            if not isinstance(value, yaml.ScalarNode):
                stack.append((value, _holds_values(key, entries)))
    yield from sorted(ordered, key=lambda candidate: candidate[2].start_mark.index)


_WORDS = (*CONSTRUCTS, "layers", "branches", "shortcut", "blocks")
"""Keys that hold layers, or entries of a construct."""


def _holds_values(key: str, entries: dict[str, yaml.Node]) -> bool:
    """Whether the mapping under a key holds parameters of a block, or variables."""
    return key in ("params", "vars") or (key not in _WORDS and "params" not in entries)


def _numbers(
    key: str, value: yaml.Node, entries: dict[str, yaml.Node]
) -> Iterator[tuple[str, tuple[Edit, ...], yaml.ScalarNode]]:
    children = value.value if isinstance(value, yaml.SequenceNode) else [value]
    for axis, child in enumerate(children):
        edit = _integer(child)
        if not isinstance(child, yaml.ScalarNode) or edit is None or edit.value < 1:
            continue
        follows: list[Edit] = []
        if key == "dilation":
            follows += _padding(edit, axis, len(children), entries)
        yield key, (edit, *follows), child


def _padding(edit: Edit, axis: int, axes: int, entries: dict[str, yaml.Node]) -> Iterator[Edit]:
    """Yield the padding beside a dilation when it is written out and keeps the layer centred."""
    pad, kernel = entries.get("padding"), entries.get("kernel", entries.get("kernel_size"))
    if pad is None or kernel is None:
        return
    pads, kernels = _per_axis(pad, axis, axes), _per_axis(kernel, axis, axes)
    size = _integer(kernels[0]) if kernels else None
    if size is None or size.value % 2 == 0:
        return
    half = size.value // 2
    for place in pads:
        found = _integer(place)
        if found is not None and found.value == edit.value * half:
            yield Edit(found.start, found.stop, found.value, half)


def _per_axis(node: yaml.Node, axis: int, axes: int) -> list[yaml.Node]:
    """Return the scalars that speak for an axis; all of them when one dilation serves all."""
    if not isinstance(node, yaml.SequenceNode):
        return [node] if axes == 1 else []
    chosen = node.value if axes == 1 else node.value[axis : axis + 1]
    return [
        end
        for one in chosen
        for end in (one.value if isinstance(one, yaml.SequenceNode) else [one])
    ]


def _integer(node: yaml.Node) -> Edit | None:
    plain = isinstance(node, yaml.ScalarNode) and node.style in (None, "")
    if not plain or not re.fullmatch(r"[0-9]{1,9}", node.value):
        return None
    return Edit(node.start_mark.index, node.end_mark.index, int(node.value))


def _effect(network: Network, other: Network) -> dict[int, tuple[int, ...]]:
    """Return how dilations differ between two networks that differ in nothing else."""
    if len(network.nodes) != len(other.nodes) or network.outputs != other.outputs:
        return {}
    effect: dict[int, tuple[int, ...]] = {}
    for position, (mine, theirs) in enumerate(zip(network.nodes, other.nodes, strict=True)):
        if mine.layer == theirs.layer and mine.inputs == theirs.inputs:
            continue
        before, after = dilation_of(mine.layer), dilation_of(theirs.layer)
        alike = mine.inputs == theirs.inputs and mine.size == theirs.size
        if not alike or before == after or _undilated(mine.layer) != _undilated(theirs.layer):
            return {}
        effect[position] = tuple(b - a for a, b in zip(before, after, strict=True))
    return effect


def _undilated(layer: Layer) -> Layer:
    """Return a dilated layer without its dilation and the padding that may follow it."""
    return msgspec.structs.replace(layer, dilation=(), padding=None)
