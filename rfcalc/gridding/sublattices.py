"""How many classes of outputs share no source cell? The lattice that shared cells generate."""

from collections.abc import Collection, Sequence
from math import gcd, lcm, prod
from typing import TypeAlias

import msgspec

from rfcalc.cells import Cells
from rfcalc.footprint import Footprint
from rfcalc.lattices import Lattice
from rfcalc.taps import Taps

__all__ = ["Sublattices", "bounded_boxes", "sublattices"]

PHASE_LIMIT = 32
"""Most phases for which the sharing of outputs is followed."""
RESIDUE_LIMIT = 1 << 20
"""Most residues of a set that are distinguished."""
FEW_RESIDUES = 64
"""Most residues that are taken from a set one by one."""


class Sublattices(msgspec.Struct, frozen=True):
    """How many classes of outputs share no source cell with one another (theorem T4).

    ``count`` is their number within the axes along which the mask extends, ``orders`` the order
    of the unit step of each axis. ``None`` where no finite number does: where outputs are never
    joined, where the phases of a union of boxes, or the residues of a set, are too many.
    """

    count: int | None
    orders: tuple[int | None, ...]


def sublattices(found: Footprint) -> Sublattices:
    """Return the classes of outputs that share no source cell.

    Outputs at distance ``m`` share a cell when ``m * jump`` is a difference of two sampled
    cells; what such distances generate is a lattice, and its index is the number of classes.
    """
    boxes = bounded_boxes(found)
    if not boxes:
        return Sublattices(None, ())
    dims = len(boxes[0])
    wide = [axis for axis in range(dims) if _extends(boxes, axis)]
    if any(_wide(taps) for box in boxes for taps in box):
        return Sublattices(None, (None,) * dims)
    if all(taps.period == 1 for box in boxes for taps in box):
        joined = Lattice.of(_generators(boxes), dims)
        count = joined.index if wide and set(wide) <= set(joined.axes) else None
        return Sublattices(count, joined.orders)
    if len(boxes) > 1:
        return Sublattices(None, (None,) * dims)
    orders = tuple(_by_phase(boxes[0][axis]) for axis in range(dims))
    known = [orders[axis] for axis in wide]
    count = prod(n for n in known if n) if known and all(known) else None
    return Sublattices(count, orders)


def _extends(boxes: Sequence[tuple[Taps, ...]], axis: int) -> bool:
    """Whether some output reads more than one cell on an axis."""
    starts = {taps.phases[0].start for taps in (box[axis] for box in boxes)}
    return len(starts) > 1 or any(c.extent > 1 for box in boxes for c in box[axis].phases)


def _wide(taps: Taps) -> bool:
    """Whether a set has more residues than are split."""
    jump = abs(taps.advance)
    return any(min(cells.count, jump) > RESIDUE_LIMIT for cells in taps.phases)


def bounded_boxes(found: Footprint) -> list[tuple[Taps, ...]]:
    """Return the boxes that are bounded on every axis."""
    return [
        tuple(t for t in box if isinstance(t, Taps))
        for box in found.boxes
        if all(isinstance(t, Taps) for t in box)
    ]


def _distances(a: "_Classes", b: "_Classes", jump: int) -> tuple[int, int] | None:
    """Return one ``m`` with ``m * jump`` in ``a - b``, and what generates the other such ``m``.

    Only cells of one residue modulo the jump can differ by a multiple of it; within a residue
    every difference follows from those to its first cell.
    """
    first: int | None = None
    step = 0
    for rest, (start, spacing) in a.items():
        if rest not in b:
            continue
        other, gaps = b[rest]
        here = (start - other) // jump
        first = here if first is None else first
        step = gcd(step, spacing // jump, gaps // jump, here - first)
    return None if first is None else (first, step)


_Classes: TypeAlias = dict[int, tuple[int, int]]
"""For every residue its first cell and the greatest common divisor of its gaps."""


def _classes(cells: Cells, jump: int) -> _Classes:
    """Split a set by residue; nothing is left of it when there is no jump."""
    if not jump:
        return {}
    if cells.pattern is None:
        again = lcm(cells.pitch, jump)
        firsts = range(cells.start, min(cells.stop, cells.start + again), cells.pitch)
        return {i % jump: (i, again if i + again < cells.stop else 0) for i in firsts}
    if jump > FEW_RESIDUES:
        found: _Classes = {}
        for index in cells:
            start, gaps = found.get(index % jump, (index, 0))
            found[index % jump] = (start, gcd(gaps, index - start))
        return found
    parts = ((rest, cells.residue(jump, rest)) for rest in range(jump))
    return {rest: (part.start * jump + rest, part.spacing * jump) for rest, part in parts if part}


def _generators(boxes: Sequence[tuple[Taps, ...]]) -> Collection[tuple[int, ...]]:
    """Return vectors that generate all distances at which two outputs share a cell."""
    dims = len(boxes[0])
    jumps = [abs(taps.advance) for taps in boxes[0]]
    split = [
        [_classes(taps.phases[0], jump) for taps, jump in zip(box, jumps, strict=True)]
        for box in boxes
    ]
    vectors: set[tuple[int, ...]] = set()
    for number, one in enumerate(split):
        for other in split[number:]:
            spans = [_distances(one[a], other[a], jumps[a]) for a in range(dims)]
            known = [span for span in spans if span is not None]
            if len(known) < dims:
                continue
            vectors.add(tuple([first for first, _ in known]))
            for axis, (_, step) in enumerate(known):
                if step:
                    vectors.add(tuple([step if a == axis else 0 for a in range(dims)]))
    return vectors


def _by_phase(taps: Taps) -> int | None:
    """Count the classes on one axis when the mask depends on the phase."""
    period = taps.period
    if period > PHASE_LIMIT or not taps.advance:
        return None
    owner = list(range(period))
    shift = [0] * period
    cycle = [0] * period
    jump = abs(taps.advance)
    split = [_classes(cells, jump) for cells in taps.phases]
    for p in range(period):
        for q in range(p, period):
            span = _distances(split[p], split[q], jump)
            if span is None:
                continue
            first, step = span
            # Output p + P*i shares a cell with q + P*(i + turn) for turn = first + step * ...
            root_p, at_p = _find(owner, shift, p)
            root_q, at_q = _find(owner, shift, q)
            if root_p == root_q:
                cycle[root_p] = gcd(cycle[root_p], step, at_p + first - at_q)
            else:
                owner[root_q] = root_p
                shift[root_q] = at_p + first - at_q
                cycle[root_p] = gcd(cycle[root_p], cycle[root_q], step)
    roots = [p for p in range(period) if owner[p] == p]
    if any(not cycle[root] for root in roots):
        return None
    return sum(cycle[root] for root in roots)


def _find(owner: Sequence[int], shift: Sequence[int], phase: int) -> tuple[int, int]:
    """Return the root of a phase and its distance in turns from it."""
    turns = 0
    while owner[phase] != phase:
        turns += shift[phase]
        phase = owner[phase]
    return phase, turns
