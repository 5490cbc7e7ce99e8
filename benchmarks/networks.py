"""Which networks are measured? Chains, branches and fields of a given size, and real ones."""

from rfcalc.layers.base import Layer
from rfcalc.layers.window import Conv
from rfcalc.network import Draft, Input, Network, build

__all__ = [
    "branches",
    "chain",
    "dilated",
    "field",
    "inception_next",
    "inputs",
    "residual",
    "strips",
]


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


def inception_next(depths: tuple[int, ...] = (3, 3, 27, 3)) -> Network:
    """Return InceptionNeXt-S: 3x3 beside 1x11, 11x1 and a shortcut in each of 36 blocks.

    Source: Yu et al. 2024, figure 3 and table 2.
    """
    from rfcalc.layers import LAYERS

    drafts = [Draft("input", Input())]

    def put(layer: Layer, *inputs: int) -> int:
        drafts.append(Draft(f"{layer.op}{len(drafts)}", layer, inputs))
        return len(drafts) - 1

    def narrowed(step: int, at: int) -> int:
        sides = (step, step)
        return put(Conv(kernel=sides, stride=sides, padding=((0, 0), (0, 0))), at)

    at = narrowed(4, 0)
    for stage, blocks in enumerate(depths):
        at = narrowed(2, at) if stage else at
        for _ in range(blocks):
            sides = [put(Conv(kernel=kernel), at) for kernel in ((3, 3), (1, 11), (11, 1))]
            mixed = put(LAYERS["concat"](), at, *sides)
            inner = put(Conv(kernel=(1, 1)), put(Conv(kernel=(1, 1)), mixed))
            at = put(LAYERS["add"](), inner, at)
    return build("inception_next", 2, drafts, [None])


def strips(blocks: int) -> Network:
    """Return blocks of a 1x7 beside a 7x1, added: every one may widen either side."""
    from rfcalc.layers import LAYERS

    drafts = [Draft("input", Input())]
    for number in range(blocks):
        at = len(drafts) - 1
        drafts.append(Draft(f"row{number}", Conv(kernel=(1, 7)), (at,)))
        drafts.append(Draft(f"column{number}", Conv(kernel=(7, 1)), (at,)))
        drafts.append(Draft(f"add{number}", LAYERS["add"](), (at + 1, at + 2)))
    return build("strips", 2, drafts, [None])


def branches(number: int, alike: bool = False) -> Network:
    """Return 3x3 convolutions side by side, added; their dilations differ unless ``alike``."""
    from rfcalc.layers import LAYERS

    drafts = [Draft("input", Input())]
    for rate in range(1, number + 1):
        rates = (1, 1) if alike else (rate, rate)
        drafts.append(Draft(f"branch{rate}", Conv(kernel=(3, 3), dilation=rates), (0,)))
    drafts.append(Draft("add", LAYERS["add"](), tuple(range(1, number + 1))))
    return build("branches", 2, drafts, [None])


def inputs(number: int) -> Network:
    """Return a 3x3 convolution of each of so many inputs, all added."""
    from rfcalc.layers import LAYERS

    drafts = [Draft(f"input{at}", Input()) for at in range(number)]
    drafts += [Draft(f"conv{at}", Conv(kernel=(3, 3)), (at,)) for at in range(number)]
    drafts.append(Draft("add", LAYERS["add"](), tuple(range(number, 2 * number))))
    return build("inputs", 2, drafts, [None] * number)
