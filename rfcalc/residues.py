"""Which integers leave two given remainders? The Chinese remainder theorem, in closed form."""

from math import gcd

__all__ = ["meeting"]


def meeting(start: int, step: int, other: int, modulus: int) -> tuple[int, int] | None:
    """Return the first of ``start, start + step, ..`` that is ``other`` modulo ``modulus``.

    Beside it the distance from one of them to the next; ``None`` where there are none.

    >>> meeting(1, 4, 3, 6)
    (9, 12)
    """
    shared = gcd(step, modulus)
    if (other - start) % shared:
        return None
    turns = modulus // shared
    taken = (other - start) // shared * pow(step // shared, -1, turns) % turns
    return start + step * taken, step * turns
