"""How far beyond the region that it stands for does an output read, before and after?"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, lcm

import msgspec

from rfcalc.footprint import Footprint
from rfcalc.taps import Taps

__all__ = ["Reach", "reach"]


class Reach(msgspec.Struct, frozen=True):
    """Cells of the source that are read before and after a run of outputs, on one axis.

    Output ``o`` stands for the cells ``floor(J*o) .. ceil(J*(o+1)) - 1`` with ``J`` the jump.
    Negative where the outputs do not even read all that they stand for.

    before, after : for a run that starts, or ends, anywhere.
    before_aligned, after_aligned : for one that does so on a multiple of the period.
    rf : extent of the field of the phase with the largest one.
    """

    before: int
    after: int
    before_aligned: int
    after_aligned: int
    rf: int


def reach(found: Sequence[Footprint], axis: int, jump: Fraction) -> Reach:
    """Return the reach of bounded footprints of one node, one per source.

    With ``R(o)`` the cells that output ``o`` reads and ``P`` its period::

        before         = max_(0 <= o < P) floor(J*o) - min R(o)
        after          = max_(0 <= o < P) max R(o) + 1 - ceil(J*(o + 1))
        before_aligned = max_(0 <= o < P) -min R(o)
        after_aligned  = max_(-P <= o < 0) max R(o) + 1
    """
    relations = {
        taps for part in found for box in part.boxes if isinstance(taps := box[axis], Taps)
    }
    period = lcm(*(taps.period for taps in relations))
    rows: list[tuple[int, int, int]] = []
    for o in range(period):
        cells = [c for taps in relations if (c := taps.read(o))]
        if cells:
            rows.append((o, min(c.start for c in cells), max(c.stop for c in cells)))
    if not rows:
        return Reach(0, 0, 0, 0, 0)
    turn = int(jump * period)
    return Reach(
        max(floor(jump * o) - start for o, start, _ in rows),
        max(stop - ceil(jump * (o + 1)) for o, _, stop in rows),
        max(-start for _, start, _ in rows),
        max(stop - turn for _, _, stop in rows),
        max(stop - start for _, start, stop in rows),
    )
