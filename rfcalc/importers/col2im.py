"""What does a map read that is made of windows, each added up in its place?"""

from collections.abc import Sequence
from math import prod

from rfcalc.importers.axes import Value
from rfcalc.importers.channels import channels
from rfcalc.importers.graph import Graph
from rfcalc.importers.layout import reshape
from rfcalc.importers.uneven import alike
from rfcalc.importers.windows import Pairs, last, slide
from rfcalc.layers.window import ConvTranspose

__all__ = ["col2im"]


def col2im(
    graph: Graph,
    x: Value,
    size: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    padding: Pairs,
) -> Value:
    """Return windows, their elements as channels and their places last, as a map. Source: col2im.

    Each cell reads some of the elements; it is taken to read all of them, and the network is
    marked where they read unlike cells.
    """
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    room = [n + sum(p) - r for n, p, r in zip(size, padding, reach, strict=True)]
    layer = ConvTranspose(
        kernel=tuple(kernel),
        stride=tuple(stride),
        dilation=tuple(dilation),
        padding=tuple(padding),
        output_padding=tuple(n % s for n, s in zip(room, stride, strict=True)),
    )
    places = [n // s + 1 for n, s in zip(room, stride, strict=True)]
    d = len(x.shape) - 2
    apart = reshape(graph, x, [*x.shape[:-1], *places])
    mixed = channels(graph, alike(graph, apart, [d]), d, x.shape[d] // prod(kernel))
    return slide(graph, mixed, layer, last(mixed, len(kernel)))
