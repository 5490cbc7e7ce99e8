"""How even is the energy? Leak, deviation, variation, centre, and the squares that hold most."""

from bisect import bisect_left
from collections.abc import Sequence
from math import pi, prod
from typing import TYPE_CHECKING, Protocol

from rfcalc.energies.axes import CELLS_LIMIT
from rfcalc.energies.expected import energy
from rfcalc.energies.moments import Moments, moments
from rfcalc.energies.sums import Box, Sum
from rfcalc.interior import inside
from rfcalc.network import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = [
    "Framed",
    "center",
    "closed",
    "deviation",
    "leak",
    "spreads",
    "squares",
    "variation",
    "waves",
]


class Framed(Protocol):
    """Energies in a frame, as an ``Energy`` holds them."""

    @property
    def energies(self) -> Sum: ...
    @property
    def start(self) -> tuple[int, ...]: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    def array(self) -> Array: ...


def leak(
    network: Network,
    source: int,
    target: int,
    periods: Sequence[int],
    phase: Sequence[int] | None = None,
) -> tuple[dict[str, float], ...]:
    """Return how much of the energy alternates with given periods, per axis.

    It is the magnitude of the Fourier transform of the normalised energy at ``1 / period``, by
    that name; for a chain the product of its layers' ``|sin(pi f e k) / (k sin(pi f e))|``.
    No array is needed where all outputs read alike.

    Raises
    ------
    RfcalcError
        RF404: the target sees the whole source; RF405: it does not depend on it; RF409: an array
        is needed and would be too large.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> leak(load("k3d2,k3d2"), 0, 2, [2])
    ({'1/2': 1.0}, {'1/2': 1.0})
    """
    found = closed(network, source, target, periods)
    return waves(found or _asked(network, source, target, phase), periods)


def deviation(
    network: Network, source: int, target: int, phase: Sequence[int] | None = None
) -> tuple[float, ...]:
    """Return the standard deviation of the normalised energy per axis, cells of the source.

    Errors as for ``leak``.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> deviation(load("k5"), 0, 1)
    (1.4142135623730951, 1.4142135623730951)
    """
    found = closed(network, source, target, ())
    return spreads(found or _asked(network, source, target, phase))


def closed(network: Network, source: int, target: int, periods: Sequence[int]) -> Moments | None:
    """Return the moments of a node, ``None`` where they do not follow without its energy."""
    positions = inside(network, source, target)
    if target != source and target not in positions[-1:]:
        raise network.unjoined(source, target)
    return moments(network, source, positions, periods).get(target)


def waves(found: Moments | Framed, periods: Sequence[int]) -> tuple[dict[str, float], ...]:
    """Return the leak at ``periods``; of moments, those that their waves are of."""
    names = [f"1/{period}" for period in periods]
    if isinstance(found, Moments):
        sizes = [[abs(wave) for wave in axis] for axis in found.waves]
    else:
        sizes = [[_wave(line, period) for period in periods] for line in _marginals(found)]
    return tuple(dict(zip(names, axis, strict=True)) for axis in sizes)


def spreads(found: Moments | Framed) -> tuple[float, ...]:
    """Return the standard deviation per axis."""
    if isinstance(found, Moments):
        return found.deviation
    import numpy as np

    result: list[float] = []
    for line in _marginals(found):
        index = np.arange(len(line))
        mean = float(line @ index)
        result.append(float(line @ (index - mean) ** 2) ** 0.5)
    return tuple(result)


def variation(found: Framed) -> float:
    """Return the standard deviation of the energies over their mean, over the box."""
    import numpy as np

    boxes = found.energies.boxes
    if len(boxes) == 1:
        squares = boxes[0].weight ** 2 * prod(float((f * f).sum()) for f in boxes[0].factors)
    else:
        weights = np.array([box.weight for box in boxes])
        gram = np.outer(weights, weights)
        framed = [box.framed(found.start, found.shape) for box in boxes]
        for axis in range(len(found.shape)):
            rows = np.stack([factors[axis] for factors in framed])
            gram *= rows @ rows.T
        squares = float(gram.sum())
    spread = prod(found.shape) * squares / found.energies.total**2 - 1
    return max(spread, 0.0) ** 0.5


def center(found: Framed) -> float | None:
    """Return the mean of the cells nearest the middle over the largest.

    ``None`` where they would have to be written out, and are too many.
    """
    boxes = found.energies.boxes
    if len(boxes) == 1:
        factors: Sequence[Array] = boxes[0].framed(found.start, found.shape)
    elif prod(found.shape) <= CELLS_LIMIT:
        factors = (found.array(),)
    else:
        return None
    return prod(_middle(factor) / float(factor.max()) for factor in factors)


def squares(found: Framed, percents: Sequence[int]) -> dict[int, int]:
    """Return the side of the smallest centred square that holds each percentage."""
    held = [(box.weight, _squared(box, found)) for box in found.energies.boxes]
    whole = found.energies.total

    def share(side: int) -> float:
        """Return the percentage within a square, give or take what rounding does."""
        return 100 * sum(weight * _within(parts, side) for weight, parts in held) / whole + 1e-10

    sides = range(1, max(found.shape) + 1)
    return {percent: sides[bisect_left(sides, percent, key=share)] for percent in percents}


def _squared(box: Box, found: Framed) -> list[tuple[Array, tuple[int, ...]]]:
    """Return the sums of each factor within rings around the middle, and its extents."""
    import numpy as np

    parts: list[tuple[Array, tuple[int, ...]]] = []
    for values in box.framed(found.start, found.shape):
        shape = values.shape
        for axis, n in enumerate(shape):
            lines = np.moveaxis(values, axis, 0)
            rings = lines[n // 2 :] + lines[: (n + 1) // 2][::-1]
            if n % 2:
                rings[0] = lines[n // 2]
            values = np.moveaxis(rings.cumsum(axis=0), 0, axis)
        parts.append((values, shape))
    return parts


def _within(parts: Sequence[tuple[Array, tuple[int, ...]]], side: int) -> float:
    """Return what a centred square holds.

    Ring ``h`` of an odd extent lies ``2h`` half cells from the middle, of an even one ``2h + 1``.
    """
    held = 1.0
    for rings, shape in parts:
        places = [(min(side, n) - 1 - (n + 1) % 2) // 2 for n in shape]
        held *= float(rings[tuple(places)]) if min(places) >= 0 else 0.0
    return held


def _middle(values: Array) -> float:
    """Return the mean of the cells nearest the middle."""
    return float(values[tuple(slice((n - 1) // 2, n // 2 + 1) for n in values.shape)].mean())


def _marginals(found: Framed) -> list[Array]:
    """Return the energies summed over all axes but one, as shares, for every axis."""
    import numpy as np

    dims = len(found.shape)
    lines = [np.zeros(n) for n in found.shape]
    for box in found.energies.boxes:
        factors = box.framed(found.start, found.shape)
        for axis, line in enumerate(lines):
            if len(factors) == dims:
                others = prod(float(f.sum()) for a, f in enumerate(factors) if a != axis)
                line += box.weight * others * factors[axis]
            else:
                others = tuple(a for a in range(dims) if a != axis)
                line += box.weight * factors[0].sum(axis=others)
    return [line / (found.energies.total or 1.0) for line in lines]


def _wave(line: Array, period: int) -> float:
    import numpy as np

    return float(abs((line * np.exp(-2j * pi * np.arange(len(line)) / period)).sum()))


def _asked(network: Network, source: int, target: int, phase: Sequence[int] | None) -> Framed:
    names = network.nodes[target].name, network.nodes[source].name
    return energy(network, *names, phase=phase)
