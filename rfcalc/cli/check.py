"""Hold networks to limits: the gate for continuous integration.

Limits also come from the table tool.rfcalc of the nearest pyproject.toml,
and so do the networks where none is named.
Exit status: 1 when a gate is missed, 2 on bad input.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer
from msgspec.structs import replace

from rfcalc.cli import options
from rfcalc.cli.completion import networks
from rfcalc.cli.flags import translate, translate_all
from rfcalc.cli.gating import Limits, spread_gates
from rfcalc.cli.output import complain, deliver, show
from rfcalc.cli.reading import Reading

if TYPE_CHECKING:
    from rfcalc.gates.settings import Settings

NEEDS = False
WRITES = {"table": (), "json": (".json",), "github": (), "sarif": (".sarif",), "junit": (".xml",)}


@spread_gates
def command(
    reading: Reading,
    limits: Limits,
    nets: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Argument(
            metavar="NET",
            help="Networks, each as for `rfcalc analyze`, or folders of them. [default: those of "
            "pyproject.toml]",
            show_default=False,
            autocompletion=networks,
        ),
    ] = None,
    axis: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--axis", metavar="A", help="The axis of time of these four. [default: every axis]"
        ),
    ] = None,
    rate: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--rate", metavar="HZ", help="Samples per second, as 16k: limits may be times, 20ms."
        ),
    ] = None,
    layer: options.Layer = None,
    source: options.Source = None,
    baseline: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--baseline", metavar="FILE", help="Known failures, which do not count."),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write the baseline: all failures of now.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a file changes, until Ctrl-C.")
    ] = False,
    no_config: Annotated[
        bool, typer.Option("--no-config", help="Do not read pyproject.toml.")
    ] = False,
    format: Annotated[
        Literal["table", "json", "github", "sarif", "junit"],
        typer.Option(
            "--format",
            "-f",
            help="How the failures are written. [default: what FILE's suffix says, else table]",
            show_default=False,
        ),
    ] = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    import sys

    from rfcalc.cli.judging import Asked, judge, paths_to_watch
    from rfcalc.durations import rate_of
    from rfcalc.gates.settings import Settings
    from rfcalc.render.document import Document, Lines
    from rfcalc.render.gates import CHECKS, lines
    from rfcalc.shown import visible

    def kept() -> Settings:
        return Settings() if no_config else _settings()

    if watch:
        from rfcalc.cli.watching import watch as run_again

        words = [word for word in sys.argv[1:] if word != "--watch"]
        run_again(words, lambda: paths_to_watch(nets or [], kept))
    asked = Asked(limits, layer, source, axis, rate_of(rate), baseline, update_baseline)
    checks = translate_all(judge(nets or [], reading, asked, kept()))
    for fault in (fault for net in checks.nets for fault in net.faults):
        complain("\n".join(map(_inert, str(fault).split("\n"))))
    if format != "table":
        # The rules of SARIF explain codes, which are no part of the checks.
        deliver(translate(CHECKS[format](checks)), output, quiet)
    if format == "table" or output is not None:
        from rfcalc.render.plain import Plain

        *told, last = lines(checks)
        # A failure stays one line, however narrow the terminal.
        kept_whole = tuple((style, Plain(_inert(visible(line)))) for style, line in told)
        document = Document((Lines("", (*kept_whole, last)),), {})
        show(document, "table", output if format == "table" else None, quiet)
    if checks.unread or checks.missed:
        raise typer.Exit(2 if checks.unread else 1)


def _settings() -> "Settings":
    """Return what the nearest pyproject.toml says.

    Raises
    ------
    RfcalcError
        RF430, with the option that leaves the file unread as the cure where there is no other.
    """
    from rfcalc.errors import RfcalcError
    from rfcalc.gates.settings import settings

    try:
        return settings(Path.cwd())
    except RfcalcError as fault:
        help = "or pass --no-config"
        raise RfcalcError(
            [replace(one, help=one.help or help) for one in fault.diagnostics]
        ) from None


def _inert(line: str) -> str:
    """Return a line, which may begin with a file's name, as one GitHub takes for no command.

    Its runner obeys `::` where a line begins, and the older `##[` anywhere.
    """
    begun = f"./{line}" if line.lstrip().startswith("::") else line
    return begun.replace("##[", "## [")
