"""Which tiles, windows and overlap does a network want? All that one question has for an answer."""

from collections.abc import Callable, Sequence

import msgspec

from rfcalc.errors import fail
from rfcalc.network import Network
from rfcalc.tiling.best import best
from rfcalc.tiling.effect import Effects, Step, effects
from rfcalc.tiling.grids import Grids, grids
from rfcalc.tiling.halo import Halo, halo
from rfcalc.tiling.plan import Plan, check_axes, planned
from rfcalc.tiling.setting import Setting, setting, settings
from rfcalc.tiling.tools import Words, words
from rfcalc.tiling.whole import Padded, grow_to, padded

__all__ = ["Answer", "Practical", "answer"]


class Practical(msgspec.Struct, frozen=True):
    """A halo that is smaller than the exact one: the share asked for, and what it leaves out."""

    share: float
    effects: Effects
    chosen: Step


class Answer(msgspec.Struct, frozen=True):
    """A plan, and what is set in tools that slide windows.

    setting : the window of the plan's tile, ``None`` where no stride keeps the grids in step.
    listed : windows to choose from; the first that overlaps by at most half is the default.
    """

    plan: Plan
    setting: Setting | None
    listed: tuple[Setting, ...]
    words: tuple[Words, ...]
    practical: Practical | None = None
    padded: Padded | None = None


def answer(
    network: Network,
    layer: str | None = None,
    *,
    tile: Sequence[int] | int | None = None,
    max_pixels: int | None = None,
    effect: float | None = None,
    whole: Sequence[int] | int | None = None,
    ignore_global: bool = False,
    beyond: Callable[[Grids, Halo], Effects] = effects,
) -> Answer:
    """Return the tiles of a network and the numbers that people set.

    Parameters
    ----------
    tile : input cells of a tile, without its halo; by default those of a window of a power of
        two that overlaps by at most half.
    max_pixels : most cells of a window; finds the tile with the least overhead.
    effect : the share of an output's effect that may lie beyond the halo; by default none.
    whole : size of what is tiled, any at all; it is padded to one that the network takes.
    beyond : returns the effect beyond each halo: the expected one, or a measured one.

    Raises
    ------
    RfcalcError
        As ``tile`` and ``best``; RF404, RF409: the effect of an output is not known.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> found = answer(load("zoo:unet-same"))
    >>> found.setting.window, found.setting.stride
    ((512, 512), (320, 320))
    """
    moving = grids(network, layer, ignore_global=ignore_global)
    around = halo(moving)
    fitted: Padded | None = None
    if whole is not None:
        wanted = check_axes("whole", whole, network.dims)
        moving = grow_to(moving, wanted)
        around = halo(moving)
        fitted = padded(moving, wanted)
    practical, used, assumed = None, around, ()
    if effect is not None and not 0 < effect < 1:
        fact = f"`effect=` is {effect:g}"
        raise fail("RF406", fact, "it is a share above 0 and below 1, as in 0.1% or 0.001")
    if effect is not None:
        practical = _practical(beyond(moving, around), effect)
        sides = practical.chosen.halo
        used = Halo(around.alignment, sides, sides, around.by)
        measured = practical.effects.kind == "measured" and sides != around.cut
        if practical.chosen.outside or measured:
            share = f"{100 * practical.chosen.outside:.3g} %"
            means = practical.effects.means
            text = f"beyond the halo lies {share} of the effect on an output, by {means}"
            assumed = (text, *practical.effects.assumed)
        else:
            used = around
    plan, listed = _chosen(moving, around, used, assumed, tile, max_pixels)
    one = setting(moving, used, plan.tile)
    told = () if one is None else words(moving, used, one)
    return Answer(plan, one, listed, told, practical, fitted)


def _chosen(
    moving: Grids,
    around: Halo,
    used: Halo,
    assumed: tuple[str, ...],
    tile: Sequence[int] | int | None,
    max_pixels: int | None,
) -> tuple[Plan, tuple[Setting, ...]]:
    """Return the plan, and the windows to choose from where nothing says which."""
    if max_pixels is not None and max_pixels < 1:
        raise fail("RF406", f"`max_pixels=` is {max_pixels}", "it is a number of cells, at least 1")
    if tile is not None:
        size = check_axes("tile", tile, moving.network.dims)
        plan = planned(moving, around, size, used, assumed)
        if max_pixels is not None and (plan.pixels or 0) > max_pixels:
            fact = f"the largest window has {plan.pixels:,} cells, `max_pixels=` is {max_pixels:,}"
            raise fail("RF461", fact, "omit `tile=` to have the best tile found")
        return plan, ()
    if max_pixels is not None:
        return best(moving, around, max_pixels, used, assumed), ()
    listed, wide = settings(moving, used)
    size = tuple(
        step if s is None else s for s, step in zip(wide.stride, around.alignment, strict=True)
    )
    return planned(moving, around, size, used, assumed), listed


def _practical(found: Effects, share: float) -> Practical:
    return Practical(share, found, found.smallest(share))
