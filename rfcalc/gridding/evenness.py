"""How evenly do the paths fall on the cells of a field? Exact counts, measured."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.gridding.stages import dilation_of
from rfcalc.growth import part
from rfcalc.network import Network
from rfcalc.path_counts import paths
from rfcalc.region import Region
from rfcalc.taps import Taps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["COUNT_BUDGET", "Evenness", "evenness"]

COUNT_BUDGET = 1 << 20
"""Most cells times layers over which path counts are written out to be measured."""
SHARES = (50, 95, 99)
"""Percentages of the paths whose smallest centred square is measured."""


class Evenness(msgspec.Struct, frozen=True, kw_only=True):
    """How evenly the paths fall on the cells of the receptive-field box.

    ``cv`` : standard deviation of the counts over their mean. ``center`` : count at the centre
    over the largest. ``leak`` : per axis, magnitude of the counts' Fourier transform at
    ``1/2``, ``1/3`` and one over each dilation, over the total. ``deviation`` : per axis, cells.
    ``squares`` : side of the smallest centred square that holds 50, 95 and 99 % of the paths.
    Source: Luo et al. 2016 for the deviation (theorem T10).
    """

    least: int
    most: int
    total: int
    cv: float
    center: float
    leak: tuple[dict[str, float], ...]
    deviation: tuple[float, ...]
    squares: dict[int, int]


def evenness(
    network: Network,
    source: int,
    target: int,
    phase: Sequence[int],
    region: Region,
    budget: int = COUNT_BUDGET,
) -> Evenness | None:
    """Return how even the path counts of a region are, ``None`` when they are too many.

    A chain's counts are a product of one line per axis, and are measured line by line.
    """
    import numpy as np

    between = part(network, source, target)
    nodes = between.nodes[2:]
    chain = all(len(node.inputs) == 1 and not node.layer.gate for node in nodes)
    extents = [span.extent for span in region.bounds or ()]
    taps = {axis for node in nodes for axis in node.taps if isinstance(axis, Taps)}
    sums = sum(cells.count for axis in taps for cells in axis.phases)
    if max(sums, (sum(extents) if chain else prod(extents)) * len(nodes)) > budget:
        return None
    names = network.nodes[target].name, network.nodes[source].name
    if chain:
        factors = [
            paths(_one_axis(between, axis), *names, phase=(phase[axis],)).counts
            for axis in range(network.dims)
        ]
    else:
        try:
            factors = [paths(between, *names, phase=phase).counts]
        except RfcalcError:
            return None
    rates = {d for node in nodes for d in dilation_of(node.layer) if d > 1}
    totals = [int(f.sum(dtype=object)) for f in factors]
    shares = [np.asarray(f / t, dtype=np.float64) for f, t in zip(factors, totals, strict=True)]
    lines = (
        shares
        if len(shares) == network.dims
        else [_marginal(shares[0], axis) for axis in range(network.dims)]
    )
    # The mean square of a product of lines is the product of their mean squares; in integers, so
    # that perfectly even counts have no variation at all.
    spread = prod(
        Fraction(f.size * int((f.astype(object) ** 2).sum()), total * total)
        for f, total in zip(factors, totals, strict=True)
    )
    return Evenness(
        least=prod(int(f.min()) for f in factors),
        most=prod(int(f.max()) for f in factors),
        total=prod(totals),
        cv=float(spread - 1) ** 0.5,
        center=float(np.prod([_center(s) / s.max() for s in shares])),
        leak=tuple(_leak(line, rates) for line in lines),
        deviation=tuple(_deviation(line) for line in lines),
        squares=_squares(shares),
    )


def _one_axis(network: Network, axis: int) -> Network:
    """Return the network as one of its axes sees it."""
    nodes = tuple(
        msgspec.structs.replace(
            node,
            taps=(node.taps[axis],),
            jump=(node.jump[axis],),
            size=None if node.size is None else (node.size[axis],),
        )
        for node in network.nodes
    )
    return msgspec.structs.replace(network, dims=1, nodes=nodes)


def _marginal(shares: "NDArray[np.float64]", axis: int) -> "NDArray[np.float64]":
    others = tuple(a for a in range(shares.ndim) if a != axis)
    return shares.sum(axis=others)


def _center(shares: "NDArray[np.float64]") -> float:
    """Return the mean of the cells nearest the middle of the box."""
    middle = tuple(slice((n - 1) // 2, n // 2 + 1) for n in shares.shape)
    return float(shares[middle].mean())


def _leak(line: "NDArray[np.float64]", rates: set[int]) -> dict[str, float]:
    import numpy as np

    index = np.arange(len(line))
    return {
        f"1/{period}": float(abs((line * np.exp(-2j * np.pi * index / period)).sum()))
        for period in sorted({2, 3, *rates})
    }


def _deviation(line: "NDArray[np.float64]") -> float:
    import numpy as np

    index = np.arange(len(line))
    mean = (line * index).sum()
    return float(((line * (index - mean) ** 2).sum()) ** 0.5)


def _squares(shares: "Sequence[NDArray[np.float64]]") -> dict[int, int]:
    """Return the sides of the smallest centred squares that hold given shares of the paths."""
    import numpy as np

    held: list[NDArray[np.float64]] = []
    reach = max(n for share in shares for n in share.shape)
    for share in shares:
        distance: NDArray[Any] = np.zeros(share.shape, dtype=np.int64)
        for axis, extent in enumerate(share.shape):
            offsets = [abs(2 * i - (extent - 1)) for i in range(extent)]
            lines = np.array(offsets).reshape([-1 if a == axis else 1 for a in range(share.ndim)])
            distance = np.maximum(distance, lines)
        weights: NDArray[Any] = np.bincount(
            distance.ravel(), weights=share.ravel(), minlength=reach
        )
        held.append(weights.cumsum())
    inside = np.prod(held, axis=0)
    return {percent: int(np.argmax(inside >= percent / 100 - 1e-12)) + 1 for percent in SHARES}
