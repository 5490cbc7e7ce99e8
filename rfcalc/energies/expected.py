"""How much of an output's gradient variance falls on each cell? The energy of random weights."""

from collections.abc import Sequence
from math import inf, ldexp
from typing import TYPE_CHECKING

import msgspec

from rfcalc.energies.assumptions import assumptions
from rfcalc.energies.pulling import energies
from rfcalc.energies.sums import Sum
from rfcalc.footprint import Footprint
from rfcalc.masks.questions import Question, asked
from rfcalc.network import Network
from rfcalc.shown import AsArray, AsData, AsPicture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Energy", "energy", "framed"]


class Energy(msgspec.Struct, AsPicture, AsArray, AsData, frozen=True, eq=False):
    """The expected effective receptive field of one output.

    The energy of a cell is the sum over the paths that reach it of the product of the weights of
    their edges: the variance of the gradient of a random network, by theorem T10.
    ``start`` and ``shape`` frame it as they frame the mask.
    """

    question: Question
    energies: Sum
    start: tuple[int, ...]
    shape: tuple[int, ...]
    exact: bool = True
    assumed: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """Sum of the energies: 1 for a chain of convolutions, ``inf`` beyond every float."""
        try:
            return ldexp(self.energies.total, self.energies.exponent)
        except OverflowError:
            return inf

    def array(self) -> "NDArray[np.float64]":
        """Return the energies as shares of their sum.

        Raises
        ------
        RfcalcError
            RF409: more cells than the limit.
        """
        return self.energies.array(self.start, self.shape) / (self.energies.total or 1.0)


def energy(
    network: Network,
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | int | None = None,
    phase: Sequence[int] | int | None = None,
) -> Energy:
    """Return the energy of one output cell of a layer; arguments and errors as for ``mask``."""
    question, found = asked(network, layer, source, at, phase)
    start, shape = framed(question, found)
    assumed = (*network.assumed, *assumptions(question))
    return Energy(question, energies(question, shape), start, shape, not assumed, assumed)


def framed(question: Question, found: Footprint | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first cell and the extents of what holds all energy, as ``asked`` settled it."""
    if found is None:
        grid = question.grid
        assert grid is not None
        return (0,) * len(grid), grid
    dims = question.network.dims
    bounds = found.read(question.output).bounds or ()
    start = tuple(span.start for span in bounds) or (0,) * dims
    return start, tuple(span.extent for span in bounds) or (0,) * dims
