"""Where on the source do the cells of a layer lie? What ``rfcalc where`` answers, in Python."""

from collections.abc import Sequence
from typing import Literal, overload

import msgspec

from rfcalc.errors import fail
from rfcalc.library.questions import check_choice
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.locations import Place, Projection, locate, project
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.shown import AsPage, AsTable, brief

__all__ = ["Places", "where"]


class Places(msgspec.Struct, AsPage, AsTable, frozen=True):
    """The answer of ``rfcalc where``: one place per layer, in topological order."""

    network: Network
    places: tuple[Place, ...]

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return not self.network.assumed

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted of the network."""
        return self.network.assumed

    def __getitem__(self, layer: str) -> Place:
        """Return the place of a layer by its name."""
        for place in self.places:
            if place.layer == layer:
                return place
        raise KeyError(layer)

    def __repr__(self) -> str:
        return brief(f"Places({self.network.name[:60]!r}, layers={len(self.places)})")


@overload
def where(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    *,
    at: Sequence[int] | int | None = None,
    pixel: None = None,
    what: Literal["mask", "paths"] = "mask",
    input: "Sizes | None" = None,
) -> Places: ...
@overload
def where(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    *,
    at: None = None,
    pixel: Sequence[int] | int,
    what: Literal["mask", "paths"] = "mask",
    input: "Sizes | None" = None,
) -> Projection: ...
def where(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    *,
    at: Sequence[int] | int | None = None,
    pixel: Sequence[int] | int | None = None,
    what: Literal["mask", "paths"] = "mask",
    input: "Sizes | None" = None,
) -> Places | Projection:
    """Return where the cells of layers lie on the source, or which cells one of it reaches.

    Cell ``period * n + phase`` reads from ``first + advance * n`` to ``last + advance * n``.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : by default every layer behind the source, and with ``at`` every output.
    source : the layer whose cells are read, by default the input.
    at : one cell of the layer, one index per axis or one for all; with a known size it has to
        exist.
    pixel : one cell of the source, one index per axis or one for all: the answer is its
        projective field, the cells of each layer that it reaches; needs the input size.
    what : with ``pixel``, ``"paths"`` also counts the paths to each of these cells.
    input : input size, cells per axis, or the shape of a module's example input.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF402 a cell outside the layer, RF403 a pixel without an input
        size, RF405 no path from the source, RF406 a wrong number of axes, or parameters that
        exclude each other; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Notes
    -----
    Source: Araujo et al. 2019, *Computing Receptive Fields of Convolutional Neural Networks*, for
    the start and centre of a field.

    Examples
    --------
    >>> where("k3,k3s2", at=(5, 5))["conv2"].box
    ((8, 12), (8, 12))
    >>> where("k3,k3s2", pixel=(5, 5), input=(9, 9))["conv2"].box
    ((2, 3), (2, 3))
    """
    expect(layer=layer, source=source, at=at, pixel=pixel, what=what)
    check_choice("what", what, ("mask", "paths"))
    if at is not None and pixel is not None:
        raise fail("RF406", "`at=` and `pixel=` are given together", "choose one of them")
    if pixel is None and what != "mask":
        raise fail("RF406", "`what=` is of a pixel", "name the pixel: `pixel=(I, J)`")
    network = as_network(net, input)
    if pixel is not None:
        return project(network, pixel, layer, source, what)
    return Places(network, locate(network, layer, source, at))
