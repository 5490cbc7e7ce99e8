"""Which outputs share source cells with one another? Sublattices, overlap, unseen input."""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

from rfcalc.cells import EMPTY, Cells
from rfcalc.footprint import Footprint
from rfcalc.region import Region
from rfcalc.taps import Taps

__all__ = ["core", "overlap", "read_share", "sublattices"]

PHASE_LIMIT = 32
"""Most phases for which the sharing of outputs is followed."""


def sublattices(found: Footprint) -> tuple[int | None, ...]:
    """Return per axis how many classes of outputs share no source cell (theorem T4).

    Outputs at distance ``m`` share a cell when ``m * jump`` is a difference of two sampled
    cells; what such distances generate is a lattice, and the answer is the order of each unit
    step in it. ``None`` where no two outputs on a line are ever joined, or where the phases
    of a union of boxes are too many to follow.
    """
    boxes = _bounded(found)
    if not boxes:
        return ()
    axes = range(len(boxes[0]))
    if all(taps.period == 1 for box in boxes for taps in box):
        return _orders(_generators(boxes), len(boxes[0]))
    if len(boxes) > 1:
        return (None,) * len(boxes[0])
    return tuple(_by_phase(boxes[0][axis]) for axis in axes)


def overlap(found: Footprint, phase: Sequence[int]) -> tuple[float, ...]:
    """Return per axis the share of an output's cells that its next neighbour reads too."""
    here = found.read(phase)
    shares: list[float] = []
    for axis in range(len(phase)):
        there = found.read([o + (a == axis) for a, o in enumerate(phase)])
        common = Region.of(
            tuple(c & d for c, d in zip(a, b, strict=True)) for a in here.boxes for b in there.boxes
        )
        shares.append(common.count / here.count if here.boxes else 0.0)
    return tuple(shares)


def read_share(found: Footprint) -> Fraction:
    """Return the share of the source that any output reads at all (theorem T8).

    The sampled cells repeat with the input advance, so residues decide.
    """
    boxes = _bounded(found)
    if not boxes:
        return Fraction(0)
    turns = [lcm(*(abs(box[axis].advance) or 1 for box in boxes)) for axis in range(len(boxes[0]))]
    residues = Region.of(
        tuple(_residues(taps, turn) for taps, turn in zip(box, turns, strict=True)) for box in boxes
    )
    whole = 1
    for turn in turns:
        whole *= turn
    return Fraction(residues.count, whole)


def core(cells: Cells) -> Cells:
    """Return the longest run without holes, of equals the most central.

    What is missing outside it is the rim (theorem T5).
    """
    if cells.bits is None:
        return cells
    best, at = (0, 0, 0), 0
    for run in bin(cells.bits)[:1:-1].split("0"):
        off_centre = abs(2 * at + len(run) - cells.extent)
        best = max(best, (len(run), -off_centre, at))
        at += len(run) + 1
    return Cells.run(cells.start + best[2], best[0])


def _bounded(found: Footprint) -> list[tuple[Taps, ...]]:
    return [
        tuple(t for t in box if isinstance(t, Taps))
        for box in found.boxes
        if all(isinstance(t, Taps) for t in box)
    ]


def _residues(taps: Taps, turn: int) -> Cells:
    """Return the indices modulo ``turn`` that any output reads."""
    seen = EMPTY
    for output in range(taps.period * (turn // (abs(taps.advance) or 1))):
        seen |= _modulo(taps.read(output), turn)
    return seen


def _modulo(cells: Cells, turn: int) -> Cells:
    if cells.bits is None and cells.extent >= turn:
        return Cells.run(0, turn)
    folded = EMPTY
    first = cells.start // turn
    for block in range(first, (cells.stop - 1) // turn + 1 if cells else first):
        folded |= (cells & Cells.run(block * turn, turn)).shift(-block * turn)
        if folded.count == turn:
            break
    return folded


def _distances(a: Cells, b: Cells, jump: int) -> tuple[int, int] | None:
    """Return one ``m`` with ``m * jump`` in ``a - b``, and what generates the other such ``m``.

    Only cells of one residue modulo the jump can differ by a multiple of it; within a residue
    every difference follows from those to its first cell.
    """
    if not a or not b or not jump:
        return None
    first: int | None = None
    step = 0
    lows = _classes(b, jump)
    for rest, (start, spacing) in _classes(a, jump).items():
        if rest not in lows:
            continue
        other, gaps = lows[rest]
        here = (start - other) // jump
        first = here if first is None else first
        step = gcd(step, spacing // jump, gaps // jump, here - first)
    return None if first is None else (first, step)


def _classes(cells: Cells, jump: int) -> dict[int, tuple[int, int]]:
    """Return for every residue its first cell and the greatest common divisor of its gaps."""
    if cells.bits is None:
        return {
            index % jump: (index, jump if index + jump < cells.stop else 0)
            for index in range(cells.start, min(cells.stop, cells.start + jump))
        }
    found: dict[int, tuple[int, int]] = {}
    for index in cells:
        start, gaps = found.get(index % jump, (index, 0))
        found[index % jump] = (start, gcd(gaps, index - start))
    return found


def _generators(boxes: Sequence[tuple[Taps, ...]]) -> list[list[int]]:
    """Return vectors that generate all distances at which two outputs share a cell."""
    dims = len(boxes[0])
    vectors: list[list[int]] = []
    for number, one in enumerate(boxes):
        for other in boxes[number:]:
            spans = [
                _distances(one[a].phases[0], other[a].phases[0], abs(one[a].advance))
                for a in range(dims)
            ]
            known = [span for span in spans if span is not None]
            if len(known) < dims:
                continue
            vectors.append([first for first, _ in known])
            for axis, (_, step) in enumerate(known):
                if step:
                    vectors.append([step if a == axis else 0 for a in range(dims)])
    return vectors


def _orders(vectors: Sequence[Sequence[int]], dims: int) -> tuple[int | None, ...]:
    """Return for each axis the least multiple of its unit step inside the lattice."""
    rows = _echelon(vectors, dims)
    orders: list[int | None] = []
    for axis in range(dims):
        rest = [Fraction(int(a == axis)) for a in range(dims)]
        least: int | None = 1
        for row in rows:
            pivot = next(a for a, value in enumerate(row) if value)
            times = rest[pivot] / row[pivot]
            least = least and lcm(least, times.denominator)
            rest = [r - times * value for r, value in zip(rest, row, strict=True)]
        orders.append(None if any(rest) else least)
    return tuple(orders)


def _echelon(vectors: Sequence[Sequence[int]], dims: int) -> list[list[int]]:
    """Return a basis in echelon form of the lattice that integer vectors generate."""
    rows = [list(vector) for vector in vectors if any(vector)]
    basis: list[list[int]] = []
    for axis in range(dims):
        while len(active := [row for row in rows if row[axis]]) > 1:
            least = min(active, key=lambda row: abs(row[axis]))
            for row in active:
                if row is not least:
                    times = row[axis] // least[axis]
                    row[:] = [a - times * b for a, b in zip(row, least, strict=True)]
        basis += active
        rows = [row for row in rows if any(row) and not row[axis]]
    return basis


def _by_phase(taps: Taps) -> int | None:
    """Count the classes on one axis when the mask depends on the phase."""
    period = taps.period
    if period > PHASE_LIMIT or not taps.advance:
        return None
    owner = list(range(period))
    shift = [0] * period
    cycle = [0] * period
    for p in range(period):
        for q in range(p, period):
            a, b = taps.phases[p], taps.phases[q]
            span = _distances(a, b, abs(taps.advance))
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
