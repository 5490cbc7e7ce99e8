"""Which cells of the source does one output depend on? Exactly, with or without borders."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from rfcalc.cells import EMPTY, Cells
from rfcalc.errors import LimitExceeded, fail
from rfcalc.footprint import Axis
from rfcalc.growth import BROADCAST, bounded, footprint, widest
from rfcalc.layers.base import PaddingMode
from rfcalc.network import Network, Node
from rfcalc.region import Region
from rfcalc.shown import AsPicture
from rfcalc.taps import IDENTITY, Taps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PIXEL_LIMIT", "Mask", "Question", "ask", "broadcast", "folded", "mask", "pixels"]

PIXEL_LIMIT = 1 << 27
"""Most cells of an array that is written out."""


class Question(msgspec.Struct, frozen=True):
    """One output cell of a layer, and the source it is asked about.

    ``bordered``: ``output`` is a position on the layer's grid and padding carries no path.
    Otherwise it is a phase of the interior, where nothing is cut.
    """

    network: Network
    target: int
    source: int
    output: tuple[int, ...]
    bordered: bool

    @property
    def layer(self) -> str:
        """Name of the layer asked about."""
        return self.network.nodes[self.target].name

    @property
    def origin(self) -> str:
        """Name of the source."""
        return self.network.nodes[self.source].name

    @property
    def grid(self) -> tuple[int, ...] | None:
        """Size of the source, cells per axis."""
        return self.network.nodes[self.source].size


class Mask(msgspec.Struct, AsPicture, frozen=True):
    """The cells of the source that one output depends on.

    ``start`` and ``shape`` frame the array: the whole source where borders count, else the
    receptive-field box. ``region`` holds the cells in coordinates of the source.
    """

    question: Question
    region: Region
    start: tuple[int, ...]
    shape: tuple[int, ...]
    exact: bool = True
    assumed: tuple[str, ...] = ()

    @property
    def cells(self) -> int:
        """Number of cells in the mask."""
        return self.region.count

    @property
    def rf(self) -> tuple[int, ...]:
        """Extent of the cells per axis."""
        return tuple(span.extent for span in self.region.bounds or ())

    @property
    def density(self) -> float:
        """Cells in the mask over cells in its bounds; 0 for an empty mask."""
        return self.cells / self.region.volume if self.region.boxes else 0.0

    def array(self) -> "NDArray[np.bool_]":
        """Return the mask as a boolean array of ``shape`` whose first cell is ``start``."""
        import numpy as np

        pixels(self.shape)
        drawn = np.zeros(self.shape, dtype=np.bool_)
        for box in self.region.boxes:
            lines = [
                _line(cells.shift(-low), extent)
                for cells, low, extent in zip(box, self.start, self.shape, strict=True)
            ]
            window = tuple(slice(at, at + len(line)) for at, line in lines)
            product = lines[0][1]
            for _, line in lines[1:]:
                product = np.logical_and.outer(product, line)
            drawn[window] |= product
        return drawn


def mask(
    network: Network,
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | None = None,
    phase: Sequence[int] | None = None,
) -> Mask:
    """Return the exact mask of one output cell of a layer.

    Parameters
    ----------
    layer : name of the layer, by default the network's output.
    source : name of an earlier layer whose cells are asked for, by default the input.
    at : one output position, borders and padding modes included; needs the input size.
    phase : without ``at``, which of the interior's phases; by default the widest.

    Raises
    ------
    RfcalcError
        RF401 unknown layer, RF402 position outside the output, RF403 no input size, RF404 an
        unbounded interior, RF405 no path from the source, RF406 wrong number of axes.
    """
    question = ask(network, layer, source, at, phase)
    assumed = network.assumed
    if question.bordered:
        region = _pulled(question)
        grid = question.grid
        assert grid is not None
        return Mask(question, region, (0,) * len(grid), grid, not assumed, assumed)
    found = footprint(network, question.source, question.target)
    region = found.read(question.output)
    bounds = region.bounds or (EMPTY,) * network.dims
    start = tuple(span.start for span in bounds)
    shape = tuple(span.extent for span in bounds)
    return Mask(question, region, start, shape, not assumed, assumed)


def ask(
    network: Network,
    layer: str | None,
    source: str | None,
    at: Sequence[int] | None,
    phase: Sequence[int] | None,
) -> Question:
    """Return a valid question; the same checks serve masks and path counts."""
    target = network.index(layer, network.output)
    origin = network.index(source, 0)
    names = network.nodes[origin].name, network.nodes[target].name
    if target < origin or not network.between(origin, target)[target]:
        help = "choose a --source that the layer depends on"
        raise fail("RF405", f"'{names[1]}' does not depend on '{names[0]}'", help)
    if at is not None and phase is not None:
        raise fail("RF406", "--at and --phase are given together", "a position has its phase")
    for option, values in (("--at", at), ("--phase", phase)):
        if values is not None and len(values) != network.dims:
            fact = f"{option} has {len(values)} values for {network.dims} axes"
            raise fail("RF406", fact, "give one per axis, as in 3,5")
    if at is not None:
        size = network.nodes[target].size
        if size is None:
            raise fail("RF403", "a position needs the input size", "give it: --input H,W")
        for axis, (index, cells) in enumerate(zip(at, size, strict=True)):
            if not 0 <= index < cells:
                fact = (
                    f"--at is {index} on axis {axis}; the output of '{names[1]}' has {cells} cells"
                )
                raise fail("RF402", fact, f"positions run from 0 to {cells - 1}")
        return Question(network, target, origin, tuple(at), True)
    found = bounded(footprint(network, origin, target), names[1])
    counts, widest_phase, _ = widest(found)
    if phase is None:
        return Question(network, target, origin, widest_phase, False)
    for axis, (index, period) in enumerate(zip(phase, counts, strict=True)):
        if not 0 <= index < period:
            fact = f"--phase is {index} on axis {axis}; '{names[1]}' has {period} phases there"
            raise fail("RF402", fact, f"phases run from 0 to {period - 1}")
    return Question(network, target, origin, tuple(phase), False)


def _pulled(question: Question) -> Region:
    """Pull the demanded cell back to the source, cut at every node's own borders."""
    nodes = question.network.nodes
    between = question.network.between(question.source, question.target)
    demand: dict[int, Region] = {
        question.target: Region((tuple(Cells(o, 1) for o in question.output),))
    }
    for position in range(question.target, question.source, -1):
        wanted = demand.pop(position, None)
        if wanted is None:
            continue
        node = nodes[position]
        for i in node.inputs:
            if not between[i]:
                continue
            try:
                found = _read(node, nodes[i], wanted)
                demand[i] = demand[i] | found if i in demand else found
            except LimitExceeded as fault:
                raise fail("RF305", f"'{node.name}': {fault}", "ask for a later source") from None
    return demand.get(question.source, Region(()))


def _read(node: Node, given: Node, wanted: Region) -> Region:
    """Return which cells of an input a set of a node's cells reads."""
    if all(axis is IDENTITY for axis in node.taps) and given.size == node.size:
        return wanted
    assert given.size is not None
    taps = broadcast(node, given)
    boxes = (
        tuple(
            Cells.run(0, n)
            if not isinstance(axis, Taps)
            else folded(axis.image(cells), n, node.layer.border)
            for axis, cells, n in zip(taps, box, given.size, strict=True)
        )
        for box in wanted.boxes
    )
    return Region.of(boxes)


def broadcast(node: Node, given: Node) -> tuple[Axis, ...]:
    """Return how a node reads one of its inputs; a lone cell is spread over a merge's grid."""
    if len(node.inputs) > 1 and given.size != node.size:
        return (BROADCAST,) * len(node.taps)
    return node.taps


def folded(cells: Cells, n: int, mode: PaddingMode) -> Cells:
    """Return what indices outside ``0 .. n - 1`` stand for, united with those inside."""
    if cells.start >= 0 and cells.stop <= n:
        return cells
    inside = cells.clip(n)
    if mode == "zeros":
        return inside
    before = cells & Cells.run(cells.start, -cells.start)
    after = cells & Cells.run(n, cells.stop - n)
    if mode == "circular":
        return inside | before.shift(n) | after.shift(-n)
    if mode == "reflect":
        return inside | before.reflect() | after.reflect().shift(2 * (n - 1))
    ends = [index for index, beyond in ((0, before), (n - 1, after)) if beyond]
    return inside | Cells.of(ends)


def pixels(shape: Iterable[int]) -> int:
    """Return the number of cells of an array, or refuse one that is too large.

    Raises
    ------
    RfcalcError
        RF409: more cells than the limit.
    """
    product = 1
    for extent in shape:
        product *= extent
    if product > PIXEL_LIMIT:
        fact = f"the array would have {product:,} cells; the limit is {PIXEL_LIMIT:,}"
        raise fail("RF409", fact, "ask for an earlier --layer or a later --source")
    return product


def _line(cells: Cells, extent: int) -> "tuple[int, NDArray[np.bool_]]":
    """Return the offset and the bits of the cells that lie inside ``0 .. extent - 1``."""
    import numpy as np

    cells = cells.clip(extent)
    if cells.bits is None:
        return max(0, cells.start), np.ones(cells.extent, dtype=np.bool_)
    raw = np.frombuffer(cells.bits.to_bytes((cells.extent + 7) // 8, "little"), dtype=np.uint8)
    bits = np.unpackbits(raw, count=cells.extent, bitorder="little")
    return cells.start, bits.view(np.bool_)
