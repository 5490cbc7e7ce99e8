"""How is a command run again when its files change? In a process of its own each time."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from rfcalc.cli.output import tell
from rfcalc.loading.kinds import code_file

__all__ = ["watch"]

PAUSE = 0.3
"""Seconds between two looks at the files."""
MOST_FILES = 2000
"""Most files of Python code that are looked at."""


def watch(words: list[str], nets: Callable[[], Iterable[str]]) -> None:
    """Run a command whenever a file that it depends on has changed, until Ctrl-C.

    Parameters
    ----------
    words : what follows ``rfcalc`` on the command line.
    nets : gives the networks; asked again each time, since files come and go.
    """
    before = None
    while True:
        now = _stamps(nets())
        if now != before:
            before = now
            if sys.stdout.isatty():
                sys.stdout.write("\x1b[2J\x1b[H")
                sys.stdout.flush()
            subprocess.run([sys.executable, "-m", "rfcalc", *words], check=False)
            tell("watching: Ctrl-C ends it")
        time.sleep(PAUSE)


def _stamps(nets: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return when each file was changed, and its size."""
    found: dict[str, tuple[int, int]] = {}
    for path in _files(nets):
        try:
            seen = os.stat(path)
        except (OSError, ValueError):
            continue
        found[str(path)] = (seen.st_mtime_ns, seen.st_size)
    return found


def _files(nets: Iterable[str]) -> Iterable[Path]:
    here = Path.cwd()
    for folder in (here, *here.parents):
        yield folder / "pyproject.toml"
    code = False
    for net in nets:
        path = Path(code_file(net) or net)
        code = code or (":" in net and not Path(net).is_file())
        if path.is_file():
            yield path
    if code:
        # Any module of the project may be part of a model.
        paths = (p for p in here.rglob("*.py") if not any(n.startswith(".") for n in p.parts))
        yield from (path for path, _ in zip(paths, range(MOST_FILES), strict=False))
