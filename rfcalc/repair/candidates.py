"""Which integers of a text may decide dilations? Those written, and those that can be written."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from rfcalc.repair.edits import Edit, insertion, number
from rfcalc.spec.parser import yaml
from rfcalc.spec.text import compose

__all__ = ["Candidate", "Place", "candidates"]

Place = tuple[int, int]
"""Line and column of a layer, from 1."""


class Candidate(msgspec.Struct, frozen=True):
    """An integer that may decide dilations, with the padding that follows it.

    ``places`` are those where its layer may be said to stand, none for variables and parameters;
    ``axis`` is the one that it speaks for, ``None`` for all. ``tie`` names what may let it decide
    several layers. The first ``numbers`` of the edits are what is decided, the others follow.
    """

    name: str
    edits: tuple[Edit, ...]
    line: int
    column: int
    places: tuple[Place, ...] = ()
    axis: int | None = None
    tie: str = ""
    numbers: int = 1


class _Spot(msgspec.Struct, frozen=True):
    """Where the walk is: below which key, and inside of what."""

    node: yaml.Node
    key: yaml.Node | None = None
    values: str = ""
    blocks: bool = False
    tie: str = ""
    top: bool = False


def candidates(text: str, open: Collection[Place], word: str = "dilation") -> list[Candidate]:
    """Return every integer that may decide a dilation, in order of place.

    Parameters
    ----------
    open : the places of layers into which the word may be written where there is none.
    word : ``dilation``, or ``kernel`` or ``stride`` for integers that may decide those. A kernel
        grows by two elements in a step, on all axes together.
    """
    _, root = compose(text, "<text>")
    names = _block_names(root)
    found: list[Candidate] = []
    done: set[int] = set()
    stack = [_Spot(root, top=True)]
    while stack:
        spot = stack.pop()
        if id(spot.node) in done:
            continue
        done.add(id(spot.node))
        if isinstance(spot.node, yaml.SequenceNode):
            stack += [_Spot(child, tie=spot.tie) for child in spot.node.value]
        elif isinstance(spot.node, yaml.MappingNode):
            found += _of_mapping(text, spot, spot.node, open, word)
            stack += _below(spot, spot.node, names)
    return sorted(found, key=lambda one: (one.line, one.column))


def _block_names(root: yaml.Node) -> set[str]:
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "blocks" and isinstance(value, yaml.MappingNode):
            return {name.value for name, _ in value.value if isinstance(name, yaml.ScalarNode)}
    return set()


def _below(spot: _Spot, mapping: yaml.MappingNode, names: set[str]) -> Iterator[_Spot]:
    """Yield the values of a mapping that hold more than one number."""
    for key, value in mapping.value:
        if not isinstance(key, yaml.ScalarNode) or isinstance(value, yaml.ScalarNode):
            continue
        word, tie, values = key.value, spot.tie, ""
        if spot.blocks:
            tie = f"block '{word}'"
        elif word == "repeat":
            tie = f"repeat on line {key.start_mark.line + 1}"
        elif word == "vars":
            values = "variable"
        elif word == "params" or word in names:
            values = "parameter"
        yield _Spot(value, key, values, word == "blocks" and spot.top, tie)


def _of_mapping(
    text: str, spot: _Spot, mapping: yaml.MappingNode, open: Collection[Place], word: str
) -> Iterator[Candidate]:
    """Yield the candidates among the values of a mapping."""
    entries: dict[str, tuple[yaml.Node, yaml.Node]] = {
        key.value: (key, value) for key, value in mapping.value if isinstance(key, yaml.ScalarNode)
    }
    own = ("kernel", "kernel_size") if word == "kernel" else (word,)
    if spot.values:
        for name, (_, value) in entries.items():
            edit = number(value)
            if edit is not None and edit.value >= 1 and name not in own:
                edits = (msgspec.structs.replace(edit, factor=2 if word == "kernel" else 1),)
                yield _candidate(name, edits, value, tie=f"{spot.values} '{name}'")
    marks = [mapping, spot.key, entries["op"][1] if "op" in entries else None]
    places = tuple(_place(mark) for mark in marks if mark is not None)
    kernel = next((name for name in ("kernel", "kernel_size") if name in entries), "")
    # A parameter that bears the word's own name is one number, and stands for no layer's place.
    name = kernel if word == "kernel" else word
    said, tie = ((), f"{spot.values} '{name}'") if spot.values else (places, spot.tie)
    if word == "kernel":
        yield from _kernel(tie, entries, kernel, said) if kernel else ()
    elif word in entries:
        node = entries[word][1]
        for axis, child in _parts(node):
            edit = number(child)
            if edit is not None and edit.value >= 1:
                axes = len(node.value) if isinstance(node, yaml.SequenceNode) else 1
                follows = _padding(edit, axis or 0, axes, entries) if word == "dilation" else ()
                yield _candidate(word, (edit, *follows), child, said, axis, tie)
    elif word == "dilation" and "dilations" in entries:
        for _, each in _parts(entries["dilations"][1]):
            for axis, child in _parts(each):
                edit = number(child)
                if edit is not None and edit.value >= 1:
                    at = (_place(each),)
                    yield _candidate("dilations", (edit,), child, at, axis, spot.tie)
    elif kernel and not set(places).isdisjoint(open):
        edit = insertion(text, mapping, *entries[kernel], word)
        follows = _padding(edit, 0, 1, entries) if word == "dilation" else ()
        yield _candidate(word, (edit, *follows), entries[kernel][0], places, None, spot.tie)


def _kernel(
    tie: str,
    entries: Mapping[str, tuple[yaml.Node, yaml.Node]],
    word: str,
    places: tuple[Place, ...],
) -> Iterator[Candidate]:
    """Yield the kernel of a layer, its axes together, and the padding that keeps it centred."""
    node = entries[word][1]
    edits = [edit for child in _listed(node) if (edit := number(child)) is not None]
    if len(edits) < len(_listed(node)) or max(edit.value for edit in edits) < 2:
        return
    grown = tuple(msgspec.structs.replace(edit, factor=2) for edit in edits if edit.value > 1)
    rate = number(entries["dilation"][1]) if "dilation" in entries else None
    by = 1 if rate is None else rate.value
    follows = [
        msgspec.structs.replace(pad, factor=by)
        for end in _listed(entries["padding"][1] if "padding" in entries else node)
        for pad in map(number, _listed(end))
        if "padding" in entries and pad is not None and pad.value == by * (edits[0].value // 2)
    ]
    yield _candidate("kernel", (*grown, *follows), node, places, None, tie, len(grown))


def _candidate(
    name: str,
    edits: tuple[Edit, ...],
    node: yaml.Node,
    places: tuple[Place, ...] = (),
    axis: int | None = None,
    tie: str = "",
    numbers: int = 1,
) -> Candidate:
    return Candidate(name, edits, *_place(node), places, axis, tie, numbers)


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _parts(node: yaml.Node) -> Iterator[tuple[int | None, yaml.Node]]:
    """Yield the entries of a list with their axis, or the node itself for all axes."""
    if isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)
    else:
        yield None, node


def _padding(
    edit: Edit, axis: int, axes: int, entries: Mapping[str, tuple[yaml.Node, yaml.Node]]
) -> Iterator[Edit]:
    """Yield the padding beside a dilation when it is written out and keeps the layer centred.

    Of a list of dilations each is followed by the padding of its own axis.
    """
    pad, kernel = entries.get("padding"), entries.get("kernel", entries.get("kernel_size"))
    if pad is None or kernel is None:
        return
    pads, kernels = _listed(pad[1]), list(_listed(kernel[1]))
    if axes > 1:
        if len(pads) != axes:
            return
        pads, kernels = pads[axis : axis + 1], kernels[axis : axis + 1] or kernels
    if len(kernels) != len(pads):
        sizes = {size.value for one in kernels if (size := number(one)) is not None}
        kernels = kernels[:1] * len(pads) if len(sizes) == 1 else []
    for ends, size in zip(pads, map(number, kernels), strict=False):
        half = size.value // 2 if size is not None and size.value % 2 else 0
        for end in _listed(ends):
            found = number(end)
            if found is not None and half and found.value == edit.value * half:
                yield msgspec.structs.replace(found, factor=half)


def _listed(node: yaml.Node) -> Sequence[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else [node]
