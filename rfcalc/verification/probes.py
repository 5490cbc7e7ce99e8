"""Does a mask hold when the network is run? Impulses inside it, in its holes and outside."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.network import Network

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

__all__ = ["Probe", "answers", "lit", "probes"]

CELLS = 1 << 22
"""Cells of the largest array of a forward pass, unless a single row is larger."""


class Probe(msgspec.Struct, frozen=True):
    """Cells of the source that are made positive, and whether the output has to notice.

    ``where`` : ``inside`` the mask, in a ``hole``, just ``outside`` its box, or a ``flood`` of all
    cells that are not in it. ``cell`` : flat index, ``None`` for a flood.
    """

    where: str
    cell: int | None

    @property
    def noticed(self) -> bool:
        """Whether the mask says that the output depends on the cells."""
        return self.where == "inside"

    def place(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the cell's index on the source, empty for a flood."""
        found: list[int] = []
        rest = self.cell or 0
        for n in reversed(shape):
            rest, index = divmod(rest, n)
            found.insert(0, index)
        return tuple(found) if self.cell is not None else ()


def probes(mask: "NDArray[Any]", generator: "Generator") -> list[Probe]:
    """Choose cells that test a mask: its ends and one more, a hole, a neighbour, all the rest.

    Parameters
    ----------
    mask : bool array, shape of the source.
    """
    import numpy as np

    inside = np.flatnonzero(mask)
    found: list[Probe] = []
    if len(inside):
        chosen = {int(inside[0]), int(inside[-1]), int(generator.choice(inside))}
        found += [Probe("inside", cell) for cell in sorted(chosen)]
        box = np.nonzero(mask)
        bounds = tuple(slice(int(line.min()), int(line.max()) + 1) for line in box)
        near = tuple(slice(max(0, part.start - 1), part.stop + 1) for part in bounds)
        beyond, holes = np.zeros_like(mask), np.zeros_like(mask)
        beyond[near] = True
        beyond[bounds] = False
        holes[bounds] = ~mask[bounds]
        for where, cells in (("hole", holes), ("outside", beyond)):
            free = np.flatnonzero(cells)
            if len(free):
                found.append(Probe(where, int(generator.choice(free))))
    if len(inside) < mask.size:
        found.append(Probe("flood", None))
    return found


def lit(probe: Probe, mask: "NDArray[Any]", generator: "Generator") -> "NDArray[Any]":
    """Return the input of a probe: at least 1 on its cells, 0 elsewhere."""
    import numpy as np

    if probe.cell is None:
        return np.where(mask, 0.0, generator.uniform(1, 2, mask.shape))
    x = np.zeros(mask.shape)
    x.flat[probe.cell] = generator.uniform(1, 2)
    return x


def answers(
    network: Network,
    asked: Sequence[tuple[int, tuple[int, ...], Probe, "NDArray[Any]"]],
    source: int,
    generator: "Generator",
) -> list[bool]:
    """Return for every probe whether the output at a node and position notices it.

    The network is linear and has random positive weights, drawn anew for each batch. Probes
    stand in order of non-increasing node.
    """
    import numpy as np

    from rfcalc.numpy_backend import responses

    def draw(shape: tuple[int, ...]) -> "NDArray[Any]":
        return generator.uniform(1, 2, shape)

    largest = max(int(np.prod(node.size)) for node in network.nodes if node.size)
    rows = max(1, CELLS // largest)
    noticed: list[bool] = []
    for low in range(0, len(asked), rows):
        batch = asked[low : low + rows]
        x = np.stack([lit(probe, mask, generator) for _, _, probe, mask in batch])
        ends = [node for node, *_ in batch]
        seen: dict[int, list[bool]] = {}
        for position, y in responses(network, x, draw, source, ends):
            here = [at for node, at, *_ in batch if node == position]
            last = zip(y[len(y) - len(here) :], here, strict=True)
            seen[position] = [bool(row[at] > 0) for row, at in last]
        for node in dict.fromkeys(ends):
            noticed += seen.get(node, [False] * ends.count(node))
    return noticed
