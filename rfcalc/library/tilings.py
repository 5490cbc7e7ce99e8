"""What is known of a network's tiles: the plan, the sizes to set, and what running them gave?"""

from collections.abc import Callable, Sequence

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.masks.questions import per_axis
from rfcalc.network import Network, without_global
from rfcalc.shown import AsPage, AsTable, brief
from rfcalc.tiling.answer import Answer, answer
from rfcalc.tiling.bioimage import Description, described
from rfcalc.tiling.effect import Effects, effects
from rfcalc.tiling.grids import Grids
from rfcalc.tiling.halo import Halo
from rfcalc.tiling.halo import halo as halo_of
from rfcalc.tiling.plan import Plan
from rfcalc.tiling.proof import Proof, joined
from rfcalc.tiling.proof import verify as prove
from rfcalc.tiling.sizes import AxisSizes, sizes
from rfcalc.verification.tiles import Compared

__all__ = ["Tiles", "prove_plan", "sides_of", "tiles_of"]


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


def tiles_of(
    network: Network,
    layer: str | None,
    *,
    tile: Sequence[int] | int | None = None,
    max_pixels: int | None = None,
    effect: float | None = None,
    whole: Sequence[int] | int | None = None,
    ignore_global: bool = False,
    beyond: Callable[[Grids, Halo], Effects] = effects,
    proof_of: Callable[[Plan], Proof | Compared] | None = None,
) -> Tiles:
    """Return the tiles of a network; parameters and errors as for ``tile``.

    Parameters
    ----------
    beyond : what finds the effect beyond halos, by default that which is expected.
    proof_of : what runs the tiles of a plan, and compares.
    """
    found = answer(
        network,
        layer,
        tile=tile,
        max_pixels=max_pixels,
        effect=effect,
        whole=whole,
        ignore_global=ignore_global,
        beyond=beyond,
    )
    moving = found.plan.grids
    try:
        description = described(moving, halo_of(moving))
    except RfcalcError:
        description = None
    proof = None if proof_of is None else proof_of(found.plan)
    return Tiles(
        answer=found,
        rules=sizes(without_global(network) if ignore_global else network, layer),
        chosen=tile is None and max_pixels is not None,
        description=description,
        proof=proof if isinstance(proof, Proof) else None,
        model=proof if isinstance(proof, Compared) else None,
    )


def prove_plan(plan: Plan, halo: Sequence[int] | int | None) -> Proof:
    """Return what running the tiles in NumPy gives, with the plan's own halo or another."""
    return joined([prove(one, sides_of(plan, halo)) for one in plan.each])


def sides_of(plan: Plan, halo: Sequence[int] | int | None) -> tuple[tuple[int, int], ...] | None:
    """Return a halo that is as wide on both sides, ``None`` for the plan's own.

    Raises
    ------
    RfcalcError
        RF406: a negative width, or another number of axes.
    """
    widths = per_axis("halo", halo, plan.grids.network.dims)
    if widths is not None and min(widths) < 0:
        fact = f"`halo=` is {min(widths)}"
        raise fail("RF406", fact, "give one width for all axes, or one per axis, 0 or more")
    return None if widths is None else tuple((width, width) for width in widths)
