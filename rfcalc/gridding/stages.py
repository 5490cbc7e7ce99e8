"""Where does a network dilate? From where a resolution begins to where it ends (THEORY 2)."""

from collections.abc import Sequence
from itertools import compress

import msgspec

from rfcalc.errors import fail, many
from rfcalc.gridding.dominators import ROOT, dominators, meet
from rfcalc.gridding.regions import Region, leading_to
from rfcalc.interior import inside
from rfcalc.layers.base import Layer
from rfcalc.layers.window import ConvTranspose
from rfcalc.network import Input, Network, Node, without_global
from rfcalc.taps import Taps

__all__ = [
    "Stage",
    "dilated_layers",
    "dilation_of",
    "is_dilated",
    "kernel_of",
    "stage_numbered",
    "stages",
    "stages_of",
]


class Stage(msgspec.Struct, frozen=True):
    """A dilated stage: the pair of maps between which a resolution dilates.

    ``number`` counts from 1 in topological order of ``(source, target)``. ``layers`` are the
    positions of the window layers with ``k > 1`` between the two, in topological order;
    ``chain`` says whether one path leads through all of them, and no other layer, as attention
    within windows, reads more than a cell.
    """

    number: int
    source: int
    target: int
    layers: tuple[int, ...]
    chain: bool

    def label(self, source: str, target: str) -> str:
        """Return what messages call the stage between the maps of these names."""
        return f"stage {self.number} ('{source}' -> '{target}')"


def kernel_of(layer: Layer) -> tuple[int, ...]:
    """Return the kernel of a window layer, empty for others."""
    return tuple(getattr(layer, "kernel", ()))


def dilation_of(layer: Layer) -> tuple[int, ...]:
    """Return the dilation of a window layer per axis, empty for others."""
    kernel = kernel_of(layer)
    # The dilation of window attention spreads no kernel.
    return (tuple(getattr(layer, "dilation", ())) or (1,) * len(kernel)) if kernel else ()


def is_dilated(layer: Layer) -> bool:
    """Whether a dilation above 1 spreads the kernel of a layer on some axis."""
    pairs = zip(kernel_of(layer), dilation_of(layer), strict=True)
    return any(kernel > 1 and dilation > 1 for kernel, dilation in pairs)


def dilated_layers(network: Network) -> list[int]:
    """Return the positions of layers whose kernel is spread by a dilation above 1."""
    return [position for position, node in enumerate(network.nodes) if is_dilated(node.layer)]


def stages(network: Network) -> tuple[Stage, ...]:
    """Return the dilated stages of a network, in topological order of source and target.

    A stage begins at the earliest map of its resolution that lies on every path to a dilated
    layer and from which all these paths stay at the resolution, and ends, for every output,
    at the latest such map behind the layer. Layers that read their whole input are the identity
    where they keep its grid; where they leave none they are taken out with what only they feed.
    """
    return stages_of(without_global(network)) if dilated_layers(network) else ()


def stages_of(local: Network) -> tuple[Stage, ...]:
    """Return the dilated stages of a network from which what reads its whole input is taken."""
    if not dilated_layers(local):
        return ()
    found = _Search(local).pairs()
    stages: list[Stage] = []
    for number, (source, target) in enumerate(sorted(found), start=1):
        between = inside(local, source, target)
        wide = [max(kernel_of(local.nodes[p].layer), default=1) > 1 for p in between]
        spread = tuple(compress(between, wide))
        others = (local.nodes[p] for p, is_wide in zip(between, wide, strict=True) if not is_wide)
        chain = _in_sequence(local, source, between, spread) and not any(map(_widens, others))
        stages.append(Stage(number, source, target, spread, chain))
    return tuple(stages)


def stage_numbered(network: Network, number: int) -> Stage:
    """Return the dilated stage of that number.

    Raises
    ------
    RfcalcError
        RF415: there is none.
    """
    found = stages(network)
    if 1 <= number <= len(found):
        return found[number - 1]
    held = many(len(found), "dilated stage") if found else "no dilated stage"
    pair = "ask for a pair: `source=` and `layer=`"
    help = "the only one is stage 1" if len(found) == 1 else f"stages go from 1 to {len(found)}"
    help = help if found else pair
    raise fail("RF415", f"there is no stage {number}: '{network.name}' has {held}", help)


class _Search:
    """Looks for stages: which nodes are alive, who reads them, where each one's clean way begins.

    ``first`` holds for every node the earliest dominator of its resolution from which every path
    to it stays at that resolution.
    """

    def __init__(self, local: Network) -> None:
        self._local = local
        nodes = local.nodes
        self._inputs: list[list[int]] = []
        self._readers: list[list[int]] = [[] for _ in nodes]
        self._alive: list[bool] = []
        for position, node in enumerate(nodes):
            read = list(dict.fromkeys(i for i in node.inputs if self._alive[i]))
            self._inputs.append(read)
            self._alive.append(bool(read) or isinstance(node.layer, Input))
            for i in read:
                self._readers[i].append(position)
        sources = [p for p, node in enumerate(nodes) if isinstance(node.layer, Input)]
        self._above = dominators(range(len(nodes)), self._inputs.__getitem__, sources)
        self._first = self._beginnings()

    def _beginnings(self) -> list[int]:
        nodes = self._local.nodes
        first = list(range(len(nodes)))
        for position, read in enumerate(self._inputs):
            if not read or any(nodes[i].jump != nodes[position].jump for i in read):
                continue
            shared = read[0]
            for i in read[1:]:
                shared = meet(shared, i, self._above)
            # The beginnings of all inputs are dominators of these; where all of them lie above
            # what the inputs share they are on one line, and the last of them serves all.
            latest = max(first[i] for i in read)
            if shared != ROOT and latest <= shared:
                first[position] = latest
        return first

    def pairs(self) -> set[tuple[int, int]]:
        """Return source and target of every stage."""
        found: set[tuple[int, int]] = set()
        within: dict[int, list[int]] = {}
        reach = self._leading()
        for position in dilated_layers(self._local):
            if not self._alive[position] or not reach[position]:
                continue
            (before,) = self._inputs[position]
            nodes = self._local.nodes
            if nodes[before].jump == nodes[position].jump:
                within.setdefault(self._first[before], []).append(position)
            else:
                widened = isinstance(nodes[position].layer, ConvTranspose)
                found.add((before if widened else self._first[before], position))
        regions = {source: Region(self._local, self._readers, source) for source in within}
        beyond = {r for region in regions.values() for some in region.beyond.values() for r in some}
        outputs = leading_to(self._inputs, self._local.outputs, beyond)
        for source, region in regions.items():
            found |= {(source, end) for end in region.ends(within[source], outputs)}
        return found

    def _leading(self) -> list[bool]:
        """Return for every node whether an output depends on it."""
        leads = [False] * len(self._inputs)
        for output in self._local.outputs:
            leads[output] = True
        for position in range(len(leads) - 1, -1, -1):
            if leads[position]:
                for i in self._inputs[position]:
                    leads[i] = True
        return leads


def _widens(node: Node) -> bool:
    """Whether a layer reads more than a cell on some axis."""
    return any(
        isinstance(taps, Taps) and any(c.count > 1 for c in taps.phases) for taps in node.taps
    )


def _in_sequence(
    local: Network, source: int, between: Sequence[int], spread: Sequence[int]
) -> bool:
    """Whether a path leads through all window layers of a stage."""
    depth = {source: 0}
    wide = set(spread)
    for position in between:
        known = [depth[i] for i in local.nodes[position].inputs if i in depth]
        depth[position] = max(known) + (position in wide)
    return depth[between[-1]] == len(spread)
