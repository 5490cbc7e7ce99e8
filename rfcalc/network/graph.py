"""What does a network look like once it is valid? Nodes in topological order, with sizes."""

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import Location, RfcalcError, fail
from rfcalc.footprint import Axis
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import Pointwise
from rfcalc.network.results import Result
from rfcalc.network.work import Work
from rfcalc.shown import AsPage, AsTable, brief
from rfcalc.spelling import nearest
from rfcalc.taps import Taps

__all__ = ["BROADCAST", "Input", "Network", "Node", "Unread", "lone_cells"]

BROADCAST = Taps(0, (Cells(0, 1),))
"""Every output reads the one cell of an input that has no grid of its own."""


class Input(Pointwise, frozen=True, kw_only=True):
    """A source of the network: nothing stands before it. ``channels`` are those of a file."""

    op: ClassVar[str] = "input"
    channels: int | None = None


class Node(msgspec.Struct, frozen=True):
    """A layer in its place: what it reads, its grid, and where it was written.

    ``size`` is in its own cells, ``jump`` in cells of the network's input per own cell; one
    entry per axis. ``jump`` is ``None`` behind a layer that leaves no grid (global pooling).
    ``work`` is what a model says that it costs, ``None`` for a network file's.
    ``lone`` says of each input, axis by axis, whether its one cell is spread over the node's grid;
    it is empty where none is. ``fixed`` are the axes on which tensors that a model stores hold it
    to the size that it has.
    """

    name: str
    layer: Layer
    inputs: tuple[int, ...]
    taps: tuple[Axis, ...]
    size: tuple[int, ...] | None
    jump: tuple[Fraction | None, ...]
    resized: bool
    at: Location | None = None
    work: Work | None = None
    lone: tuple[tuple[bool, ...], ...] = ()
    fixed: tuple[int, ...] = ()

    def __repr__(self) -> str:
        about = f"op={self.layer.op!r}, inputs={self.inputs}, size={self.size}"
        return brief(f"Node({self.name[:60]!r}, {about})")

    @property
    def reads(self) -> tuple[tuple[Axis, ...], ...]:
        """What an output reads of each input: a relation per axis, decided when it was placed."""
        if not self.lone:
            return (self.taps,) * len(self.inputs)
        return tuple(
            tuple(BROADCAST if one else axis for one, axis in zip(given, self.taps, strict=True))
            for given in self.lone
        )

    def reading(self, given: int) -> tuple[Axis, ...]:
        """Return what an output reads of the input at that place of the network."""
        return self.reads[self.inputs.index(given)] if self.lone else self.taps


class Unread(msgspec.Struct, frozen=True):
    """A step of a model of which nothing is known.

    ``inputs`` are the names of the nodes and of other such steps that it reads. ``by`` is the
    first step on the way that could not be read, ``reason`` says why.
    """

    name: str
    inputs: tuple[str, ...]
    by: str
    reason: str


def lone_cells(
    size: tuple[int, ...] | None, inputs: Sequence[tuple[int, ...] | None]
) -> tuple[tuple[bool, ...], ...]:
    """Return ``Node.lone`` of what merges inputs on a grid of a size.

    >>> lone_cells((5, 5), [(5, 5), (1, 1)])
    ((False, False), (True, True))
    """
    if size is None or len(inputs) < 2 or all(given in (None, size) for given in inputs):
        return ()
    return tuple(
        tuple(mine != theirs for mine, theirs in zip(size, given or size, strict=True))
        for given in inputs
    )


class Network(msgspec.Struct, AsPage, AsTable, frozen=True):
    """A valid directed acyclic graph of layers; every node reads earlier nodes only.

    ``aliases`` are further names of nodes: a block's name stands for its output.
    ``assumed`` lists what a reader took for granted; it is empty for an exact network. ``read``
    says how a module was read, ``recorded`` or ``exported``; it is empty for what was not run.
    ``layouts`` has, per input of a model, a letter for each of its dimensions: ``N`` batch, ``C``
    channels, others axes. It is empty for a network file, whose inputs are their space.
    ``unread`` lists the steps of a model that could not be read, in order.
    ``results`` has, per value that a model gives, the outputs that it holds.
    """

    name: str
    dims: int
    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]
    aliases: dict[str, int] = {}
    assumed: tuple[str, ...] = ()
    read: str = ""
    layouts: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    results: tuple[Result, ...] = ()

    def __repr__(self) -> str:
        about = f"dims={self.dims}, layers={len(self.nodes)}, input={self.input}"
        return brief(f"Network({self.name[:60]!r}, {about})")

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return not self.assumed

    @property
    def input(self) -> tuple[int, ...] | None:
        """Size of the (first) input, one entry per axis."""
        return self.nodes[0].size

    @property
    def output(self) -> int:
        """Position of the node that questions are about when no layer is named."""
        return self.outputs[-1]

    def __getitem__(self, layer: str) -> Node:
        """Return a node by its name, or by that of the block whose output it is."""
        for node in self.nodes:
            if node.name == layer:
                return node
        if layer in self.aliases:
            return self.nodes[self.aliases[layer]]
        raise KeyError(layer)

    def index(self, name: str | None, default: int) -> int:
        """Return the position of the node of that name, ``default`` when there is no name.

        Raises
        ------
        RfcalcError
            RF401: no layer has that name.
        """
        if name is None:
            return default
        for position, node in enumerate(self.nodes):
            if node.name == name:
                return position
        if name in self.aliases:
            return self.aliases[name]
        known = [node.name for node in self.nodes] + list(self.aliases)
        raise fail("RF401", f"no layer is named '{name}'", nearest(name, known))

    def holds(self, name: str | None) -> bool:
        """Whether a node has that name, or stands for it."""
        return name in self.aliases or any(node.name == name for node in self.nodes)

    def unjoined(self, source: int, target: int) -> RfcalcError:
        """Return the refusal of a node that does not depend on another, RF405."""
        names = self.nodes[target].name, self.nodes[source].name
        help = "choose a `source=` that the layer depends on"
        return fail("RF405", f"'{names[0]}' does not depend on '{names[1]}'", help)

    def behind(self, source: int, target: int | None = None) -> list[bool]:
        """Return for every node, up to a target, whether it is the source or depends on it."""
        last = len(self.nodes) - 1 if target is None else target
        after = [False] * len(self.nodes)
        after[source] = True
        for position in range(source + 1, last + 1):
            after[position] = any(after[i] for i in self.nodes[position].inputs)
        return after

    def between(self, source: int, target: int) -> list[bool]:
        """Return for every node whether it lies on a path from ``source`` to ``target``."""
        after = self.behind(source, target)
        before = [False] * len(self.nodes)
        before[target] = True
        for position in range(target, source, -1):
            if before[position]:
                for i in self.nodes[position].inputs:
                    before[i] = True
        return [a and b for a, b in zip(after, before, strict=True)]
