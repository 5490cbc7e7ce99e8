"""Which layers form residual units and parallel branches? Regions with one way in and one out."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import msgspec

from rfcalc.conversion.plan import Placed, Plan
from rfcalc.conversion.tree import Fork, Item, Seq, Step, exit_of
from rfcalc.conversion.values import values
from rfcalc.layers.pointwise import Add, Pointwise
from rfcalc.layers.window import Conv, Pool

__all__ = ["forked", "ordered"]

Jump = tuple[Fraction | None, ...]
REGION_LIMIT = 4000
"""Most layers between a fork and its merge."""
SKIPPED_LIMIT = 12
"""Most layers of a branch that a skip over a change of resolution stands beside."""
DEPTH_LIMIT = 4
"""Most forks inside each other; outer ones are written by name."""


class Region(msgspec.Struct, frozen=True):
    """What lies between a layer and a merge of all that follows from it."""

    start: int
    merge: int
    branches: tuple[tuple[int, ...], ...]
    returns: bool


def forked(plan: Plan) -> Seq:
    """Return the layers as a list in which regions are forks.

    A skip over a change of resolution that holds another one (U-Net, hourglass) or many layers
    is written by name, as people write it, and so is what does not nest.
    """
    placed = plan.placed
    regions = _kept(_regions(plan))
    items: dict[int, Item] = {}
    for position in range(plan.sources, len(placed)):
        one = placed[position]
        region = regions.get(position)
        if region is None:
            given = values(one.layer, plan.network.dims)
            items[position] = Step(position, one.layer.op, given, one.inputs)
            continue
        lists = [
            ordered([items.pop(i) for i in branch if i in items], region.start, placed)
            for branch in region.branches
        ]
        items[position] = _fork(position, region, lists, placed)
    return ordered(items.values(), 0, placed)


def _fork(position: int, region: Region, lists: list[Seq], placed: Sequence[Placed]) -> Fork:
    """Return the fork of a region: residual where one branch is a shortcut."""
    layer, reads = placed[position].layer, (region.start,)
    if isinstance(layer, Add) and len(lists) == 2:
        short = [_short(branch, placed) for branch in lists]
        if short[1] and (not short[0] or len(lists[0]) > len(lists[1])):
            return Fork(position, "residual", "add", lists, reads)
        if short[0] and (not short[1] or len(lists[1]) > len(lists[0])):
            return Fork(position, "residual", "add", lists[::-1], reads)
    return Fork(position, "parallel", layer.op, lists, reads)


def _short(branch: Seq, placed: Sequence[Placed]) -> bool:
    """Whether a branch only fits its input to the sum: projection, pooling, norms."""
    if len(branch) > 4 or not all(isinstance(item, Step) for item in branch):
        return False
    layers = [placed[exit_of(item)].layer for item in branch]
    return all(
        isinstance(layer, Pointwise | Pool)
        or (isinstance(layer, Conv) and set(layer.kernel) == {1})
        for layer in layers
    )


def ordered(items: Iterable[Item], start: int, placed: Sequence[Placed]) -> Seq:
    """Return items so that each follows what it reads, directly where that is possible."""
    waiting = {exit_of(item): item for item in items}
    open_inputs: dict[int, int] = {}
    readers: dict[int, list[int]] = {}
    ready: list[int] = []
    for position, item in waiting.items():
        needed = {i for i in _inputs(item, placed) if i in waiting}
        open_inputs[position] = len(needed)
        for i in needed:
            readers.setdefault(i, []).append(position)
        if not needed:
            heapq.heappush(ready, position)
    made: Seq = []
    done: set[int] = set()
    last = start
    while len(made) < len(waiting):
        following = [i for i in readers.get(last, ()) if not open_inputs[i] and i not in done]
        if following:
            position = min(following)
        else:
            position = heapq.heappop(ready)
            if position in done:
                continue
        item = waiting[position]
        if isinstance(item, Step | Fork) and _inputs(item, placed) == (last,):
            item.reads = None
        done.add(position)
        made.append(item)
        last = position
        for i in readers.get(position, ()):
            open_inputs[i] -= 1
            if not open_inputs[i]:
                heapq.heappush(ready, i)
    return made


def _inputs(item: Item, placed: Sequence[Placed]) -> tuple[int, ...]:
    if isinstance(item, Step):
        return placed[item.node].inputs
    assert isinstance(item, Fork)
    assert item.reads is not None
    return item.reads


def _regions(plan: Plan) -> dict[int, Region]:
    """Return every merge whose inputs are disjoint branches that begin at one layer."""
    placed = plan.placed
    readers: list[list[int]] = [[] for _ in placed]
    parent, depth = [-1] * len(placed), [0] * len(placed)
    found: dict[int, Region] = {}
    jumps = {
        plan.origin[old]: node.jump
        for old, node in enumerate(plan.network.nodes)
        if old in plan.origin
    }
    for position, one in enumerate(placed):
        if position not in jumps:  # added here, to lay the inputs of a layer side by side
            jumps[position] = jumps[one.inputs[0]]
        for i in set(one.inputs):
            readers[i].append(position)
        if one.inputs:
            top = one.inputs[0]
            for other in one.inputs[1:]:
                top = _common(top, other, parent, depth)
            parent[position] = top
            depth[position] = 0 if top < 0 else depth[top] + 1
    for position, one in enumerate(placed):
        if one.layer.merges and parent[position] >= 0:
            region = _region(placed, position, parent[position], readers, jumps)
            if region is not None:
                found[position] = region
    return found


def _common(a: int, b: int, parent: Sequence[int], depth: Sequence[int]) -> int:
    """Return the last layer on every way to both."""
    while a != b:
        if a < 0 or b < 0:
            return -1
        if depth[a] < depth[b] or (depth[a] == depth[b] and a < b):
            a, b = b, a
        a = parent[a]
    return a


def _region(
    placed: Sequence[Placed],
    merge: int,
    start: int,
    readers: Sequence[Sequence[int]],
    jumps: Mapping[int, Jump],
) -> Region | None:
    """Return the region of a merge, ``None`` when its branches meet or are read elsewhere."""
    inside: set[int] = set()
    branches: list[tuple[int, ...]] = []
    for end in placed[merge].inputs:
        branch: set[int] = set()
        todo = [end] if end != start else []
        while todo:
            position = todo.pop()
            if position in branch:
                continue
            if position in inside or len(inside) + len(branch) > REGION_LIMIT:
                return None
            branch.add(position)
            todo += [i for i in placed[position].inputs if i != start]
        inside |= branch
        branches.append(tuple(sorted(branch)))
    for position in inside:
        if any(i != merge and i not in inside for i in readers[position]):
            return None
    return Region(start, merge, tuple(branches), _returns(jumps, start, merge, inside))


def _returns(jumps: Mapping[int, Jump], start: int, merge: int, inside: Iterable[int]) -> bool:
    """Whether the resolution changes inside and is what it was in the end."""
    before = jumps[start]
    if jumps[merge] != before:
        return False
    return any(
        now is not None and now != was
        for i in inside
        for now, was in zip(jumps[i], before, strict=True)
    )


def _kept(found: dict[int, Region]) -> dict[int, Region]:
    """Return the regions that are written as forks."""
    nested: set[int] = set()
    depth: dict[int, int] = {}
    kept: dict[int, Region] = {}
    for merge, region in found.items():
        inner = [i for branch in region.branches for i in branch if i in found]
        if region.returns and max(map(len, region.branches)) > SKIPPED_LIMIT:
            nested.add(merge)
        if region.returns:
            again = [i for i in inner if found[i].returns]
            nested |= {merge, *again} if again else set()
        depth[merge] = 1 + max((depth[i] for i in inner), default=0)
        if depth[merge] > DEPTH_LIMIT:
            depth[merge] = 0
        else:
            kept[merge] = region
    return {merge: region for merge, region in kept.items() if merge not in nested}
