"""What do single layers and merges do to a map? Checkerboards, shifts, padding, uneven use."""

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from math import gcd, prod

from rfcalc.errors import by
from rfcalc.gridding.findings import MOST_NAMED, Finding
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.interior import Growth, Misalignment, Row
from rfcalc.layers.base import Layer
from rfcalc.layers.window import ConvTranspose
from rfcalc.network import Network, Node
from rfcalc.taps import Taps

__all__ = ["checkerboard", "layer_findings", "uneven_use"]

INSIDE = 0.25
"""Share of outputs whose taps all fall inside, below which padding is said to dominate."""


def layer_findings(network: Network, growth: Growth, asked: Collection[int]) -> Iterator[Finding]:
    """Yield what single layers and merges do: misaligned branches, checkerboards, padding.

    ``asked`` are the positions of the layers that are looked at.
    """
    yield from _misaligned(network, growth)
    for position in asked:
        yield from checkerboard(network.nodes[position])
        yield from _padding_findings(network, position)


def uneven_use(network: Network, asked: Collection[int]) -> Iterator[Finding]:
    """Yield which strided kernels meet some residues of their stride more often than others."""
    uneven = [network.nodes[p].name for p in asked if _uneven_use(network.nodes[p].layer)]
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


def _misaligned(network: Network, growth: Growth) -> Iterator[Finding]:
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
    cause = ", ".join(_off_centre(network, worst))
    yield Finding(
        "RG108",
        "warning" if share >= 1 else "info",
        worst.layer,
        f"'{worst.layer}' merges '{worst.first}' and '{worst.second}', whose centres lie {gap} "
        "cells apart"
        + (f" (and {others} more merge{'s' * (others > 1)})" if others else "")
        + (f"; off their cell's centre: {cause}" if cause else ""),
        "pad the branches so that their centres agree"
        if share >= 1
        else "less than a cell of the merged map; it matters where positions do. Centred there: an "
        "even kernel at an even stride, an odd one at stride 1, 'nearest' or half-pixel 'linear' "
        "upsampling",
    )


def _off_centre(network: Network, merge: Misalignment) -> Iterator[str]:
    """Yield the first layers, on one branch of a merge alone, that look beside their own cell.

    A cell of a coarser map stands for a block of cells, in whose middle a centred layer looks.
    """
    first, second = (_ancestors(network, network.index(n, 0)) for n in (merge.first, merge.second))
    shown = 0
    for position in sorted(first ^ second):
        node = network.nodes[position]
        offsets = [
            taps.centre - (taps.jump - 1) / 2 for taps in node.taps if isinstance(taps, Taps)
        ]
        if not any(offsets):
            continue
        if shown == MOST_NAMED:
            yield ".."
            return
        shown += 1
        yield f"'{node.name}' by {by([f'{float(abs(offset)):g}' for offset in offsets])}"


def _ancestors(network: Network, position: int) -> set[int]:
    found, stack = {position}, [position]
    while stack:
        for i in network.nodes[stack.pop()].inputs:
            if i not in found:
                found.add(i)
                stack.append(i)
    return found


def _end(row: Row) -> tuple[int | None, ...]:
    """Return per axis the index after the last cell that output 0 reads."""
    ends = row.end or (None,) * len(row.jump)
    return tuple(None if end is None else end + 1 for end in ends)


def _padding_findings(network: Network, position: int) -> Iterator[Finding]:
    """Report a dilated layer whose taps mostly fall into the padding."""
    node = network.nodes[position]
    rates = dilation_of(node.layer)
    if node.size is None or max(rates, default=1) == 1 or isinstance(node.layer, ConvTranspose):
        return
    given = network.nodes[node.inputs[0]].size if node.inputs else None
    if given is None or node.layer.border != "zeros":
        return
    from rfcalc.gridding.valid_taps import valid_taps

    found = valid_taps(network, position)
    shares = {} if found is None else found.shares
    share = shares.get(prod(kernel_of(node.layer)), Fraction(0))
    if found is None or found.counts is None or share >= INSIDE:
        return
    # A causal layer reads nothing after its own cell.
    past = all(isinstance(taps, Taps) and taps.phases[0].stop <= 1 for taps in node.taps)
    if found.pointwise:
        fact = f"has become a 1x1: on its input of {by(given)} every output reads a single tap"
    else:
        shown = f"{float(share):.1%}" if share else "none"
        fact = (
            f"has all its taps inside its input of {by(given)} for {shown} of its outputs; "
            "the others read padding"
        )
        if shares.get(1):
            fact += f", {float(shares[1]):.1%} of all a single tap"
    yield Finding(
        "RG113",
        "info" if past else "warning",
        node.name,
        f"'{node.name}' (dilation {by(rates)}) {fact}",
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
