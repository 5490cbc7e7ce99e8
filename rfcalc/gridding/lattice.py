"""Which source cells do outputs share, and which are read at all? Overlap, core, unseen input."""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm, prod

from rfcalc.bits import lowest
from rfcalc.cells import EMPTY, Cells
from rfcalc.footprint import Footprint
from rfcalc.gridding.sublattices import bounded_boxes
from rfcalc.region import Region
from rfcalc.taps import Taps

__all__ = ["core", "overlap", "read_share", "rim_only"]


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


def core(region: Region) -> tuple[Cells, ...]:
    """Return the solid core: the largest box without a hole, centred in the field (theorem T5).

    It grows equally on all axes from the middle cell (the middle two of an even field), on each
    up to the field; empty when a middle cell is missing. What is missing lies outside it: the rim.
    """
    bounds = region.bounds or ()
    if len(region.boxes) == 1:
        growths = [_growth(cells) for cells in region.boxes[0] if not cells.solid]
        steps = min(growths, default=max((span.extent for span in bounds), default=0))
    else:
        steps = bisect_left(
            range(max((span.extent for span in bounds), default=0)),
            True,
            key=lambda n: not _is_solid(region, _middle(bounds, n)),
        )
    return _middle(bounds, steps - 1) if steps else (EMPTY,) * len(bounds)


def rim_only(core: Sequence[int], rf: Sequence[int]) -> bool:
    """Whether a core has more than half of the field on every axis on which that exceeds 1 (T5)."""
    return all(2 * extent > field for extent, field in zip(core, rf, strict=True) if field > 1)


def _middle(bounds: Sequence[Cells], steps: int) -> tuple[Cells, ...]:
    """Return the box that has grown from the middle of a field by some steps to every side."""
    sides = [min(span.extent, 2 - span.extent % 2 + 2 * steps) for span in bounds]
    return tuple(
        Cells.run(span.start + (span.extent - side) // 2, side)
        for span, side in zip(bounds, sides, strict=True)
    )


def _is_solid(region: Region, box: Sequence[Cells]) -> bool:
    held = region.shift([-span.start for span in box]).clip([span.extent for span in box])
    return held.count == prod(span.extent for span in box)


def _growth(cells: Cells) -> int:
    """Return how many cells in a row are present from the middle outwards, on both sides."""
    if cells.pitch > 1:
        return int(cells.extent % 2 and cells.start + cells.extent // 2 in cells)
    upper = cells.mask >> cells.extent // 2
    below = (cells.extent + 1) // 2
    missing = ~cells.mask & ((1 << below) - 1)
    return min(lowest(~upper), below - missing.bit_length())


def _residues(taps: Taps, turn: int) -> Cells:
    """Return the indices modulo ``turn`` that any output reads."""
    seen = EMPTY
    for output in range(taps.period * (turn // (abs(taps.advance) or 1))):
        seen |= _modulo(taps.read(output), turn)
    return seen


def _modulo(cells: Cells, turn: int) -> Cells:
    """Return the residues of a set modulo ``turn``, folded over by halves."""
    common = gcd(cells.pitch, turn)
    if cells.pattern is None and cells.slots >= turn // common:
        return Cells.progression(cells.start % common, common, turn // common)
    first = cells.start // turn * turn
    cells = cells.shift(-first)
    while cells.stop > turn:
        half = -(-cells.stop // (2 * turn)) * turn
        upper = cells & Cells.run(half, half)
        cells = cells.clip(half) | upper.shift(-half)
    return cells
