"""How far can a row of intervals grow while its cells keep to a lattice? From both ends."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from rfcalc.gridding.lines import Gap, Line
from rfcalc.lattices import Lattice

__all__ = ["Reach", "Row"]

Row = tuple[Lattice, int]
"""The lattice of a row of intervals, and the node at its far end."""


class Reach:
    """The rows that begin or end at each interval of a line, those that lead out of it included.

    ``after[i]`` holds the rows that begin with interval ``i``, ``before[i]`` those that end with
    it, each once per lattice with the farthest node up to which it holds. Lattices grow along a
    row, so there are few of them.
    """

    def __init__(self, line: Line, outer: "Reach | None") -> None:
        self.line, self.outer = line, outer
        self.gaps = line.gaps
        self.starts = {gap.start: number for number, gap in enumerate(self.gaps)}
        self.ends = {gap.end: number for number, gap in enumerate(self.gaps)}
        self._before_all: Sequence[Row] = ()
        self._after_all: Sequence[Row] = ()
        if outer is not None:
            self._before_all = outer.before_gap(line.place)
            self._after_all = outer.after_gap(line.place + 1)
        self.after = self._afterwards()
        self.before = self._backwards()

    def after_gap(self, number: int) -> Sequence[Row]:
        """Return the rows that begin with an interval, or behind the last one of the line."""
        return self.after[number] if number < len(self.gaps) else self._after_all

    def before_gap(self, number: int) -> Sequence[Row]:
        """Return the rows that end before an interval of the line."""
        return self.before[number - 1] if number else self._before_all

    def left(self, number: int) -> Gap | None:
        """Return the interval before one of this line, on it or on those around it."""
        if number:
            return self.gaps[number - 1]
        return None if self.outer is None else self.outer.left(self.line.place)

    def right(self, number: int) -> Gap | None:
        """Return the interval behind one of this line, on it or on those around it."""
        if number + 1 < len(self.gaps):
            return self.gaps[number + 1]
        return None if self.outer is None else self.outer.right(self.line.place)

    def holding(self, node: int, side: Literal["starts", "ends"]) -> "Reach":
        """Return the line on which a row that leads out of this one starts or ends."""
        here = self
        while node not in getattr(here, side):
            assert here.outer is not None
            here = here.outer
        return here

    def farthest_end(self, number: int, axis: int) -> Row | None:
        """Return the longest row from an interval on in which neighbours on an axis are apart."""
        return _farthest(self.after[number], axis)

    def farthest_start(self, number: int, axis: int) -> Row | None:
        """Return the longest row up to an interval in which neighbours on an axis are apart."""
        return _farthest(self.before[number], axis)

    def _afterwards(self) -> list[Sequence[Row]]:
        line, gaps = self.line, self.gaps
        rows: list[Sequence[Row]] = [()] * len(gaps)
        beyond = self._after_all
        for number in range(len(gaps) - 1, -1, -1):
            start, pair = gaps[number].start, line.pair
            if pair is None:
                beyond = _grown(gaps[number].lattice, gaps[number].end, beyond)
            else:
                own = [(pair(start, gap.end), gap.end) for gap in gaps[number:]]
                out = pair(start, line.end)
                beyond = _distinct([*own, *((out | far, end) for far, end in self._after_all)])
            rows[number] = beyond
        if self.outer is not None and gaps and gaps[0].start == line.start:
            # What leads from the start of a branch past its end leads around the branch as well.
            own = [row for row in self._within(gaps, "end") if row[1] < line.end]
            spatial = gaps[-1].end == line.end
            out = [row for row in self.outer.after[line.place] if spatial or row[1] > line.end]
            rows[0] = _distinct([*own, *out])
        return rows

    def _backwards(self) -> list[Sequence[Row]]:
        line, gaps = self.line, self.gaps
        rows: list[Sequence[Row]] = [()] * len(gaps)
        beyond = self._before_all
        for number, gap in enumerate(gaps):
            pair = line.pair
            if pair is None:
                beyond = _grown(gap.lattice, gap.start, beyond)
            else:
                own = [(pair(one.start, gap.end), one.start) for one in gaps[number::-1]]
                out = pair(line.start, gap.end)
                beyond = _distinct([*own, *((out | far, at) for far, at in self._before_all)])
            rows[number] = beyond
        if self.outer is not None and gaps and gaps[-1].end == line.end:
            own = [row for row in self._within(gaps[::-1], "start") if row[1] > line.start]
            spatial = gaps[0].start == line.start
            out = [row for row in self.outer.before[line.place] if spatial or row[1] < line.start]
            rows[-1] = _distinct([*own, *out])
        return rows

    def _within(self, gaps: Sequence[Gap], far: Literal["start", "end"]) -> Iterator[Row]:
        """Yield the rows of a line that begin with the first of some intervals in a row."""
        joined = gaps[0].lattice
        for gap in gaps:
            if self.line.pair is None:
                joined |= gap.lattice
            else:
                ends = (gaps[0].start, gap.end) if far == "end" else (gap.start, gaps[0].end)
                joined = self.line.pair(*ends)
            yield joined, getattr(gap, far)


def _grown(lattice: Lattice, far: int, rows: Sequence[Row]) -> Sequence[Row]:
    """Return the rows that an interval begins: itself, and joined with those behind it."""
    return _distinct([(lattice, far), *((lattice | other, end) for other, end in rows)])


def _distinct(rows: Sequence[Row]) -> Sequence[Row]:
    """Keep the longest of neighbouring rows that have one lattice."""
    return [
        row
        for row, longer in zip(rows, [*rows[1:], None], strict=True)
        if longer is None or longer[0] != row[0]
    ]


def _farthest(rows: Sequence[Row], axis: int) -> Row | None:
    """Return the longest row whose lattice does not hold the unit step of an axis."""
    longest: Row | None = None
    for row in rows:
        if _joins(row[0], axis):
            break
        longest = row
    return longest


@lru_cache(maxsize=4096)
def _joins(lattice: Lattice, axis: int) -> bool:
    return lattice.orders[axis] == 1
