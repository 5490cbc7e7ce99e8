"""What do many outputs of a periodic relation read together? Unions, each of them made once."""

from rfcalc.cells import EMPTY, Cells
from rfcalc.errors import LimitExceeded

__all__ = ["WORK_LIMIT", "Images"]

WORK_LIMIT = 1 << 20
"""Most unions made for one relation; one of wide sets counts more."""
WORD = 1 << 14
"""Bits of a set with holes that count as one union more."""


class Images:
    """Unions of a periodic sequence of sets, ``R(o + P) = R(o) + Q``, over sets of ``o``.

    A run or a progression of outputs is covered by two overlapping ones whose length is a power
    of two, and these are made of halves, each phase of each length once. So the images of all
    phases of an outer relation cost about ``P log n`` unions of the inner one and not ``P n``.
    """

    def __init__(self, advance: int, phases: tuple[Cells, ...]) -> None:
        self._advance = advance
        self._phases = phases
        self._solid = _solid(advance, phases)
        self._made: dict[tuple[int, int, int], Cells] = {}
        self._work = 0

    def of(self, outputs: Cells) -> Cells:
        """Return the union of ``R(o)`` over the outputs.

        Raises
        ------
        LimitExceeded
            More than ``WORK_LIMIT`` unions were needed so far.

        Examples
        --------
        >>> doubling = Images(1, (Cells(0, 1), Cells(0, 2)))
        >>> doubling.of(Cells.run(2, 5))
        Cells(start=1, extent=3)
        """
        if outputs.solid:
            if not self._solid or not outputs.extent:
                return self._spaced(outputs.start, 1, outputs.extent)
            first, last = self._power(0, outputs.start, 1), self._power(0, outputs.stop - 1, 1)
            return Cells(first.start, last.stop - first.start)
        if outputs.pattern is None:
            return self._spaced(outputs.start, outputs.pitch, outputs.slots)
        total = EMPTY
        if (outputs.pattern & ~(outputs.pattern << 1)).bit_count() <= 2 * len(self._phases):
            for run in outputs.runs():
                found = self._spaced(run.start, outputs.pitch, run.slots)
                total = self._united(total, found)
            return total
        for phase, cells in enumerate(self._phases):
            turns = outputs.residue(len(self._phases), phase)
            if turns:
                total = self._united(total, cells.plus(turns.scale(self._advance)))
        return total

    def _spaced(self, start: int, step: int, count: int) -> Cells:
        """Return the union over ``start + step * t``, ``0 <= t < count``."""
        if count < 1:
            return EMPTY
        level = count.bit_length() - 1
        first, rest = self._power(level, start, step), count - (1 << level)
        if not rest:
            return first
        return self._united(first, self._power(level, start + step * rest, step))

    def _power(self, level: int, start: int, step: int) -> Cells:
        """Return the union over ``start + step * t``, ``0 <= t < 2**level``."""
        turn, phase = divmod(start, len(self._phases))
        if not level:
            return self._phases[phase].shift(turn * self._advance)
        found = self._made.get((level, phase, step))
        if found is None:
            half = step << (level - 1)
            found = self._united(
                self._power(level - 1, phase, step), self._power(level - 1, phase + half, step)
            )
            self._made[level, phase, step] = found
        return found.shift(turn * self._advance)

    def _united(self, a: Cells, b: Cells) -> Cells:
        found = a | b
        self._work += 1 + found.weight // WORD
        if self._work > WORK_LIMIT:
            raise LimitExceeded("its phases read too many sets of cells to unite them all")
        return found


def _solid(advance: int, phases: tuple[Cells, ...]) -> bool:
    """Whether the sets are runs that rise and touch, so that neighbours unite to a run."""
    before = phases[-1].shift(-advance)
    for cells in phases:
        if (
            not cells.solid
            or not cells.extent
            or not before.start <= cells.start <= before.stop <= cells.stop
        ):
            return False
        before = cells
    return True
