"""What is to be said of a network as a whole? Rows, dilated stages, findings and the verdict."""

from collections.abc import Sequence

import msgspec

from rfcalc.errors import fail
from rfcalc.footprint import Footprint
from rfcalc.gridding.findings import Finding, output_findings, stage_findings
from rfcalc.gridding.lattice import read_share
from rfcalc.gridding.layer_findings import layer_findings
from rfcalc.gridding.measures import COUNT_BUDGET, Measures, measures
from rfcalc.gridding.stage_measures import stage_measures
from rfcalc.gridding.stages import Stage, dilation_of, kernel_of, stages
from rfcalc.growth import Growth, Row, growth, inside, traced
from rfcalc.hdc import HdcVerdict, hdc_check
from rfcalc.network import Input, Network, without_global
from rfcalc.shown import AsPage

__all__ = ["Answer", "Report", "StageReport", "analyze"]


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


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one output sees of one input; ``row`` is ``None`` where it does not depend on it."""

    output: str
    source: str
    row: Row | None


class Report(msgspec.Struct, AsPage, frozen=True, kw_only=True):
    """The answer of ``rfcalc analyze``; rows in topological order, the source first.

    ``answers`` holds every output against every input, whatever was asked; the main output comes
    first.
    """

    network: Network
    growth: Growth
    answers: tuple[Answer, ...]
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
        if not row.cells and row.unbounded is None:
            seen = f"nothing: '{row.name}' reads no cell at all"
        elif row.unbounded is not None:
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
    origin, target = network.index(source, 0), network.index(layer, network.output)
    runs = stages(network)
    ends = {run.target for run in runs if run.source == origin}
    grown, kept = traced(network, source, {target, *ends})
    output = next((row for row in grown.rows if row.node is network.nodes[target]), None)
    if output is None:
        names = network.nodes[target].name, network.nodes[origin].name
        help = "choose a --source that the layer depends on"
        raise fail("RF405", f"'{names[0]}' does not depend on '{names[1]}'", help)
    rows = {row.name: row for row in grown.rows}
    local = without_global(network) if runs else network
    changed = (p for p, node in enumerate(local.nodes) if node is not network.nodes[p])
    notes = dict(zip(changed, local.assumed[len(network.assumed) :], strict=True))
    known = {(origin, position): seen for position, seen in kept.items()}
    judged = tuple(
        _judged(network, notes, stage, measured, rows.get(measured.layer))
        for stage, measured in stage_measures(local, runs, known)
    )
    found: list[Finding] = []
    for stage in judged:
        flat = [rate if isinstance(rate, int) else max(rate) for rate in stage.dilations]
        found += stage_findings(stage.measures, flat, _hint(stage))
    full = None
    share = None
    if output.unbounded is None and output.rf is not None:
        share = _share(kept[target], output)
        if measured:
            full = measures(network, origin, target, kept[target], budget=16 * COUNT_BUDGET)
    found += output_findings(output, share, network.nodes[origin].size)
    found += layer_findings(network, grown)
    return Report(
        network=network,
        growth=grown,
        answers=_answers(network, origin, grown),
        stages=judged,
        findings=tuple(found),
        output=output,
        measures=full,
    )


def _answers(network: Network, origin: int, grown: Growth) -> tuple[Answer, ...]:
    """Return every output against every input; what grew from ``origin`` is at hand."""
    inputs = [i for i, node in enumerate(network.nodes) if isinstance(node.layer, Input)]
    fields: list[tuple[str, dict[str, Row]]] = []
    for position in inputs:
        source = network.nodes[position].name
        rows = grown.rows if position == origin else growth(network, source).rows
        fields.append((source, {row.name: row for row in rows}))
    outputs = [network.nodes[i].name for i in network.outputs[::-1]]
    return tuple(
        Answer(output=output, source=source, row=rows.get(output))
        for output in outputs
        for source, rows in fields
    )


def _share(found: Footprint, row: Row) -> float:
    """Return the share of the source that is read; a solid field wider than a step reads all."""
    pairs = zip(row.rf or (), row.jump, strict=True)
    if not row.holes and all(jump is not None and extent >= jump for extent, jump in pairs):
        return 1.0
    return float(read_share(found))


def _judged(
    network: Network, notes: dict[int, str], stage: Stage, measured: Measures, row: Row | None
) -> StageReport:
    """Report on a stage; ``notes`` says by node what was left aside, ``row`` is its end's."""
    between = inside(network, stage.source, stage.target) if notes else ()
    dropped = [notes[position] for position in between if position in notes]
    layers = [network.nodes[position].layer for position in stage.layers]
    rates = [dilation_of(layer) for layer in layers]
    kernels = [kernel_of(layer) for layer in layers]
    verdict = None
    if stage.chain:
        axis = max(range(network.dims), key=lambda a: (measured.largest_hole[a], -a))
        strides = [1] * len(layers)
        verdict = hdc_check([r[axis] for r in rates], [k[axis] for k in kernels], strides)
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
