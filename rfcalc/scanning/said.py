"""What of an analysis goes into a line? Outputs, stages, runs, findings and cost, each in short."""

from fractions import Fraction

import msgspec

from rfcalc.costs import cost
from rfcalc.errors import LimitExceeded, RfcalcError
from rfcalc.gridding.stage_reports import RunReport, StageReport
from rfcalc.interior import growth
from rfcalc.network import Network, without_global
from rfcalc.report import Answer, Report

__all__ = [
    "MOST",
    "FindingSaid",
    "LocalSaid",
    "OutputSaid",
    "RunSaid",
    "StageSaid",
    "costs",
    "findings",
    "local",
    "outputs",
    "plain",
    "stages",
]

MOST = 64
"""Most outputs, stages, runs of a stage and findings of a line; they are all counted."""

Number = int | float | None


class OutputSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What an output reads of an input, per axis; ``None`` as in ``analyze``.

    ``unbounded`` has ``[layer, side]`` for an axis without end. ``depends`` says whether there is
    a path at all; without one, and where nothing is known, the rest is ``None``.
    """

    output: str
    source: str
    depends: bool
    rf: tuple[int | None, ...] | None = None
    jump: tuple[Number, ...] | None = None
    start: tuple[int | None, ...] | None = None
    end: tuple[int | None, ...] | None = None
    unbounded: tuple[tuple[str, str] | None, ...] | None = None
    density: float | None = None
    holes: bool | None = None
    phases: tuple[int, ...] | None = None


class LocalSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What a network reads with layers ignored that read the whole input.

    ``output`` is the main output, or the last layer before it that is left.
    """

    output: str
    rf: tuple[int | None, ...] | None
    jump: tuple[Number, ...]


class RunSaid(msgspec.Struct, frozen=True, kw_only=True):
    """A lattice run of a stage."""

    source: str
    target: str
    dilations: tuple[int | tuple[int, ...], ...]
    sublattices: int | None
    density: float | None
    covered_by: str | None


class StageSaid(msgspec.Struct, frozen=True, kw_only=True):
    """A dilated stage against its own input, as in ``analyze``."""

    source: str
    target: str
    dilations: tuple[int | tuple[int, ...], ...]
    rf: tuple[int, ...]
    density: float | None
    holes: bool | None
    rim_only: bool | None
    largest_hole: tuple[int, ...] | None
    sublattices: int | None
    input_holes: bool | None
    runs: tuple[RunSaid, ...]


class FindingSaid(msgspec.Struct, frozen=True, kw_only=True):
    """A finding: its code says what it is."""

    code: str
    severity: str
    layer: str


def outputs(report: Report) -> tuple[OutputSaid, ...]:
    """Return every output against every input, the main one first."""
    return tuple(_output(one) for one in report.answers[:MOST])


def _output(one: Answer) -> OutputSaid:
    row = one.row
    if row is None:
        return OutputSaid(output=one.output, source=one.source, depends=one.depends)
    causes = row.unbounded
    return OutputSaid(
        output=one.output,
        source=one.source,
        depends=one.depends,
        rf=row.rf,
        jump=tuple(map(plain, row.jump)),
        start=row.start,
        end=row.end,
        unbounded=None
        if causes is None
        else tuple(None if cause is None else (cause.by, cause.side) for cause in causes),
        density=_round(row.density),
        holes=row.holes,
        phases=row.phases,
    )


def local(report: Report) -> LocalSaid | None:
    """Return what is read without the layers that read the whole input, ``None`` without any.

    ``None`` too where what is left is beyond the limits.

    >>> from rfcalc.report import analyze
    >>> local(analyze({"layers": [{"kernel": 3, "stride": 2}, "squeeze_excite", {"kernel": 3}]}))
    LocalSaid(output='conv2', rf=(7, 7), jump=(2, 2))
    """
    rest = without_global(report.network)
    if rest is report.network:
        return None
    main = rest.nodes[rest.output]
    try:
        row = next((one for one in growth(rest).rows if one.node is main), None)
    except (LimitExceeded, RfcalcError):
        return None
    return row and LocalSaid(output=row.name, rf=row.rf, jump=tuple(map(plain, row.jump)))


def stages(report: Report) -> tuple[StageSaid, ...]:
    """Return the dilated stages, in order of their number."""
    return tuple(_stage(one) for one in report.stages[:MOST])


def _stage(one: StageReport) -> StageSaid:
    found = one.measures
    return StageSaid(
        source=found.source,
        target=found.layer,
        dilations=one.dilations,
        rf=found.rf,
        density=_round(found.density),
        holes=found.holes,
        rim_only=one.rim_only,
        largest_hole=found.largest_hole,
        sublattices=found.sublattice_count,
        input_holes=one.input_holes,
        runs=tuple(_run(run) for run in one.runs[:MOST]),
    )


def _run(run: RunReport) -> RunSaid:
    return RunSaid(
        source=run.source,
        target=run.target,
        dilations=run.dilations,
        sublattices=run.sublattices,
        density=_round(run.density),
        covered_by=run.covered_by,
    )


def findings(report: Report) -> tuple[FindingSaid, ...]:
    """Return the findings, the gravest first."""
    return tuple(
        FindingSaid(code=one.code, severity=one.severity, layer=one.layer)
        for one in report.findings[:MOST]
    )


def costs(network: Network) -> tuple[int | None, int | None]:
    """Return the parameters and the multiply-adds of a network, ``None`` where a layer's lack.

    >>> from rfcalc.spec import read_text
    >>> text = "{{input: [8, 8], channels: 3, layers: [{{kernel: 3, out_channels: 2}}{}]}}"
    >>> costs(read_text(text.format(""), "net.yaml"))
    (56, 3456)
    >>> costs(read_text(text.format(", squeeze_excite"), "net.yaml"))
    (None, None)
    """
    found = cost(network)
    parameters = all(one.parameters is not None for one in found.layers)
    macs = all(one.macs is not None for one in found.layers)
    return found.total.parameters if parameters else None, found.total.macs if macs else None


def plain(value: Fraction | None) -> Number:
    """Return a jump as a number of JSON."""
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)


def _round(value: float | None) -> float | None:
    """Return a share with six digits; what is not all stays below 1.

    >>> _round(1 / 3), _round(1 - 1e-9), _round(1.0)
    (0.333333, 0.999999, 1.0)
    """
    if value is None or value == 1:
        return value
    return min(round(value, 6), 0.999999)
