"""How is a command line run in a process of its own, piped or on a terminal?"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNMEASURED = {name: value for name, value in os.environ.items() if name[:8] != "COVERAGE"}
"""Where a signal may come at any moment: in the middle of coverage's own work it would wait for
ever for a lock that it holds itself."""
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def process(*arguments, **options):
    """Run a command line in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
    return subprocess.run(
        [sys.executable, "-m", "rfcalc", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment | options.pop("env", {}),
        timeout=60,
        check=False,
        **options,
    )


def on_terminal(columns, *arguments, **environment):
    """Run a command on a terminal of a width, and return the lines it shows."""
    pty = pytest.importorskip("pty", reason="a terminal is needed")
    import fcntl
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "CI")}
    child = subprocess.Popen(
        [sys.executable, "-m", "rfcalc", *map(str, arguments)],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        cwd=ROOT,
        env=clean | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | environment,
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 1 << 16)
        except OSError:
            break
        if not part:
            break
        shown += part
    child.wait(timeout=60)
    os.close(leader)
    return shown.decode().replace("\r\n", "\n")
