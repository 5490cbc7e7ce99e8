"""How evenly does the energy fall on the cells of a field? And how many paths do?"""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from math import prod

import msgspec

from rfcalc.energies import energy
from rfcalc.energies.measured import center, closed, spreads, squares, variation, waves
from rfcalc.errors import RfcalcError
from rfcalc.gridding.stages import dilation_of
from rfcalc.growth import inside
from rfcalc.layers.resample import Upsample
from rfcalc.network import Network
from rfcalc.path_counts import Line, chain_lines, paths, total
from rfcalc.region import Region

__all__ = ["COUNT_BUDGET", "Evenness", "evenness"]

COUNT_BUDGET = 1 << 24
"""Most cells times layers over which path counts are written out to find least and most."""
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
    lines = None if weighed or found is None else chain_lines(network, source, target)
    if found is not None and lines is not None:
        return Evenness(
            least=prod(min(line.values) if _full(line) else 0 for line in lines),
            most=prod(max(line.values) for line in lines),
            total=prod(sum(line.values) for line in lines),
            cv=_variation(lines),
            center=float(prod(_center(line) for line in lines)),
            leak=waves(found, periods),
            deviation=spreads(found),
            squares=_squares(lines),
        )
    names = network.nodes[target].name, network.nodes[source].name
    try:
        whole = energy(network, *names, phase=phase)
        least, most, number = _paths(network, source, target, phase, region.volume * len(layers))
        return Evenness(
            least=least,
            most=most,
            total=number,
            cv=variation(whole),
            center=center(whole),
            leak=waves(found or whole, periods),
            deviation=spreads(found or whole),
            squares=squares(whole, SHARES),
            assumed=whole.assumed[len(network.assumed) :],
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
            return int(counts.array().min()), int(counts.array().max()), counts.total
    return None, None, total(network, source, target)


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
