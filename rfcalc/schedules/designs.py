"""Which hole-free schedules reach a wanted field, and which of them is best?"""

from itertools import chain, islice

import msgspec

from rfcalc.errors import fail, many
from rfcalc.parameters import expect
from rfcalc.schedules.ranking import Prefer, Ranking, Schedule, made, rank
from rfcalc.schedules.space import FIELD_LIMIT, Space
from rfcalc.schedules.wishes import LAYER_LIMIT, nearest, wishes
from rfcalc.shown import AsPage, AsTable, brief

__all__ = ["Design", "design", "largest_schedule"]


class Design(msgspec.Struct, AsPage, AsTable, frozen=True, kw_only=True):
    """The answer of ``rfcalc design``.

    ``schedules`` answer the wish, best first; they are empty when it is impossible, and then
    ``below`` and ``above`` are the nearest fields that can be had, each with a schedule.
    ``total`` is the number of schedules that answer it, ``None`` where there are too many to make
    them all; ``complete`` tells whether none is better than those told.
    ``rf`` is the field in cells of the schedule's own input; ``wanted`` as it was asked.
    """

    kernel: int
    layers: int | None
    rf: int | None
    wanted: int | None
    at_least: bool
    jump: int
    max_dilation: int | None
    per_level: int
    powers: int | None
    stacks: int
    prefer: Prefer
    causal: bool
    schedules: tuple[Schedule, ...]
    total: int | None
    below: Schedule | None
    above: Schedule | None
    complete: bool
    reason: str

    def __repr__(self) -> str:
        few = str([found.dilations for found in self.schedules[:1]])[1:-1]
        shown = few if len(few) < 80 else f"{few[:77]}.."
        return brief(f"Design(rf={self.rf}, schedules={len(self.schedules)}, best={shown or None})")


def design(
    layers: int | None = None,
    rf: int | None = None,
    *,
    at_least: bool = False,
    kernel: int = 3,
    max_dilation: int | None = None,
    per_level: int = 1,
    powers: int | None = None,
    stacks: int = 1,
    jump: int = 1,
    prefer: Prefer = "even",
    causal: bool = False,
    count: int = 5,
) -> Design:
    """Return hole-free dilation schedules for a wanted field, ranked.

    Parameters
    ----------
    layers : number of convolutions; by default as few as reach the field, and up to two levels
        more where small dilations are preferred.
    rf : wanted extent of the field, in input cells; by default the largest there is.
    at_least : whether a larger field will do as well.
    kernel : cells of the kernel of every convolution, along one axis.
    max_dilation : largest dilation, cells; by default any.
    per_level : convolutions of one dilation in a row, two in a temporal convolutional network.
    powers : allow powers of this number as dilations only.
    stacks : how often the schedule is repeated.
    jump : input cells between neighbouring cells of the map that the schedule reads.
    prefer : which schedules come first: ``"even"`` paths over the field, ``"large"`` fields, a few
        layers or small dilations.
    causal : the field lies before the cell, as of convolutions padded at the front.
    count : most schedules that are returned.

    Raises
    ------
    RfcalcError
        RF410: neither layers nor a field, a value out of range, or layers that do not make whole
        levels and stacks.
    TypeError
        A parameter of a type that it does not take.

    Notes
    -----
    Source: theorem T6 for the fields that exist and for the construction; every schedule
    returned satisfies T1. A wish that cannot be met is no error: ``below`` and ``above`` are the
    nearest fields that can be.

    Examples
    --------
    >>> [found.dilations for found in design(rf=60, at_least=True, count=2).schedules]
    [(1, 3, 9, 27), (1, 3, 9, 26)]
    """
    expect(layers=layers, rf=rf, at_least=at_least, kernel=kernel, max_dilation=max_dilation)
    expect(per_level=per_level, powers=powers, stacks=stacks, jump=jump, prefer=prefer)
    expect(causal=causal, count=count)
    space = Space(kernel, max_dilation, per_level, stacks, powers)
    _check(layers, rf, at_least, jump, space)
    levels = None if layers is None else layers // space.times
    cells = None if rf is None else -(-(rf - 1) // jump) + 1
    below = above = None
    reason = ""
    if cells is None:
        found, reason = _largest(space, levels or 1)
    else:
        asked = wishes(space, levels, cells, at_least, prefer)
        first = next(asked, None)
        if first is None:
            found = Ranking((), 0, True)
            below, above, reason = nearest(space, levels, cells)
        else:
            also = [tuple(islice(space.widest(), first[0]))] if at_least else []
            found = rank(space, chain([first], asked), prefer, count, also)
    return Design(
        kernel=kernel,
        layers=layers,
        rf=cells,
        wanted=rf,
        at_least=at_least,
        jump=jump,
        max_dilation=max_dilation,
        per_level=per_level,
        powers=powers,
        stacks=stacks,
        prefer=prefer,
        causal=causal,
        schedules=found.schedules,
        total=found.total,
        below=below,
        above=above,
        complete=found.complete,
        reason=reason,
    )


def largest_schedule(layers: int, kernel: int, max_dilation: int | None = None) -> tuple[int, ...]:
    """Return the schedule of the largest hole-free field: ``d_i = prod_(j<i) k_j`` (T6).

    >>> largest_schedule(4, 3)
    (1, 3, 9, 27)
    """
    return tuple(islice(Space(kernel, max_dilation).widest(), layers))


def _largest(space: Space, levels: int) -> tuple[Ranking, str]:
    """Return the one schedule of the largest field, and what is to be said of it."""
    schedule = made(space, tuple(islice(space.widest(), levels)))
    even = ", each cell by exactly one path" if schedule.even else ""
    return Ranking((schedule,), 1, True), f"the largest field without holes{even}"


def _check(layers: int | None, rf: int | None, at_least: bool, jump: int, space: Space) -> None:
    if layers is None and rf is None:
        raise fail("RF410", "a design needs a number of layers or a field", "`layers=5, rf=65`")
    for word, value, low, high in (
        ("layers", layers, 1, LAYER_LIMIT),
        ("rf", rf, 1, FIELD_LIMIT),
        ("kernel", space.kernel, 2, 1 << 10),
        ("max-dilation", space.max_dilation, 1, 1 << 22),
        ("per-level", space.per_level, 1, LAYER_LIMIT),
        ("powers", space.powers, 2, 1 << 10),
        ("stacks", space.stacks, 1, LAYER_LIMIT),
        ("jump", jump, 1, 1 << 16),
    ):
        if value is not None and not low <= value <= high:
            raise fail("RF410", f"'{word}' is {value}", f"it takes {low} to {high:,}")
    if at_least and rf is None:
        raise fail("RF410", "'at-least' needs a field, and none is given", "give 'rf'")
    times = space.times
    level = f"levels of {many(space.per_level, 'layer')} in {many(space.stacks, 'stack')}"
    if times > LAYER_LIMIT:
        fact = f"{level} are {times} layers, and at most {LAYER_LIMIT} are designed"
        raise fail("RF410", fact, "take fewer of either")
    if layers is not None and layers % times:
        whole = (layers // times * times, (layers // times + 1) * times)
        near = [str(number) for number in whole if times <= number <= LAYER_LIMIT]
        fact = f"'layers' is {layers}, and {level} come to a multiple of {times}"
        raise fail("RF410", fact, f"give {' or '.join(near)} layers")
