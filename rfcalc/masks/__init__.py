"""Which cells of the source does one output depend on? Exactly, with or without borders."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from rfcalc.cells import EMPTY
from rfcalc.interior import footprint, told
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.masks.borders import pulled
from rfcalc.masks.pixels import drawn
from rfcalc.masks.questions import Question, asked
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.region import Region
from rfcalc.shown import AsArray, AsData, AsPicture, brief

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Mask", "bounded_mask", "mask"]


class Mask(msgspec.Struct, AsPicture, AsArray, AsData, frozen=True):
    """The cells of the source that one output depends on.

    ``start`` and ``shape`` frame the array: the whole source where borders count, else the
    receptive-field box. ``region`` holds the cells in coordinates of the source. ``axes`` are
    those that region, start and shape have entries for, if it is a projection; ``None``: all.
    """

    question: Question
    region: Region
    start: tuple[int, ...]
    shape: tuple[int, ...]
    exact: bool = True
    assumed: tuple[str, ...] = ()
    axes: tuple[int, ...] | None = None

    @property
    def beyond(self) -> str:
        """What a projection leaves out, in words; empty where there is nothing."""
        asked = self.question
        if self.axes is None:
            return ""
        return told(footprint(asked.network, asked.source, asked.target).unbounded)

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

    def __repr__(self) -> str:
        asked, at = self.question, "at" if self.question.bordered else "phase"
        names = f"{asked.layer[:40]!r} on {asked.origin[:40]!r}, {at}={asked.output}"
        return brief(f"Mask({names}, start={self.start}, shape={self.shape})")

    def array(self) -> "NDArray[np.bool_]":
        """Return the mask as a boolean array of ``shape`` whose first cell is ``start``."""
        return drawn(self.region, self.start, self.shape)


def mask(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | int | None = None,
    phase: Sequence[int] | int | None = None,
    *,
    input: "Sizes | None" = None,
) -> Mask:
    """Return the exact mask of one output cell of a layer.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : name of the layer, by default the network's output.
    source : name of an earlier layer whose cells are asked for, by default the input.
    at : one output position, one index per axis or one for all axes, borders and padding modes
        included; needs the input size.
    phase : without ``at``, which of the interior's phases; by default the widest.
    input : input size, cells per axis, or the shape of a module's example input.

    Raises
    ------
    RfcalcError
        RF401 unknown layer, RF402 position outside the output, RF403 no input size, RF404 an
        unbounded interior, RF405 no path from the source, RF406 wrong number of axes, RF305
        sets of cells beyond the limits. ``array()`` raises RF409 for too large an array. And what
        ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Notes
    -----
    Source: the support of the gradient of the output cell, as Luo et al. 2016 measure it, for
    weights that cancel nowhere.

    Examples
    --------
    >>> mask("k3,k3d2", at=0, input=(9, 9)).shape
    (9, 9)
    """
    expect(layer=layer, source=source, at=at, phase=phase)
    network = as_network(net, input)
    question, found = asked(network, layer, source, at, phase)
    assumed = network.assumed
    if found is None:
        region = pulled(question)
        grid = question.grid
        assert grid is not None
        return Mask(question, region, (0,) * len(grid), grid, not assumed, assumed)
    return _interior(question, found.read(question.output))


def bounded_mask(
    network: Network,
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | None = None,
    phase: Sequence[int] | None = None,
) -> Mask:
    """Return the mask; of an interior output that reads some axes without end, on the others.

    Arguments and errors as for ``mask``; RF404 only where no axis has two ends.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> bounded_mask(load("k3,k3d2")).axes is None
    True
    """
    if at is not None:
        return mask(network, layer, source, at, phase)
    question, found = asked(network, layer, source, at, phase, partly=True)
    assert found is not None
    axes = found.axes
    region = found.on(axes).read([question.output[axis] for axis in axes])
    whole = len(axes) == network.dims
    return msgspec.structs.replace(_interior(question, region), axes=None if whole else axes)


def _interior(question: Question, region: Region) -> Mask:
    """Return a mask in the frame of its own box."""
    assumed = question.network.assumed
    bounds = region.bounds or (EMPTY,) * question.network.dims
    start = tuple(span.start for span in bounds)
    shape = tuple(span.extent for span in bounds)
    return Mask(question, region, start, shape, not assumed, assumed)
