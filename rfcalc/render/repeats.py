"""Which rows of a table say the same again? Blocks of layers that follow each other, alike."""

from collections.abc import Collection, Hashable, Sequence

import msgspec

__all__ = ["Repeat", "repeats"]

_LONGEST = 128
"""Most rows of a block that is looked for, so that the search stays linear."""


class Repeat(msgspec.Struct, frozen=True):
    """A block of ``length`` rows from ``first`` on, which stands there ``times`` times."""

    first: int
    length: int
    times: int

    @property
    def stop(self) -> int:
        """The row behind the last of them."""
        return self.first + self.length * self.times


def repeats(signs: Sequence[Hashable], reads: Sequence[Collection[int]]) -> list[Repeat]:
    """Return blocks in series that repeat, none of which overlap; three rows less at the least.

    Parameters
    ----------
    signs : what has to be equal of a row in every repetition.
    reads : rows that a row reads. What lies further back than a block is ignored, as the skip
        connections that all blocks of a WaveNet or DenseNet add up.

    Examples
    --------
    >>> repeats("abcbcbcd", [(), (0,), (1,), (2,), (3,), (4,), (5,), (6,)])
    [Repeat(first=1, length=2, times=3)]
    """
    number: dict[Hashable, int] = {}
    rows = [
        (number.setdefault(sign, len(number)), frozenset(at - one for one in read))
        for at, (sign, read) in enumerate(zip(signs, reads, strict=True))
    ]
    found: list[Repeat] = []
    at = 0
    while at < len(rows):
        best = _best(rows, at)
        if best is None:
            at += 1
        else:
            found.append(best)
            at = best.stop
    return found


_Rows = Sequence[tuple[int, frozenset[int]]]


def _best(rows: _Rows, at: int) -> Repeat | None:
    """Return the block from a row on whose repetitions take away most rows."""
    best, most = None, 2
    for length in range(1, min(_LONGEST, (len(rows) - at) // 2) + 1):
        if len(rows) - at - length - 1 <= most:
            # Not even if it repeated to the end.
            break
        if rows[at][0] != rows[at + length][0] or not _in_series(rows, at + length, length):
            continue
        end = at + length
        while end < len(rows) and _alike(rows[end], rows[end - length], length):
            end += 1
        times = (end - at) // length
        if (times - 1) * length - 1 > most:
            best, most = Repeat(at, length, times), (times - 1) * length - 1
    return best


def _alike(one: tuple[int, frozenset[int]], other: tuple[int, frozenset[int]], length: int) -> bool:
    if one == other:
        return True
    near = [{step for step in row[1] if step <= length} for row in (one, other)]
    return one[0] == other[0] and near[0] == near[1]


def _in_series(rows: _Rows, first: int, length: int) -> bool:
    """Whether every row of a block reads one of it or the last before it, or what is far away too.

    So branches that stand beside each other are no repetition.
    """
    for place in range(min(length, len(rows) - first)):
        steps = rows[first + place][1]
        if min(steps, default=length + 1) > place + 1:
            return False
        if any(place + 1 < step <= length for step in steps):
            return False
    return True
