"""What do single layers and merges do to a map? Checkerboards, shifts, padding, uneven use."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd

from rfcalc.errors import by
from rfcalc.gridding.findings import Finding
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.growth import Growth, Misalignment, Row
from rfcalc.layers.base import Layer
from rfcalc.layers.window import ConvTranspose
from rfcalc.network import Network, Node
from rfcalc.taps import Taps

__all__ = ["checkerboard", "layer_findings"]

INSIDE = 0.25
"""Share of outputs whose taps all fall inside, below which padding is said to dominate."""
MOST_NAMED = 4
"""Most layers that one finding names."""


def layer_findings(network: Network, growth: Growth) -> Iterator[Finding]:
    """Yield what single layers and merges do: misaligned branches, checkerboards, padding."""
    yield from _misaligned(growth)
    uneven: list[str] = []
    for node in network.nodes:
        yield from checkerboard(node)
        yield from _padded(network, node)
        if _uneven_use(node.layer):
            uneven.append(node.name)
    if uneven:
        more = len(uneven) - MOST_NAMED
        shown = ", ".join(uneven[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        yield Finding(
            "RG111",
            "info",
            uneven[0],
            f"strided kernels read some cells of their input more often than others: {shown}",
            "usually harmless; a kernel that is a multiple of its stride reads all equally often",
        )


def checkerboard(node: Node) -> Iterator[Finding]:
    """Compare the phases of a transposed convolution. Source: Odena et al. 2016.

    Its output phases read unequal numbers of taps when the kernel is no multiple of the stride,
    and some read nothing when the kernel is narrower or the dilation shares a factor with it.
    """
    layer = node.layer
    if not isinstance(layer, ConvTranspose):
        return
    axes = [axis for axis, taps in enumerate(node.taps) if isinstance(taps, Taps)]
    counts = [[c.count for c in taps.phases] for taps in node.taps if isinstance(taps, Taps)]
    dead = [axis for axis, phases in zip(axes, counts, strict=True) if 0 in phases]
    if dead:
        narrow = any(layer.kernel[axis] < layer.step(axis) for axis in dead)
        yield Finding(
            "RG110",
            "error",
            node.name,
            f"output phases of '{node.name}' read nothing at all: {_phases(counts)} taps",
            "choose a kernel as wide as the stride"
            if narrow
            else "choose a dilation without a common factor with the stride",
        )
    elif any(max(phases) > min(phases) for phases in counts):
        yield Finding(
            "RG109",
            "warning",
            node.name,
            f"'{node.name}' (kernel {by(layer.kernel)}, stride "
            f"{by([layer.step(axis) for axis in axes])}) gives its output phases unequal numbers "
            f"of taps: {_phases(counts)}",
            "choose a kernel that is a multiple of the stride, or upsample and convolve",
        )


def _misaligned(growth: Growth) -> Iterator[Finding]:
    """Tell of the merge whose branches lie farthest apart, in cells of its own map.

    Branches that both end at the output's own cell are causal, and meant to differ.
    """
    rows = {row.name: row for row in growth.rows}
    found: list[tuple[Fraction, Misalignment]] = []
    for merge in growth.misaligned:
        ends = [_end(rows[merge.first]), _end(rows[merge.second])]
        apart = [abs(b - a) for a, b in merge.centers]
        if all(not gap or ends[0][i] == ends[1][i] == 1 for i, gap in enumerate(apart)):
            continue
        steps = rows[merge.layer].jump
        found.append((max(g / (s or 1) for g, s in zip(apart, steps, strict=True)), merge))
    if not found:
        return
    share, worst = max(found, key=lambda pair: pair[0])
    gap = by([abs(b - a) for a, b in worst.centers])
    others = len(found) - 1
    yield Finding(
        "RG108",
        "warning" if share >= 1 else "info",
        worst.layer,
        f"'{worst.layer}' merges '{worst.first}' and '{worst.second}', whose centres lie {gap} "
        f"cells apart" + (f" (and {others} more merge{'s' * (others > 1)})" if others else ""),
        "pad the branches so that their centres agree"
        if share >= 1
        else "less than a cell of the merged map: an even kernel beside an odd one, or one-sided "
        "padding; it matters where positions do",
    )


def _end(row: Row) -> tuple[int | None, ...]:
    """Return per axis the index after the last cell that output 0 reads."""
    if row.rf is None or row.start is None:
        return (None,) * len(row.jump)
    return tuple(start + extent for start, extent in zip(row.start, row.rf, strict=True))


def _padded(network: Network, node: Node) -> Iterator[Finding]:
    """Tell of a dilated layer whose taps mostly fall into the padding."""
    rates = dilation_of(node.layer)
    if node.size is None or max(rates, default=1) == 1 or isinstance(node.layer, ConvTranspose):
        return
    given = network.nodes[node.inputs[0]].size if node.inputs else None
    if given is None or node.layer.border != "zeros":
        return
    share, past = 1.0, True
    for taps, n, out in zip(node.taps, given, node.size, strict=True):
        assert isinstance(taps, Taps)
        read = taps.phases[0]
        # Outputs o with 0 <= s*o + start and s*o + stop <= n.
        first = max(0, -(read.start // taps.advance))
        last = min(out - 1, (n - read.stop) // taps.advance)
        share *= max(0, last - first + 1) / out
        past &= read.stop <= 1
    if share >= INSIDE:
        return
    shown = f"{share:.1%}" if share else "none"
    yield Finding(
        "RG113",
        "info" if past else "warning",
        node.name,
        f"'{node.name}' (dilation {by(rates)}) has all its taps inside its input of "
        f"{by(given)} for {shown} of its outputs; the others read padding",
        "a causal layer needs that much history"
        if past
        else "lower the dilation, or run it on a larger map",
    )


def _uneven_use(layer: Layer) -> bool:
    """Whether a strided kernel meets some residues of its stride more often than others."""
    step = getattr(layer, "step", None)
    if isinstance(layer, ConvTranspose) or step is None:
        return False
    sizes = zip(kernel_of(layer), dilation_of(layer), strict=True)
    return any(
        k > 1 and (k % step(axis) or gcd(rate, step(axis)) > 1)
        for axis, (k, rate) in enumerate(sizes)
    )


def _phases(counts: Sequence[Sequence[int]]) -> str:
    return " x ".join("/".join(map(str, phases)) for phases in counts)
