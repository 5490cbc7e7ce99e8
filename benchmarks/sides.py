"""How do two sides compare on a machine that is busy? The least CPU time of many, in turns."""

import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

Run = Callable[[], Any]

# As pip leaves a package: compiled, by the first run of each side, and kept.
_COMPILED = tempfile.TemporaryDirectory(prefix="rfcalc-compiled-")
_INSTALLED = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
_INSTALLED["PYTHONPYCACHEPREFIX"] = _COMPILED.name


def cpu(run: Run) -> float:
    """Return the CPU seconds that a call takes in this process, all threads together."""
    start = time.process_time()
    run()
    return time.process_time() - start


def process(*words: str, status: int = 0) -> Callable[[], float]:
    """Return what runs Python on compiled modules and returns the CPU seconds of the process."""

    def run() -> float:
        child = subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, env=_INSTALLED, stdout=subprocess.DEVNULL
        )
        _, ended, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(ended)
        assert child.returncode == status, (words, child.returncode)
        return used.ru_utime + used.ru_stime

    return run


def peak(run: Run) -> int:
    """Return the most bytes that Python objects hold at once during a call."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the least-squares slope of a curve on two logarithmic scales.

    >>> round(slope([(10, 3), (100, 30), (1000, 300)]), 3)
    1.0
    """
    logs = [(math.log(x), math.log(y)) for x, y in points]
    x_mean, y_mean = (statistics.mean(column) for column in zip(*logs, strict=True))
    over = sum((x - x_mean) * (y - y_mean) for x, y in logs)
    return over / sum((x - x_mean) ** 2 for x, _ in logs)
