"""How does the field grow with depth? RF, jump, density and effective width, network by network."""

import math
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from rfcalc.energies.moments import moments
from rfcalc.errors import fail
from rfcalc.gridding.staged import staged
from rfcalc.interior import growth
from rfcalc.network import Network
from rfcalc.network.naming import axis_units

__all__ = ["MOST", "Curve", "curve", "curves"]

MOST = 7
"""Most networks in one figure: so many colours there are."""


class Curve(msgspec.Struct, frozen=True):
    """Numbers of one network by depth, each of the layer with the largest field, on its axis.

    ``depth`` counts the layers on the longest way that read more than their own cell;
    ``deviation`` is ``None`` where outputs differ by phase. ``left`` counts the layers that see
    everything, which have no place on the axes. ``stages`` are the depths between which each
    dilated stage lies, and whether it samples its own input with holes. ``cells`` are those of
    one millisecond, ``None`` where no time was asked for.
    """

    name: str
    source: str
    layers: tuple[str, ...]
    depth: tuple[int, ...]
    rf: tuple[int, ...]
    jump: tuple[float, ...]
    density: tuple[float, ...]
    deviation: tuple[float | None, ...]
    left: int
    stages: tuple[tuple[int, int, bool], ...] = ()
    cells: Fraction | None = None

    @property
    def unit(self) -> str:
        """The unit of fields, jumps and deviations as they are drawn."""
        return "cells" if self.cells is None else "ms"


def curve(network: Network, source: str | None = None, rate: Fraction | None = None) -> Curve:
    """Return what is plotted of a network; ``rate`` and errors as for ``axis_units``."""
    origin = network.index(source, 0)
    _, units, scales = axis_units(network, origin, rate)
    if rate is not None and len(units) > 1:
        fact = f"`rate=` is given, and '{network.name}' has {len(units)} axes"
        raise fail("RF406", fact, "omit `rate=`: depth is plotted for the widest axis")
    spreads = moments(network, origin, range(origin + 1, len(network.nodes)))
    position = {node.name: n for n, node in enumerate(network.nodes)}
    deep, left = {origin: 0}, 0
    points: dict[int, tuple[str, int, int, float, float, float | None]] = {}
    for row in growth(network, source).rows:
        here = position[row.name]
        if here != origin:
            before = max(deep.get(i, 0) for i in row.node.inputs)
            deep[here] = before + (row.node.taps != network.nodes[origin].taps)
        left += row.density is None and not row.bounded
        if row.rf is None or not any(row.rf):
            continue
        extent, axis = max((n, -axis) for axis, n in enumerate(row.rf) if n is not None)
        axis = -axis
        jump = row.jump[axis]
        spread = spreads.get(here)
        wide = None if spread is None else spread.deviation[axis]
        step = 0.0 if jump is None else abs(float(jump))
        if deep[here] not in points or points[deep[here]][2] <= extent:
            dense = math.nan if row.density is None else row.density
            points[deep[here]] = row.name, deep[here], extent, step, dense, wide
    names, depth, rf, jumps, density, wide = zip(*(points[n] for n in sorted(points)), strict=True)
    start = network.nodes[origin].name
    cells = None if rate is None else scales[0]
    spans = tuple(
        (deep[stage.source], deep[stage.target], holes)
        for stage, holes in staged(network)
        if stage.source in deep and stage.target in deep
    )
    return Curve(network.name, start, names, depth, rf, jumps, density, wide, left, spans, cells)


def curves(
    networks: Sequence[Network], source: str | None = None, rate: Fraction | None = None
) -> tuple[Curve, ...]:
    """Return what is plotted of each network.

    Raises
    ------
    RfcalcError
        RF401: no layer is named ``source``, RF406: more networks than colours, or
        a rate without an axis of time.
    """
    if len(networks) > MOST:
        fact = f"{len(networks)} networks for one plot; it holds at most {MOST}"
        raise fail("RF406", fact, "plot fewer at a time")
    return tuple(curve(network, source, rate) for network in networks)
