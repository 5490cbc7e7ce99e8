"""How far beyond the region that it stands for does an output read, before and after?"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, lcm

import msgspec

from rfcalc.footprint import Footprint

__all__ = ["Reach", "reach"]


class Reach(msgspec.Struct, frozen=True):
    """Cells of the source that are read before and after a run of outputs, on one axis.

    Output ``o`` stands for the cells ``floor(J*o) .. ceil(J*(o+1)) - 1`` with ``J`` the jump.
    Negative where the outputs do not even read all that they stand for; ``None`` on a side
    without end.

    before, after : for a run that starts, or ends, anywhere.
    before_aligned, after_aligned : for one that does so on a multiple of the period.
    rf : extent of the field of the phase with the largest one.
    """

    before: int | None
    after: int | None
    before_aligned: int | None
    after_aligned: int | None
    rf: int | None


def reach(found: Sequence[Footprint], axis: int, jump: Fraction) -> Reach:
    """Return the reach of footprints of one node, one per source.

    With ``R(o)`` the cells that output ``o`` reads and ``P`` its period::

        before         = max_(0 <= o < P) floor(J*o) - min R(o)
        after          = max_(0 <= o < P) max R(o) + 1 - ceil(J*(o + 1))
        before_aligned = max_(0 <= o < P) -min R(o)
        after_aligned  = max_(-P <= o < 0) max R(o) + 1
    """
    parts = [part for part in found if part.held]
    whole = Footprint.union(parts).unbounded if any(not part.bounded for part in parts) else None
    side = None if whole is None or (cause := whole[axis]) is None else cause.side
    period = lcm(*(part.period(axis) for part in parts))
    starts: list[tuple[int, int]] = []
    stops: list[tuple[int, int]] = []
    wide = 0
    spans = [part.spans(axis, range(period)) for part in parts]
    for o in range(period):
        ends = [span[o] for span in spans]
        low = min((first for first, _ in ends if first is not None), default=None)
        high = max((last + 1 for _, last in ends if last is not None), default=None)
        starts += [] if low is None else [(o, low)]
        stops += [] if high is None else [(o, high)]
        wide = max(wide, 0 if low is None or high is None else high - low)
    turn = int(jump * period)
    first, last = side in (None, "after"), side in (None, "before")
    return Reach(
        max((floor(jump * o) - start for o, start in starts), default=0) if first else None,
        max((stop - ceil(jump * (o + 1)) for o, stop in stops), default=0) if last else None,
        max((-start for _, start in starts), default=0) if first else None,
        max((stop - turn for _, stop in stops), default=0) if last else None,
        wide if side is None else None,
    )
