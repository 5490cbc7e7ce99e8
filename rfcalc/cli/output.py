"""How does a command speak? Results to standard output, the rest to standard error."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from rfcalc.render.document import Document

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "say", "show", "to_reader", "unicode"]


@contextmanager
def to_reader() -> Generator[None, None, None]:
    """Print what follows; a reader who has gone (`| head`) does not change the exit status."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """Print a text as it is."""
    with to_reader():
        typer.echo(text, nl=False)


def console() -> "Console":
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


def unicode() -> bool:
    """Whether standard output takes more than ASCII."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return encoding.lower().replace("-", "") in ("utf8", "utf16", "utf32", "utf8sig")


def show(document: Document, format: str, output: str | None = None, quiet: bool = False) -> None:
    """Print a document, or write it to a file.

    Raises
    ------
    RfcalcError
        RF407: the file cannot be written.
    """
    from rfcalc.files import target, write
    from rfcalc.render.formats import render

    if output is None:
        if not quiet:
            with to_reader():
                render(document, format, console())
        return
    import io

    from rich.console import Console

    path = target(output)
    text = io.StringIO()
    render(document, format, Console(file=text, highlight=False, no_color=True, width=200))
    write(path, text.getvalue().encode())
