"""Which windows and overlap does a network want? What ``rfcalc tile`` answers, in Python."""

from collections.abc import Sequence

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.network import Network, without_global
from rfcalc.parameters import expect
from rfcalc.shown import AsPage, AsTable, brief
from rfcalc.tiling.answer import Answer, answer
from rfcalc.tiling.bioimage import Description, described
from rfcalc.tiling.halo import halo
from rfcalc.tiling.plan import Plan
from rfcalc.tiling.proof import Proof, joined
from rfcalc.tiling.proof import verify as prove
from rfcalc.tiling.sizes import AxisSizes, sizes
from rfcalc.verification.tiles import Compared

__all__ = ["Tiles", "tile", "tiles_of"]


class Tiles(msgspec.Struct, AsPage, AsTable, frozen=True, kw_only=True):
    """The answer of ``rfcalc tile``.

    Attributes
    ----------
    answer : the plan, and the windows and overlaps to set.
    rules : per axis, the input sizes that the network takes, cells.
    chosen : whether the tile was the best that fits ``max_pixels``.
    description : the axes of a bioimage.io description, ``None`` where it cannot say them.
    proof : what running the tiles gave, ``None`` where it was not asked for.
    model : the same of the model itself.
    """

    answer: Answer
    rules: tuple[AxisSizes, ...]
    chosen: bool = False
    description: Description | None = None
    proof: Proof | None = None
    model: Compared | None = None

    @property
    def plan(self) -> Plan:
        """The plan, which ``rfcalc.tiling.run`` takes; its tiles need the input size."""
        return self.answer.plan

    @property
    def tile(self) -> tuple[int, ...]:
        """Input cells of a tile without its halo, per axis."""
        return self.plan.tile

    @property
    def halo(self) -> tuple[tuple[int, int], ...]:
        """Input cells that a window needs before and after its tile, per axis."""
        return self.plan.halo.any

    @property
    def window(self) -> tuple[int | None, ...] | None:
        """Input cells of a window, per axis; ``None`` where no stride keeps the grids in step."""
        return None if self.answer.setting is None else self.answer.setting.window

    @property
    def stride(self) -> tuple[int | None, ...] | None:
        """Input cells from one window to the next, per axis."""
        return None if self.answer.setting is None else self.answer.setting.stride

    @property
    def overlap(self) -> tuple[int | None, ...] | None:
        """Input cells that neighbouring windows share, per axis."""
        return None if self.answer.setting is None else self.answer.setting.overlap

    @property
    def overhead(self) -> float:
        """Share of the computed cells that are thrown away."""
        return self.plan.overhead

    @property
    def ok(self) -> bool:
        """Whether the tiles gave what the whole gives, as far as that was tried."""
        return all(one.ok for one in (self.proof, self.model) if one is not None)

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return self.plan.exact

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted of the network, and what is left out beyond the halo."""
        return self.plan.assumed

    def __repr__(self) -> str:
        name = self.plan.grids.network.name[:60]
        return brief(f"Tiles({name!r}, tile={self.tile}, halo={self.halo}, window={self.window})")


def tile(
    net: "NetworkLike",
    layer: str | None = None,
    *,
    tile: Sequence[int] | int | None = None,
    max_pixels: int | None = None,
    effect: float | None = None,
    whole: Sequence[int] | int | None = None,
    ignore_global: bool = False,
    verify: bool = False,
    input: "Sizes | None" = None,
) -> Tiles:
    """Return the windows and the overlap with which tiles give what the whole gives.

    ``rfcalc.tiling.run`` runs a function on an array by the plan of the answer.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : whose cells are wanted, by default those of every output.
    tile : input cells of a tile without its halo, one per axis or one for all; by default those
        of a window of a power of two that overlaps by at most half.
    max_pixels : most input cells of a window; finds the tile with the least overhead.
    effect : share of an output's expected effect that may lie beyond the halo, above 0 and below
        1; by default none, and the halo is exact.
    whole : size of what is tiled, cells per axis: any, padded where the network does not take it.
    ignore_global : leave aside layers that read the whole input.
    verify : run the whole and the tiles in NumPy, and compare; needs the input size.
    input : input size, cells per axis, or the shape of a module's example input; with a size the
        tiles are listed, exact to the cell.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF404 an output without end on every axis, RF406 a number out of
        range or of other axes, RF461 no tile fits, RF463 a layer that does not move along; and
        what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> found = tile("zoo:unet-same")
    >>> found.window, found.stride, found.halo[0]
    ((512, 512), (320, 320), (107, 107))
    """
    expect(layer=layer, tile=tile, max_pixels=max_pixels, effect=effect, whole=whole)
    expect(ignore_global=ignore_global, verify=verify)
    network = as_network(net, input)
    found = answer(
        network,
        layer,
        tile=tile,
        max_pixels=max_pixels,
        effect=effect,
        whole=whole,
        ignore_global=ignore_global,
    )
    return tiles_of(
        found,
        without_global(network) if ignore_global else network,
        layer,
        chosen=tile is None and max_pixels is not None,
        proof=joined([prove(one) for one in found.plan.each]) if verify else None,
    )


def tiles_of(
    found: Answer,
    network: Network,
    layer: str | None,
    *,
    chosen: bool,
    proof: Proof | None = None,
    model: Compared | None = None,
) -> Tiles:
    """Return an answer with the sizes that the network takes, and the axes of its description."""
    moving = found.plan.grids
    try:
        description = described(moving, halo(moving))
    except RfcalcError:
        description = None
    return Tiles(
        answer=found,
        rules=sizes(network, layer),
        chosen=chosen,
        description=description,
        proof=proof,
        model=model,
    )
