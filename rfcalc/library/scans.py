"""What do all models below a folder see? What ``rfcalc scan`` answers, in Python."""

import os
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from os import PathLike, fspath
from pathlib import Path

import msgspec

from rfcalc.errors import fail
from rfcalc.files import special, target
from rfcalc.loading import shapes_of
from rfcalc.loading.networks import Sizes
from rfcalc.parameters import expect
from rfcalc.scanning import MEMORY, Limits, Line, close, lines, listed, measurable, opened
from rfcalc.scanning.items import Listing
from rfcalc.shown import AsPage, AsTable

__all__ = ["Scan", "scan"]


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
        return f"Scan(networks={len(self)}, gridded={gridded}, without_answer={refused})"


def scan(
    place: "str | PathLike[str]",
    *,
    out: "str | PathLike[str] | None" = None,
    jobs: int | None = None,
    timeout: float = 60.0,
    memory: int | None = None,
    ignore_global: bool = False,
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
    jobs : networks at once, 1 to 1024; by default the number of CPUs.
    timeout : most seconds for one network.
    memory : most megabytes for one network, 0 for any; by default 4096 where psutil is there.
    ignore_global : leave aside layers that read the whole input.
    input : of the networks that say none, the size in cells per axis or the whole shape.

    Raises
    ------
    RfcalcError
        RF112 the place cannot be read, RF406 a number out of range or a line that does not read,
        RF407, RF408 a file that cannot be written, RF413 nothing to scan, RF505 a limit of memory
        without psutil.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> found = scan("examples/hdc-1-2-9.yaml")
    >>> found, found.lines[0].rf
    (Scan(networks=1, gridded=1, without_answer=0), (25, 25))
    """
    import time

    expect(place=place, out=out, jobs=jobs, timeout=timeout, memory=memory)
    expect(ignore_global=ignore_global)
    if jobs is not None and not 1 <= jobs <= 1024:
        raise fail("RF406", f"`jobs=` is {jobs}", "it takes 1 to 1024")
    if not 0 < timeout <= 10**6:
        raise fail("RF406", f"`timeout=` is {timeout:g}", "it takes seconds, as in `timeout=60`")
    if memory is not None and not 0 <= memory <= 1 << 30:
        raise fail("RF406", f"`memory=` is {memory}", "it takes megabytes, as in `memory=4096`")
    if memory and not measurable():
        raise fail("RF505", "`memory=` needs psutil", 'pip install "rfcalc[scan]"')
    if out is not None and not special(Path(out)):
        target(out if isinstance(out, str) else fspath(out), (".jsonl", ".ndjson"))
    most = (MEMORY if measurable() else 0) if memory is None else memory
    found = listed(fspath(place), shapes_of(input))
    name = uuid.uuid4().hex
    limits = Limits(timeout=timeout, memory=most << 20, scan=name, ignore_global=ignore_global)
    begun = time.perf_counter()
    done, before = _told(found, out, jobs, limits)
    return Scan(
        lines=tuple(done[item.path] for item in found.items),
        others=found.others,
        closed=tuple(found.closed),
        foreign=tuple(found.foreign),
        before=before,
        file="" if out is None else fspath(out),
        seconds=time.perf_counter() - begun,
    )


def _told(
    found: Listing, out: "str | PathLike[str] | None", jobs: int | None, limits: Limits
) -> tuple[dict[str, Line], int]:
    """Return the line of every item by its path, and how many an earlier scan had written."""
    done: dict[str, Line] = {}

    def work(known: dict[str, Line], keep: Callable[[Line], None]) -> int:
        rest = [item for item in found.items if item.path not in known]
        executor = ThreadPoolExecutor(jobs or _cpus())
        try:
            for line in lines(executor, rest, limits):
                keep(line)
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
            close(limits.scan)
        return len(found.items) - len(rest)

    if out is None:
        return done, work(done, lambda line: done.update({line.path: line}))
    with opened(fspath(out)) as results:
        before = work(results.done, results.add)
        return results.done, before


def _cpus() -> int:
    """Return the number of processors that this process may use."""
    own = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return own or 1
