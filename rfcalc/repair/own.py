"""Does a layer read its own cell, and is it alike on all axes, whatever its dilation?"""

from collections.abc import Sequence
from fractions import Fraction

from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.network import Network
from rfcalc.repair.sites import Site, padding_of

__all__ = ["reads_itself", "squares"]


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


def squares(local: Network, found: Sequence[Site], wide: Sequence[int]) -> bool:
    """Whether layers of two axes or more are alike on all of them, and centred."""
    for position in wide:
        layer = local.nodes[position].layer
        effects = [site.effect[position] for site in found if position in site.effect]
        alike = [kernel_of(layer), dilation_of(layer), *(effect.dilation for effect in effects)]
        centred = [Fraction(kernel - 1, 2) for kernel in kernel_of(layer)]
        if any(len(set(values)) > 1 for values in alike):
            return False
        if _shares(local, found, position) != centred:
            return False
    return local.dims > 1
