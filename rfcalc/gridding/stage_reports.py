"""How does every dilated stage fare? Its measures, its lattice runs, the published rules."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from rfcalc.errors import LimitExceeded, RfcalcError
from rfcalc.footprint import Footprint
from rfcalc.gridding.lattice import rim_only
from rfcalc.gridding.measures import Measures, known_measures
from rfcalc.gridding.stages import Stage, dilation_of, kernel_of
from rfcalc.hdc import HdcVerdict, hdc_check
from rfcalc.interior import Row, footprint, inside, part
from rfcalc.layers.base import Layer
from rfcalc.network import Network

if TYPE_CHECKING:
    from rfcalc.gridding.runs import Run

__all__ = ["RunReport", "StageReport", "hint", "stage_reports"]

UNKNOWN_LATTICE = "the number of sublattices is not known: no finite lattice joins the outputs"
MORE_RUNS = "not all lattice runs are listed: too many layers have no line in common"
Rate = int | tuple[int, ...]
"""A value per axis, one integer where all axes agree."""


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """A lattice run: maps within a stage between which neighbours share no feature.

    ``dilations`` are those of its layers with ``k > 1`` in topological order, ``sublattices`` the
    index of its lattice, ``density`` that of its mask alone. ``covered_by`` is the layer before
    it, or else behind it, with which the spacing becomes 1, ``None`` where there is none in the
    stage. A number that is beyond the limits is ``None``.
    """

    source: str
    target: str
    dilations: tuple[Rate, ...]
    sublattices: int | None
    density: float | None
    covered_by: str | None


class StageReport(msgspec.Struct, frozen=True, kw_only=True):
    """A dilated stage judged against its own input, by the phase of its outputs that fares worst.

    ``dilations`` are those of its layers with ``k > 1`` in topological order. ``rim_only`` says
    whether all holes lie outside a solid core of more than half the field, ``None`` without
    holes. ``hdc`` is the verdict on the axis with the largest hole, ``None`` where no path leads
    through all layers. ``input_holes`` tells whether holes are left in cells of the source that
    was asked about, by default the input; ``None`` where the stage does not lie behind it or, as
    ``unbounded`` says, its end sees the whole of it.
    """

    stage: Stage
    measures: Measures
    dilations: tuple[Rate, ...]
    dilated: int
    kernels: tuple[Rate, ...]
    rim_only: bool | None
    runs: tuple[RunReport, ...]
    hdc: HdcVerdict | None
    input_holes: bool | None = None
    unbounded: bool = False
    assumed: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """Number of the stage, from 1."""
        return self.stage.number

    @property
    def name(self) -> str:
        """What messages call it: its number, source and target."""
        return self.stage.label(self.measures.source, self.measures.layer)


def stage_reports(
    local: Network,
    stages: Sequence[Stage],
    known: Mapping[tuple[int, int], Footprint],
    notes: Mapping[int, str],
    rows: Mapping[int, Row],
) -> Iterator[StageReport]:
    """Yield a report on every stage; stages that are alike are measured once.

    Parameters
    ----------
    local : the network without what reads its whole input.
    known : footprints at hand, by source and target.
    notes : by node, what is said of the global layers that were ignored.
    rows : by node, what stands behind the source that was asked about.
    """
    made: dict[Hashable, Measures] = {}
    for stage in stages:
        measured = _measure(local, stage, known, made)
        between = inside(local, stage.source, stage.target)
        layers = [local.nodes[position].layer for position in stage.layers]
        rates, kernels = list(map(_rate, layers)), list(map(kernel_of, layers))
        verdict = None
        if stage.chain:
            gaps = measured.largest_hole or (0,) * local.dims
            axis = max(range(local.dims), key=lambda a: (gaps[a], -a))
            verdict = hdc_check([r[axis] for r in rates], [k[axis] for k in kernels])
        from rfcalc.gridding.runs import lattice_runs  # few networks have a stage

        runs, complete = lattice_runs(local, stage)
        assumed = [notes[position] for position in between if position in notes]
        if measured.reason:
            assumed.append(f"holes are not known: {measured.reason}")
        elif measured.sublattice_count is None:
            assumed.append(UNKNOWN_LATTICE)
        if not complete:
            assumed.append(MORE_RUNS)
        row = rows.get(stage.target)
        yield StageReport(
            stage=stage,
            measures=measured,
            dilations=tuple(map(_plain, rates)),
            dilated=sum(max(rate) > 1 for rate in rates),
            kernels=tuple(map(_plain, kernels)),
            rim_only=_rim_only(measured),
            runs=tuple(_run(local, run, stage, measured) for run in runs),
            hdc=verdict,
            input_holes=None if row is None or row.rf is None else row.holes,
            unbounded=row is not None and row.holes is None and not row.reason,
            assumed=tuple(assumed),
        )


def _measure(
    local: Network,
    stage: Stage,
    known: Mapping[tuple[int, int], Footprint],
    made: dict[Hashable, Measures],
) -> Measures:
    """Return the measures of a stage, those of one that is alike where there is one."""
    between = part(local, stage.source, stage.target)
    alike = tuple((node.layer, node.taps, node.lone, node.inputs) for node in between.nodes[2:])
    if alike in made:
        names = local.nodes[stage.source].name, local.nodes[stage.target].name
        return msgspec.structs.replace(made[alike], source=names[0], layer=names[1])
    found = known.get((stage.source, stage.target))
    if found is None or not found.bounded:
        found = footprint(local, stage.source, stage.target)
    made[alike] = known_measures(local, stage.source, stage.target, found, worse=True)
    return made[alike]


def _rim_only(measured: Measures) -> bool | None:
    if not measured.holes:
        return None
    return rim_only([extent for _, extent in measured.core], measured.rf)


def _run(local: Network, run: "Run", stage: Stage, measured: Measures) -> RunReport:
    nodes = local.nodes
    layers = [nodes[position].layer for position in inside(local, run.source, run.target)]
    whole = (run.source, run.target) == (stage.source, stage.target)
    density: float | None
    if whole and not any(measured.place.phase):
        density = measured.density
    else:
        try:
            region = footprint(local, run.source, run.target).read((0,) * local.dims)
            density = region.count / region.volume
        except (LimitExceeded, RfcalcError):
            density = None
    return RunReport(
        source=nodes[run.source].name,
        target=nodes[run.target].name,
        dilations=tuple(
            _plain(_rate(layer)) for layer in layers if max(kernel_of(layer), default=1) > 1
        ),
        sublattices=run.sublattices,
        density=density,
        covered_by=None if run.covered_by is None else nodes[run.covered_by].name,
    )


def _rate(layer: Layer) -> tuple[int, ...]:
    """Return the dilation per axis; where the kernel is 1 there is nothing to spread."""
    pairs = zip(kernel_of(layer), dilation_of(layer), strict=True)
    return tuple(rate if kernel > 1 else 1 for kernel, rate in pairs)


def _plain(values: Sequence[int]) -> Rate:
    return values[0] if len(set(values)) == 1 else tuple(values)


def hint(stage: StageReport) -> str:
    """Return the cure for the holes of a stage."""
    verdict = stage.hdc
    if verdict is not None and verdict.failing is not None:
        return (
            f"no step may exceed the field built by the smaller ones: {verdict.failing} does; "
            "`rfcalc.fix` looks for the least change"
        )
    return "`rfcalc.fix` looks for the least change of dilations"
