"""How much of an output's effect lies beyond a halo? The practical overlap, from the energy."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import ceil, prod
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.energies import lines_of_phases
from rfcalc.errors import fail
from rfcalc.interior import check_bounded, footprint, widest
from rfcalc.tiling.grids import Grids
from rfcalc.tiling.halo import Halo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["Effects", "Line", "Step", "effects", "gather_effects"]

PHASES = 64
"""Most phases that are looked at one by one; beyond, those of all axes are taken together."""

Sides = tuple[tuple[int, int], ...]


class Step(msgspec.Struct, frozen=True):
    """A halo, and the largest share of an output's effect that lies beyond it on one edge."""

    halo: Sides
    outside: float
    by: str

    def overhead(self, tile: Sequence[int]) -> float:
        """Return the share of a window away from the borders that is thrown away."""
        run = prod(t + sum(sides) for t, sides in zip(tile, self.halo, strict=True))
        return 1 - prod(tile) / run


class Effects(msgspec.Struct, frozen=True):
    """What lies beyond each halo, in whole steps of the alignment.

    The effect of a cell on an output is the square root of its energy, as a share of the sum over
    the output's field: of random weights it is the mean absolute gradient, up to a factor
    (theorem T10). ``edges`` holds it per axis and side, by the number of steps: the largest over
    outputs, phases and inputs of the output nearest that edge of a tile; ``by`` whose it is.
    ``kind`` is ``expected``, or ``measured`` where it is the mean absolute gradient of a model;
    ``means`` says by what.
    """

    around: Halo
    edges: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]
    by: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    assumed: tuple[str, ...]
    kind: str = "expected"
    means: str = "the expected energy"

    @property
    def steps(self) -> Iterator[Step]:
        """The halos from none to the exact one, equally many steps on every edge."""
        most = max(len(side) for axis in self.edges for side in axis)
        for number in range(most):
            yield self._step([(number, number)] * len(self.edges))

    def smallest(self, share: float) -> Step:
        """Return the smallest halo, per axis and side, beyond which lies at most a share."""
        return self._step(
            [
                tuple(next(n for n, out in enumerate(side) if out <= share) for side in axis)
                for axis in self.edges
            ]
        )

    def _step(self, numbers: Sequence[Sequence[int]]) -> Step:
        halo: list[tuple[int, int]] = []
        worst = (-1.0, "")
        for axis, (step, cut) in enumerate(
            zip(self.around.alignment, self.around.cut, strict=True)
        ):
            before, after = (
                min(n * step, most) for n, most in zip(numbers[axis], cut, strict=True)
            )
            halo.append((before, after))
            for side, number in enumerate(numbers[axis]):
                at = min(number, len(self.edges[axis][side]) - 1)
                worst = max(worst, (self.edges[axis][side][at], self.by[axis][side][at]))
        return Step(tuple(halo), *worst)


class Line(msgspec.Struct, frozen=True, eq=False):
    """The effect on one output, summed onto each axis; ``start`` is the first cell of each."""

    effects: "Sequence[Array]"
    start: tuple[int, ...]


Lines = Callable[[Grids, int, list[tuple[int, ...]]], tuple[Sequence[Any], Sequence[str]]]
"""Returns the lines of a target by a source, one per phase at its first cell, and notes."""


def effects(moving: Grids, around: Halo) -> Effects:
    """Return what share of the effect lies beyond each halo, as it is expected.

    Raises
    ------
    RfcalcError
        RF404: an output reads an axis without end; RF409: a field with too many cells.
    """
    return gather_effects(moving, around, _expected)


def _expected(
    one: Grids, source: int, phases: list[tuple[int, ...]]
) -> tuple[Sequence[Any], Sequence[str]]:
    return lines_of_phases(one.network, one.name, one.network.nodes[source].name, phases)


def gather_effects(moving: Grids, around: Halo, lines_of: Lines) -> Effects:
    """Return the largest share beyond each halo over outputs, inputs and phases.

    Raises
    ------
    RfcalcError
        RF404: an output reads an axis without end; and what ``lines_of`` raises.
    """
    if any(moving.causes):
        axes = ", ".join(str(axis) for axis, cause in enumerate(moving.causes) if cause is not None)
        fact = f"no effect on '{moving.name}' can be computed: it reads axis {axes} without end"
        raise fail("RF404", fact, "omit `effect=`, or ask for an earlier `layer=`")
    dims = moving.network.dims
    counts = [[cut // step + 1 for cut in axis] for axis, step in _steps(around)]
    edges = [[[0.0] * n for n in axis] for axis in counts]
    by = [[[moving.name] * n for n in axis] for axis in counts]
    assumed: dict[str, None] = {}
    for one in moving.each:
        for source in one.sources:
            if not one.network.between(source, one.target)[one.target]:
                continue
            phases, period, together = _phases(one, source)
            if together:
                assumed["phases of all axes taken together, not each with each"] = None
            found, granted = lines_of(one, source, phases)
            assumed.update(dict.fromkeys(granted))
            for lines, axis in product(found, range(dims)):
                line, first = lines.effects[axis], lines.start[axis]
                line = line / (line.sum() or 1.0)
                end = ceil(period[axis] * one.jump[axis]) - first
                for side, (sums, start) in enumerate(
                    ((line.cumsum(), -first), (line[::-1].cumsum(), len(line) - end))
                ):
                    sides = sums, start, around.alignment[axis]
                    _widen(edges[axis][side], by[axis][side], sides, one.name)
    return Effects(
        around,
        tuple((tuple(edges[a][0]), tuple(edges[a][1])) for a in range(dims)),
        tuple((tuple(by[a][0]), tuple(by[a][1])) for a in range(dims)),
        tuple(assumed),
    )


def _steps(around: Halo) -> Iterator[tuple[tuple[int, int], int]]:
    return zip(around.cut, around.alignment, strict=True)


def _phases(moving: Grids, source: int) -> tuple[list[tuple[int, ...]], tuple[int, ...], bool]:
    """Return the phases to look at, their periods, and whether some are left out."""
    found = check_bounded(footprint(moving.network, source, moving.target), moving.name)
    period = tuple(widest(found)[0])
    if prod(period) <= PHASES:
        return list(product(*map(range, period))), period, False
    return [tuple(turn % n for n in period) for turn in range(max(period))], period, True


def _widen(worst: list[float], by: list[str], line: "tuple[Array, int, int]", name: str) -> None:
    """Raise the shares beyond an edge to those of one output.

    line : sums from the outer end on, the cells outside when there is no halo, and the step.
    """
    sums, outside, step = line
    for number in range(len(worst)):
        cells = outside - number * step
        share = float(sums[min(cells, len(sums)) - 1]) if cells > 0 else 0.0
        if share > worst[number]:
            worst[number], by[number] = share, name
