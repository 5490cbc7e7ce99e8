"""Where on the source does a cell of a layer lie, and which cells does a cell of it reach?"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from rfcalc.equality import equal_fields
from rfcalc.errors import fail
from rfcalc.footprint import Footprint, Unbounded
from rfcalc.interior import footprints, relative
from rfcalc.masks import mask
from rfcalc.masks.pixels import drawn
from rfcalc.masks.questions import per_axis
from rfcalc.masks.reached import reached
from rfcalc.network import Network
from rfcalc.path_counts.pushing import pushed
from rfcalc.region import Region
from rfcalc.shown import AsPage, AsTable, brief

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts: TypeAlias = NDArray[Any]  # int64, or Python integers

__all__ = ["Form", "Place", "Projection", "Reached", "locate", "project"]

Box = tuple[tuple[int | None, int | None], ...]
"""First and last cell per axis, ``None`` on a side without end."""


class Form(msgspec.Struct, frozen=True):
    """Cell ``period * n + phase`` reads from ``first + advance * n`` to ``last + advance * n``.

    On one axis; an end is ``None`` on a side without end, both where the phase reads nothing.
    """

    phase: int
    first: int | None
    last: int | None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the cells of a layer lie on the source, borders ignored; one entry per axis.

    forms : what a cell of each phase reads; their number is the period.
    jump : cells of the source between neighbouring cells, ``None`` where there is no grid.
    at : the cell that is asked about, ``None`` where all of them are.
    box : first and last cell that it reads, as if the source had no border.
    inside : those of them that exist and are read, and how many there are in ``cells``; ``None``
        where the size is not known, or where nothing is read.
    """

    layer: str
    source: str
    jump: tuple[Fraction | None, ...]
    forms: tuple[tuple[Form, ...], ...]
    unbounded: tuple[Unbounded | None, ...] | None
    at: tuple[int, ...] | None = None
    box: Box | None = None
    inside: Box | None = None
    cells: int | None = None

    @property
    def start(self) -> tuple[int | None, ...]:
        """First cell that cell 0 of the layer reads."""
        return tuple(axis[0].first for axis in self.forms)

    @property
    def center(self) -> tuple[Fraction | None, ...]:
        """Middle of the box, or without ``at`` of that of cell 0; ``None`` without an end."""
        ends = self.box or tuple((axis[0].first, axis[0].last) for axis in self.forms)
        return tuple(
            None if low is None or high is None else Fraction(low + high, 2) for low, high in ends
        )


class Reached(msgspec.Struct, frozen=True):
    """The cells of a layer that read a cell of the source.

    paths : number of paths to all of them, where it was asked for.
    """

    layer: str
    size: tuple[int, ...]
    region: Region
    paths: int | None = None

    @property
    def box(self) -> Box | None:
        """First and last cell per axis, ``None`` where none is reached."""
        bounds = self.region.bounds
        return None if bounds is None else tuple((span.start, span.stop - 1) for span in bounds)


class Projection(msgspec.Struct, AsPage, AsTable, frozen=True, eq=False):
    """What a cell of the source reaches: its projective field, border cells included.

    ``layers`` : one entry per layer; ``counts`` : per layer the paths to each of its cells, int
    array in the shape of its grid, ``None`` where they were not asked for.
    """

    network: Network
    source: str
    pixel: tuple[int, ...]
    what: Literal["mask", "paths"]
    layers: tuple[Reached, ...]
    counts: "tuple[Counts, ...] | None" = None

    __eq__ = equal_fields
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return not self.network.assumed

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted of the network."""
        return self.network.assumed

    def __getitem__(self, layer: str) -> Reached:
        """Return what is reached of a layer by its name."""
        for one in self.layers:
            if one.layer == layer:
                return one
        raise KeyError(layer)

    def __repr__(self) -> str:
        about = f"pixel={self.pixel} of {self.source[:40]!r}, layers={len(self.layers)}"
        return brief(f"Projection({self.network.name[:60]!r}, {about})")

    def array(self, number: int = -1) -> "NDArray[np.bool_] | Counts":
        """Return the mask or the path counts of a layer, in the shape of its grid."""
        found = self.layers[number]
        if self.counts is not None:
            return self.counts[number]
        return drawn(found.region, (0,) * len(found.size), found.size)


def locate(
    network: Network,
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | int | None = None,
) -> tuple[Place, ...]:
    """Return where the cells of a layer lie on the source, or where one of them does.

    Parameters
    ----------
    layer : by default every layer behind the source, and with ``at`` every output.
    at : one cell, an index per axis or one for all; with a known size it has to exist, and
        ``inside`` tells what borders leave.

    Raises
    ------
    RfcalcError
        RF401 unknown layer, RF402 a cell outside the layer, RF405 no path from the source,
        RF406 wrong number of axes; RF305 a mask beyond the limits.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> (place,) = locate(load("k3,k3s2", dims=1), "conv2", at=(5,))
    >>> place.box, place.jump
    (((8, 12),), (Fraction(2, 1),))
    """
    origin = network.index(source, 0)
    wanted = _targets(network, layer, origin, every=at is None)
    place = per_axis("at", at, network.dims)
    last = wanted[0] if len(wanted) == 1 else None
    seen = {p: found for p, found in footprints(network, origin, None, last) if p in wanted}
    return tuple(_place(network, origin, position, seen[position], place) for position in wanted)


def project(
    network: Network,
    pixel: Sequence[int] | int,
    layer: str | None = None,
    source: str | None = None,
    what: Literal["mask", "paths"] = "mask",
) -> Projection:
    """Return which cells of a layer, by default of every one, a cell of the source reaches.

    Parameters
    ----------
    pixel : one cell of the source, an index per axis or one for all.
    what : ``"paths"`` counts the paths to each of them as well.

    Raises
    ------
    RfcalcError
        RF401 unknown layer, RF402 a pixel outside the source, RF403 no input size, RF405 no
        path from the source, RF406 wrong number of axes; RF305 and RF409 beyond the limits.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> found = project(load("k3,k3s2", dims=1, input=(9,)), (4,))
    >>> [one.box for one in found.layers]
    [((3, 5),), ((1, 3),)]
    """
    origin = network.index(source, 0)
    wanted = _targets(network, layer, origin, every=True)
    node = network.nodes[origin]
    pixel = per_axis("pixel", pixel, network.dims) or ()
    if node.size is None:
        fact = "which cells exist is known with the input size only"
        raise fail("RF403", fact, "give it: `input=(H, W)`")
    for axis, (index, cells) in enumerate(zip(pixel, node.size, strict=True)):
        if not 0 <= index < cells:
            fact = f"`pixel=` is {index} on axis {axis}; '{node.name}' has {cells} cells"
            raise fail("RF402", fact, f"cells run from 0 to {cells - 1}")
    regions = reached(network, origin, pixel)
    counts = pushed(network, origin, pixel, wanted) if what == "paths" else None
    layers: list[Reached] = []
    for position in wanted:
        size = network.nodes[position].size
        assert size is not None
        paths = None if counts is None else int(counts[position].sum(dtype=object))
        layers.append(Reached(network.nodes[position].name, size, regions[position], paths))
    arrays = None if counts is None else tuple(counts[position] for position in wanted)
    return Projection(network, node.name, tuple(pixel), what, tuple(layers), arrays)


def _targets(network: Network, layer: str | None, origin: int, every: bool) -> list[int]:
    """Return the layer that is named, every layer behind the source, or every output."""
    behind = network.behind(origin)
    named = [p for p in range(origin + 1, len(network.nodes)) if behind[p]]
    if layer is not None:
        target = network.index(layer, 0)
        if not behind[target]:
            raise network.unjoined(origin, target)
        return [target]
    found = named if every else [p for p in network.outputs if behind[p]]
    if not found:
        raise network.unjoined(origin, network.output)
    return found


def _place(
    network: Network, origin: int, position: int, seen: Footprint, at: Sequence[int] | None
) -> Place:
    node = network.nodes[position]
    forms = tuple(
        tuple(Form(o, *span) for o, span in enumerate(seen.spans(axis, range(seen.period(axis)))))
        for axis in range(network.dims)
    )
    found = Place(
        layer=node.name,
        source=network.nodes[origin].name,
        jump=relative(node, network.nodes[origin]),
        forms=forms,
        unbounded=seen.unbounded,
    )
    if at is None:
        return found
    box: Box = tuple(seen.ends(axis, o) for axis, o in enumerate(at))
    inside, cells = None, None
    if node.size is not None:
        held = mask(network, node.name, found.source, at).region
        cells = held.count
        inside = tuple((span.start, span.stop - 1) for span in held.bounds or ()) or None
    return msgspec.structs.replace(found, at=tuple(at), box=box, inside=inside, cells=cells)
