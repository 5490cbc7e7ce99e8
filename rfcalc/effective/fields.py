"""What is reported for a layer? Its measured maps beside what the energy lets expect."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfcalc.effective.figures import Asked, Figures, figures
from rfcalc.effective.jackknife import errors
from rfcalc.effective.result import EffectiveLayer
from rfcalc.energies import energy
from rfcalc.errors import RfcalcError
from rfcalc.gradients import Gradients, Place, place_of
from rfcalc.gridding.stages import dilation_of
from rfcalc.interior import footprint, inside
from rfcalc.network import Network, without_global

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["expected_field", "measured_field"]


def measured_field(
    found: Gradients, thresholds: Sequence[float]
) -> tuple[EffectiveLayer, tuple[str, ...]]:
    """Return the figures of measured gradients, and what was assumed of the expected field."""
    place = found.place
    asked = _question(place.network, place.source, place.target, _centre(place), thresholds)
    energies, assumed = _expected_at(place)
    maps: dict[str, Array] = {}
    told: dict[str, Figures | None] = {}
    for number, (name, values) in enumerate(
        (("measured", found.absolute), ("measured_squared", found.squared))
    ):
        maps[name] = values / values.sum()
        spread = errors(found.groups[:, number], found.counts, asked)
        told[name] = figures(values, asked, spread)
    beside, held = _expected_figures(energies, asked)
    layer = EffectiveLayer(
        layer=place.layer,
        source=place.origin,
        field=place.shape,
        start=found.start,
        at=found.at,
        cells=len(place.cells),
        grid=place.network.nodes[place.source].size,
        samples=found.samples,
        maps={**maps, **held},
        **told,
        **beside,
    )
    return layer, assumed


def expected_field(
    network: Network,
    target: int,
    source: int,
    at: Sequence[int] | None,
    phase: Sequence[int] | None,
    thresholds: Sequence[float],
) -> tuple[EffectiveLayer, tuple[str, ...]]:
    """Return what is expected of a layer that is not measured, and what was assumed.

    Errors as for ``energy``.
    """
    names = network.nodes[target].name, network.nodes[source].name
    whole = not footprint(network, source, target).bounded
    if (at is not None or whole) and network.nodes[target].size is not None:
        place = place_of(network, target, source, at)
        values, assumed = _expected_at(place)
        start, shape, cell = place.starts[0], place.shape, place.cells[0]
        centre = _centre(place)
    else:
        found = energy(network, *names, at=at, phase=phase)
        values, assumed = found.array(), found.assumed
        start, shape, cell = found.start, found.shape, None
        centre = tuple(n - 1 for n in shape)
    told, maps = _expected_figures(values, _question(network, source, target, centre, thresholds))
    layer = EffectiveLayer(
        layer=names[0],
        source=names[1],
        field=shape,
        start=start,
        at=cell,
        cells=1,
        grid=network.nodes[source].size,
        samples=0,
        measured=None,
        measured_squared=None,
        maps=maps,
        **told,
    )
    return layer, assumed


def _expected_at(place: Place) -> tuple[Array, tuple[str, ...]]:
    """Return the energies in the frame of a place."""
    names = place.layer, place.origin
    if place.bordered:
        found = energy(place.network, *names, at=place.cells[0])
        return place.framed(found.array()), found.assumed
    found = energy(place.network, *names, phase=place.phase)
    return found.array(), found.assumed


def _expected_figures(values: Array, asked: Asked) -> tuple[dict[str, Figures], dict[str, Array]]:
    """Return the figures and the maps of energies and of their square roots."""
    import numpy as np

    maps: dict[str, Array] = {"expected": np.sqrt(values), "expected_squared": values}
    maps = {name: one / one.sum() for name, one in maps.items()}
    return {name: figures(one, asked) for name, one in maps.items()}, maps


def _question(
    network: Network,
    source: int,
    target: int,
    centre: Sequence[int],
    thresholds: Sequence[float],
) -> Asked:
    """Return what is asked of the maps of a layer."""
    layers = [network.nodes[position].layer for position in inside(network, source, target)]
    rates = {d for layer in layers for d in dilation_of(layer) if d > 1}
    return Asked(tuple(sorted({2, 3, *rates})), tuple(thresholds), tuple(centre))


def _centre(place: Place) -> tuple[int, ...]:
    """Return twice the middle of the frame, or of what the cell reads without global layers."""
    middle = tuple(n - 1 for n in place.shape)
    found = footprint(place.network, place.source, place.target)
    if found.bounded:
        return middle
    try:
        local = footprint(without_global(place.network), place.source, place.target)
    except RfcalcError:
        return middle
    if not local.held:
        return middle
    cell, start = place.cells[0], place.starts[0]
    ends = [local.ends(axis, o) for axis, o in enumerate(cell)]
    return tuple(
        usual if low is None or high is None else low + high - 2 * first
        for usual, (low, high), first in zip(middle, ends, start, strict=True)
    )
