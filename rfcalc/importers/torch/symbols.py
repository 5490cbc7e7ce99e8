"""Which sizes has a saved program at another input? Its symbols are solved and put in.

A program exported with ``dynamic_shapes`` has an expression of symbols for each size that is left
open, beside the number at the example input (the hint). Source: ``torch.export``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from math import floor
from typing import Any, NamedTuple, cast

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.inputs import bounded, shown
from rfcalc.importers.torch.expressions import evaluate, symbols

__all__ = ["resize"]

Sizes = Sequence[dict[str, Any]]

SizeAt = Callable[[int], Fraction | None]
"""Returns the size at a number for its one open symbol, ``None`` where it does not follow."""


def resize(
    held: dict[str, Any], name: str, inputs: Mapping[str, Sizes], given: Sequence[Sequence[int]]
) -> None:
    """Put the sizes that a program has at other inputs in place of those at its example.

    What does not follow from the sizes of the inputs is left open.

    Parameters
    ----------
    held : the program as its file holds it; its hints are changed.
    inputs : sizes of each input as the file holds them, by name, in order.
    given : a whole shape per input; empty where an input keeps its own.

    Raises
    ------
    RfcalcError
        RF462: the program was exported for other sizes; RF512: a shape of another length.
    """
    ranges = _ranges(held)
    known: dict[str, int] = {}
    for (title, sizes), shape in zip(inputs.items(), given, strict=False):
        if shape:
            bounded(title, shape)
            _solve(_Place(name, title, sizes, shape), ranges, known)
    for title, sizes in list(inputs.items()):
        own = [_hint(size) for size in sizes]
        _solve(_Place(name, title, sizes, own, example=True), ranges, known)
    for (title, sizes), shape in zip(inputs.items(), given, strict=False):
        for d, (size, n) in enumerate(zip(sizes, shape, strict=False)):
            there = _value(size, known)
            if there is not None and there != n:
                fact = f"dimension {d} of '{title}' is {there} where others are as given, not {n}"
                raise fail("RF462", f"'{name}': {fact}", "give sizes that belong together")
    for one in _expressions(held["graph_module"]):
        found = evaluate(one["expr_str"], known)
        one["hint"] = None if found is None else {_kind(one): _plain(found)}


class _Place(NamedTuple):
    """An input, the sizes that a file has for it, and those that it is to have."""

    file: str
    title: str
    sizes: Sizes
    shape: Sequence[int | None]
    example: bool = False

    def refuse(self, fact: str, help: str) -> RfcalcError:
        """Return the error of a size that the program does not take."""
        return fail("RF462", f"'{self.file}': {fact}", help)


def _solve(
    place: _Place, ranges: Mapping[str, tuple[int | None, int | None]], known: dict[str, int]
) -> None:
    """Find the symbols of an input's sizes; those that are known stay."""
    own = shown([_hint(size) for size in place.sizes])
    if len(place.shape) != len(place.sizes):
        fact = f"the input '{place.title}' of shape {own} is given {len(place.shape)} sizes"
        raise fail("RF512", fact, f"give {len(place.sizes)} sizes, or the spatial ones")
    for d, (size, n) in enumerate(zip(place.sizes, place.shape, strict=True)):
        if n is None:
            continue
        if "as_int" in size:
            if size["as_int"] != n:
                fact = f"the input '{place.title}' was exported at the size {own}: "
                fact += f"dimension {d} is fixed at {size['as_int']}, not {n}"
                raise place.refuse(fact, "omit `input=`, or export it with `dynamic_shapes`")
            continue
        text = size["as_expr"]["expr_str"]
        open_here = symbols(text) - known.keys()
        if len(open_here) == 1:
            symbol = open_here.pop()
            low, high = ranges.get(symbol, (None, None))
            size_at = partial(_size_at, text, symbol, known)
            found = _root(size_at, n)
            where = f"dimension {d} of '{place.title}'"
            if found is None:
                raise place.refuse(*_between(where, size_at, symbol, n))
            if not place.example and not (low or 0) <= found <= (found if high is None else high):
                raise place.refuse(*_outside(where, size_at, n, low, high))
            known[symbol] = found


def _size_at(text: str, symbol: str, known: Mapping[str, int], number: int) -> Fraction | None:
    """Return what an expression is where its one open symbol is a number."""
    return evaluate(text, {**known, symbol: number})


def _root(size_at: SizeAt, n: int) -> int | None:
    """Return where a size that is linear in its symbol is a number, if anywhere whole."""
    one, two = size_at(1), size_at(2)
    if one is None or two is None or one == two:
        return None
    at = 1 + (n - one) / (two - one)
    whole = int(at)
    return whole if whole == at and size_at(whole) == n else None


def _between(where: str, size_at: SizeAt, symbol: str, n: int) -> tuple[str, str]:
    """Return the fact and the help of a size between those that an expression takes."""
    one, two = size_at(1), size_at(2)
    fact = f"{where} cannot be {n}"
    if one is None or two is None or two <= one:
        return f"{fact}: its size is not followed from {symbol}", "omit `input=`"
    step = two - one
    below = one + floor((n - one) / step) * step
    ends = f"{_plain(below)} below, {_plain(below + step)} above"
    return f"{fact}: it was exported in steps of {_plain(step)}", f"the nearest that it can: {ends}"


def _outside(
    where: str, size_at: SizeAt, n: int, low: int | None, high: int | None
) -> tuple[str, str]:
    """Return the fact and the help of a size outside of the range of an export."""
    ends = [None if end is None else size_at(end) for end in (low or 0, high)]
    least, most = ("any" if end is None else str(_plain(end)) for end in ends)
    fact = f"{where} was exported for sizes from {least} to {most}, not {n}"
    return fact, "give a size of that range, or export it for a wider one"


def _ranges(held: dict[str, Any]) -> dict[str, tuple[int | None, int | None]]:
    """Return the least and the most of each symbol."""
    found: dict[str, Any] = held.get("range_constraints") or {}
    return {
        symbol: cast(
            "tuple[int | None, int | None]",
            tuple(n if type(n) is int else None for n in map(ends.get, ("min_val", "max_val"))),
        )
        for symbol, ends in found.items()
    }


def _hint(size: dict[str, Any]) -> int | None:
    """Return the size that a file has at its example input."""
    if "as_int" in size:
        return size["as_int"]
    hint: dict[str, Any] = size["as_expr"].get("hint") or {}
    return hint.get("as_int")


def _value(size: dict[str, Any], known: Mapping[str, int]) -> int | float | None:
    if "as_int" in size:
        return size["as_int"]
    found = evaluate(size["as_expr"]["expr_str"], known)
    return None if found is None else _plain(found)


def _expressions(held: Any) -> Iterator[dict[str, Any]]:
    """Yield every expression of symbols within a graph, those of graphs in it too."""
    queue = [held]
    while queue:
        one = queue.pop()
        if isinstance(one, dict):
            if isinstance(cast("dict[str, Any]", one).get("expr_str"), str):
                yield cast("dict[str, Any]", one)
            queue += cast("dict[str, Any]", one).values()
        elif isinstance(one, list):
            queue += cast("list[Any]", one)


def _kind(expression: dict[str, Any]) -> str:
    """Return whether a hint is written as a whole number, a fraction or a truth."""
    return next(iter(expression.get("hint") or {"as_int": None}))


def _plain(number: Fraction) -> int | float:
    return int(number) if number.denominator == 1 else float(number)
