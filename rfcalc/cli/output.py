"""How does a command speak? Results to standard output, the rest to standard error."""

import os
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from rfcalc.cli.flags import translate, translate_all
from rfcalc.render.document import Document
from rfcalc.shown import visible

if TYPE_CHECKING:
    from rich.console import Console

    from rfcalc.network import Network

__all__ = [
    "Canvas",
    "as_chosen",
    "canvas",
    "complain",
    "deliver",
    "notes",
    "own_style",
    "put",
    "show",
    "tell",
    "to_reader",
]


class Canvas(NamedTuple):
    """What a drawing may use: a terminal's width if there is one, colours, more than ASCII."""

    width: int | None
    colour: bool
    unicode: bool


@contextmanager
def to_reader() -> Generator[None, None, None]:
    """Print what follows; a reader who has gone (`| head`) does not change the exit status."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> None:
    """Write to standard error; where that takes nothing, the answer stays what it is."""
    try:
        typer.echo(text, err=True)
    except OSError:
        # What is left in the buffer would fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def tell(text: str) -> None:
    """Say a line on standard error, which may hold what a file says."""
    complain(visible(translate(text)))


def notes(networks: Sequence["Network"], quiet: bool) -> None:
    """Tell what was taken for granted of the networks."""
    if not quiet:
        for note in dict.fromkeys(note for network in networks for note in network.assumed):
            tell(note)


def put(path: str | Path, data: bytes, quiet: bool, more: str = "") -> None:
    """Write a file, and tell that it was written.

    Raises
    ------
    RfcalcError
        RF407: the file cannot be written.
    """
    from rfcalc.files import write

    write(path, data)
    if not quiet:
        tell(f"wrote {path}{more}")


def canvas(format: str, output: str | None) -> Canvas:
    """Return what a drawing may use in a format, on a terminal, through a pipe or in a file."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    known = encoding.lower().replace("-", "") in ("utf8", "utf16", "utf32", "utf8sig")
    if format != "table" or output is not None:
        return Canvas(None, False, output is not None or known)
    if not _styled():
        return Canvas(None, False, known)
    screen = _console()
    wide = screen.width if sys.stdout.isatty() else None
    return Canvas(wide, screen.is_terminal and not screen.no_color, known)


def own_style() -> None:
    """Let no matplotlibrc draw: one in the working folder could have LaTeX run."""
    from matplotlib import rcdefaults

    rcdefaults()


def deliver(text: str, output: str | Path | None = None, quiet: bool = False) -> None:
    """Print a text as it is, or write it to a file.

    Raises
    ------
    RfcalcError
        RF407: the file cannot be written.
    """
    if output is not None:
        # A name of a file need not be text.
        put(output, text.encode(errors="backslashreplace"), quiet)
    elif not quiet:
        with to_reader():
            sys.stdout.write(text)


def as_chosen(
    document: Document,
    network: "Network | None",
    format: str,
    columns: str | None = None,
    depth: int | None = None,
    every: bool = False,
) -> Document:
    """Return a document whose tables of layers have the rows and columns that were asked for.

    JSON and CSV, which are for scripts, keep all; what is no column is refused there, too.

    Raises
    ------
    RfcalcError
        RF406: a column that is not there, or a depth below 1.
    """
    from rfcalc.cli.options import names
    from rfcalc.render.shaping import shaped

    found = shaped(document, network, names(columns), depth, every)
    return document if format in ("json", "csv") else found


def show(document: Document, format: str, output: str | None = None, quiet: bool = False) -> None:
    """Print a document in a format, or write it to a file.

    Raises
    ------
    RfcalcError
        RF407: the file cannot be written.
    """
    from rfcalc.render.formats import RENDERERS, as_table, as_text

    document = _translate(document)
    if format != "table":
        deliver(RENDERERS[format](document), output, quiet)
    elif output is not None or not _styled():
        # What FORCE_COLOR and its like say is meant for terminals.
        deliver("" if quiet and output is None else as_text(document), output, quiet)
    elif not quiet:
        with to_reader():
            as_table(document, _console(), "widen the terminal, or --format markdown")


def _translate(document: Document) -> Document:
    """Return a document whose sentences name flags."""
    return Document(translate_all(document.parts), lambda: translate_all(document.data))


def _styled() -> bool:
    """Whether standard output is a terminal, or is to be taken for one; rich says the rest."""
    return sys.stdout.isatty() or any(map(os.environ.get, ("FORCE_COLOR", "TTY_COMPATIBLE")))


def _console() -> "Console":
    """Return the console for results: coloured on a terminal, never cut when piped."""
    from rich.console import Console

    class Screen(Console):
        """Goes quiet when its reader has gone, and leaves the exit status alone."""

        def on_broken_pipe(self) -> None:
            self.quiet = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    wide = None if sys.stdout.isatty() else 1 << 16
    plain = True if os.environ.get("NO_COLOR") else None
    return Screen(highlight=False, no_color=plain, width=wide)
