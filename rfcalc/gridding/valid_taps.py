"""How many outputs of a layer read how many taps inside their input, the rest being padding?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from math import prod

import msgspec

from rfcalc.errors import fail
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.layers.window import Conv, Pool
from rfcalc.network import Network

__all__ = ["ValidTaps", "dilated_taps", "valid_taps"]

MOST_COUNTED = 1 << 20
"""Most pairs of numbers of taps, of one axis and of the next, that are multiplied."""


class ValidTaps(msgspec.Struct, frozen=True):
    """Outputs of a layer by the taps that they read inside their input.

    ``counts`` holds pairs of valid taps and outputs, most taps first; it is ``None`` where
    there are too many unlike outputs. ``used`` counts, per axis, the taps that any output reads
    inside: what is left of the kernel.
    """

    layer: str
    kernel: tuple[int, ...]
    dilation: tuple[int, ...]
    map: tuple[int, ...]
    outputs: int
    counts: tuple[tuple[int, int], ...] | None
    used: tuple[int, ...]

    @property
    def shares(self) -> dict[int, Fraction]:
        """Share of the outputs by their valid taps, most taps first."""
        return {taps: Fraction(count, self.outputs) for taps, count in self.counts or ()}

    @property
    def pointwise(self) -> bool:
        """Whether the layer has become a 1x1: no output reads any tap but one, and that the same.

        A layer most of whose outputs read a single tap is none while others read more.
        """
        return prod(self.kernel) > 1 and prod(self.used) == 1


def valid_taps(network: Network, position: int) -> ValidTaps | None:
    """Return outputs by valid taps of a convolution or pooling padded with zeros, else ``None``.

    An output ``o`` reads, of the taps ``s*o - p + d*t`` of an axis, those in ``0 .. n - 1``; taps
    of several axes multiply. The layer alone is looked at, not what came before it.
    Source: Chen et al. 2017 (DeepLabV3), figure 4.

    Raises
    ------
    RfcalcError
        RF403: the network has no input size.

    Examples
    --------
    >>> from rfcalc.spec import read_inline
    >>> found = valid_taps(read_inline("k3d18", (32, 32)), 1)
    >>> found.counts, found.pointwise
    (((4, 784), (2, 224), (1, 16)), False)
    >>> valid_taps(read_inline("k3d18", (18, 18)), 1).pointwise
    True
    """
    node = network.nodes[position]
    layer = node.layer
    if not isinstance(layer, Conv | Pool) or layer.border != "zeros":
        return None
    given = network.nodes[node.inputs[0]].size
    if given is None or node.size is None:
        raise fail("RF403", "borders exist only at a known size", "give it: `input=(H, W)`")
    axes = [
        _axis(layer, axis, n, out)
        for axis, (n, out) in enumerate(zip(given, node.size, strict=True))
    ]
    return ValidTaps(
        node.name,
        kernel_of(layer),
        dilation_of(layer),
        given,
        prod(node.size),
        _together([counts for counts, _ in axes]),
        tuple(used for _, used in axes),
    )


def dilated_taps(network: Network) -> Iterator[ValidTaps]:
    """Yield outputs by valid taps of every dilated layer, in order."""
    for position, node in enumerate(network.nodes):
        if max(dilation_of(node.layer), default=1) > 1:
            found = valid_taps(network, position)
            if found is not None:
                yield found


def _together(axes: Sequence[Counter[int]]) -> tuple[tuple[int, int], ...] | None:
    """Return outputs by the product of their taps on all axes, ``None`` where those are many."""
    total = Counter({1: 1})
    for counts in axes:
        if len(total) * len(counts) > MOST_COUNTED:
            return None
        both: Counter[int] = Counter()
        for taps, outputs in total.items():
            for more, others in counts.items():
                both[taps * more] += outputs * others
        total = both
    return tuple(sorted(total.items(), reverse=True))


def _axis(layer: Conv | Pool, axis: int, n: int, outputs: int) -> tuple[Counter[int], int]:
    """Return how many outputs read how many taps inside ``n`` cells, and how many taps are read.

    Each tap is inside for a run of outputs: between the ends of such runs nothing changes.
    """
    step, rate = layer.step(axis), layer.spacing(axis)
    before = layer.pads(n, axis)[0]
    changes: Counter[int] = Counter()
    used = 0
    for tap in range(layer.kernel[axis]):
        start = rate * tap - before
        first = max(0, -(start // step))
        last = min(outputs - 1, (n - 1 - start) // step)
        if first <= last:
            used += 1
            changes[first] += 1
            changes[last + 1] -= 1
    places = sorted({0, outputs, *changes})
    valid = accumulate(changes[place] for place in places[:-1])
    counts: Counter[int] = Counter()
    for taps, low, high in zip(valid, places, places[1:], strict=False):
        counts[taps] += high - low
    return counts, used
