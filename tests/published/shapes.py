"""How do the tests of published numbers write networks down?"""

from rfcalc.interior import growth
from tests.brute import net


def rows(network):
    return growth(network).rows


def last(text):
    return rows(net(text))[-1]


def stack(dilations, kernel=3, dims=1):
    return f"dims: {dims}\nlayers: [{{stack: {{kernel: {kernel}, dilations: {list(dilations)}}}}}]"


def residual(units, stride, place):
    """A stage of bottlenecks written out by hand; `place` says which unit and kernel strides."""
    text = ""
    for number in range(units):
        here = stride if number == (units - 1 if place == "last" else 0) else 1
        one, three = (here, 1) if place == "1x1" else (1, here)
        shortcut = "" if number and here == 1 else f", shortcut: [{{kernel: 1, stride: {here}}}]"
        text += (
            f"  - {{residual: [{{kernel: 1, stride: {one}}}, {{kernel: 3, stride: {three}}},"
            f" {{kernel: 1}}]{shortcut}}}\n"
        )
    return text
