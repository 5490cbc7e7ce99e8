"""What should a designer know about a network, and do about it? One fact and one cure each."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Literal

import msgspec

from rfcalc.growth import Growth, Row
from rfcalc.layers.base import Layer
from rfcalc.layers.window import ConvTranspose, effective_kernel
from rfcalc.measures import Measures
from rfcalc.network import Network, Node
from rfcalc.stages import dilation_of, kernel_of
from rfcalc.taps import Taps

__all__ = ["Finding", "Severity", "layer_findings", "output_findings", "stage_findings"]

Severity = Literal["error", "warning", "info"]
UNEVEN = 1.0
"""Coefficient of variation of the path counts from which they are called uneven."""
INSIDE = 0.25
"""Share of outputs whose taps all fall inside, below which padding is said to dominate."""


class Finding(msgspec.Struct, frozen=True):
    """One finding: a stable code, how bad it is, the layer, the fact, the cure."""

    code: str
    severity: Severity
    layer: str
    message: str
    help: str


def stage_findings(measured: Measures, dilations: Sequence[int], hint: str) -> Iterator[Finding]:
    """Yield what is wrong with a dilated stage, judged against its own input."""
    where = f"the stage from '{measured.source}'"
    if measured.holes:
        yield Finding(
            "RG101",
            "error",
            measured.layer,
            f"{where} samples {measured.density:.1%} of its field of {_by(measured.rf)}, with "
            f"holes of up to {max(measured.largest_hole)} cells",
            hint,
        )
    split = [n for n in measured.sublattices if n is not None and n > 1]
    if split:
        total = prod(split)
        yield Finding(
            "RG102",
            "error",
            measured.layer,
            f"{where} falls into {total} sublattices that share no cell: neighbouring outputs "
            "are computed from disjoint inputs",
            "give one layer of the stage a dilation without the common factor, best 1",
        )
    elif measured.holes and min(measured.overlap, default=1.0) == 0:
        yield Finding(
            "RG103",
            "warning",
            measured.layer,
            f"{where} lets neighbouring outputs share no cell",
            "begin the stage with a dilation of 1",
        )
    even = measured.evenness
    if even is not None and even.cv > UNEVEN and not measured.holes and len(dilations) > 1:
        yield Finding(
            "RG104",
            "info",
            measured.layer,
            f"{where} has uneven path counts: coefficient of variation {even.cv:.2f}, "
            f"{even.least} to {even.most} paths to a cell",
            "steps nearer to 1, 3, 9, .. spread the paths more evenly: rfcalc design",
        )


def output_findings(row: Row, read: float | None, size: tuple[int, ...] | None) -> Iterator[Finding]:
    """Yield what is wrong with the output's mask, judged against the source."""
    if row.unbounded is not None:
        yield Finding(
            "RG112",
            "info",
            row.name,
            f"'{row.name}' sees the whole input, through '{row.unbounded}'",
            "leave it aside with --ignore-global to see the field of the rest",
        )
        return
    if row.holes and row.largest_hole is not None and row.density is not None:
        yield Finding(
            "RG105",
            "error",
            row.name,
            f"'{row.name}' samples {row.density:.1%} of its field, with holes of up to "
            f"{max(row.largest_hole)} cells",
            "see the stages above, or repair the dilations: rfcalc fix",
        )
    if read is not None and read < 1:
        yield Finding(
            "RG106",
            "warning",
            row.name,
            f"no output of '{row.name}' reads {1 - read:.1%} of the input's cells",
            "widen the kernel that strides, or stride after a wider kernel",
        )
    if size is not None and row.rf is not None and any(r > n for r, n in zip(row.rf, size, strict=True)):
        yield Finding(
            "RG107",
            "info",
            row.name,
            f"the field of '{row.name}', {_by(row.rf)}, is larger than the input, {_by(size)}",
            "every output sees padding; fewer or smaller steps would see as much",
        )


def layer_findings(network: Network, growth: Growth) -> Iterator[Finding]:
    """Yield what single layers and merges do: misaligned branches, checkerboards, padding."""
    if growth.misaligned:
        first = growth.misaligned[0]
        more = len(growth.misaligned) - 1
        gap = ", ".join(str(b - a) for a, b in first.centers)
        others = f" (and {more} more merges)" if more else ""
        yield Finding(
            "RG108",
            "warning",
            first.layer,
            f"'{first.layer}' merges '{first.first}' and '{first.second}' whose centres differ "
            f"by {gap} cells{others}",
            "pad the branches so that their centres agree; causal branches differ by design",
        )
    uneven: list[str] = []
    for node in network.nodes:
        yield from _transposed(node)
        yield from _padded(network, node)
        if _uneven_use(node.layer):
            uneven.append(node.name)
    if uneven:
        shown = ", ".join(uneven[:4]) + (f" and {len(uneven) - 4} more" if len(uneven) > 4 else "")
        yield Finding(
            "RG111",
            "info",
            uneven[0],
            f"strided kernels that are no multiple of the stride use their input unevenly: {shown}",
            "a kernel of 2 or 4 with stride 2 reads every cell equally often",
        )


def _transposed(node: Node) -> Iterator[Finding]:
    """Compare the phases of a transposed convolution. Source: Odena et al. 2016."""
    if not isinstance(node.layer, ConvTranspose):
        return
    counts = [[cells.count for cells in axis.phases] for axis in node.taps if isinstance(axis, Taps)]
    if any(0 in phases for phases in counts):
        yield Finding(
            "RG110",
            "error",
            node.name,
            f"'{node.name}' has output phases that read nothing at all: {_phases(counts)} taps",
            "choose a dilation without a common factor with the stride",
        )
    elif any(max(phases) > min(phases) for phases in counts):
        yield Finding(
            "RG109",
            "warning",
            node.name,
            f"'{node.name}' gives its output phases unequal numbers of taps: {_phases(counts)}",
            "choose a kernel that is a multiple of the stride, or upsample and convolve",
        )


def _padded(network: Network, node: Node) -> Iterator[Finding]:
    """Tell of a dilated layer whose taps mostly fall into the padding."""
    rates = dilation_of(node.layer)
    if node.size is None or max(rates, default=1) == 1 or isinstance(node.layer, ConvTranspose):
        return
    given = network.nodes[node.inputs[0]].size if node.inputs else None
    if given is None:
        return
    share = 1.0
    for kernel, rate, n, out in zip(kernel_of(node.layer), rates, given, node.size, strict=True):
        inside = max(0, n - effective_kernel(kernel, rate) + 1)
        share *= min(1.0, inside / out)
    if share < INSIDE:
        yield Finding(
            "RG113",
            "warning",
            node.name,
            f"'{node.name}' (dilation {_by(rates)}) has all its taps inside its input of "
            f"{_by(given)} for {share:.1%} of its outputs; elsewhere padding dominates",
            "lower the dilation, or run it on a larger map",
        )


def _uneven_use(layer: Layer) -> bool:
    strides = getattr(layer, "stride", ())
    if isinstance(layer, ConvTranspose) or not strides:
        return False
    return any(
        s > 1 and k > 1 and k % s for k, s in zip(kernel_of(layer), strides, strict=True)
    )


def _phases(counts: Sequence[Sequence[int]]) -> str:
    return " x ".join("/".join(map(str, phases)) for phases in counts)


def _by(values: Sequence[int]) -> str:
    return " x ".join(map(str, values))
