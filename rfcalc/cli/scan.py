"""Analyse every network and model below a folder, or of a list, each in a process of its own.

A list is a text file of lines: package.module:factory --input 1,3,224,224 [--kwargs JSON]
[--submodule PATH]; that runs their code.

One JSON line each goes to the output as soon as it is known; a second run goes on where the first
one ended. A network that is refused, hangs or crashes costs one line.
"""

import os
import sys
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.flags import translate_all
from rfcalc.cli.output import show, tell

if TYPE_CHECKING:
    from rich.progress import Progress

    from rfcalc.scanning import Limits

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
        typer.Option("--jobs", "-j", metavar="N", help="Networks at once. [default: the CPUs]"),
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
    import time
    import uuid

    from rfcalc.arguments import shape
    from rfcalc.files import special, target
    from rfcalc.render.scan import scan_document
    from rfcalc.scanning import Limits, lines, listed, opened
    from rfcalc.shown import visible

    if not special(Path(output)):
        target(output, (".jsonl", ".ndjson"))
    _check_options(jobs, timeout, memory, dask)
    most = _memory(memory)
    found = listed(place, [shape(text) for text in sizes or ()])
    for folder in found.closed:
        tell(f"RF112 {folder}")
    for fact in found.foreign[:FOREIGN_SHOWN]:
        tell(fact)
    if len(found.foreign) > FOREIGN_SHOWN:
        tell(f"{len(found.foreign) - FOREIGN_SHOWN:,} more models are in a form that is not read")
    limits = Limits(
        timeout=timeout, memory=most << 20, scan=uuid.uuid4().hex, ignore_global=ignore_global
    )
    begun = time.perf_counter()
    with opened(output) as results:
        rest = [item for item in found.items if item.path not in results.done]
        before = len(found.items) - len(rest)
        if rest:
            with _executor(jobs, dask, limits) as (executor, check), _bar(quiet) as bar:
                task = bar.add_task("", total=len(found.items), completed=before)
                for line in lines(executor, rest, limits, check):
                    results.add(translate_all(line))
                    bar.update(task, advance=1, description=visible(line.path))
        told = [results.done[item.path] for item in found.items]
    seconds = time.perf_counter() - begun
    show(scan_document(told, found.others, before, seconds, output), format, None, quiet)
    if not quiet:
        tell(f"wrote {output}")
    if found.closed:
        raise typer.Exit(2)


def _check_options(jobs: int | None, timeout: float, memory: int | None, dask: str | None) -> None:
    """Refuse options that do not fit.

    Raises
    ------
    RfcalcError
        RF406: a number out of range, or two options that exclude each other.
    """
    from rfcalc.errors import fail

    if jobs is not None and not 1 <= jobs <= 1024:
        raise fail("RF406", f"--jobs is {jobs}", "it takes 1 to 1024, as in --jobs 4")
    if jobs is not None and dask is not None:
        raise fail("RF406", "--jobs is given with --dask", "the cluster has its own workers")
    if dask is not None and "://" not in dask:
        raise fail("RF406", f"--dask is '{dask}'", "an address, as in --dask tcp://host:8786")
    if not 0 < timeout <= 10**6:
        raise fail("RF406", f"--timeout is {timeout:g}", "it takes seconds, as in --timeout 60")
    if memory is not None and not 0 <= memory <= 1 << 30:
        raise fail("RF406", f"--memory is {memory}", "it takes megabytes, as in --memory 4096")


def _memory(given: int | None) -> int:
    """Return the most megabytes of one network, 0 for any.

    Raises
    ------
    RfcalcError
        RF505: a limit is given, and psutil is missing, which sees what a process holds.
    """
    from rfcalc.errors import fail
    from rfcalc.scanning import MEMORY, measurable

    line = 'pip install "rfcalc[scan]"'
    if given == 0 or measurable():
        return MEMORY if given is None else given
    if given is not None:
        raise fail("RF505", "--memory needs psutil", line)
    tell(f"memory is not limited: that needs psutil, {line}")
    return 0


@contextmanager
def _executor(
    jobs: int | None, dask: str | None, limits: "Limits"
) -> Generator[tuple[Executor, Callable[[], None]], None, None]:
    """Give what runs the items; after it, on Ctrl-C too, no process of the scan is left."""
    from concurrent.futures import ThreadPoolExecutor

    from rfcalc.scanning import close

    if dask is not None:
        from rfcalc.scanning.cluster import cluster

        with cluster(dask, limits.scan) as given:
            yield given
        return
    cpus = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    # The threads only wait, each for a process.
    executor = ThreadPoolExecutor(jobs or cpus or 1)
    try:
        yield executor, lambda: None
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        close(limits.scan)


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
