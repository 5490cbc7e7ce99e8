"""How long may a command run? As long as it takes, or the seconds that the user allows."""

import signal
import sys

from rfcalc.errors import TimeIsUp, fail

__all__ = ["allow"]

LONGEST = 10**8
AGAIN = 1.0
"""Seconds until a command is ended once more that has gone on."""


def allow(seconds: float) -> None:
    """End this process's work after so many seconds of the clock, wherever it is.

    The work ends between two steps of Python; a single step of a library is waited for.

    Raises
    ------
    RfcalcError
        RF406: no time at all, or a system without such a clock.
    """
    if not 0 < seconds <= LONGEST:
        raise fail("RF406", f"--timeout is {seconds:g}", "it takes seconds, as in --timeout 30")
    if sys.platform == "win32":
        raise fail("RF406", "--timeout needs a clock that this system lacks", "omit it")

    def stop(*_: object) -> None:
        raise TimeIsUp(f"the command ran for longer than {seconds:g} s (--timeout)")

    signal.signal(signal.SIGALRM, stop)
    # Code of a library may catch whatever is raised, and go on: the time is up again and again.
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
