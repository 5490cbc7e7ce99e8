"""What is to be scanned, within which limits, and which executor runs it? Checked, then run."""

import os
import sys
import uuid
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rfcalc.errors import fail
from rfcalc.files import special, target
from rfcalc.scanning import MEMORY, Limits, Line, close, lines, listed, measurable, opened
from rfcalc.scanning.items import Listing

__all__ = ["Task", "prepare", "run"]

Told = Callable[[int, int, str], None]
"""Takes the number of lines that are known, of all there will be, and the path of the last."""


class Task(NamedTuple):
    """What there is to scan, and how: on ``jobs`` threads, or on the cluster at ``dask``."""

    found: Listing
    limits: Limits
    out: str | None
    jobs: int
    dask: str | None


def prepare(
    place: str,
    *,
    out: str | None,
    jobs: int | None,
    timeout: float,
    memory: int | None,
    dask: str | None,
    ignore_global: bool,
    sizes: Sequence[Sequence[int]],
) -> Task:
    """Return what there is to scan; the parameters are those of ``scan``.

    Raises
    ------
    RfcalcError
        As ``scan``.
    """
    if out is not None and not special(Path(out)):
        target(out, (".jsonl", ".ndjson"))
    if jobs is not None and not 1 <= jobs <= 1024:
        raise fail("RF406", f"`jobs=` is {jobs}", "it takes 1 to 1024, as in `jobs=4`")
    if jobs is not None and dask is not None:
        raise fail("RF406", "`jobs=` is given with `dask=`", "the cluster has its own workers")
    if dask is not None and "://" not in dask:
        help = "an address, as in `dask='tcp://host:8786'`"
        raise fail("RF406", f"`dask=` is '{dask}'", help)
    if not 0 < timeout <= 10**6:
        raise fail("RF406", f"`timeout=` is {timeout:g}", "it takes seconds, as in `timeout=60`")
    if memory is not None and not 0 <= memory <= 1 << 30:
        raise fail("RF406", f"`memory=` is {memory}", "it takes megabytes, as in `memory=4096`")
    if memory and not measurable():
        raise fail("RF505", "`memory=` needs psutil", 'pip install "rfcalc[scan]"')
    most = (MEMORY if measurable() else 0) if memory is None else memory
    name = uuid.uuid4().hex
    at_once = jobs or _cpus()
    limits = Limits(
        timeout=timeout,
        memory=most << 20,
        # As Dask has it for its workers, which share a machine in a way that only they know.
        threads=1 if dask is not None else max(1, _cpus() // at_once),
        scan=name,
        ignore_global=ignore_global,
    )
    return Task(listed(place, sizes), limits, out, at_once, dask)


def run(
    task: Task,
    progress: Told | None = None,
    written: Callable[[Line], Line] = lambda line: line,
) -> tuple[dict[str, Line], int]:
    """Return the line of every item by its path, and how many an earlier scan had written.

    Parameters
    ----------
    progress : called at the start, and after each line.
    written : gives the line that is kept for one that was found.

    Raises
    ------
    RfcalcError
        RF407 a file that cannot be written, RF414, RF505 a cluster that cannot be reached.
    """
    if task.out is None:
        done: dict[str, Line] = {}
        return done, _work(
            task, done, lambda line: done.update({line.path: line}), progress, written
        )
    with opened(task.out) as results:
        before = _work(task, results.done, results.add, progress, written)
        return results.done, before


def _work(
    task: Task,
    known: dict[str, Line],
    keep: Callable[[Line], None],
    progress: Told | None,
    written: Callable[[Line], Line],
) -> int:
    """Keep the line of every item that has none, and return how many had one."""
    total = len(task.found.items)
    rest = [item for item in task.found.items if item.path not in known]
    before = total - len(rest)
    if rest:
        if progress is not None:
            progress(before, total, "")
        with _executor(task) as (executor, check):
            for done, line in enumerate(lines(executor, rest, task.limits, check), before + 1):
                keep(written(line))
                if progress is not None:
                    progress(done, total, line.path)
    return before


@contextmanager
def _executor(task: Task) -> Generator[tuple[Executor, Callable[[], None]], None, None]:
    """Give what runs the items; after it, on Ctrl-C too, no process of the scan is left."""
    if task.dask is not None:
        from rfcalc.scanning.cluster import cluster

        with cluster(task.dask, task.limits.scan) as given:
            yield given
        return
    # The threads only wait, each for a process.
    executor = ThreadPoolExecutor(task.jobs)
    try:
        yield executor, lambda: None
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        close(task.limits.scan)


def _cpus() -> int:
    """Return the number of processors that this process may use."""
    own = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return own or 1
