"""Which bits of a long integer are set? Found by a few shifts, or by a pass over its digits."""

from collections.abc import Iterator
from math import gcd

__all__ = [
    "copied",
    "every",
    "indices",
    "largest_hole",
    "lowest",
    "mirrored",
    "runs",
    "spaced",
    "spacing",
    "written",
]

DECIMAL = 1 << 11
"""Most bits of an integer that Python writes in base 10, whatever its settings."""
WORDS = (1 << 512) - 1
"""The bits that are looked at before the whole of a long integer is."""


def lowest(bits: int) -> int:
    """Return the index of the lowest bit that is set, -1 when there is none."""
    return (bits & -bits).bit_length() - 1


def indices(bits: int) -> Iterator[int]:
    """Yield the indices of the bits that are set, in rising order."""
    digits = bin(bits)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def runs(bits: int) -> Iterator[tuple[int, int]]:
    """Yield start and length of the runs of set bits, in rising order; the first bit is set."""
    digits = bin(bits)[:1:-1]
    at = 0
    while at >= 0:
        end = digits.find("0", at)
        end = len(digits) if end < 0 else end
        yield at, end - at
        at = digits.find("1", end)


def largest_hole(bits: int) -> int:
    """Return the length of the longest run of missing bits between two set ones; there is one.

    >>> largest_hole(0b1000101)
    3
    """
    # A hole of h bits closes under h + 1 copies side by side, found by bisection.
    open_still, copies = bits, 1
    while (wider := open_still | open_still << copies) & (wider + 1):
        open_still, copies = wider, copies * 2
    step = copies // 2
    while step:
        wider = open_still | open_still << step
        if wider & (wider + 1):
            open_still, copies = wider, copies + step
        step //= 2
    return copies


def spacing(bits: int) -> int:
    """Return the greatest common divisor of the distances between set bits, two or more.

    The first bit is set. Where the second is too, nothing more is looked at; most other holes
    show in the first few words.

    >>> spacing(0b1000000010001)
    4
    """
    found = lowest(bits ^ 1)
    for window in (bits & WORDS, bits):
        while found > 1:
            comb = copied(1, found, (window.bit_length() - 1) // found + 1)
            stray = window & ~comb
            if not stray:
                break
            found = gcd(found, lowest(stray))
    return found


def copied(bits: int, step: int, count: int) -> int:
    """Return the union of ``count`` copies, each ``step`` above the one before."""
    done = 1
    while done < count:
        more = min(done, count - done)
        bits |= bits << (step * more)
        done += more
    return bits


def spaced(bits: int, by: int) -> int:
    """Return the bits ``by * i`` of all set bits ``i``."""
    if by == 1:
        return bits
    return int(("0" * (by - 1)).join(bin(bits)[2:]), 2)


def every(bits: int, step: int, first: int) -> int:
    """Return bit ``first + step * j`` as bit ``j``, for every ``j >= 0``."""
    if step == 1:
        return bits >> first
    digits = bin(bits)[:1:-1][first::step]
    return int(digits[::-1], 2)


def mirrored(bits: int) -> int:
    """Return the bits in reverse order; the lowest one is set."""
    return int(bin(bits)[:1:-1], 2)


def written(number: int) -> str:
    """Return an integer as Python code, a long one in base 16."""
    return str(number) if number.bit_length() <= DECIMAL else hex(number)
