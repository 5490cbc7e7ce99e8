"""Which fields have to be kept, and what do changes of dilations do to them?"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil

import msgspec

from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.interior import extents, footprints
from rfcalc.layers.window import ConvTranspose
from rfcalc.network import Input, Network
from rfcalc.repair.sites import Site
from rfcalc.repair.trial import Steps, moved, solid
from rfcalc.taps import Taps

__all__ = ["Fields", "Lever", "Slopes"]


class Lever(msgspec.Struct, frozen=True):
    """A site that widens fields when it is raised, and how far it can be lowered."""

    site: int
    down: int


class Slopes(msgspec.Struct, frozen=True):
    """How every field follows every lever, in cells per unit: ``rows[r][l]``.

    A field is the largest of sums along paths. It is ``straight`` where one path leads
    everywhere, so that it falls as it rises; else what a lever loses may cost no field.
    ``slack`` bounds what rounding to a coarser grid adds.
    """

    rows: tuple[tuple[Fraction, ...], ...]
    straight: bool
    slack: int


class Fields(msgspec.Struct):
    """The fields of some layers against every input: as they are, and the least allowed."""

    local: Network
    found: Sequence[Site]
    targets: Sequence[int]
    was: tuple[int, ...]
    least: tuple[int, ...]
    filled: bool

    @staticmethod
    def of(
        local: Network,
        found: Sequence[Site],
        targets: Sequence[int],
        keep: int = 100,
        wanted: int | None = None,
    ) -> "Fields":
        """Return the fields of the targets, of which a percentage or an extent is to be there."""
        filled = all(_monotone(node.layer) for node in local.nodes)
        base = solid(local) if filled else local
        made = Fields(base, found, targets, (), (), filled)
        made.was = made.after({})
        made.least = tuple(
            -(-keep * was // 100) if wanted is None else (wanted if was else 0) for was in made.was
        )
        return made

    def after(self, steps: Steps) -> tuple[int, ...]:
        """Return the extents after a change; 0 where nothing is read or there is no end."""
        network = moved(self.local, self.found, steps, self.filled)
        wanted = set(self.targets)
        found: list[int] = []
        for source, node in enumerate(network.nodes):
            if not isinstance(node.layer, Input):
                continue
            rows: dict[int, tuple[int, ...]] = {}
            for position, seen in footprints(network, source, None):
                if position in wanted:
                    boxes = seen.boxes
                    axes = range(network.dims if boxes else 0)
                    rows[position] = tuple(
                        max(extents(seen, axis))
                        if all(isinstance(box[axis], Taps) for box in boxes)
                        else 0
                        for axis in axes
                    )
            for position in self.targets:
                found += rows.get(position) or (0,) * network.dims
        return tuple(found)

    def kept(self, steps: Steps) -> bool:
        """Whether a change leaves every field the least that is allowed."""
        return all(a >= b for a, b in zip(self.after(steps), self.least, strict=True))

    def slopes(self, levers: Sequence[Lever], corner: Mapping[int, int]) -> Slopes:
        """Return how the fields follow the levers.

        ``corner`` lowers everything as far as it goes. A path that is the longest there, and
        gains no less from any lever than others do, is the longest everywhere between.
        """
        phased = any(
            isinstance(axis, Taps) and axis.period > 1
            for node in self.local.nodes
            for axis in node.taps
        )
        jumps = [jump for node in self.local.nodes for jump in node.jump if jump]
        slack = 2 * ceil(max(jumps, default=1)) if phased else 0
        far = max(self.was, default=0) + 1
        straight = True
        columns: list[list[Fraction]] = []
        for lever in levers:
            near, wide = self.after({lever.site: 1}), self.after({lever.site: far})
            column = [Fraction(b - a, far) for a, b in zip(self.was, wide, strict=True)]
            columns.append(column)
            straight = straight and all(
                abs(b - a - by) <= slack for a, b, by in zip(self.was, near, column, strict=True)
            )
        lost = [
            sum(
                (column[row] * lever.down for column, lever in zip(columns, levers, strict=True)),
                Fraction(0),
            )
            for row in range(len(self.was))
        ]
        low = self.after(corner)
        straight = straight and all(
            abs(b - a - by) <= slack for a, b, by in zip(self.was, low, lost, strict=True)
        )
        rows = tuple(tuple(column[row] for column in columns) for row in range(len(self.was)))
        return Slopes(rows, straight, slack)


def _monotone(layer: object) -> bool:
    """Whether neighbouring outputs read from places in their order, so that hulls compose."""
    if not isinstance(layer, ConvTranspose):
        return True
    axes = zip(kernel_of(layer), dilation_of(layer), range(len(layer.kernel)), strict=True)
    return all(layer.step(axis) == 1 or (d == 1 and k >= layer.step(axis)) for k, d, axis in axes)
