"""Does a layer read its own cell, or is that its middle, whatever its dilation?"""

from collections.abc import Sequence
from fractions import Fraction

from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.network import Network
from rfcalc.repair.sites import Site, padding_of

__all__ = ["centred", "reads_itself"]


def reads_itself(local: Network, found: Sequence[Site], position: int) -> bool:
    """Whether a layer reads its own cell on every axis, whatever its dilation."""
    return all(share is not None for share in _shares(local, found, position))


def _shares(local: Network, found: Sequence[Site], position: int) -> list[Fraction | None]:
    """Return which tap of a layer is its own cell, per axis; ``None`` where it is not for all.

    A layer that is not moved keeps its dilation.
    """
    layer = local.nodes[position].layer
    effects = [site.effect[position] for site in found if position in site.effect]
    pads = padding_of(layer)
    shares: list[Fraction | None] = []
    for axis, kernel in enumerate(kernel_of(layer)):
        rate = dilation_of(layer)[axis]
        if kernel == 1:
            shares.append(Fraction(0) if not isinstance(pads, tuple) or not pads[axis][0] else None)
        elif isinstance(pads, tuple):
            share = Fraction(pads[axis][0], rate)
            follows = all(
                (effect.padding or ((0, 0),) * local.dims)[axis][0] == share * effect.dilation[axis]
                for effect in effects
            )
            whole = share.denominator == 1 and share < kernel
            shares.append(share if follows and whole else None)
        elif pads in ("valid", "causal"):
            shares.append(Fraction(0 if pads == "valid" else kernel - 1))
        else:
            shares.append(Fraction(kernel // 2) if kernel % 2 else None)
    return shares


def centred(local: Network, found: Sequence[Site], position: int) -> bool:
    """Whether a layer reads as far on both sides of its own cell, whatever its dilation."""
    middle = [Fraction(kernel - 1, 2) for kernel in kernel_of(local.nodes[position].layer)]
    return _shares(local, found, position) == middle
