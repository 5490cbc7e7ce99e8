"""How wide is the energy, and how much of it alternates? By moments and waves, never by arrays."""

from cmath import exp
from collections.abc import Iterable, Mapping, Sequence
from math import log2, pi, sin

import msgspec

from rfcalc.energies.merging import inputs_of
from rfcalc.energies.weights import Shares, shares
from rfcalc.footprint import Axis
from rfcalc.layers.base import Layer
from rfcalc.layers.resample import Upsample
from rfcalc.network import Network, Node
from rfcalc.taps import IDENTITY, Taps

__all__ = ["Moments", "moments"]


class Moments(msgspec.Struct, frozen=True, gc=False):
    """The normalised energy of output 0 of a node as a distribution over source cells.

    ``mean``, ``variance`` : per axis, cells. ``waves`` : per axis, its Fourier transform at every
    frequency asked for. ``weight`` : binary logarithm of the energy's sum. ``jump`` : source
    cells between neighbouring outputs.
    """

    weight: float
    mean: tuple[float, ...]
    variance: tuple[float, ...]
    waves: tuple[tuple[complex, ...], ...]
    jump: tuple[int, ...]

    @property
    def deviation(self) -> tuple[float, ...]:
        """Standard deviation per axis, cells of the source."""
        return tuple(max(value, 0.0) ** 0.5 for value in self.variance)


def moments(
    network: Network, source: int, positions: Iterable[int], periods: Sequence[int] = ()
) -> Mapping[int, Moments]:
    """Return the moments of nodes behind a source whose outputs read alike, and bounded.

    A layer's energy is the convolution of its own taps with the energy before it: means and
    variances add, ``var = var_before + jump_before**2 * var_taps``, and transforms multiply.
    Where branches meet they mix in proportion to their energies. For a chain the variance is
    ``sum e_i**2 (k_i**2 - 1) / 12``. Left out are nodes whose outputs differ by phase or see
    the whole source, where unlike jumps meet, and what reads them. Source: Luo et al. 2016;
    theorem T10.

    Parameters
    ----------
    positions : the nodes behind the source that are looked at, in topological order.
    periods : the waves are at ``1 / period``.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> moments(load("k3,k3d2"), 0, [1, 2])[2].deviation
    (1.8257418583505..., 1.8257418583505...)
    """
    dims = network.dims
    waves = ((1 + 0j,) * len(periods),) * dims
    known = {source: Moments(0.0, (0.0,) * dims, (0.0,) * dims, waves, (1,) * dims)}
    reached, widths = {source}, dict[int, int | None]()
    lines = _Lines(periods)
    for position in positions:
        node = network.nodes[position]
        wanted = [i for i in node.inputs if i in reached]
        if not wanted:
            continue
        reached.add(position)
        given = inputs_of(network, position, wanted, widths)
        if not all(i in known for i, _ in given):
            continue
        parts = [(known[i], share) for i, share in given]
        reads = {node.reading(i) for i, _ in given}
        taps = _plain(node.taps) if reads == {node.taps} else None
        if taps is not None and len({part.jump for part, _ in parts}) == 1:
            sizes = network.nodes[given[0][0]].size or (None,) * dims
            before = _mixed(parts)
            known[position] = _through(before, taps, lines.of(node, taps, before.jump, sizes))
    return known


def _plain(taps: Sequence[Axis]) -> tuple[Taps, ...] | None:
    """Return the taps when every output reads alike, and something."""
    found = tuple(axis for axis in taps if isinstance(axis, Taps))
    alike = len(found) == len(taps) and all(t.period == 1 and t.phases[0] for t in found)
    return found if alike and all(t.advance for t in found) else None


def _through(before: Moments, taps: Sequence[Taps], lines: "Sequence[_Line]") -> Moments:
    """Return the moments behind a layer that adds these lines."""
    if all(axis is IDENTITY for axis in taps):
        return before
    axes = range(len(lines))
    return Moments(
        before.weight + sum(line.weight for line in lines),
        tuple(before.mean[a] + lines[a].mean for a in axes),
        tuple(before.variance[a] + lines[a].variance for a in axes),
        tuple(
            tuple(w * own for w, own in zip(before.waves[a], lines[a].waves, strict=True))
            for a in axes
        ),
        tuple(before.jump[a] * taps[a].advance for a in axes),
    )


class _Line(msgspec.Struct, frozen=True, gc=False):
    """What one layer adds on one axis."""

    weight: float
    mean: float
    variance: float
    waves: tuple[complex, ...]


class _Lines:
    """What layers add on an axis; layers that are alike are looked at once."""

    def __init__(self, periods: Sequence[int]) -> None:
        self._periods = periods
        self._made: dict[tuple[type[Layer], int, int], _Line] = {}

    def of(
        self,
        node: Node,
        taps: Sequence[Taps],
        jumps: Sequence[int],
        sizes: Sequence[int | None],
    ) -> list[_Line]:
        """Return what a layer adds per axis, ``jumps`` source cells between its inputs."""
        layer = node.layer
        found: list[_Line] = []
        for axis, (relation, jump, n) in enumerate(zip(taps, jumps, sizes, strict=True)):
            # Nothing but interpolation weighs its taps by more than their number.
            key = type(layer), id(relation), jump
            line = None if isinstance(layer, Upsample) else self._made.get(key)
            if line is None:
                line = _line(shares(layer, relation, n, axis), relation, jump, self._periods)
                self._made[key] = line
            found.append(line)
        return found


def _line(weights: Shares, taps: Taps, jump: int, periods: Sequence[int]) -> _Line:
    """Return what taps of given weights add, ``jump`` source cells apart."""
    cells, each, size = taps.phases[0], weights[0], float(jump)
    if not isinstance(each, tuple) and cells.pattern is None:
        step, count = cells.pitch, cells.count
        waves = tuple(_turn(cells.start * jump, p) * _chord(step * jump, count, p) for p in periods)
        spread = step * size * (step * size) * (count * count - 1) / 12
        middle = (2 * cells.start + cells.extent - 1) * size / 2
        return _Line(log2(each * count), middle, spread, waves)
    given = each if isinstance(each, tuple) else (each,) * cells.count
    total = sum(given)
    pairs = [(index, share / total) for index, share in zip(cells, given, strict=True)]
    mean = sum(share * index for index, share in pairs)
    variance = sum(share * (index - mean) ** 2 for index, share in pairs)
    waves = tuple(
        sum((share * _turn(index * jump, p) for index, share in pairs), 0j) for p in periods
    )
    return _Line(log2(total), size * mean, size * size * variance, waves)


def _turn(cells: int, period: int) -> complex:
    """Return the wave of a period at a number of cells from the origin."""
    return exp(-2j * pi * (cells % period) / period)


def _chord(step: int, count: int, period: int) -> complex:
    """Return the mean of a wave over ``count`` cells, ``step`` apart, from the origin."""
    if step % period == 0:
        return 1 + 0j
    if step * count % period == 0:
        return 0j
    half = pi / period
    height = sin(half * (step * count % (2 * period))) / sin(half * (step % (2 * period)))
    return exp(-1j * half * (step * (count - 1) % (2 * period))) * height / count


def _mixed(parts: Sequence[tuple[Moments, float]]) -> Moments:
    """Return the moments of the sum of energies, each times its share."""
    first, share = parts[0]
    if len(parts) == 1 and share == 1:
        return first
    logs = [part.weight + log2(share) for part, share in parts]
    top = max(logs)
    ratios = [2 ** (one - top) for one in logs]
    total = sum(ratios)
    mixture = [(part, ratio / total) for (part, _), ratio in zip(parts, ratios, strict=True)]
    axes = range(len(first.mean))
    mean = tuple(sum(r * p.mean[a] for p, r in mixture) for a in axes)
    variance = tuple(
        sum(r * (p.variance[a] + (p.mean[a] - mean[a]) ** 2) for p, r in mixture) for a in axes
    )
    waves = tuple(
        tuple(sum((r * p.waves[a][n] for p, r in mixture), 0j) for n in range(len(first.waves[a])))
        for a in axes
    )
    return Moments(top + log2(total), mean, variance, waves, first.jump)
