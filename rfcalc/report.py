"""What is to be said of a network as a whole? Rows, dilated stages, findings and the verdict."""

from collections.abc import Sequence

import msgspec

from rfcalc.errors import fail
from rfcalc.gridding.findings import Finding, output_findings, stage_findings
from rfcalc.gridding.lattice import read_share
from rfcalc.gridding.layer_findings import layer_findings
from rfcalc.gridding.measures import COUNT_BUDGET, Measures, measures
from rfcalc.gridding.stages import Stage, dilation_of, kernel_of, stages
from rfcalc.growth import Growth, Row, footprint, growth
from rfcalc.hdc import HdcVerdict, hdc_check
from rfcalc.network import Network, without_global
from rfcalc.shown import AsPage

__all__ = ["Report", "StageReport", "analyze"]


class StageReport(msgspec.Struct, frozen=True, kw_only=True):
    """A dilated stage judged against its own input, and against the network's input.

    ``dilations`` are those of its window layers in order, an integer where all axes agree.
    ``hdc`` is the verdict on the axis with the largest hole, ``None`` for parallel branches.
    ``input_holes`` tells whether holes are left in input pixels, ``None`` when unbounded.
    """

    stage: Stage
    measures: Measures
    dilations: tuple[int | tuple[int, ...], ...]
    kernels: tuple[int | tuple[int, ...], ...]
    hdc: HdcVerdict | None
    input_holes: bool | None
    assumed: tuple[str, ...] = ()


class Report(msgspec.Struct, AsPage, frozen=True, kw_only=True):
    """The answer of ``rfcalc analyze``; rows in topological order, the source first."""

    network: Network
    growth: Growth
    stages: tuple[StageReport, ...]
    findings: tuple[Finding, ...]
    output: Row
    measures: Measures | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """One row per layer that depends on the source."""
        return self.growth.rows

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return not self.network.assumed

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted."""
        return self.network.assumed

    @property
    def gridded(self) -> bool:
        """Whether a stage samples its source with holes, or the output with gaps on a line.

        Missing corners alone, as of a 1x7 beside a 7x1, are holes but no grid.
        """
        return any(stage.measures.holes for stage in self.stages) or any(
            self.output.largest_hole or ()
        )

    @property
    def verdict(self) -> str:
        """The answer in one line."""
        row = self.output
        gridded = [s for s in self.stages if s.measures.holes]
        names = ", ".join(f"{s.measures.source} -> {s.measures.layer}" for s in gridded)
        if row.unbounded is not None:
            seen = f"unbounded: '{row.name}' sees the whole input through '{row.unbounded}'"
        elif row.holes and not any(row.largest_hole or ()):
            seen = f"no gaps: '{row.name}' samples {row.density:.1%} of its field, not its corners"
        elif row.holes:
            seen = f"gridded: '{row.name}' samples {row.density:.1%} of its field"
        else:
            seen = f"hole-free: '{row.name}' samples every cell of its field"
        return f"{seen}; gridded stages: {names}" if gridded else seen


def analyze(
    network: Network,
    source: str | None = None,
    layer: str | None = None,
    *,
    measured: bool = False,
) -> Report:
    """Return the receptive field of every layer, the dilated stages and the findings.

    Parameters
    ----------
    source : the layer whose cells are counted, by default the input.
    layer : the layer the verdict is about, by default the output.
    measured : whether to add the gridding measures of ``layer`` as well.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF405 a layer that does not depend on the source.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> analyze(load("k3,k3d2,k3d5")).verdict
    "hole-free: 'conv3' samples every cell of its field"
    """
    grown = growth(network, source)
    origin, target = network.index(source, 0), network.index(layer, network.output)
    output = next((row for row in grown.rows if row.node is network.nodes[target]), None)
    if output is None:
        names = network.nodes[target].name, network.nodes[origin].name
        help = "choose a --source that the layer depends on"
        raise fail("RF405", f"'{names[0]}' does not depend on '{names[1]}'", help)
    rows = {row.name: row for row in grown.rows}
    judged = tuple(_judged(network, stage, rows) for stage in stages(network))
    found: list[Finding] = []
    for stage in judged:
        flat = [rate if isinstance(rate, int) else max(rate) for rate in stage.dilations]
        found += stage_findings(stage.measures, flat, _hint(stage))
    full = None
    share = None
    if output.unbounded is None and output.rf is not None:
        share = _share(network, origin, target, output)
        if measured:
            full = measures(network, origin, target, budget=16 * COUNT_BUDGET)
    found += output_findings(output, share, network.nodes[origin].size)
    found += layer_findings(network, grown)
    return Report(
        network=network,
        growth=grown,
        stages=judged,
        findings=tuple(found),
        output=output,
        measures=full,
    )


def _share(network: Network, source: int, target: int, row: Row) -> float:
    """Return the share of the source that is read; a solid field wider than a step reads all."""
    pairs = zip(row.rf or (), row.jump, strict=True)
    if not row.holes and all(jump is not None and extent >= jump for extent, jump in pairs):
        return 1.0
    return float(read_share(footprint(network, source, target)))


def _judged(network: Network, stage: Stage, rows: dict[str, Row]) -> StageReport:
    """Measure a stage against its own input."""
    local = without_global(network)
    between = network.between(stage.source, stage.target)
    dropped = [
        note
        for note in local.assumed[len(network.assumed) :]
        for position, inside in enumerate(between)
        if inside and f"'{network.nodes[position].name}'" in note
    ]
    measured = measures(local, stage.source, stage.target)
    layers = [network.nodes[position].layer for position in stage.layers]
    rates = [dilation_of(layer) for layer in layers]
    kernels = [kernel_of(layer) for layer in layers]
    verdict = None
    if stage.chain:
        axis = max(range(network.dims), key=lambda a: (measured.largest_hole[a], -a))
        strides = [1] * len(layers)
        verdict = hdc_check([r[axis] for r in rates], [k[axis] for k in kernels], strides)
    row = rows.get(measured.layer)
    return StageReport(
        stage=stage,
        measures=measured,
        dilations=tuple(map(_plain, rates)),
        kernels=tuple(map(_plain, kernels)),
        hdc=verdict,
        input_holes=None if row is None or row.unbounded is not None else row.holes,
        assumed=tuple(dropped),
    )


def _plain(values: Sequence[int]) -> int | tuple[int, ...]:
    return values[0] if len(set(values)) == 1 else tuple(values)


def _hint(stage: StageReport) -> str:
    verdict = stage.hdc
    if verdict is not None and verdict.failing is not None:
        return (
            f"no step may exceed the field built by the smaller ones: {verdict.failing} does; "
            "rfcalc fix proposes the least change"
        )
    return "let a layer of dilation 1 join the stage; rfcalc fix proposes the least change"
