"""What stands at the axes of a picture? Their names, their unit, and ticks at round values."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import count

import msgspec

from rfcalc.cells import Cells
from rfcalc.network import Network
from rfcalc.network.naming import axis_units

__all__ = ["Labels", "labels"]

_GAP = 1.5
"""Characters between two labels."""


class Labels(msgspec.Struct, frozen=True):
    """The name and the unit of each axis, and how many cells one unit has."""

    names: tuple[str, ...]
    units: tuple[str, ...]
    cells: tuple[Fraction, ...]

    def word(self, axis: int) -> str:
        """Return what stands beside an axis."""
        return f"{self.names[axis]} ({self.units[axis]})"

    def ticks(self, axis: int, span: Cells, room: float) -> list[tuple[float, str]]:
        """Return cells and their labels, at round values of the unit.

        Parameters
        ----------
        room : how many characters fit along the span.
        """
        unit = self.cells[axis]
        low, high = span.start / unit, (span.stop - 1) / unit
        least = Fraction(1) if unit == 1 else Fraction(1, 1000)
        steps = (least * factor * 10**power for power in count() for factor in (1, 2, 5))
        # A label is a character and its distance to the next at the least.
        for step in (step for step in steps if (high - low) / step <= max(1, room / (1 + _GAP))):
            at = [n * step for n in range(-(-low // step), high // step + 1)]
            words = [f"{float(value):g}".replace("-", "\u2212") for value in at]
            if len(at) < 2 or len(at) * (max(map(len, words)) + _GAP) <= room + _GAP:
                found = [(float(one * unit), word) for one, word in zip(at, words, strict=True)]
                return found or [(span.start, f"{float(low):.4g}".replace("-", "\u2212"))]
        raise AssertionError("some step leaves a single label")  # pragma: no cover - has no end


def labels(
    network: Network,
    source: int,
    rate: Fraction | None = None,
    drawn: Sequence[int] | None = None,
) -> Labels:
    """Return the labels of the axes of a layer's cells.

    Parameters
    ----------
    rate : cells of the input per second, for the one axis that is time.
    drawn : the axes of the picture; all by default.

    Raises
    ------
    RfcalcError
        RF406: a rate for a network without an axis of time, or for cells of another layer.
    """
    names, units, cells = axis_units(network, source, rate)
    kept = range(len(names)) if drawn is None else drawn
    return Labels(
        tuple(names[axis] for axis in kept),
        tuple(units[axis] for axis in kept),
        tuple(cells[axis] for axis in kept),
    )
