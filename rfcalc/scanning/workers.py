"""Which process takes the next item? A warm one; what runs code has one of its own.

Starting one takes longer than most items, and code of a model may leave anything behind in it.
"""

import threading
import time

from rfcalc.scanning.line import Item, Limits, Line
from rfcalc.scanning.process import Fell, Process

__all__ = ["close", "work"]

_lock = threading.Lock()
_idle: list[Process] = []
_busy: dict[Process, str] = {}
_ended: set[str] = set()


def work(item: Item, limits: Limits) -> Line:
    """Return the line of an item: the task that an executor runs, in any process and thread.

    An item that runs code has a process that serves no other. A death in a process that has
    served others may be their doing, and so may its memory: such an item is asked once more, of
    a new process. Once its scan is closed nothing is started; the line that says so has no reader.
    """
    over = Line(path=item.path, status="crashed", message="the scan was ended")
    fresh = item.code
    while True:
        begun = time.perf_counter()
        try:
            process = _taken(limits, fresh, item.code)
        except OSError as fault:
            message = f"no process can be started: {fault.strerror}"
            return Line(path=item.path, status="crashed", message=message)
        if process is None:
            return over
        try:
            line = process.ask(item, limits)
        except Fell as fall:
            _dropped(process)
            if limits.scan in _ended:
                return over
            if process.served and fall.status != "timeout":
                fresh = True
                continue
            seconds = round(time.perf_counter() - begun, 4)
            return Line(path=item.path, status=fall.status, message=str(fall), seconds=seconds)
        except BaseException:
            _dropped(process)
            raise
        full = limits.memory and 2 * process.resident > limits.memory
        if item.code or line.status == "memory" or full:
            _dropped(process)
        else:
            _kept(process)
        return line


def close(scan: str) -> None:
    """End a scan's work in this process: its items that are still running, and idle processes."""
    with _lock:
        _ended.add(scan)
        processes = [*_idle, *(process for process, whose in _busy.items() if whose == scan)]
        _idle.clear()
    for process in processes:
        process.end()


def _taken(limits: Limits, fresh: bool, code: bool) -> Process | None:
    """Return a process for an item, a new one if need be, or none when its scan is closed."""
    with _lock:
        if limits.scan in _ended:
            return None
        process = _idle.pop() if _idle and not fresh else Process(code, limits.threads)
        _busy[process] = limits.scan
        return process


def _kept(process: Process) -> None:
    """Keep a process for the next item; one whose scan has ended is ended already."""
    with _lock:
        if _busy.pop(process) not in _ended:
            _idle.append(process)


def _dropped(process: Process) -> None:
    with _lock:
        _busy.pop(process, None)
    process.end()
