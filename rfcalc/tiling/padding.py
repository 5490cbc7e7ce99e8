"""How far into the outputs does padding reach, and from which input size on are some free of it?"""

from fractions import Fraction
from functools import partial
from math import prod

import msgspec

from rfcalc.cells import EMPTY, Cells
from rfcalc.errors import ImpossibleSize, NeedsSize, fail
from rfcalc.footprint import Axis, Endless
from rfcalc.layers.base import Layer
from rfcalc.masks.reached import unfold
from rfcalc.network import Network
from rfcalc.taps import IDENTITY, Taps
from rfcalc.tiling.sizes import Taker, first, sizes, taker

__all__ = ["Share", "clean", "shares", "unpadded"]

LARGE = 1 << 22
"""Input size, in cells, at which an output that sees no padding exists if there ever is one."""


class Share(msgspec.Struct, frozen=True):
    """How many of a layer's outputs see padding.

    An output sees padding on an axis when, at the layer or at any before it, an index that it
    reads lies outside that layer's input. ``clean`` counts those that do not, per axis.
    """

    layer: str
    size: tuple[int, ...]
    clean: tuple[int, ...]

    @property
    def share(self) -> Fraction:
        """Outputs that see padding on some axis, over all outputs."""
        return 1 - Fraction(prod(self.clean), prod(self.size))


def shares(network: Network, layer: str | None = None) -> tuple[Share, ...]:
    """Return how many outputs see padding, for a layer (by default all outputs) and all before it.

    Raises
    ------
    RfcalcError
        RF403: the network has no input size.
    """
    if network.input is None:
        raise fail("RF403", "borders exist only at a known size", "give it: `input=(H, W)`")
    found = [taker(network, axis, layer) for axis in range(network.dims)]
    grown = [one.sizes(network.input[axis]) for axis, one in enumerate(found)]
    cells = [clean(one, network.input[axis]) for axis, one in enumerate(found)]
    return tuple(
        Share(
            network.nodes[position].name,
            tuple(size[position] for size in grown),
            tuple(axis[position].count for axis in cells),
        )
        for position in found[0].order
    )


def unpadded(network: Network, layer: str | None = None) -> tuple[int | None, ...]:
    """Return the smallest input at which some cell of every output sees no padding, per axis.

    ``None`` where there is none: a layer behind padding reads the whole of its input.
    """
    rules = sizes(network, layer)
    return tuple(
        _smallest(taker(network, axis, layer), rule.step, rule.taken)
        for axis, rule in enumerate(rules)
    )


def _smallest(found: Taker, step: int | None, taken: tuple[tuple[int, int], ...]) -> int | None:
    if step is None:
        every = (n for low, high in taken for n in range(low, high))
        return next((n for n in every if _all_free(found, n)), None)
    best: int | None = None
    for rest in range(found.step):
        holds = partial(_free, found, found.step, rest)
        # A smaller size of this rest is worth looking for if the largest that would be smaller is.
        high = LARGE // found.step if best is None else (best - 1 - rest) // found.step
        if high < 0 or (best is not None and not holds(high)):
            continue
        turn = first(holds, high)
        if holds(turn):
            best = rest + found.step * turn
    return best


def _free(found: Taker, step: int, rest: int, turn: int) -> bool:
    try:
        return _all_free(found, rest + step * turn)
    except ImpossibleSize:
        return False


def _all_free(found: Taker, n: int) -> bool:
    cells = clean(found, n)
    return all(cells[target] for target in found.targets)


def clean(found: Taker, n: int) -> dict[int, Cells]:
    """Return the indices of every node that see no padding on the axis, for ``n`` input cells.

    An index is clean when all that it reads is inside and clean: ``R(i)`` within the clean
    indices of the input.

    Raises
    ------
    ImpossibleSize
        The network does not take an input of ``n`` cells.
    """
    grown = found.sizes(n)
    cells: dict[int, Cells] = {}
    for position in found.order:
        read = found.inputs[position]
        if not read:
            cells[position] = Cells.run(0, n)
            continue
        size = max(grown[i] for i in read)
        given = Cells.run(0, size)
        for i in read:
            if grown[i] == size:
                given &= cells[i]
            elif not cells[i]:
                given = EMPTY
        layer = found.nodes[position].layer
        taps = _relation(layer, size, found.axis)
        outputs, border = grown[position], layer.beyond(found.axis)
        if not isinstance(taps, Taps):
            cells[position] = _onesided(taps, given, size, outputs)
            continue
        if isinstance(border, int):  # a window that shifts inside sees no padding
            given = unfold(taps, given, size, outputs, border)
        cells[position] = _within(taps, given, outputs)
    return cells


def _onesided(taps: Endless, given: Cells, size: int, outputs: int) -> Cells:
    """Return the outputs that read nothing outside a set on the sides on which they read all."""
    if given.count == size:
        return Cells.run(0, outputs)
    runs = list(given.runs()) if given.pitch == 1 else []
    if taps.side == "before" and runs and runs[0].start == 0:
        return runs[0]
    if taps.side == "after" and runs and runs[-1].stop == size:
        return runs[-1]
    return EMPTY


def _relation(layer: Layer, n: int, axis: int) -> Axis:
    try:
        return layer.taps(None, axis)
    except NeedsSize:
        return layer.taps(n, axis)


def _within(taps: Taps, given: Cells, size: int) -> Cells:
    """Return the outputs among ``size`` that read nothing outside a set."""
    if taps is IDENTITY:
        return given
    sign = 1 if taps.advance > 0 else -1
    given = given.reflect() if sign < 0 else given
    total = EMPTY
    for phase, cells in enumerate(taps.phases):
        ends = {cells.start, cells.stop - 1} if given.solid else cells
        turns = Cells.run(0, -(-size // taps.period))
        for index in ends if cells else ():
            turns &= given.residue(sign * taps.advance, sign * index)
        total |= turns.scale(taps.period).shift(phase)
    return total.clip(size)
