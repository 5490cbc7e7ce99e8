"""Which hole-free schedules of a given length reach a given field?"""

from collections.abc import Iterator
from itertools import islice

import msgspec

from rfcalc.schedules.evenness import (
    COUNT_LIMIT,
    chain_evenness,
    counted,
    counting_width,
    variation,
)

__all__ = [
    "ENUMERATION_LIMIT",
    "LAYER_LIMIT",
    "Schedule",
    "constructed",
    "largest_schedule",
    "least_layers",
    "reach",
    "schedules",
]

ENUMERATION_LIMIT = 5000
"""Most schedules of one length and field that are listed and ranked one by one."""
COUNT_WORK = 10_000_000
"""Most cells times layers times schedules over which path counts are ranked."""
LAYER_LIMIT = 64
"""Most layers of a schedule that is designed."""


class Schedule(msgspec.Struct, frozen=True):
    """A hole-free schedule with what it is ranked by.

    ``cells`` : offsets sampled on one axis, all of the field. ``cv`` : coefficient of variation
    of the path counts, ``None`` where they are too many to count. ``leak`` : largest magnitude of
    their Fourier transform at the frequencies one over each dilation, over the total.
    """

    dilations: tuple[int, ...]
    rf: int
    cells: int
    cv: float | None
    leak: float


def largest_schedule(layers: int, kernel: int, max_dilation: int | None = None) -> tuple[int, ...]:
    """Return the schedule of the largest hole-free field: ``d_i = prod_(j<i) k_j`` (T6).

    >>> largest_schedule(4, 3)
    (1, 3, 9, 27)
    """
    return tuple(islice(_widest(1, kernel, max_dilation), layers))


def _widest(field: int, kernel: int, max_dilation: int | None) -> Iterator[int]:
    """Yield the largest dilations that further layers can have without holes, without end."""
    while True:
        rate = field if max_dilation is None else min(field, max_dilation)
        yield rate
        field += (kernel - 1) * rate


def least_layers(rf: int, kernel: int, max_dilation: int | None) -> int:
    """Return the fewest layers whose largest field holds the wanted one."""
    rates = _widest(1, kernel, max_dilation)
    field, layers = 1 + (kernel - 1) * next(rates), 1
    while field < rf and layers <= LAYER_LIMIT:
        field += (kernel - 1) * next(rates)
        layers += 1
    return layers


def schedules(
    layers: int, rf: int, kernel: int, max_dilation: int | None
) -> tuple[list[Schedule], bool]:
    """Return the schedules of a length and field; all of them, or one when they are too many."""
    total, over = divmod(rf - 1, kernel - 1)
    if over:
        return [], True
    if rf * layers > COUNT_LIMIT:
        built = constructed(layers, rf, kernel, max_dilation)
        return [] if built is None else [built], False
    found: list[Schedule] = []
    # A schedule costs as much as its field is long, times its layers.
    most = min(ENUMERATION_LIMIT, max(10, COUNT_WORK // (rf * layers)))
    for rates, spread in _ascending(layers, total, kernel, max_dilation):
        found.append(Schedule(rates, rf, rf, spread, 0.0))
        if len(found) > most:
            built = constructed(layers, rf, kernel, max_dilation)
            return [] if built is None else [built], False
    return found, True


def _ascending(
    layers: int, total: int, kernel: int, max_dilation: int | None
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield every non-decreasing schedule of a sum in which no step exceeds the field so far.

    Each comes with the variation of its path counts, which schedules of one beginning share.
    """
    width = counting_width(layers, kernel)

    def extend(
        chosen: tuple[int, ...], counts: int, field: int, rest: int
    ) -> Iterator[tuple[tuple[int, ...], float]]:
        left = layers - len(chosen)
        if left == 0:
            yield chosen, variation(counts, field, kernel**layers, width)
            return
        low = rest if left == 1 else chosen[-1] if chosen else 1
        high = min(field, rest // left, max_dilation or rest)
        for rate in range(high, low - 1, -1):
            grown = field + (kernel - 1) * rate
            if reach(grown, left - 1, kernel, max_dilation) < rest - rate:
                break
            after = counted(counts, rate, kernel, width)
            yield from extend((*chosen, rate), after, grown, rest - rate)

    yield from extend((), 1, 1, total)


def reach(field: int, layers: int, kernel: int, max_dilation: int | None) -> int:
    """Return the largest sum of dilations that further layers can add to a field."""
    return sum(islice(_widest(field, kernel, max_dilation), layers))


def constructed(layers: int, rf: int, kernel: int, max_dilation: int | None) -> Schedule | None:
    """Return one schedule by T6: each dilation as large as the field and the rest allow."""
    total, over = divmod(rf - 1, kernel - 1)
    rates: list[int] = []
    field = 1
    for left in range(layers - 1, -1, -1):
        rate = min(field, total - sum(rates) - left, max_dilation or total)
        if rate < 1:
            return None
        rates.append(rate)
        field += (kernel - 1) * rate
    if over or sum(rates) != total:
        return None
    spread, leak = chain_evenness(rates, kernel)
    return Schedule(tuple(sorted(rates)), field, field, spread, leak)
