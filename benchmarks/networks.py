"""Which networks are measured? Chains, branches and fields of a given size, and real ones."""

from rfcalc.layers.window import Conv
from rfcalc.network import Draft, Input, Network, build

__all__ = ["chain", "dilated", "field", "residual"]


def chain(depth: int, dilation: int = 1) -> Network:
    """Return a chain of 3x3 convolutions."""
    layer = Conv(kernel=(3, 3), dilation=(dilation, dilation))
    drafts = [Draft("input", Input())]
    drafts += [Draft(f"conv{number}", layer, (number,)) for number in range(depth)]
    return build("chain", 2, drafts, [None])


def dilated(rates: list[int]) -> Network:
    """Return a chain of 3x3 convolutions with the given dilations."""
    drafts = [Draft("input", Input())]
    for number, rate in enumerate(rates):
        layer = Conv(kernel=(3, 3), dilation=(rate, rate))
        drafts.append(Draft(f"conv{number}", layer, (number,)))
    return build("dilated", 2, drafts, [None])


def field(extent: int, step: int = 1) -> Network:
    """Return a chain of 13 layers whose field has about that extent, sampled every ``step`` cells.

    Every dilation is as large as can be without holes until the extent is met (theorem T6).
    """
    wanted, used, rates = (extent // step - 1) // 2, 0, list[int]()
    for left in range(12, -1, -1):
        rates.append(min(2 * used + 1, wanted - used - left))
        used += rates[-1]
    return dilated([rate * step for rate in rates])


def residual(blocks: int, dilation: int = 1) -> Network:
    """Return blocks of two 3x3 convolutions, each with a shortcut: ``2**blocks`` paths and more."""
    from rfcalc.layers import LAYERS

    conv, add = Conv(kernel=(3, 3), dilation=(dilation, dilation)), LAYERS["add"]()
    drafts = [Draft("input", Input())]
    for number in range(blocks):
        at = len(drafts) - 1
        drafts.append(Draft(f"first{number}", conv, (at,)))
        drafts.append(Draft(f"second{number}", conv, (at + 1,)))
        drafts.append(Draft(f"add{number}", add, (at + 2, at)))
    return build("residual", 2, drafts, [None])
