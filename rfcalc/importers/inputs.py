"""Which shape has an input, as it is written and as it is given, and what of it is space?"""

from collections.abc import Sequence
from typing import NamedTuple

from rfcalc.errors import RfcalcError, fail, many

__all__ = [
    "SIZE_LIMIT",
    "Written",
    "axes_of",
    "bounded",
    "counted",
    "deal",
    "filled",
    "incomplete",
    "letters_of",
    "nth",
    "rank_of",
    "shape_of",
    "shapeless",
    "shown",
    "space_of",
    "trial",
]

SIZE_LIMIT = 1 << 22
"""Largest size of an input's dimension."""

SIDE = 224
"""The size of an image in the examples of ``input``."""


class Written(NamedTuple):
    """An input as a file has it; a size that it leaves open is ``None``.

    ``shown`` is the shape as users see it, ``space`` are the dimensions that are space.
    """

    name: str
    shown: str
    sizes: tuple[int | None, ...]
    space: list[int]


def space_of(layout: str) -> list[int]:
    """Return the dimensions of a layout that are space.

    >>> space_of("NCHW")
    [2, 3]
    """
    return [d for d, letter in enumerate(layout) if letter not in "NC"]


def rank_of(layouts: Sequence[str]) -> int:
    """Return how many spatial axes the network of these inputs has, at least one."""
    return max((len(space_of(one)) for one in layouts), default=0) or 1


def axes_of(layouts: Sequence[str]) -> str:
    """Return the letters of a network's axes: of the input that has the most.

    >>> axes_of(["NTC", "NHWC"])
    'HW'
    """
    return max(("".join(one[d] for d in space_of(one)) for one in layouts), key=len, default="")


def letters_of(count: int) -> str:
    """Return the letters of spatial axes; of more than three the first go with the channels.

    >>> letters_of(2), letters_of(4)
    ('HW', 'CDHW')
    """
    return "C" * max(0, count - 3) + "DHW"[max(0, 3 - count) :]


def nth(given: Sequence[Sequence[int]], number: int) -> tuple[int, ...]:
    """Return the sizes that are given for an input, empty where none are."""
    return tuple(given[number]) if number < len(given) else ()


def deal(
    given: Sequence[Sequence[int]], written: Sequence[Sequence[object] | None]
) -> list[Sequence[int]]:
    """Return the sizes that are given, one per input; inputs that are single numbers have none.

    >>> deal([(8, 8)], [(), (1, 3, None, None)])
    [(), (8, 8)]
    """
    single = [shape is not None and not len(shape) for shape in written]
    if not any(single) or len(given) > single.count(False):
        return list(given)
    left = iter(given)
    return [() if one else next(left, ()) for one in single]


def counted(given: Sequence[Sequence[int]], names: Sequence[str]) -> None:
    """Refuse more shapes than there are inputs.

    Raises
    ------
    RfcalcError
        RF512: there are.
    """
    if len(given) > len(names):
        fact = f"{len(given)} inputs are given, the model has {len(names)}: {', '.join(names)}"
        raise fail("RF512", fact, "give one shape per input")


def filled(one: Written, given: Sequence[int]) -> list[int | None]:
    """Return the sizes with those that are given in their place: all, or the spatial ones alone.

    Raises
    ------
    RfcalcError
        RF512: as many are given as neither.
    """
    full = list(one.sizes)
    if not given:
        return full
    if len(given) == len(full):
        return list(given)
    if len(given) != len(one.space):
        fact = f"the input '{one.name}' of shape {one.shown} is given {many(len(given), 'size')}"
        space = "the spatial one" if len(one.space) == 1 else f"the {len(one.space)} spatial ones"
        raise fail("RF512", fact, f"give {many(len(full), 'size')}, or {space} alone")
    for d, size in zip(one.space, given, strict=True):
        full[d] = size
    return full


def shape_of(one: Written, given: Sequence[int], layout: str) -> tuple[int, ...]:
    """Return the shape of an input from what is written and what is given.

    Raises
    ------
    RfcalcError
        RF512: a size is neither written nor given, or does not fit.
    """
    # What lies along the batch never meets.
    full = [
        1 if n is None and letter == "N" else n
        for n, letter in zip(filled(one, given), layout, strict=True)
    ]
    sizes = tuple(n for n in full if n is not None)
    if len(sizes) < len(full):
        raise incomplete(one, full, channels=3, alone=bool(one.space))
    bounded(one.name, sizes)
    return sizes


def trial(sizes: Sequence[int | None], given: Sequence[int], usual: str) -> tuple[int, ...]:
    """Return sizes at which a layout is found: those written, else given, else any.

    >>> trial([None, None, None, 3], [64, 48], "NCHW"), trial([1, 3, None, None], [], "NCHW")
    ((1, 64, 48, 3), (1, 3, 224, 224))
    """
    if len(given) == len(sizes):
        return tuple(given)
    free = [d for d, n in enumerate(sizes) if n is None and d]
    space = free if len(free) == len(given) else space_of(usual)
    known = dict(zip(space, given, strict=False)) if len(space) == len(given) else {}
    return tuple(n or known.get(d, SIDE if d else 1) for d, n in enumerate(sizes))


def shapeless(name: str, example: str) -> RfcalcError:
    """Return the error of an input without a shape, neither in the file nor given."""
    fact = f"the input '{name}' is written without a shape"
    return fail("RF512", fact, f"give it, batch and channels too: `input=({example})`")


def incomplete(one: Written, full: Sequence[int | None], channels: int, alone: bool) -> RfcalcError:
    """Return the error of an input of which a size is not known.

    Parameters
    ----------
    channels : stands in the example for a size that is not known and is not space.
    alone : whether to tell that the spatial sizes are enough, where there are any.
    """
    example = ", ".join(
        str(n or (SIDE if d in one.space else channels)) for d, n in enumerate(full)
    )
    fact = f"the input '{one.name}' has the shape {one.shown}: not every size is written"
    help = f"give it: `input=({example})`"
    if alone and one.space:
        help += f", or the spatial sizes alone: `input=({', '.join([str(SIDE)] * len(one.space))})`"
    return fail("RF512", fact, help)


def bounded(name: str, shape: Sequence[int]) -> None:
    """Refuse sizes that no map has.

    Raises
    ------
    RfcalcError
        RF512: one is below 1, or above the limit.
    """
    if any(not 1 <= n <= SIZE_LIMIT for n in shape):
        fact = f"the input '{name}' of shape {list(shape)} has sizes that no map has"
        raise fail("RF512", fact, f"a size is between 1 and {SIZE_LIMIT:,}")


def shown(shape: Sequence[int | str | None]) -> str:
    """Return a shape as users see it, a name or ``?`` where a size is open.

    >>> shown([None, 3, "height", 224])
    '[?, 3, height, 224]'
    """
    return "[" + ", ".join("?" if n is None else str(n) for n in shape) + "]"
