"""Where in its field does a cell stand that layers without padding compute? Shortcuts tell."""

from collections.abc import Iterator

from rfcalc.interior import footprint
from rfcalc.taps import Taps
from rfcalc.tiling.grids import Grids

__all__ = ["looks"]


def looks(moving: Grids, axis: int) -> str | None:
    """Return ``back`` or ``ahead`` where cells look to one side only, else ``both``.

    A convolution without padding does not say which cell its output stands for. A shortcut around
    it does, by what it crops: all at the front where outputs look back only, as in WaveNet, half
    of it on either side in U-Net. ``None`` where there is no shortcut.
    """
    found: set[str] = set()
    for position in moving.order:
        for side in _sides(moving, position, axis):
            found.add(side)
            if len(found) > 1 or side == "both":
                return "both"
    return found.pop() if found else None


def _sides(moving: Grids, position: int, axis: int) -> Iterator[str]:
    """Yield the side to which each branch of a merge looks, as seen from a shortcut beside it."""
    read = moving.inputs[position]
    for short in read if len(set(read)) > 1 else ():
        shifts = dict(_shifts(moving, short, axis))
        for long in set(read) - {short}:
            source = next((p for p in shifts if moving.network.between(p, long)[long]), None)
            if source is None or source == long:
                continue
            ends = _ends(moving, source, long, axis)
            if ends is not None and ends[0] < ends[1]:
                last = {ends[1]: "back", ends[0]: "ahead"}
                yield last.get(shifts[source], "both")


def _shifts(moving: Grids, position: int, axis: int) -> Iterator[tuple[int, int]]:
    """Yield a node and those before it of which its cells are cells, and by how many moved."""
    moved = 0
    while True:
        yield position, moved
        taps = moving.network.nodes[position].taps[axis]
        read = moving.inputs[position]
        if len(read) != 1 or not isinstance(taps, Taps) or taps.period != 1 or taps.advance != 1:
            return
        if taps.phases[0].count != 1:
            return
        moved += taps.phases[0].start
        position = read[0]


def _ends(moving: Grids, source: int, target: int, axis: int) -> tuple[int, int] | None:
    """Return the first and last cell of a source that cells of a target read, from their own on."""
    found = footprint(moving.network, source, target)
    if not found.bounded or moving.jumps[source][axis] != moving.jumps[target][axis]:
        return None
    period = found.period(axis)
    spans = enumerate(found.spans(axis, range(period)))
    known = [(a - o, b - o) for o, (a, b) in spans if a is not None and b is not None]
    return (min(a for a, _ in known), max(b for _, b in known)) if known else None
