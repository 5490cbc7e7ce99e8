"""Did a run end well? No trace, no hang, no full memory; what did not is kept as a file."""

import hashlib
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType

__all__ = ["HANG", "MEMORY", "Hang", "Watch", "bounded", "peak"]

HANG = 2.0
"""Longest run, seconds of the processor."""
STUCK = 30.0
"""What ends a run that goes on, seconds."""
MEMORY = 1 << 30
"""Most memory of a process, bytes of address space beyond that of its libraries."""


class Hang(BaseException):
    """A run took longer than it may."""


class Watch:
    """Runs a target on inputs, counts, and keeps what ends in anything but an answer."""

    def __init__(self, run: Callable[[bytes], None], keep: Path) -> None:
        self.run = run
        self.keep = keep
        self.runs = 0
        self.slowest = 0.0
        self.begun = time.monotonic()
        self.found: dict[str, str] = {}

    def __call__(self, data: bytes) -> None:
        """Run the target on one input."""
        self.runs += 1
        took = self._took(data)
        if took > HANG:
            # What it imported for the first time, instrumented, is no work of its own.
            took = min(took, self._took(data))
        self.slowest = max(self.slowest, took)
        if took > HANG:
            self._note(f"slow by {took:.0f} s", data, None)

    def _took(self, data: bytes) -> float:
        """Run the target on one input, and return the seconds of the processor that it took."""
        begun = time.process_time()
        try:
            with bounded(STUCK):
                self.run(data)
        except (Exception, Hang, SystemExit) as fault:
            self._note(f"{type(fault).__name__} at {_place(fault.__traceback__)}", data, fault)
        return time.process_time() - begun

    def _note(self, what: str, data: bytes, fault: BaseException | None) -> None:
        if what in self.found:
            return
        self.keep.mkdir(parents=True, exist_ok=True)
        path = self.keep / hashlib.sha256(data).hexdigest()[:12]
        path.write_bytes(data)
        self.found[what] = str(path)
        trace = "" if fault is None else "".join(traceback.format_exception(fault)[-6:])
        sys.stderr.write(f"{what}: {path}\n{trace}")
        sys.stderr.flush()

    def summary(self) -> str:
        """Return the numbers of the run in one line."""
        seconds = time.monotonic() - self.begun
        return (
            f"{self.runs:,} executions in {seconds:.0f} s, {len(self.found)} found, "
            f"slowest {self.slowest:.2f} s, peak memory {peak() >> 20} MB"
        )


@contextmanager
def bounded(seconds: float) -> Generator[None, None, None]:
    """Stop what runs longer, wherever Python is."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise Hang(f"still running after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def peak() -> int:
    """Return the most memory that this process has held, bytes."""
    # ru_maxrss would count what the process that started this one held.
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found is not None
    return int(found[1]) * 1024


def _place(trace: TracebackType | None) -> str:
    """Return the innermost place of the traceback that lies in rfcalc, and the innermost of all."""
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if "/rfcalc/" in frame.filename]
    return " in ".join(f"{Path(f.filename).name}:{f.lineno}" for f in own[-1:] + frames[-1:])
