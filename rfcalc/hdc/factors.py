"""Which dilations of a group stand in a common factor relationship, two by two?"""

from collections.abc import Iterator, Sequence

__all__ = ["PAIR_LIMIT", "sharing"]

PAIR_LIMIT = 8
"""Most pairs that are named: one is enough to break the rule."""
_MANY = 500
"""Rates from which on primes are sieved: of so many most are prime, or two share a factor."""


def sharing(rates: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return pairs of dilations above 1 that share a factor, at most ``PAIR_LIMIT`` of them.

    Two layers of one dilation are a pair. Dilations are held against the primes of the smaller
    ones, so that long schedules are not compared two by two.

    >>> sharing([1, 2, 3, 4]), sharing([1, 2, 5]), sharing([2, 2])
    (((2, 4),), (), ((2, 2),))
    """
    above = sorted(rate for rate in rates if rate > 1)
    sieve = _sieve(above[-1]) if len({*above}) > _MANY else b""
    found: dict[tuple[int, int], None] = {}
    smaller: dict[int, list[int]] = {}
    last = 1
    for rate in above:
        if rate == last:
            found[rate, rate] = None
            continue
        last = rate
        for prime in (rate,) if sieve and sieve[rate] else _primes(rate):
            others = smaller.setdefault(prime, [])
            found.update(dict.fromkeys((other, rate) for other in others))
            others.append(rate)
        if len(found) >= PAIR_LIMIT:
            break
    return tuple(found)[:PAIR_LIMIT]


def _primes(number: int) -> Iterator[int]:
    """Yield the primes that divide a number, each once."""
    trial = 2
    while trial * trial <= number:
        if number % trial == 0:
            yield trial
            while number % trial == 0:
                number //= trial
        trial += 1 if trial == 2 else 2
    if number > 1:
        yield number


def _sieve(most: int) -> bytes:
    """Return for each number, up to the most, 1 where it is a prime."""
    prime = bytearray([0, 0]) + bytearray([1]) * (most - 1)
    for number in range(2, int(most**0.5) + 1):
        if prime[number]:
            multiples = range(number * number, most + 1, number)
            prime[number * number :: number] = bytes(len(multiples))
    return bytes(prime)
