"""Hold networks to limits: the gate for continuous integration.

Limits also come from the table tool.rfcalc of the nearest pyproject.toml.
Exit status: 1 when a gate is missed, 2 on bad input.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import deliver, show
from rfcalc.cli.reading import Reading

if TYPE_CHECKING:
    from rfcalc.gates import Gates
    from rfcalc.gates.settings import Settings
    from rfcalc.render.checks import Checked

NEEDS = True
WRITES = {"table": (), "json": (".json",), "github": (), "sarif": (".sarif",), "junit": (".xml",)}


def command(
    nets: options.Nets,
    reading: Reading,
    min_rf: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option("--min-rf", metavar="N", help="Least field, one or one per axis: 224,112."),
    ] = None,
    max_rf: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--max-rf", metavar="N", help="Largest field, one or one per axis."),
    ] = None,
    min_density: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--min-density", metavar="SHARE", help="Least share of the field sampled."),
    ] = None,
    no_holes: Annotated[
        bool,
        typer.Option("--no-holes", help="The layer samples its whole field."),
    ] = False,
    no_gridding: Annotated[
        bool,
        typer.Option(
            "--no-gridding",
            help="No dilated stage samples its own input with holes.",
        ),
    ] = False,
    no_checkerboard: Annotated[
        bool,
        typer.Option(
            "--no-checkerboard",
            help="No transposed convolution with unequal or dead phases.",
        ),
    ] = False,
    no_unseen: Annotated[
        bool,
        typer.Option("--no-unseen", help="Every input cell is read by an output."),
    ] = False,
    hdc: Annotated[
        bool,
        typer.Option("--hdc", help="Every dilated chain passes hdc-check."),
    ] = False,
    max_jump: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--max-jump", metavar="N", help="Largest jump, one or one per axis."),
    ] = None,
    causal: Annotated[
        bool,
        typer.Option("--causal", help="No output reads samples after its own."),
    ] = False,
    max_latency: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--max-latency", metavar="N", help="Most samples an output waits for."),
    ] = None,
    max_look_ahead: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--max-look-ahead", metavar="N", help="Most samples read after its own."),
    ] = None,
    max_look_back: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--max-look-back", metavar="N", help="Most samples read before its own."),
    ] = None,
    axis: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--axis", metavar="A", help="The axis of time of these four. [default: every axis]"
        ),
    ] = None,
    layer: options.Layer = None,
    source: options.Source = None,
    no_config: Annotated[
        bool, typer.Option("--no-config", help="Do not read pyproject.toml.")
    ] = False,
    format: Annotated[
        Literal["table", "json", "github", "sarif", "junit"],
        typer.Option(
            "--format",
            "-f",
            help="How the failures are told. [default: what FILE's suffix says, else table]",
            show_default=False,
        ),
    ] = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from datetime import UTC, datetime

    from rfcalc.gates.settings import Settings, settings
    from rfcalc.render.checks import Checked, Checks
    from rfcalc.render.document import Document, Lines
    from rfcalc.render.gates import CHECKS, lines
    from rfcalc.shown import visible

    kept = Settings() if no_config else settings(Path.cwd())
    typed = {
        "min-rf": options.integers("--min-rf", min_rf),
        "max-rf": options.integers("--max-rf", max_rf),
        "min-density": min_density,
        "no-holes": no_holes or None,
        "no-gridding": no_gridding or None,
        "no-checkerboard": no_checkerboard or None,
        "no-unseen": no_unseen or None,
        "hdc": hdc or None,
        "max-jump": options.integers("--max-jump", max_jump),
        "causal": causal or None,
        "max-latency": max_latency,
        "max-look-ahead": max_look_ahead,
        "max-look-back": max_look_back,
    }
    gates = _merged(typed, kept)
    apart = reading.ignore_global or kept.ignore_global
    time_axis = kept.axis if axis is None else axis
    among = (layer or kept.layer, source or kept.source, apart, time_axis)
    judged: tuple[Checked, ...] = tuple(_judged(net, reading, gates, *among) for net in nets)
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    checks = Checks(gates=gates, nets=judged, time=time)
    for fault in (fault for net in checks.nets for fault in net.faults):
        typer.echo("\n".join(map(_inert, str(fault).split("\n"))), err=True)
    if format == "table":
        from rich.text import Text

        *told, last = lines(checks)
        # As rich's own text a failure stays one line, however narrow the terminal.
        kept_whole = tuple((style, Text(_inert(visible(line)))) for style, line in told)
        show(Document((Lines("", (*kept_whole, last)),), {}), format, output, quiet)
    else:
        deliver(CHECKS[format](checks), output, quiet)
    if checks.unread or checks.missed:
        raise typer.Exit(2 if checks.unread else 1)


def _inert(line: str) -> str:
    """Return a line, which may begin with a file's name, as one GitHub takes for no command.

    Its runner obeys `::` where a line begins, and the older `##[` anywhere.
    """
    begun = f"./{line}" if line.lstrip().startswith("::") else line
    return begun.replace("##[", "## [")


def _merged(typed: dict[str, Any], kept: "Settings") -> "Gates":
    """Return the gates that are set; what is typed goes before what is written down.

    Raises
    ------
    RfcalcError
        RF406: no gate, a limit out of range, or two that contradict each other.
    """
    from rfcalc.errors import fail
    from rfcalc.gates import GATES, Gates
    from rfcalc.gates.settings import contradictions, limit

    gates: Gates = {}
    for name in GATES:
        value = typed[name]
        if value is None:
            gates |= {name: kept.gates[name]} if name in kept.gates else {}
            continue
        try:
            found = limit(name, value)
        except ValueError as fault:
            shown = str(value).strip("(,)").replace(" ", "")
            raise fail("RF406", f"--{name} is out of range: {shown}", str(fault)) from None
        gates[name] = found
    if not gates:
        raise fail(
            "RF406",
            f"no gate is set, nor does {kept.file} set one" if kept.file else "no gate is set",
            f"give one, as in --no-gridding or --min-rf 224; there are --{', --'.join(GATES)}; "
            "or set them under [tool.rfcalc] in pyproject.toml",
        )
    for fact in contradictions(gates):
        origin = f" ({kept.file} sets {', '.join(kept.gates)})" if kept.gates else ""
        raise fail("RF406", f"{fact}{origin}", "lower min-rf or raise max-rf")
    return gates


def _judged(
    net: str,
    reading: Reading,
    gates: "Gates",
    layer: str | None,
    source: str | None,
    apart: bool,
    axis: int | None,
) -> "Checked":
    """Return what one network misses, or why it could not be judged; the others go on."""
    from rfcalc.errors import LimitExceeded, NeedsSize, RfcalcError, unanswered
    from rfcalc.gates import check
    from rfcalc.network import without_global
    from rfcalc.render.checks import Checked

    try:
        network = reading.load(net)
        found = check(network, gates, source, layer, ignore_global=apart, axis=axis)
        assumed = (without_global(network) if apart else network).assumed
        return Checked(net=net, failures=found, assumed=assumed)
    except RfcalcError as fault:
        return Checked(net=net, faults=fault.diagnostics)
    except (LimitExceeded, NeedsSize) as fault:
        return Checked(net=net, faults=(unanswered(fault),))
