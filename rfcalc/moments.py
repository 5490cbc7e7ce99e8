"""How wide is the effective field of every layer? Moments of the path counts, never the counts."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import prod

import msgspec

from rfcalc.cells import Cells
from rfcalc.footprint import Axis
from rfcalc.network import Network
from rfcalc.taps import Taps

__all__ = ["Moments", "moments"]


class Moments(msgspec.Struct, frozen=True):
    """The path counts of an interior output as a distribution over source cells.

    ``total`` : number of paths. ``mean``, ``variance`` : per axis, for output 0; exact.
    """

    total: int
    mean: tuple[Fraction, ...]
    variance: tuple[Fraction, ...]

    @property
    def deviation(self) -> tuple[float, ...]:
        """Standard deviation per axis, cells of the source."""
        return tuple(float(value) ** 0.5 for value in self.variance)


def moments(
    network: Network, source: str | None = None, until: int | None = None
) -> dict[int, Moments]:
    """Return the moments of every node whose interior outputs are alike and bounded.

    With ``until`` no node behind that position is looked at.

    A layer's counts are the convolution of its own taps with those before it, so means and
    variances add: ``var = var_before + jump_before**2 * var_taps``; where branches meet they
    mix in proportion to their paths. For a chain this is ``sum e_i**2 (k_i**2 - 1) / 12``.
    Nodes whose outputs differ by phase, or see the whole source, are left out, and so is what
    reads them. Source: Luo et al. 2016; theorem T10.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> moments(load("k3,k3d2"))[2].variance
    (Fraction(10, 3), Fraction(10, 3))
    """
    origin = network.index(source, 0)
    dims = network.dims
    zero = (Fraction(0),) * dims
    known: dict[int, tuple[Moments, tuple[Fraction, ...]]] = {
        origin: (Moments(1, zero, zero), (Fraction(1),) * dims)
    }
    depends = {origin}
    for position in range(origin + 1, len(network.nodes) if until is None else until + 1):
        node = network.nodes[position]
        read = [i for i in node.inputs if i in depends]
        if not read:
            continue
        depends.add(position)
        taps = _plain(node.taps)
        if taps is None or not all(i in known for i in read):
            continue
        if len({known[i][1] for i in read}) > 1:
            continue
        before = _mixed([known[i][0] for i in read])
        jump = known[read[0]][1]
        after = _through(before, jump, taps)
        steps = tuple(step * axis.advance for step, axis in zip(jump, taps, strict=True))
        known[position] = after, steps
    return {position: found for position, (found, _) in known.items()}


def _plain(taps: Sequence[Axis]) -> tuple[Taps, ...] | None:
    """Return the taps when every output reads alike, and something."""
    found = tuple(axis for axis in taps if isinstance(axis, Taps))
    alike = len(found) == len(taps) and all(t.period == 1 and t.phases[0] for t in found)
    return found if alike and all(t.advance > 0 for t in found) else None


def _through(before: Moments, jump: Sequence[Fraction], taps: Sequence[Taps]) -> Moments:
    """Return the moments behind a layer with these taps."""
    mean: list[Fraction] = []
    variance: list[Fraction] = []
    for axis, relation in enumerate(taps):
        middle, wide = _uniform(relation.phases[0])
        mean.append(before.mean[axis] + jump[axis] * middle)
        variance.append(before.variance[axis] + jump[axis] ** 2 * wide)
    total = before.total * prod(relation.phases[0].count for relation in taps)
    return Moments(total, tuple(mean), tuple(variance))


def _uniform(cells: Cells) -> tuple[Fraction, Fraction]:
    """Return mean and variance of a cell of a set, each equally likely."""
    if cells.bits is None:
        middle = Fraction(2 * cells.start + cells.extent - 1, 2)
        return middle, Fraction(cells.extent**2 - 1, 12)
    middle = Fraction(sum(cells), cells.count)
    return middle, Fraction(sum(c * c for c in cells), cells.count) - middle**2


def _mixed(parts: Sequence[Moments]) -> Moments:
    """Return the moments of the sum of several maps of counts."""
    if len(parts) == 1:
        return parts[0]
    total = sum(part.total for part in parts)
    mean: list[Fraction] = []
    variance: list[Fraction] = []
    for axis in range(len(parts[0].mean)):
        middle = _average(((p.total, p.mean[axis]) for p in parts), total)
        square = _average(((p.total, p.variance[axis] + p.mean[axis] ** 2) for p in parts), total)
        mean.append(middle)
        variance.append(square - middle**2)
    return Moments(total, tuple(mean), tuple(variance))


def _average(values: Iterable[tuple[int, Fraction]], total: int) -> Fraction:
    return sum((weight * value for weight, value in values), Fraction(0)) / total
