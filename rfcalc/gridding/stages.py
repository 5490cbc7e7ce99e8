"""Where does a network dilate? Maximal runs at one resolution that contain a dilation above 1."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

import msgspec

from rfcalc.growth import inside as inside_of
from rfcalc.layers.base import Layer
from rfcalc.network import Input, Network, without_global
from rfcalc.taps import Taps

__all__ = ["Stage", "dilated_layers", "dilation_of", "kernel_of", "stages"]


class Stage(msgspec.Struct, frozen=True):
    """A dilated stage: from the map its dilated layers read to the map they end in.

    ``layers`` are the positions of the window layers with ``k > 1`` between the two, in
    topological order; ``chain`` says whether they follow each other on every path. ``begin`` is
    the first node of the source's resolution through which every path leads.
    """

    source: int
    target: int
    layers: tuple[int, ...]
    chain: bool
    begin: int


def kernel_of(layer: Layer) -> tuple[int, ...]:
    """Return the kernel of a window layer, empty for others."""
    return tuple(getattr(layer, "kernel", ()))


def dilation_of(layer: Layer) -> tuple[int, ...]:
    """Return the dilation of a window layer per axis, empty for others."""
    kernel = kernel_of(layer)
    # The dilation of window attention spreads no kernel.
    return (tuple(getattr(layer, "dilation", ())) or (1,) * len(kernel)) if kernel else ()


def dilated_layers(network: Network) -> list[int]:
    """Return the positions of layers whose kernel is spread by a dilation above 1."""
    return [position for position, node in enumerate(network.nodes) if _dilated(node.layer)]


def stages(network: Network) -> tuple[Stage, ...]:
    """Return the dilated stages of a network, in topological order.

    A stage lies within one resolution. It starts at the map through which every path to its
    dilated layers leads, moved back over the plain chain before it (so the leading 1 of a
    schedule such as 1, 2, 5 belongs to it), and to the network's input where nothing has
    changed the resolution yet. It ends where the paths through its dilated layers have met
    again, moved on over the plain chain behind it, unless the whole input has been mixed in by
    then. Layers that read the whole input are left aside; behind attention or a recurrence that
    no path goes round a stage begins anew.
    """
    local = without_global(network)
    dilated = dilated_layers(local)
    if not dilated:
        return ()
    region = _regions(network)
    before, after = _dominators(local, region), _postdominators(local)
    readers = _readers(local)
    roots: list[int] = []
    for position, dominator in enumerate(before):
        roots.append(position if dominator < 0 else roots[dominator])
    groups: dict[int, list[int]] = {}
    for position in dilated:
        groups.setdefault(roots[position], []).append(position)
    found: list[Stage] = []
    for root, inside in groups.items():
        source = _start(local, inside, before, root, region, readers)
        target = _end(source, inside, after, region)
        if not _pooled(network, source, target):
            target = _carried(local, target, region, readers)
        spread = tuple(
            position
            for position in inside_of(local, source, target)
            if max(kernel_of(local.nodes[position].layer), default=1) > 1
        )
        begin = source
        while before[begin] >= 0 and region[before[begin]] == region[begin]:
            begin = before[begin]
        chain = _is_chain(local, source, target, spread)
        found.append(Stage(source, target, spread, chain, begin))
    return tuple(sorted(found, key=lambda stage: (stage.source, stage.target)))


def _dilated(layer: Layer) -> bool:
    pairs = zip(kernel_of(layer), dilation_of(layer), strict=True)
    return any(kernel > 1 and dilation > 1 for kernel, dilation in pairs)


def _readers(network: Network) -> list[list[int]]:
    readers: list[list[int]] = [[] for _ in network.nodes]
    for position, node in enumerate(network.nodes):
        for i in node.inputs:
            readers[i].append(position)
    return readers


def _regions(network: Network) -> list[int]:
    """Number the sets of nodes that are joined by edges within one resolution.

    What mixes the whole input is joined to nothing before it but by a path around it.
    """
    parent = list(range(len(network.nodes)))

    def find(position: int) -> int:
        while parent[position] != position:
            parent[position] = parent[parent[position]]
            position = parent[position]
        return position

    for position, node in enumerate(network.nodes):
        for i in node.inputs:
            if network.nodes[i].jump == node.jump and not node.layer.mixes:
                first, second = sorted((find(i), find(position)))
                parent[second] = first
    return [find(position) for position in range(len(network.nodes))]


def _dominators(network: Network, region: Sequence[int]) -> list[int]:
    """Return for every node the last node of its region that all paths to it share, else -1."""
    idom: list[int] = []
    for position, node in enumerate(network.nodes):
        common = -1
        for number, i in enumerate(node.inputs):
            near = i if region[i] == region[position] else -1
            common = near if number == 0 else _meet(common, near, idom)
        idom.append(common)
    return idom


def _meet(a: int, b: int, idom: Sequence[int]) -> int:
    while a != b and min(a, b) >= 0:
        if a > b:
            a = idom[a]
        else:
            b = idom[b]
    return a if a == b else -1


def _common(positions: Sequence[int], idom: Sequence[int]) -> int:
    """Return the last node that dominates all positions of one tree; each is climbed from once."""
    left = set(positions)
    heap = [-position for position in left]
    heapify(heap)
    while len(left) > 1:
        top = -heappop(heap)
        left.discard(top)
        if idom[top] not in left:
            left.add(idom[top])
            heappush(heap, -idom[top])
    return left.pop()


def _postdominators(network: Network) -> list[int]:
    """Return for every node the first node that all paths from it share; its length at a leaf."""
    leaf = len(network.nodes)
    idom = [leaf] * leaf
    for position, readers in reversed(list(enumerate(_readers(network)))):
        common = leaf
        for number, reader in enumerate(readers):
            if number == 0:
                common = reader
                continue
            while common != reader:
                if common < reader:
                    common = idom[common]
                else:
                    reader = idom[reader]
                if max(common, reader) >= leaf:
                    common = leaf
                    break
        idom[position] = common
    return idom


def _start(
    network: Network,
    dilated: Sequence[int],
    idom: Sequence[int],
    root: int,
    region: Sequence[int],
    readers: Sequence[Sequence[int]],
) -> int:
    """Return the map that a stage reads."""
    above = [idom[position] for position in dilated]
    source = -1 if min(above) < 0 else _common(above, idom)
    if source < 0:
        return network.nodes[dilated[0]].inputs[0]
    if not network.nodes[root].inputs:
        return root
    while True:
        inputs = network.nodes[source].inputs
        if len(inputs) != 1 or region[inputs[0]] != region[source] or len(readers[inputs[0]]) > 1:
            return source
        source = inputs[0]


def _end(source: int, dilated: Sequence[int], postdom: Sequence[int], region: Sequence[int]) -> int:
    """Return the node in which all paths through the dilated layers have met again."""
    last = max(dilated)
    target = postdom[source]
    while target < last:
        target = postdom[target]
    return target if target < len(region) and region[target] == region[last] else last


def _pooled(network: Network, source: int, target: int) -> bool:
    """Whether a layer that reads its whole input, and is no gate, feeds into a stage.

    Such a layer has no inputs any more once its global context is left aside.
    """
    for position in range(source + 1, target):
        node = network.nodes[position]
        bounded = all(isinstance(axis, Taps) for axis in node.taps)
        if node.layer.gate or (bounded and node.inputs) or isinstance(node.layer, Input):
            continue
        if network.between(position, target)[target]:
            return True
    return False


def _carried(
    network: Network, target: int, region: Sequence[int], readers: Sequence[Sequence[int]]
) -> int:
    """Return the last window layer of the plain chain that follows a stage's end."""
    last = at = target
    while len(readers[at]) == 1:
        at = readers[at][0]
        if region[at] != region[target] or len(network.nodes[at].inputs) != 1:
            break
        if max(kernel_of(network.nodes[at].layer), default=1) > 1:
            last = at
    return last


def _is_chain(network: Network, source: int, target: int, spread: Sequence[int]) -> bool:
    """Whether every window layer of a stage can follow the one before it on a path."""
    depth = {source: 0}
    wide = set(spread)
    for position in range(source + 1, target + 1):
        known = [depth[i] for i in network.nodes[position].inputs if i in depth]
        if known:
            depth[position] = max(known) + (position in wide)
    return depth.get(target, 0) == len(spread)
