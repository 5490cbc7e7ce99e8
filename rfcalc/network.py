"""What does a network look like once it is valid? Nodes in topological order, with sizes."""

from collections.abc import Sequence
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar

import msgspec

from rfcalc.errors import (
    FAULT_LIMIT,
    Diagnostic,
    ImpossibleSize,
    LimitExceeded,
    Location,
    NeedsSize,
    RfcalcError,
    by,
    fail,
)
from rfcalc.footprint import Axis
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import Pointwise
from rfcalc.taps import IDENTITY, Taps

__all__ = ["Broken", "Draft", "Input", "Network", "Node", "build", "nearest", "without_global"]


class Input(Pointwise, frozen=True, kw_only=True):
    """A source of the network: nothing stands before it."""

    op: ClassVar[str] = "input"


class Broken(Pointwise, frozen=True, kw_only=True):
    """Stands for a layer that a reader has already reported; nothing is asked of what follows."""

    op: ClassVar[str] = "broken"


class Draft(msgspec.Struct, frozen=True):
    """A layer as a reader found it: inputs are positions of earlier drafts."""

    name: str
    layer: Layer
    inputs: tuple[int, ...] = ()
    at: Location | None = None


class Node(msgspec.Struct, frozen=True):
    """A layer in its place: what it reads, its grid, and where it was written.

    ``size`` is in its own cells, ``jump`` in cells of the network's input per own cell; one
    entry per axis. ``jump`` is ``None`` behind a layer that leaves no grid (global pooling).
    """

    name: str
    layer: Layer
    inputs: tuple[int, ...]
    taps: tuple[Axis, ...]
    size: tuple[int, ...] | None
    jump: tuple[Fraction | None, ...]
    resized: bool
    at: Location | None = None


class Network(msgspec.Struct, frozen=True):
    """A valid directed acyclic graph of layers; every node reads earlier nodes only.

    ``aliases`` are further names of nodes: a block's name stands for its output.
    ``assumed`` lists what a reader took for granted; it is empty for an exact network.
    """

    name: str
    dims: int
    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]
    aliases: dict[str, int] = {}
    assumed: tuple[str, ...] = ()

    @property
    def input(self) -> tuple[int, ...] | None:
        """Size of the (first) input, one entry per axis."""
        return self.nodes[0].size

    @property
    def output(self) -> int:
        """Position of the node that questions are about when no layer is named."""
        return self.outputs[-1]

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

    def between(self, source: int, target: int) -> list[bool]:
        """Return for every node whether it lies on a path from ``source`` to ``target``."""
        after = [False] * len(self.nodes)
        after[source] = True
        for position in range(source + 1, target + 1):
            after[position] = any(after[i] for i in self.nodes[position].inputs)
        before = [False] * len(self.nodes)
        before[target] = True
        for position in range(target, source, -1):
            if before[position]:
                for i in self.nodes[position].inputs:
                    before[i] = True
        return [a and b for a, b in zip(after, before, strict=True)]


def without_global(network: Network) -> Network:
    """Return the network without what reads the whole input: the field of the rest.

    A layer that reads everything and keeps its grid (a gate, instance norm, attention) keeps
    each cell's own path; one that leaves no grid (global pooling, a dense layer) contributes
    nothing, and an output behind such layers alone yields to the last node before them. The
    result names those layers in ``assumed``.
    """
    nodes: list[Node] = []
    dropped: list[str] = []
    alive: list[bool] = []
    for node in network.nodes:
        if not all(isinstance(axis, Taps) for axis in node.taps):
            dropped.append(f"the global context of '{node.name}' is ignored")
            inputs = () if None in node.jump else node.inputs
            own = (IDENTITY,) * network.dims
            node = msgspec.structs.replace(node, layer=Pointwise(), inputs=inputs, taps=own)
        nodes.append(node)
        alive.append(isinstance(node.layer, Input) or any(alive[i] for i in node.inputs))
    outputs: dict[int, None] = {}
    for output in network.outputs:
        while not alive[output] and network.nodes[output].inputs:
            output = max(network.nodes[output].inputs)
        outputs[output] = None
    return msgspec.structs.replace(
        network,
        nodes=tuple(nodes),
        outputs=tuple(outputs),
        assumed=(*network.assumed, *dropped),
    )


def nearest(word: str, known: Sequence[str]) -> str:
    """Return the help that names the closest known word, or all of them when they are few."""
    # Over more words, or a longer one, the search takes longer than its answer is worth.
    close = _closest(word, tuple(known[:500])) if len(word) <= 100 else None
    if close is not None:
        return f"did you mean '{close}'?"
    shown = ", ".join(known[:12])
    return f"there is {shown}{' ..' if len(known) > 12 else ''}" if known else ""


@lru_cache(1 << 10)
def _closest(word: str, known: tuple[str, ...]) -> str | None:
    """Return the closest of the words; a fault inside a repetition is asked about every time."""
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), None)


def build(
    name: str,
    dims: int,
    drafts: Sequence[Draft],
    sizes: Sequence[tuple[int, ...] | None],
    outputs: Sequence[int] | None = None,
    aliases: dict[str, int] | None = None,
    assumed: Sequence[str] = (),
    reported: Sequence[Diagnostic] = (),
    lenient: bool = False,
) -> Network:
    """Return the network of the drafts, which stand in topological order, inputs first.

    Parameters
    ----------
    sizes : one entry per input draft, in order; cells per axis, or ``None`` when unknown.
    outputs : positions of the outputs; by default the drafts that nothing reads, the last last.
    reported : faults that the reader has found; raised together with those found here.
    lenient : let branches of equal, known sizes meet whatever their jumps, as frameworks do; the
        relation is then exact for the outputs there are, and the jump that of the first branch.

    Raises
    ------
    RfcalcError
        RF301 a layer its input is too small for, RF302 sizes or RF303 jumps that differ where
        branches meet, RF304 a relation that depends on an unknown size, RF305 a limit.
    """
    nodes: list[Node] = []
    faults: list[Diagnostic] = list(reported)
    given = iter(sizes)
    for draft in drafts:
        if len(faults) >= FAULT_LIMIT:
            break
        if isinstance(draft.layer, Input):
            one = (Fraction(1),) * dims
            here = (IDENTITY,) * dims
            nodes.append(Node(draft.name, draft.layer, (), here, next(given), one, False, draft.at))
            continue
        inputs = [nodes[i] for i in draft.inputs]
        if isinstance(draft.layer, Broken) or any(isinstance(i.layer, Broken) for i in inputs):
            nodes.append(_broken(draft, dims))
            continue
        grid = _merged(draft, inputs, faults, lenient)
        nodes.append(_placed(draft, grid, dims, faults))
    if faults:
        raise RfcalcError(sorted(faults, key=_place))
    if outputs is None:
        read = {i for draft in drafts for i in draft.inputs}
        outputs = [i for i in range(len(drafts)) if i not in read] or [len(drafts) - 1]
    return Network(name, dims, tuple(nodes), tuple(outputs), aliases or {}, tuple(assumed))


class _Grid(msgspec.Struct, frozen=True, gc=False):
    """The grid on which a layer finds its input."""

    size: tuple[int, ...] | None
    jump: tuple[Fraction | None, ...]
    resized: bool


def _merged(draft: Draft, inputs: Sequence[Node], faults: list[Diagnostic], lenient: bool) -> _Grid:
    """Return the common grid of a layer's inputs, or report where they differ.

    An input without a grid of its own (global pooling) is spread over the others.
    """
    first = inputs[0]
    if len(inputs) == 1:
        return _Grid(first.size, first.jump, first.resized)
    gridded = [node for node in inputs if None not in node.jump] or list(inputs)
    # A jump that follows from the sizes at hand yields to one that is a fixed ratio.
    main = next((node for node in gridded if not node.resized), gridded[0])
    for node in inputs:
        if node is main or (node.jump.count(None) and node.size == (1,) * len(node.jump)):
            continue
        if main.size is not None and node.size is not None and node.size != main.size:
            faults.append(
                Diagnostic(
                    "RF302",
                    f"'{draft.name}' merges sizes that differ: '{main.name}' has "
                    f"{by(main.size)}, '{node.name}' has {by(node.size)}",
                    "crop or pad one of them, or choose an input size at which they agree",
                    draft.at,
                )
            )
        elif (
            None not in node.jump
            and node.jump != main.jump
            and (main.size is None or not (lenient or node.resized or main.resized))
        ):
            faults.append(
                Diagnostic(
                    "RF303",
                    f"'{draft.name}' merges branches whose jumps differ: '{main.name}' has "
                    f"{by(main.jump)}, '{node.name}' has {by(node.jump)}",
                    "give the branches the same product of strides",
                    draft.at,
                )
            )
    return _Grid(main.size, main.jump, all(node.resized for node in gridded))


def _placed(draft: Draft, grid: _Grid, dims: int, faults: list[Diagnostic]) -> Node:
    """Return the node of a draft on its input's grid, or report why it has no place there."""
    layer = draft.layer
    if type(layer).taps is Pointwise.taps:
        here = (IDENTITY,) * dims
        return Node(
            draft.name, layer, draft.inputs, here, grid.size, grid.jump, grid.resized, draft.at
        )
    size = grid.size
    taps: list[Axis] = []
    sizes: list[int] = []
    jumps: list[Fraction | None] = []
    for axis in range(dims):
        n = None if size is None else size[axis]
        try:
            if n is not None:
                sizes.append(layer.size(n, axis))
            here = layer.taps(n, axis)
            # Axes that are alike hold one value, by which it is seen at a glance that they are.
            taps.append(taps[0] if taps and here == taps[0] else here)
            step, before = layer.jump(n, axis), grid.jump[axis]
            jumps.append(before if step == 1 else _times(before, step))
        except ImpossibleSize as fault:
            _report(faults, draft, "RF301", str(fault), "enlarge the input or shrink the layer")
        except NeedsSize as fault:
            _report(faults, draft, "RF304", str(fault), "give the input size: --input H,W")
        except LimitExceeded as fault:
            _report(faults, draft, "RF305", str(fault), "")
        else:
            continue
        return _broken(draft, dims)
    known = tuple(sizes) if size is not None else None
    resized = grid.resized or layer.resized
    return Node(
        draft.name, layer, draft.inputs, tuple(taps), known, tuple(jumps), resized, draft.at
    )


def _broken(draft: Draft, dims: int) -> Node:
    here, none = (IDENTITY,) * dims, (None,) * dims
    return Node(draft.name, Broken(), draft.inputs, here, None, none, False, draft.at)


def _place(fault: Diagnostic) -> tuple[int, int]:
    return (fault.at.line, fault.at.column) if fault.at else (0, 0)


def _times(before: Fraction | None, step: Fraction | None) -> Fraction | None:
    return None if before is None or step is None else before * step


def _report(faults: list[Diagnostic], draft: Draft, code: str, fact: str, cure: str) -> None:
    faults.append(Diagnostic(code, f"'{draft.name}' ({draft.layer.op}): {fact}", cure, draft.at))
