"""Which output cell is asked about which source? A question that has an answer, or its fault."""

from collections.abc import Sequence
from operator import index
from typing import cast

import msgspec

from rfcalc.errors import RfcalcError, fail, many
from rfcalc.footprint import Footprint
from rfcalc.interior import check_bounded, footprint, widest
from rfcalc.network import Network, without_global

__all__ = ["Question", "asked", "per_axis"]


class Question(msgspec.Struct, frozen=True):
    """One output cell of a layer, and the source it is asked about.

    ``bordered``: ``output`` is a position on the layer's grid and padding carries no path.
    Otherwise it is a phase of the interior, where nothing is cut.
    """

    network: Network
    target: int
    source: int
    output: tuple[int, ...]
    bordered: bool

    @property
    def layer(self) -> str:
        """Name of the layer asked about."""
        return self.network.nodes[self.target].name

    @property
    def origin(self) -> str:
        """Name of the source."""
        return self.network.nodes[self.source].name

    @property
    def grid(self) -> tuple[int, ...] | None:
        """Size of the source, cells per axis."""
        return self.network.nodes[self.source].size


def asked(
    network: Network,
    layer: str | None,
    source: str | None,
    at: Sequence[int] | int | None,
    phase: Sequence[int] | int | None,
    *,
    partly: bool = False,
) -> tuple[Question, Footprint | None]:
    """Return a valid question, with the footprint that settled it where it is of the interior.

    Arguments and errors as for ``mask``; ``partly``: the axes that have two ends will do, where
    there is one.
    """
    target = network.index(layer, network.output)
    origin = network.index(source, 0)
    name = network.nodes[target].name
    if target < origin or not network.between(origin, target)[target]:
        raise network.unjoined(origin, target)
    if at is not None and phase is not None:
        fact = "`at=` and `phase=` are given together"
        raise fail("RF406", fact, "omit `phase=`: a position has one phase")
    at, phase = per_axis("at", at, network.dims), per_axis("phase", phase, network.dims)
    if at is not None:
        size = network.nodes[target].size
        if size is None:
            raise fail("RF403", "a position needs the input size", "give it: `input=(H, W)`")
        for axis, (cell, cells) in enumerate(zip(at, size, strict=True)):
            if not 0 <= cell < cells:
                fact = f"`at=` is {cell} on axis {axis}; the output of '{name}' has {cells} cells"
                raise fail("RF402", fact, f"positions run from 0 to {cells - 1}")
        return Question(network, target, origin, at, True), None
    found = footprint(network, origin, target)
    axes = found.axes if partly and found.axes else tuple(range(network.dims))
    ended = found.on(axes)
    way = "" if ended.bounded else _way(network, origin, target, partly)
    counts, widest_phase, _ = widest(check_bounded(ended, name, way))
    if phase is None:
        turns = dict(zip(axes, widest_phase, strict=True))
        phase = tuple(turns.get(axis, 0) for axis in range(network.dims))
    for axis, period in zip(axes, counts, strict=True):
        turn = phase[axis]
        if not 0 <= turn < period:
            fact = f"`phase=` is {turn} on axis {axis}; '{name}' has {period} phases there"
            raise fail("RF402", fact, f"phases run from 0 to {period - 1}")
    return Question(network, target, origin, phase, False), found


def _way(network: Network, origin: int, target: int, partly: bool) -> str:
    """Return the option that answers without the layers that read everything, if it does."""
    try:
        rest = footprint(without_global(network), origin, target)
    except RfcalcError:
        return ""
    answers = rest.axes if partly else rest.held and rest.bounded
    return "; or omit what sees everything: `ignore_global=True`" if answers else ""


def per_axis(name: str, values: Sequence[int] | int | None, dims: int) -> tuple[int, ...] | None:
    """Return one index per axis, where one for all of them will do as well.

    Raises
    ------
    RfcalcError
        RF406: another number of them.
    TypeError
        An index that is no integer.
    """
    if values is None:
        return None
    try:
        if hasattr(values, "__len__"):
            found = tuple(map(index, cast("Sequence[int]", values)))
        else:
            found = (index(cast("int", values)),) * dims
    except TypeError:
        raise TypeError(f"{name} is {values!r}; it takes one integer per axis") from None
    if len(found) != dims:
        fact = f"`{name}=` has {many(len(found), 'value')} for {dims} axes"
        raise fail("RF406", fact, "give one per axis, as in 3,5")
    return found
