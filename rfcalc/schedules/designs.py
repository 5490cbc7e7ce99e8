"""Which hole-free schedules reach a wanted field, and which of them is best?"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from rfcalc.errors import fail
from rfcalc.schedules.evenness import (
    COUNT_LIMIT,
    chain_evenness,
    counted,
    counting_width,
    variation,
)

__all__ = ["ENUMERATION_LIMIT", "Design", "Prefer", "Schedule", "design", "largest_schedule"]

Prefer = Literal["even", "large", "few-layers", "small-dilations"]
ENUMERATION_LIMIT = 5000
"""Most schedules of one length and field that are listed and ranked one by one."""
COUNT_WORK = 10_000_000
"""Most cells times layers times schedules over which path counts are ranked."""
LAYER_LIMIT = 64


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


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of ``rfcalc design``.

    ``schedules`` answer the wish, best first; they are empty when it is impossible, and then
    ``below`` and ``above`` are the nearest fields that can be had, with their best schedules.
    ``complete`` tells whether every schedule was ranked; otherwise one was constructed.
    ``rf`` is the field in cells of the schedule's own input; ``wanted`` as it was asked.
    """

    kernel: int
    layers: int | None
    rf: int | None
    wanted: int | None
    jump: int
    max_dilation: int | None
    prefer: Prefer
    causal: bool
    schedules: tuple[Schedule, ...]
    below: Schedule | None
    above: Schedule | None
    complete: bool
    reason: str


def largest_schedule(layers: int, kernel: int, max_dilation: int | None = None) -> tuple[int, ...]:
    """Return the schedule of the largest hole-free field: ``d_i = prod_(j<i) k_j`` (T6).

    >>> largest_schedule(4, 3)
    (1, 3, 9, 27)
    """
    rates: list[int] = []
    field = 1
    for _ in range(layers):
        rate = field if max_dilation is None else min(field, max_dilation)
        rates.append(rate)
        field += (kernel - 1) * rate
    return tuple(rates)


def design(
    layers: int | None = None,
    rf: int | None = None,
    *,
    kernel: int = 3,
    max_dilation: int | None = None,
    jump: int = 1,
    prefer: Prefer = "even",
    causal: bool = False,
    count: int = 5,
) -> Design:
    """Return hole-free dilation schedules for a wanted field, ranked.

    Parameters
    ----------
    layers : number of convolutions; by default as few as reach the field.
    rf : wanted extent of the field, in input cells; by default the largest there is.
    jump : input cells between neighbouring cells of the map that the schedule reads.

    Raises
    ------
    RfcalcError
        RF410: neither layers nor a field, or a value out of range.

    Notes
    -----
    Source: theorem T6 for the fields that exist and for the construction; every schedule
    returned satisfies T1. A wish that cannot be met is no error: ``below`` and ``above`` are the
    nearest fields that can be.
    """
    _check(layers, rf, kernel, max_dilation, jump)
    wanted = rf
    if rf is not None:
        rf = -(-(rf - 1) // jump) + 1
    least = layers or _least_layers(rf or 1, kernel, max_dilation)
    found, complete, reason = (), True, ""
    below = above = None
    if rf is None:
        rates = largest_schedule(least, kernel, max_dilation)
        field = 1 + (kernel - 1) * sum(rates)
        found = (Schedule(rates, field, field, *chain_evenness(rates, kernel)),)
        reason = "the largest field without holes, each cell by one path while dilations may grow"
    elif least > LAYER_LIMIT:
        reason = f"more than {LAYER_LIMIT} layers would be needed"
    else:
        lengths = [least] if layers else [least, least + 1, least + 2]
        ranked: list[Schedule] = []
        for length in lengths:
            some, all_of_them = _schedules(length, rf, kernel, max_dilation)
            ranked += some
            complete = complete and all_of_them
        best = sorted(ranked, key=lambda s: _rank(s, prefer))[:count]
        found = tuple(
            msgspec.structs.replace(s, leak=chain_evenness(s.dilations, kernel)[1]) for s in best
        )
        if not found:
            below, above, reason = _nearest(least, rf, kernel, max_dilation)
    return Design(
        kernel=kernel,
        layers=layers,
        rf=rf,
        wanted=wanted,
        jump=jump,
        max_dilation=max_dilation,
        prefer=prefer,
        causal=causal,
        schedules=found,
        below=below,
        above=above,
        complete=complete,
        reason=reason,
    )


def _check(
    layers: int | None, rf: int | None, kernel: int, max_dilation: int | None, jump: int
) -> None:
    if layers is None and rf is None:
        raise fail("RF410", "a design needs a number of layers or a field", "--layers 5 --rf 65")
    for word, value, low, high in (
        ("layers", layers, 1, LAYER_LIMIT),
        ("rf", rf, 1, 1 << 40),
        ("kernel", kernel, 2, 1 << 10),
        ("max-dilation", max_dilation, 1, 1 << 22),
        ("jump", jump, 1, 1 << 16),
    ):
        if value is not None and not low <= value <= high:
            raise fail("RF410", f"'{word}' is {value}", f"it takes {low} to {high:,}")


def _least_layers(rf: int, kernel: int, max_dilation: int | None) -> int:
    """Return the fewest layers whose largest field holds the wanted one."""
    field = layers = 1
    field += kernel - 1
    while field < rf and layers <= LAYER_LIMIT:
        rate = field if max_dilation is None else min(field, max_dilation)
        field += (kernel - 1) * rate
        layers += 1
    return layers


def _schedules(
    layers: int, rf: int, kernel: int, max_dilation: int | None
) -> tuple[list[Schedule], bool]:
    """Return the schedules of a length and field; all of them, or one when they are too many."""
    total, over = divmod(rf - 1, kernel - 1)
    if over:
        return [], True
    if rf * layers > COUNT_LIMIT:
        built = _constructed(layers, rf, kernel, max_dilation)
        return [] if built is None else [built], False
    found: list[Schedule] = []
    # A schedule costs as much as its field is long, times its layers.
    most = min(ENUMERATION_LIMIT, max(10, COUNT_WORK // (rf * layers)))
    for rates, spread in _ascending(layers, total, kernel, max_dilation):
        found.append(Schedule(rates, rf, rf, spread, 0.0))
        if len(found) > most:
            built = _constructed(layers, rf, kernel, max_dilation)
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
            if _reach(grown, left - 1, kernel, max_dilation) < rest - rate:
                break
            after = counted(counts, rate, kernel, width)
            yield from extend((*chosen, rate), after, grown, rest - rate)

    yield from extend((), 1, 1, total)


def _reach(field: int, layers: int, kernel: int, max_dilation: int | None) -> int:
    """Return the largest sum of dilations that further layers can add to a field."""
    total = 0
    for _ in range(layers):
        rate = field if max_dilation is None else min(field, max_dilation)
        total += rate
        field += (kernel - 1) * rate
    return total


def _constructed(layers: int, rf: int, kernel: int, max_dilation: int | None) -> Schedule | None:
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


def _rank(schedule: Schedule, prefer: Prefer) -> tuple[float, ...]:
    rates = schedule.dilations
    cv = schedule.cv or 0.0
    if prefer == "few-layers":
        return (len(rates), cv)
    if prefer == "small-dilations":
        return (max(rates), len(rates), cv)
    if prefer == "large":
        return (-schedule.rf, len(rates), cv)
    return (cv, len(rates))


def _nearest(
    layers: int, rf: int, kernel: int, max_dilation: int | None
) -> tuple[Schedule | None, Schedule | None, str]:
    """Return the nearest fields below and above a wanted one, and why it cannot be had."""
    low = 1 + (kernel - 1) * layers
    high = 1 + (kernel - 1) * _reach(1, layers, kernel, max_dilation)
    under = min(high, rf - 1 - (rf - 2) % (kernel - 1))
    above = max(low, rf + 1 + -rf % (kernel - 1))
    limit = "" if max_dilation is None else f" and dilations up to {max_dilation}"
    if rf > high:
        reason = f"{layers} layers of kernel {kernel}{limit} reach at most {high} without holes"
    elif rf < low:
        reason = f"{layers} layers of kernel {kernel} see at least {low}"
    elif (rf - 1) % (kernel - 1):
        reason = f"fields of kernel {kernel} are 1 plus a multiple of {kernel - 1}"
    else:
        reason = f"no hole-free schedule of {layers} layers{limit} has a field of {rf}"
    ends = (under if under >= low else None, above if above <= high else None)
    first, last = (
        None if field is None else _constructed(layers, field, kernel, max_dilation)
        for field in ends
    )
    return first, last, reason
