"""What is to be said of a network as a whole? Rows, dilated stages, findings and the verdict."""

from collections.abc import Sequence
from functools import partial

import msgspec

from rfcalc.errors import LimitExceeded, RfcalcError
from rfcalc.footprint import Footprint
from rfcalc.gridding.findings import Finding, merge_equal, output_findings, stage_findings
from rfcalc.gridding.lattice import read_share
from rfcalc.gridding.layer_findings import layer_findings, uneven_use
from rfcalc.gridding.measures import Measures, known_measures
from rfcalc.gridding.pairs import resolve_stage
from rfcalc.gridding.stage_reports import StageReport, stage_reports
from rfcalc.gridding.stages import stages_of
from rfcalc.interior import Field, Growth, Row, growth, inside, told, traced
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.network import Input, Network, global_notes, unknown_node, without_global
from rfcalc.parameters import expect
from rfcalc.shown import AsPage, AsTable, brief

__all__ = ["Answer", "Report", "analyze"]


MOST_REASONS = 4
"""Most reasons given for numbers that are not known."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one output sees of one input.

    ``row`` is ``None`` where it does not depend on it, and where what grows from an input that was
    not asked about is beyond the limits.
    """

    output: str
    source: str
    depends: bool
    row: Row | None


class Report(msgspec.Struct, AsPage, AsTable, frozen=True, kw_only=True):
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

    def __getitem__(self, layer: str) -> Row:
        """Return the row of a layer by its name."""
        for row in self.rows:
            if row.name == layer:
                return row
        raise KeyError(layer)

    def __repr__(self) -> str:
        stages, found = len(self.stages), len(self.findings)
        name = self.network.name[:60]
        return brief(
            f"Report({name!r}, layers={len(self.rows)}, stages={stages}, findings={found})"
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        """One row per layer that depends on the source; those that are not known last."""
        return self.growth.rows + self.unread

    @property
    def unread(self) -> tuple[Row, ...]:
        """Rows of the steps of a model that were not read and that depend on the source."""
        found: dict[str, Row] = {row.name: row for row in self.growth.rows}
        known, dims = len(found), self.network.dims
        for step in self.network.unread:
            if found.keys().isdisjoint(step.inputs):
                continue
            found[step.name] = Row(
                node=unknown_node(self.network, step.name),
                inputs=step.inputs,
                jump=(None,) * dims,
                field=Field(phases=(1,) * dims, phase=(0,) * dims, holes=None, reason=step.reason),
                unknown=step.by,
            )
        return tuple(found.values())[known:]

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return not self.network.assumed

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted, and why numbers that are not told are not known."""
        rows = (self.output, *(row for row in self.rows if row is not self.output))
        reasons = dict.fromkeys(_unknown(row) for row in rows if row.reason)
        return (*self.network.assumed, *list(reasons)[:MOST_REASONS])

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
        inside = [s.name for s in self.stages if s.measures.holes and not s.rim_only]
        rim = [s.name for s in self.stages if s.rim_only]
        if row.reason:
            seen = f"not known whether '{row.name}' has holes: of its mask only the extents are"
        elif row.bounded and not row.cells:
            seen = f"nothing: '{row.name}' reads no cell at all"
        elif row.holes is None:
            seen = f"unbounded: '{row.name}' {told(row.unbounded)}"
        elif row.holes and not any(row.largest_hole or ()):
            seen = f"no gaps: '{row.name}' samples {row.density:.1%} of its field, not its corners"
        elif row.holes:
            seen = f"gridded: '{row.name}' samples {row.density:.1%} of its field"
        else:
            seen = f"hole-free: '{row.name}' samples every cell of its field"
        if (row.holes is not None or row.reason) and not row.bounded:
            seen = f"{seen} where it has an end, and {told(row.unbounded)}"
        stages = [
            f"holes {where} {', '.join(names)}"
            for where, names in (("inside", inside), ("at the rim of", rim))
            if names
        ]
        return "; ".join([seen, *stages] if row.holes else [*stages, seen])


def analyze(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    *,
    stage: int | None = None,
    measured: bool = False,
    input: "Sizes | None" = None,
) -> Report:
    """Return the receptive field of every layer, the dilated stages and the findings.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : the layer the verdict is about, by default the output.
    source : the layer whose cells are counted, by default the input; stages before it or beside
        it are left out.
    stage : the number of a stage, from 1, which stands for its source and its target.
    measured : whether to add the gridding measures of ``layer`` as well.
    input : input size, cells per axis, or the shape of a module's example input.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF405 a layer that does not depend on the source, RF406 a stage
        beside a layer or a source, RF415 no stage of that number; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Notes
    -----
    Source: Araujo et al. 2019, *Computing Receptive Fields of Convolutional Neural Networks*, for
    the extent, jump and start of a chain; Yu and Koltun 2016 for dilation; Wang et al. 2018 for
    gridding.

    Examples
    --------
    >>> analyze("k3,k3d2,k3d5").verdict
    "hole-free: 'conv3' samples every cell of its field"
    """
    expect(layer=layer, source=source, stage=stage, measured=measured)
    network, layer, source = resolve_stage(as_network(net, input), stage, layer, source)
    origin, target = network.index(source, 0), network.index(layer, network.output)
    reached = network.behind(origin)
    local = without_global(network)
    runs = tuple(run for run in stages_of(local) if source is None or reached[run.source])
    ends = {run.target for run in runs if run.source == origin}
    grown, kept = traced(network, source, {target, *ends})
    output = next((row for row in grown.rows if row.node is network.nodes[target]), None)
    if output is None:
        raise network.unjoined(origin, target)
    rows = {row.name: row for row in grown.rows}
    notes = global_notes(network)
    known = {(origin, position): seen for position, seen in kept.items()}
    behind = {
        run.target: rows[network.nodes[run.target].name] for run in runs if reached[run.source]
    }
    reports = tuple(stage_reports(local, runs, known, notes, behind))
    bounded = output.bounded and output.rf is not None
    share = _share(kept[target], output) if bounded else None
    start = network.nodes[origin]
    other = None if isinstance(start.layer, Input) else start.name
    # Beside the pair that was asked about nothing is said of layers.
    asked = range(len(network.nodes)) if source is None else inside(network, origin, target)
    leaking = partial(_leaking, local)
    found = [
        *(finding for stage in reports for finding in stage_findings(stage, leaking)),
        *output_findings(output, share, start.size, other, local is not network),
        *layer_findings(network, grown, asked),
        *(uneven_use(network, asked) if measured else ()),
    ]
    full = known_measures(network, origin, target, kept[target]) if measured and bounded else None
    return Report(
        network=network,
        growth=grown,
        answers=_answers(network, origin, grown),
        stages=reports,
        findings=tuple(merge_equal(found)),
        output=output,
        measures=full,
    )


def _leaking(
    network: Network, stage: StageReport, periods: tuple[int, ...]
) -> Sequence[dict[str, float]]:
    """Return the energy of a stage at some periods, none where its array would be too large."""
    from rfcalc.energies import leak

    ends, phase = (stage.stage.source, stage.stage.target), stage.measures.place.phase
    try:
        return leak(network, *ends, periods, phase)
    except RfcalcError:
        return ()


def _answers(network: Network, origin: int, grown: Growth) -> tuple[Answer, ...]:
    """Return every output against every input; what grew from ``origin`` is at hand."""
    inputs = [i for i, node in enumerate(network.nodes) if isinstance(node.layer, Input)]
    fields: list[tuple[str, Sequence[bool], dict[str, Row]]] = []
    for position in inputs:
        source = network.nodes[position].name
        rows = grown.rows if position == origin else _within_limits(network, source)
        fields.append((source, network.behind(position), {row.name: row for row in rows}))
    return tuple(
        Answer(output=output, source=source, depends=behind[position], row=rows.get(output))
        for position, output in ((i, network.nodes[i].name) for i in network.outputs[::-1])
        for source, behind, rows in fields
    )


def _within_limits(network: Network, source: str) -> tuple[Row, ...]:
    """Return what grows from an input that was not asked about; nothing beyond the limits."""
    try:
        return growth(network, source).rows
    except RfcalcError:
        return ()


def _unknown(row: Row) -> str:
    where = "" if row.reason.startswith("'") else f"'{row.name}': "
    what = "nothing is known" if row.unknown else "cells and holes are not known"
    return f"{where}{row.reason}: from there on {what}"


def _share(found: Footprint, row: Row) -> float | None:
    """Return the share of the source that is read; a solid field wider than a step reads all.

    ``None`` where the cells of the field are not known.
    """
    if found.reason:
        return None
    pairs = zip(row.rf or (), row.jump, strict=True)
    if not row.holes and all(
        jump is not None and extent is not None and extent >= jump for extent, jump in pairs
    ):
        return 1.0
    try:
        return float(read_share(found))
    except LimitExceeded:
        if row.reason:
            return None
        raise
