"""Which command does the user want? One file per command, imported only when it runs."""

import io
import os
import signal
import sys
import threading
from importlib import import_module
from typing import Any, NoReturn, Optional

import typer
from typer.core import TyperGroup

from rfcalc import __version__
from rfcalc.cli.coercion import plain

__all__ = ["COMMANDS", "app", "main", "stoppable"]

COMMANDS: dict[str, str] = {
    "analyze": "Receptive field, sampled pixels and gridding of every layer.",
    "hdc-check": "Judge a dilation schedule by the HDC rules and by the exact theorem.",
    "heatmap": "Draw the sampled pixels or path counts of a layer.",
    "erf": "Effective receptive field of a trained model, measured beside the expected.",
    "growth": "Plot RF, jump and density against depth.",
    "graph": "Draw the network as a graph: DOT, Mermaid or SVG.",
    "report": "Write one self-contained page with everything there is to say.",
    "convert": "Write a model as a readable network file.",
    "export": "Write a layer's mask or path counts as data.",
    "verify": "Run the network in NumPy and compare every mask and path count.",
    "compare": "Two or more networks side by side.",
    "check": "The gate for continuous integration: limits that networks must keep.",
    "scan": "Analyse every network and model below a folder, one line each.",
    "zoo": "The published networks that ship with rfcalc.",
    "design": "Find hole-free dilation schedules for a wanted field.",
    "fix": "Remove the gridding of a network file by the least change.",
    "where": "Where a cell lies on the input, and which cells a pixel reaches.",
    "tile": "Halo and tile plan for tiled inference, exact to the pixel.",
    "stream": "Look-back, latency and buffers of a network on a stream.",
    "sizes": "Which input sizes a network takes, and which outputs see padding.",
    "fit": "Share of objects that each head's field covers, and what covers more.",
    "ops": "Which operators of ONNX, PyTorch and Keras are handled, and how.",
    "schema": "Print the JSON Schema of the network file.",
    "explain": "Say what a diagnostic or finding means, and how to cure it.",
}
"""Every command with its line of help."""


class _Lazy(TyperGroup):
    """A group whose commands are imported when they are called."""

    def get_params(self, ctx: Any) -> list[Any]:
        return plain(super().get_params(ctx))

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        from rfcalc.cli.outputs import RESULTS, settle
        from rfcalc.cli.parsing import Command
        from rfcalc.cli.reading import spread

        module = import_module(f"rfcalc.cli.{cmd_name.replace('-', '_')}")
        single = typer.Typer(
            add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
        )
        command = settle(spread(module.command), getattr(module, "WRITES", RESULTS))
        single.command(cmd_name, cls=Command, help=module.__doc__, no_args_is_help=module.NEEDS)(
            command
        )
        return typer.main.get_command(single)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        # A shell that asks what could come next gets nothing of what came before.
        if args and args[0] not in COMMANDS and not ctx.resilient_parsing:
            from rfcalc.cli.guesses import line_for
            from rfcalc.shown import visible

            words, hint = line_for(args, COMMANDS)
            if words == ["--version"]:
                _version(ctx, True)
            elif words == ["--help"]:
                typer.echo(ctx.get_help())
                raise typer.Exit
            elif not words:
                ctx.fail(visible(f"No such command '{args[0]}'; {hint}"))
            args = words
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: Any, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Return the context; a reader of help who has gone changes nothing."""
        from rfcalc.cli.output import to_reader

        with to_reader():
            return super().make_context(info_name, args, parent, **extra)
        raise typer.Exit

    def invoke(self, ctx: Any) -> Any:
        """Run a command.

        Raises
        ------
        RfcalcError
            RF407: a pipe inside the work broke, which the library would take for a reader who has
            gone; and any other, which then names flags.
        """
        from rfcalc.errors import RfcalcError, fail

        try:
            return super().invoke(ctx)
        except RfcalcError as fault:
            from rfcalc.cli.flags import translate_fault

            translate_fault(fault)
            raise
        except BrokenPipeError as fault:
            raise fail("RF407", f"a pipe broke: {fault.strerror}", "run it again") from fault

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what stands before the command; an option of a command is met with its place."""
        if args and args[0].startswith("--") and not ctx.resilient_parsing:
            from rfcalc.cli.guesses import uncoloured

            args = uncoloured(args)
        try:
            return super().parse_args(ctx, args)
        except Exception as fault:
            option = getattr(fault, "option_name", None)
            if option is not None and "No such option" in str(fault):
                from rfcalc.cli.parsing import add_hint

                if option in ("-v", "-V", "--ver"):
                    add_hint(fault, "did you mean --version?")
                else:
                    behind = f"rfcalc analyze NET {option}"
                    add_hint(fault, f"options stand behind the command: {behind}")
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from rfcalc.cli.helping import root_help

        root_help(COMMANDS, self, ctx, formatter)


app = typer.Typer(
    cls=_Lazy,
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    # Help is as wide as the terminal, up to lines that are still read with ease.
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def _version(ctx: typer.Context, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        typer.echo(f"rfcalc {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(  # noqa: ARG001 - its callback has answered
        False, "--version", callback=_version, is_eager=True, help="Show the version and exit."
    ),
    timeout: Optional[float] = typer.Option(  # noqa: UP045
        None, "--timeout", metavar="S", help="Give up after so many seconds, with exit status 2."
    ),
) -> None:
    """Exact receptive fields, sampled pixels and gridding of convolutional networks."""
    if timeout is not None:
        from rfcalc.cli.patience import allow

        allow(timeout)


def main() -> NoReturn:
    """Run the command line; every fault ends in one clear message and exit status 2."""
    from rfcalc.errors import TimeIsUp

    _opened()
    for stream in (sys.stdout, sys.stderr):
        # A name may hold signs that the terminal's encoding lacks.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if threading.current_thread() is threading.main_thread():
        stoppable()
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(130)
    except (Exception, TimeIsUp) as fault:
        told = _told(fault)
        if told is None:
            raise
        _complain(told)
    sys.exit(2)


def _told(fault: BaseException) -> str | None:
    """Return what is said of a fault, ``None`` of one that is a defect."""
    from rfcalc.cli.flags import translate
    from rfcalc.errors import LimitExceeded, NeedsSize, RfcalcError, TimeIsUp, unanswered

    if isinstance(fault, RfcalcError):
        return str(fault) + _trace(fault)
    if isinstance(fault, LimitExceeded | NeedsSize):
        return translate(str(unanswered(fault)))
    if isinstance(fault, TimeIsUp):
        return f"RF412 {fault}"
    if isinstance(fault, MemoryError):
        return "RF305 there is not enough memory for the answer"
    if isinstance(fault, OverflowError | ValueError) and _too_long(fault):
        return "RF305 a number of the answer is too long to be written out"
    if isinstance(fault, OSError):
        reason = fault.strerror or type(fault).__name__
        what = f"'{fault.filename}'" if fault.filename else "standard output"
        return f"RF407 {what} cannot be read or written: {reason}"
    return None


def _opened() -> None:
    """Give streams that are closed (``2>&-``, as cron may have them) a place that swallows all."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            stream = open(os.devnull, "w")  # noqa: SIM115 - open until the process ends
            # Its number is the closed stream's own, which processes of this one take over.
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


def _trace(fault: Exception) -> str:
    """Return where the cause of a fault came up, for who asks: with ``RFCALC_DEBUG=1``."""
    if fault.__cause__ is None or os.environ.get("RFCALC_DEBUG", "") in ("", "0"):
        return ""
    import traceback

    return "\n" + "".join(traceback.format_exception(fault.__cause__)).rstrip()


def stoppable() -> None:
    """Let what is half written be taken away as after Ctrl-C when another asks for the end."""
    for name in ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGXCPU"):
        number = getattr(signal, name, None)
        # `nohup` has SIGHUP ignored.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stopped)


def _stopped(number: int, *_: object) -> NoReturn:
    sys.exit(128 + number)


def _too_long(fault: Exception) -> bool:
    """Whether Python refuses to write an integer out, or to round it to a float."""
    return isinstance(fault, OverflowError) or "integer string conversion" in str(fault)


def _complain(text: str) -> None:
    """Tell a fault, if there is someone to tell it to."""
    from rfcalc.cli.output import complain

    try:
        sys.stdout.flush()
    except OSError:
        # What is left in the buffer would fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    complain(text)


def _run() -> None:
    """Run the command line, and let what is printed reach its reader before the end."""
    if "_RFCALC_COMPLETE" in os.environ:
        from rfcalc.cli.completion import mended

        mended(os.environ)
    from rfcalc.cli.interruption import interrupted
    from rfcalc.cli.output import to_reader

    try:
        app()
    except Exception:
        if interrupted():
            raise KeyboardInterrupt from None
        raise
    except SystemExit:
        with to_reader():
            sys.stdout.flush()
        raise
    finally:
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, 0)
