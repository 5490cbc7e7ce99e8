"""What do all models below a folder see? What ``rfcalc scan`` answers, in Python."""

import time
from collections.abc import Iterator
from os import PathLike, fspath
from typing import Any

import msgspec

from rfcalc.library.scan_tasks import Task, prepare, run
from rfcalc.loading import shapes_of
from rfcalc.loading.networks import Sizes
from rfcalc.parameters import expect
from rfcalc.scanning import Line
from rfcalc.shown import AsPage, AsTable, brief

__all__ = ["Scan", "scan", "scan_of"]


class Scan(msgspec.Struct, AsPage, AsTable, frozen=True, kw_only=True):
    """The answer of ``rfcalc scan``: a line per network.

    Attributes
    ----------
    lines : what each network sees, or why that is not known, in order of their paths.
    others : number of files that are no networks.
    closed : folders that cannot be read, each with the reason.
    foreign : models in a form that is not read, each with the way that works.
    before : number of lines that an earlier scan had written.
    file : the file that holds the lines, empty where none does.
    seconds : what the scan took, by the clock.
    """

    lines: tuple[Line, ...]
    others: int = 0
    closed: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    before: int = 0
    file: str = ""
    seconds: float = 0.0

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, path: str) -> Line:
        """Return the line of a network by its path."""
        for one in self.lines:
            if one.path == path:
                return one
        raise KeyError(path)

    def __repr__(self) -> str:
        gridded = sum(bool(one.gridded) for one in self.lines)
        refused = sum(one.status not in ("exact", "unbounded", "assumed") for one in self.lines)
        return brief(f"Scan(networks={len(self)}, gridded={gridded}, without_answer={refused})")


def scan(
    place: "str | PathLike[str]",
    *,
    out: "str | PathLike[str] | None" = None,
    jobs: int | None = None,
    timeout: float = 60.0,
    memory: int | None = None,
    ignore_global: bool = False,
    dask: str | None = None,
    input: "Sizes | None" = None,
) -> Scan:
    """Return what every network and model below a folder sees, each in a process of its own.

    A network that is refused, hangs or crashes costs one line.

    Parameters
    ----------
    place : a folder, a network or model file, or a text file of lines
        ``NET [--input 1,3,224,224].. [--kwargs JSON] [--submodule PATH]``, whose code is run.
    out : a ``.jsonl`` or ``.ndjson`` file for the lines, each written as soon as it is known; a
        second scan goes on where the first one ended.
    jobs : networks at once, 1 to 1024; by default the number of CPUs. The libraries of each start
        CPUs / jobs threads, 1 at least, unless ``OMP_NUM_THREADS`` or their own variable is set.
    timeout : most seconds for one network.
    memory : most megabytes for one network, 0 for any; by default 4096 where psutil is there.
    ignore_global : ignore layers that read the whole input.
    dask : the address of a scheduler, ``"tcp://host:8786"``, on whose workers the scan runs, each
        of which reads the same paths.
    input : of the networks that say none, the size in cells per axis or the whole shape.

    Raises
    ------
    RfcalcError
        RF112 the place cannot be read, RF406 a number out of range or a line that cannot be parsed,
        RF407, RF408 a file that cannot be written, RF413 nothing to scan, RF414 a cluster that
        cannot be reached, RF505 a limit of memory without psutil, or no dask.distributed.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> found = scan("examples/hdc-1-2-9.yaml")
    >>> found, found.lines[0].rf
    (Scan(networks=1, gridded=1, without_answer=0), (25, 25))
    """
    expect(place=place, out=out, jobs=jobs, timeout=timeout, memory=memory)
    expect(dask=dask, ignore_global=ignore_global)
    task = prepare(
        fspath(place),
        out=None if out is None else fspath(out),
        jobs=jobs,
        timeout=timeout,
        memory=memory,
        dask=dask,
        ignore_global=ignore_global,
        sizes=shapes_of(input),
    )
    return scan_of(task)


def scan_of(task: Task, **watched: Any) -> Scan:
    """Return the answer to a task; the keywords are those of its ``run``."""
    begun = time.perf_counter()
    done, before = run(task, **watched)
    found = task.found
    return Scan(
        lines=tuple(done[item.path] for item in found.items),
        others=found.others,
        closed=tuple(found.closed),
        foreign=tuple(found.foreign),
        before=before,
        file=task.out or "",
        seconds=time.perf_counter() - begun,
    )
