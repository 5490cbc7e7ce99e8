"""What do a process and all that it has started hold, and how are they ended? psutil knows."""

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, cast

__all__ = ["Tree", "measurable"]

CHILDREN = 5
"""Looks at a process for one at what it has started: all processes of the system are gone through.
"""


def measurable() -> bool:
    """Whether the memory of a process can be seen: psutil is there."""
    return _watcher() is not None


class Tree:
    """A process and what it has started, once psutil is there; without it, nothing is known.

    Parameters
    ----------
    pid : of the process.
    starts : whether the process may start others.
    """

    def __init__(self, pid: int, starts: bool) -> None:
        self._watcher = _watcher()
        self._starts = starts
        self._looks = 0
        self._seen: list[Any] = []
        if self._watcher is not None:
            with suppress(self._watcher.Error):
                self._seen.append(self._watcher.Process(pid))

    def held(self) -> int:
        """Bytes of memory that the processes hold together, 0 when that cannot be known."""
        self._look(self._looks % CHILDREN == 0)
        self._looks += 1
        held = 0
        for process in self._seen:
            with suppress(self._watcher.Error):
                held += int(process.memory_info().rss)
        return held

    def end(self) -> None:
        """End all that has been seen, and what they have started since.

        A process that has left the group of the first, or outlived it, is among them once it was
        seen.
        """
        for process in self._seen:
            # What stands still starts no more.
            with suppress(self._watcher.Error):
                process.suspend()
        self._look(True)
        self._kill(self._seen)

    def end_started(self) -> None:
        """End what the process has started, and not the process."""
        self._look(True)
        self._kill(self._seen[1:])

    def _kill(self, processes: Sequence[Any]) -> None:
        for process in reversed(processes):
            with suppress(self._watcher.Error):
                process.kill()

    def _look(self, children: bool) -> None:
        """Add what the processes have started; one that has ended is forgotten."""
        if not children or not self._starts:
            return
        for process in [*self._seen]:
            with suppress(self._watcher.Error):
                started = process.children(recursive=True)
                self._seen += [one for one in started if one not in self._seen]
        self._seen = [process for process in self._seen if process.is_running()]


def _watcher() -> Any:
    """Return psutil, or nothing."""
    try:
        return cast("Any", import_module("psutil"))
    except ImportError:
        return None
