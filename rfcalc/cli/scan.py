"""Analyse every network and model below a folder, or of a list, each in a process of its own.

A list is a text file of lines: package.module:factory --input 1,3,224,224 [--kwargs JSON]
[--submodule PATH]; that runs their code.

One JSON line each goes to the output as soon as it is known; a second run goes on where the first
one ended. A network that is refused, hangs or crashes costs one line.
"""

import sys
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.flags import translate_all
from rfcalc.cli.output import show, tell

if TYPE_CHECKING:
    from rich.progress import Progress

NEEDS = True
WRITES: dict[str, tuple[str, ...]] = {}

FOREIGN_SHOWN = 5
"""Most models in a form that is not read that are named."""


def command(
    place: Annotated[
        str,
        typer.Argument(metavar="DIR|LIST", help="A folder, or a list.", show_default=False),
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Where the lines go, as results.jsonl."
        ),
    ],
    jobs: Annotated[
        Optional[int],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option(
            "--jobs",
            "-j",
            metavar="N",
            help="Networks at once, which share the CPUs. [default: the CPUs]",
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="S", help="Most seconds for one network.")
    ] = 60.0,
    memory: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--memory", metavar="MB", help="Most memory for one; 0 is no limit. [default: 4096]"
        ),
    ] = None,
    sizes: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--input", metavar="H,W", help="Input of those that say none; once per input."
        ),
    ] = None,
    ignore_global: options.IgnoreGlobal = False,
    dask: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--dask", metavar="ADDRESS", help="Run on a cluster: tcp://scheduler:8786."),
    ] = None,
    format: options.Printed = "table",
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.arguments import shape
    from rfcalc.library.scan_tasks import prepare
    from rfcalc.library.scans import scan_of
    from rfcalc.render.scan import scan_document
    from rfcalc.scanning import measurable
    from rfcalc.shown import visible

    task = prepare(
        place,
        out=output,
        jobs=jobs,
        timeout=timeout,
        memory=memory,
        dask=dask,
        ignore_global=ignore_global,
        sizes=[shape(text) for text in sizes or ()],
    )
    if memory is None and not measurable():
        tell('memory is not limited: that needs psutil, pip install "rfcalc[scan]"')
    for folder in task.found.closed:
        tell(f"RF112 {folder}")
    for fact in task.found.foreign[:FOREIGN_SHOWN]:
        tell(fact)
    if len(task.found.foreign) > FOREIGN_SHOWN:
        more = len(task.found.foreign) - FOREIGN_SHOWN
        tell(f"{more:,} more models are in a form that is not read")
    with _bar(quiet) as bar:
        shown = bar.add_task("", total=len(task.found.items))

        def progress(done: int, total: int, path: str) -> None:
            bar.update(shown, completed=done, total=total, description=visible(path))

        found = scan_of(task, progress=progress, written=translate_all)
    told = (found.lines, found.others, found.before, found.seconds, output)
    show(scan_document(*told), format, None, quiet)
    if not quiet:
        tell(f"wrote {output}")
    if found.closed:
        raise typer.Exit(2)


def _bar(quiet: bool) -> "Progress":
    """Return the progress bar, which shows on a terminal alone."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column

    console = Console(stderr=True)
    return Progress(
        MofNCompleteColumn(),
        BarColumn(bar_width=24),
        TimeRemainingColumn(compact=True),
        TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
        ),
        console=console,
        transient=True,
        expand=True,
        disable=quiet or not sys.stderr.isatty(),
    )
