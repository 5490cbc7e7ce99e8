"""Which source cells do outputs share, and which are read at all? Overlap, core, unseen input."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from rfcalc.bits import lowest
from rfcalc.cells import EMPTY, Cells
from rfcalc.footprint import Footprint
from rfcalc.gridding.sublattices import bounded_boxes
from rfcalc.region import Region
from rfcalc.taps import Taps

__all__ = ["core", "overlap", "read_share"]


def overlap(found: Footprint, phase: Sequence[int]) -> tuple[float, ...]:
    """Return per axis the share of an output's cells that its next neighbour reads too."""
    here = found.read(phase)
    shares: list[float] = []
    for axis in range(len(phase)):
        there = found.read([o + (a == axis) for a, o in enumerate(phase)])
        shares.append(here.shared(there) / here.count if here.boxes else 0.0)
    return tuple(shares)


def read_share(found: Footprint) -> Fraction:
    """Return the share of the source that any output reads at all (theorem T8).

    The sampled cells repeat with the input advance, so residues decide.
    """
    boxes = bounded_boxes(found)
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
    # The starts of all runs of a length are the bits that survive as many erosions; the longest
    # length is found by doubling and then by bisection.
    starts, length = cells.bits, 1
    while longer := starts & starts >> length:
        starts, length = longer, 2 * length
    step = length // 2
    while step:
        if longer := starts & starts >> step:
            starts, length = longer, length + step
        step //= 2
    central = max(0, cells.extent - length + 1) // 2
    later = starts >> central
    above = central + lowest(later)
    below = (starts & ((1 << central) - 1)).bit_length() - 1
    off = [abs(2 * at + length - cells.extent) for at in (below, above)]
    first = above if later and (below < 0 or off[1] <= off[0]) else below
    return Cells.run(cells.start + first, length)


def _residues(taps: Taps, turn: int) -> Cells:
    """Return the indices modulo ``turn`` that any output reads."""
    seen = EMPTY
    for output in range(taps.period * (turn // (abs(taps.advance) or 1))):
        seen |= _modulo(taps.read(output), turn)
    return seen


def _modulo(cells: Cells, turn: int) -> Cells:
    """Return the residues of a set modulo ``turn``, folded over by halves."""
    first = cells.start // turn * turn
    cells = cells.shift(-first)
    while cells.stop > turn:
        if cells.bits is None and cells.extent >= turn:
            return Cells.run(0, turn)
        half = -(-cells.stop // (2 * turn)) * turn
        upper = cells & Cells.run(half, half)
        cells = cells.clip(half) | upper.shift(-half)
    return cells
