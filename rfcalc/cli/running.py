"""How is a model run from the command line? With its code named and its output set apart."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

from rfcalc.cli.output import tell

if TYPE_CHECKING:
    Progress = Callable[[int, int], None]

__all__ = ["bar", "running"]


@contextmanager
def running(net: str, quiet: bool) -> Generator[None]:
    """Name the code that is run, and send what it prints to standard error."""
    from rfcalc.loading import is_target

    if is_target(net) and not quiet:
        tell(f"runs the code of {net}")
    with redirect_stdout(sys.stderr):
        yield


@contextmanager
def bar(name: str, quiet: bool) -> "Generator[Progress | None]":
    """Show a progress bar on standard error while that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    from rfcalc.shown import visible

    with Progress(console=Console(stderr=True), transient=True) as bar:
        # The bar takes words in brackets for its own.
        task = bar.add_task(escape(visible(name)), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
