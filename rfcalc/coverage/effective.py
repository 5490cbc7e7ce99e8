"""How wide is the effective field of an output? The square that holds most of its effect."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from rfcalc.energies import Energy, energy
from rfcalc.energies.measured import squares
from rfcalc.energies.sums import Box, Sum
from rfcalc.network import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["PERCENT", "measure_effective"]

PERCENT = 95
"""Percentage of the effect that the effective field holds."""


class _Effect(msgspec.Struct, frozen=True, eq=False):
    """The square root of an energy, framed as the energy is."""

    energies: Sum
    start: tuple[int, ...]
    shape: tuple[int, ...]

    def array(self) -> "Array":
        """Return the effect, cell by cell."""
        return self.energies.array(self.start, self.shape)


def measure_effective(
    network: Network, layer: str, source: str, phase: Sequence[int]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the sides of the expected effective field, and what is assumed.

    It is the smallest centred square, cut at the field's box, that holds 95 % of the square root
    of the energy: of random weights the mean absolute gradient, up to a factor (theorem T10).

    Raises
    ------
    RfcalcError
        RF404: the layer reads the whole source; RF409: the energy has too many cells.
    """
    found = energy(network, layer, source, phase=phase)
    side = squares(_root_effect(found), (PERCENT,))[PERCENT]
    return tuple(min(side, extent) for extent in found.shape), found.assumed


def _root_effect(found: Energy) -> _Effect:
    import numpy as np

    boxes = found.energies.boxes
    if len(boxes) == 1:
        roots = tuple(np.sqrt(factor) for factor in boxes[0].factors)
        box = Box(1.0, boxes[0].start, roots)
    else:
        # The root of a sum is no sum of roots.
        box = Box(1.0, found.start, (np.sqrt(found.array()),))
    return _Effect(Sum((box,)), found.start, found.shape)
