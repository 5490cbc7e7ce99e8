"""How evenly does the energy fall on the cells of a field? And how many paths do?"""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from math import log2, prod

import msgspec

from rfcalc.energies import energy
from rfcalc.energies.measured import Framed, center, closed, spreads, squares, variation, waves
from rfcalc.errors import RfcalcError
from rfcalc.gridding.spectra import shares
from rfcalc.gridding.stages import dilation_of
from rfcalc.interior import inside
from rfcalc.layers.resample import Upsample
from rfcalc.network import Network
from rfcalc.path_counts import Line, chain_lines, chain_taps, counting_work, paths, total
from rfcalc.region import Region
from rfcalc.taps import Taps

__all__ = ["COUNT_BUDGET", "Evenness", "evenness"]

COUNT_BUDGET = 1 << 24
"""Most cells times layers over which path counts are written out to find least and most."""
WRITTEN_LIMIT = 1 << 27
"""Most bytes that are moved to write out the path counts of a chain."""
DIGITS_LIMIT = 1 << 13
"""Most bits of a path count that is reported."""
SHARES = (50, 95, 99)
"""Percentages of the energy whose smallest centred square is measured."""


class Evenness(msgspec.Struct, frozen=True, kw_only=True):
    """How evenly the energy falls on the cells of the receptive-field box (theorem T10).

    ``least``, ``most``, ``total`` : path counts; ``None`` where they are too many to write out.
    ``cv`` : standard deviation of the energies over their mean. ``center`` : energy at the centre
    over the largest, ``None`` where it would have to be written out and is too large. ``leak`` :
    per axis, magnitude of the Fourier transform of the normalised energy at ``1/2``, ``1/3`` and
    one over each dilation. ``deviation`` : per axis, cells. ``squares`` : side of the smallest
    centred square that holds 50, 95 and 99 % of the energy. ``assumed`` : what was taken for
    granted. Source: Luo et al. 2016.
    """

    least: int | None
    most: int | None
    total: int | None
    cv: float
    center: float | None
    leak: tuple[dict[str, float], ...]
    deviation: tuple[float, ...]
    squares: dict[int, int]
    assumed: tuple[str, ...] = ()


def evenness(
    network: Network, source: int, target: int, phase: Sequence[int], region: Region
) -> Evenness | None:
    """Return how even the energy of a region is, ``None`` when it is too large to be measured.

    A chain's energy is its path count: its measures are exact, and need no array.
    """
    if not region.boxes:
        return None
    positions = inside(network, source, target)
    layers = [network.nodes[position].layer for position in positions]
    rates = {d for layer in layers for d in dilation_of(layer) if d > 1}
    periods = sorted({2, 3, *rates})
    found = closed(network, source, target, periods)
    weighed = any(isinstance(layer, Upsample) for layer in layers)
    chain = None if weighed or found is None else chain_taps(network, source, target)
    long = chain is not None and counting_work(chain) > WRITTEN_LIMIT
    known = shares(chain) if chain is not None and long else None
    lines = chain_lines(network, source, target) if chain and known is None else None
    if found is not None and lines is not None:
        most = _told(prod(max(line.values) for line in lines))
        number = _told(prod(sum(line.values) for line in lines))
        return Evenness(
            least=prod(min(line.values) if _full(line) else 0 for line in lines),
            most=most,
            total=number,
            cv=_variation(lines),
            center=float(prod(_center(line) for line in lines)),
            leak=waves(found, periods),
            deviation=spreads(found),
            squares=_squares(lines),
            assumed=_uncounted(most=most, total=number),
        )
    names = network.nodes[target].name, network.nodes[source].name
    try:
        whole: Framed
        said: tuple[str, ...] = ()
        if chain and known is not None:
            # The outermost cell of a chain is reached by one path.
            least, most, number = int(region.count == region.volume), None, _number(chain)
            whole = known
        else:
            whole = energy(network, *names, phase=phase)
            said = whole.assumed[len(network.assumed) :]
            work = region.volume * len(layers)
            least, most, number = _paths(network, source, target, phase, work)
        return Evenness(
            least=least,
            most=most,
            total=number,
            cv=variation(whole),
            center=center(whole),
            leak=waves(found or whole, periods),
            deviation=spreads(found or whole),
            squares=squares(whole, SHARES),
            assumed=(*said, *_uncounted(least=least, most=most, total=number)),
        )
    except RfcalcError:
        return None


def _paths(
    network: Network, source: int, target: int, phase: Sequence[int], work: int
) -> tuple[int | None, int | None, int | None]:
    """Return the least and most paths to a cell of the box, and their number."""
    if work <= COUNT_BUDGET:
        names = network.nodes[target].name, network.nodes[source].name
        try:
            counts = paths(network, *names, phase=phase)
        except RfcalcError:
            pass
        else:
            array = counts.array()
            return _told(int(array.min())), _told(int(array.max())), _told(counts.total)
    return None, None, _told(total(network, source, target))


def _told(count: int | None) -> int | None:
    """Return a count, ``None`` where its digits fill pages."""
    return count if count is not None and count.bit_length() <= DIGITS_LIMIT else None


def _uncounted(**counts: int | None) -> tuple[str, ...]:
    """Return why path counts are not told, where some are not."""
    left = [name for name, count in counts.items() if count is None]
    if not left:
        return ()
    return (f"path counts: {' and '.join(left)} not told, of too many cells or digits",)


def _number(chain: Sequence[tuple[Taps, ...]]) -> int | None:
    """Return the number of paths through a chain, ``None`` where its digits fill pages."""
    taps = [axis.phases[0].count for axes in chain for axis in axes]
    return _told(prod(taps)) if sum(map(log2, taps)) < 2 * DIGITS_LIMIT else None


def _full(line: Line) -> bool:
    return len(line.values) == line.extent


def _variation(lines: Sequence[Line]) -> float:
    """Return the coefficient of variation of a product of lines, in integers until the root.

    The mean square of a product is the product of mean squares; perfectly even counts have no
    variation at all.
    """
    spread = prod(
        Fraction(line.extent * sum(n * n for n in line.values), sum(line.values) ** 2)
        for line in lines
    )
    return float(spread - 1) ** 0.5


def _center(line: Line) -> Fraction:
    """Return the mean of the counts nearest the middle over the largest."""
    middle = range((line.extent - 1) // 2, line.extent // 2 + 1)
    held = [n for at, n in zip(line.offsets, line.values, strict=True) if at in middle]
    return Fraction(sum(held), len(middle) * max(line.values))


def _squares(lines: Sequence[Line]) -> dict[int, int]:
    """Return the sides of the smallest centred squares that hold given shares, exactly."""
    rings: list[tuple[list[int], list[int]]] = []
    for line in lines:
        found: dict[int, int] = {}
        for at, count in zip(line.offsets, line.values, strict=True):
            distance = abs(2 * at - (line.extent - 1))
            found[distance] = found.get(distance, 0) + count
        distances = sorted(found)
        rings.append((distances, list(accumulate((found[d] for d in distances), initial=0))))
    whole = prod(held[-1] for _, held in rings)

    def share(side: int) -> Fraction:
        """Return the percentage within a square."""
        inside = prod(held[bisect_left(distances, side)] for distances, held in rings)
        return Fraction(100 * inside, whole)

    sides = range(1, max(line.extent for line in lines) + 1)
    return {percent: sides[bisect_left(sides, percent, key=share)] for percent in SHARES}
