"""How is one item asked of a worker process, within its time and its memory?"""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import msgspec

from rfcalc.scanning.child import Asked
from rfcalc.scanning.line import Item, Limits, Line, Status
from rfcalc.scanning.pools import shared
from rfcalc.scanning.tree import Tree

__all__ = ["Fell", "Process"]

START = 120.0
"""Seconds that a process may take to start."""
END = 5.0
"""Seconds that a process may take to end once it has closed its output."""
LOOK = 0.05
"""Seconds between two looks at the memory of a busy process."""
_FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0
_CODE = "import sys; sys.path.append(sys.argv[1]); from rfcalc.scanning.child import main; main()"


class Fell(Exception):
    """A process has not answered; it has been ended."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status: Status = status


class Process:
    """A process that answers items one by one; ``served`` counts them.

    Parameters
    ----------
    code : whether an item's own code runs in it, and may start others.
    threads : of each library in it, where the environment says no number.
    """

    def __init__(self, code: bool = False, threads: int = 1) -> None:
        root = str(Path(__file__).parents[2])
        # Nothing is imported from the current folder before rfcalc itself has been.
        self._run = subprocess.Popen(
            [sys.executable, "-P", "-c", _CODE, root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=shared(os.environ, threads),
            # Ctrl-C reaches the scan alone, and what a model starts ends with its process.
            start_new_session=True,
            creationflags=_FLAGS,
        )
        self._tree = Tree(self._run.pid, code)
        self._replies: SimpleQueue[bytes] = SimpleQueue()
        self.served = 0
        self._ready = False
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def resident(self) -> int:
        """Bytes of memory that the process and those that it has started hold."""
        return self._tree.held()

    def ask(self, item: Item, limits: Limits) -> Line:
        """Return the line of an item.

        Raises
        ------
        Fell
            It took too long or too much, or the process died.
        """
        if not self._ready:
            self._reply(START, 0, "a worker process did not start in")
            self._ready = True
        asked = Asked(item, limits.timeout, limits.ignore_global)
        try:
            assert self._run.stdin is not None
            self._run.stdin.write(pickle.dumps(asked))
            self._run.stdin.flush()
        except (OSError, ValueError):
            # It has died, or its end was closed when its scan ended.
            raise self._died() from None
        reply = self._reply(limits.timeout, limits.memory, "no answer within")
        try:
            line = msgspec.json.decode(reply, type=Line)
        except (ValueError, RecursionError):
            raise Fell("crashed", "the process wrote something else than its answer") from None
        if line.path != item.path:
            raise Fell("crashed", "the process answered for another item")
        self.served += 1
        return line

    def end(self) -> None:
        """End the process and what it has started."""
        self._tree.end()
        if sys.platform != "win32":
            with suppress(OSError):
                os.killpg(self._run.pid, signal.SIGKILL)
        self._run.kill()
        self._run.wait()
        assert self._run.stdin is not None
        # What it would still have read is of no use to anyone.
        with suppress(OSError):
            self._run.stdin.close()

    def _reply(self, timeout: float, memory: int, late: str) -> bytes:
        """Wait for a line, and watch the clock and the memory meanwhile."""
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            try:
                reply = self._replies.get(timeout=max(0.0, min(LOOK, left)))
            except Empty:
                if left <= 0:
                    raise Fell("timeout", f"{late} {timeout:g} s") from None
                # Looked at without a limit too: what has been seen can be ended.
                held = self.resident
                if memory and held > memory:
                    raise Fell("memory", f"took more than {memory >> 20:,} MB") from None
                continue
            if not reply.endswith(b"\n"):
                raise self._died()
            return reply

    def _died(self) -> Fell:
        try:
            status = self._run.wait(timeout=END)
        except subprocess.TimeoutExpired:
            return Fell("crashed", "the process closed its output")
        if status >= 0:
            return Fell("crashed", f"the process ended with exit status {status}")
        name = signal.Signals(-status).name if -status in set(signal.Signals) else f"{-status}"
        told = "; the system may be out of memory" if name == "SIGKILL" else ""
        return Fell("crashed", f"the process was ended by {name}{told}")

    def _listen(self) -> None:
        """Hand on what the process says; nothing at all when it has ended."""
        assert self._run.stdout is not None
        with self._run.stdout as lines:
            for line in lines:
                self._replies.put(line)
        self._replies.put(b"")
