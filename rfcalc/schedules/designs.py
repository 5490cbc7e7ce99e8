"""Which hole-free schedules reach a wanted field, and which of them is best?"""

from typing import Literal

import msgspec

from rfcalc.errors import fail, many
from rfcalc.schedules.evenness import chain_evenness
from rfcalc.schedules.fields import (
    LAYER_LIMIT,
    Schedule,
    constructed,
    largest_schedule,
    least_layers,
    reach,
    schedules,
)

__all__ = ["Design", "Prefer", "design"]

Prefer = Literal["even", "large", "few-layers", "small-dilations"]


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
    least = layers or least_layers(rf or 1, kernel, max_dilation)
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
            some, all_of_them = schedules(length, rf, kernel, max_dilation)
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
    high = 1 + (kernel - 1) * reach(1, layers, kernel, max_dilation)
    under = min(high, rf - 1 - (rf - 2) % (kernel - 1))
    above = max(low, rf + 1 + -rf % (kernel - 1))
    limit = "" if max_dilation is None else f" and dilations up to {max_dilation}"
    made = many(layers, "layer")
    if rf > high:
        reason = f"{made} of kernel {kernel}{limit} can reach at most {high} without holes"
    elif rf < low:
        reason = f"{made} of kernel {kernel} can see at least {low}"
    else:
        # Between the ends every other field is one of a hole-free schedule (T6).
        reason = f"fields of kernel {kernel} are 1 plus a multiple of {kernel - 1}"
    ends = (under if under >= low else None, above if above <= high else None)
    first, last = (
        None if field is None else constructed(layers, field, kernel, max_dilation)
        for field in ends
    )
    return first, last, reason
