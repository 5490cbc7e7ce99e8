"""Where within a stage are neighbours computed from disjoint features? Lattice runs (THEORY 2)."""

from collections.abc import Iterator, Sequence

import msgspec

from rfcalc.gridding.dominators import dominators, postdominators
from rfcalc.gridding.enclosing import outermost
from rfcalc.gridding.lines import Lines
from rfcalc.gridding.reach import Reach
from rfcalc.gridding.stages import Stage
from rfcalc.interior import inside
from rfcalc.lattices import Lattice
from rfcalc.network import Network

__all__ = ["Run", "lattice_runs"]


class Run(msgspec.Struct, frozen=True):
    """A maximal row of intervals of a line whose cells lie on a lattice of index above 1.

    ``sublattices`` is the index within the axes along which the row extends, ``None`` where no
    finite number of translates fills them. ``covered_by`` is the end of the next interval before
    the row, or else behind it, with which the spacing becomes 1.
    """

    source: int
    target: int
    sublattices: int | None
    covered_by: int | None


def lattice_runs(local: Network, stage: Stage) -> tuple[tuple[Run, ...], bool]:
    """Return the lattice runs of a stage, and whether all of its lines were looked at.

    Parameters
    ----------
    local : the network without what reads its whole input.
    """
    lines = Lines(local, stage.source, stage.target)
    reached: dict[int, Reach] = {}
    found: dict[tuple[int, int], Run] = {}
    for line in lines:
        reach = Reach(line, None if line.outer is None else reached[id(line.outer)])
        reached[id(line)] = reach
        for axis in range(local.dims):
            for run in (*_beginning(reach, axis), *_ending(reach, axis)):
                found.setdefault((run.source, run.target), run)
    runs = sorted(found.values(), key=lambda run: (run.source, run.target))
    return tuple(_outermost(local, stage, runs)), lines.complete


def _beginning(reach: Reach, axis: int) -> Iterator[Run]:
    """Yield the maximal rows that begin on a line, by the spacing on one axis."""
    line = reach.line
    longest = -1
    for number, gap in enumerate(reach.gaps):
        row = reach.farthest_end(number, axis)
        if row is None:
            continue
        lattice, end = row
        contained, longest = end <= longest, max(longest, end)
        outside = line.outer is not None and gap.start == line.start and end > line.end
        if contained or outside or end == gap.end or axis not in lattice.axes:
            continue
        last = reach.holding(end, "ends")
        longer = None if number else last.farthest_start(last.ends[end], axis)
        if longer is not None and longer[1] < gap.start:
            continue
        yield _run(row[0], (reach, number), (last, last.ends[end]))


def _ending(reach: Reach, axis: int) -> Iterator[Run]:
    """Yield the maximal rows that begin before a line and end on it."""
    line = reach.line
    longest = len(line.gaps) and line.gaps[-1].end + 1
    for number in range(len(reach.gaps) - 1, -1, -1):
        row = reach.farthest_start(number, axis)
        if row is None:
            continue
        lattice, start = row
        contained, longest = start >= longest, min(longest, start)
        outside = line.outer is not None and reach.gaps[number].end == line.end
        if contained or outside or start in reach.starts or axis not in lattice.axes:
            continue
        first = reach.holding(start, "starts")
        end = reach.gaps[number].end
        last = number == len(reach.gaps) - 1
        longer = first.farthest_end(first.starts[start], axis) if last else None
        if longer is not None and longer[1] > end:
            continue
        yield _run(lattice, (first, first.starts[start]), (reach, number))


def _run(lattice: Lattice, first: tuple[Reach, int], last: tuple[Reach, int]) -> Run:
    cover = first[0].left(first[1]) or last[0].right(last[1])
    return Run(
        source=first[0].gaps[first[1]].start,
        target=last[0].gaps[last[1]].end,
        sublattices=lattice.index,
        covered_by=None if cover is None else cover.end,
    )


def _outermost(local: Network, stage: Stage, runs: Sequence[Run]) -> Iterator[Run]:
    """Yield the runs that no other run encloses."""
    if len(runs) < 2:
        yield from runs
        return
    between = inside(local, stage.source, stage.target)
    above = dominators(between, lambda p: local.nodes[p].inputs, (stage.source,))
    readers: dict[int, list[int]] = {p: [] for p in (stage.source, *between)}
    for position in between:
        for i in local.nodes[position].inputs:
            if i in readers:
                readers[i].append(position)
    below = postdominators([stage.source, *between], readers.__getitem__, stage.target)
    yield from outermost(runs, above, below)
