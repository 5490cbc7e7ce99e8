"""How does a scan run on a dask.distributed cluster? Through the executor of its client."""

import logging
import time
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from typing import Any, cast

from rfcalc import __version__
from rfcalc.clients import connect
from rfcalc.errors import RfcalcError, fail
from rfcalc.scanning.workers import close

__all__ = ["cluster", "version"]

REACHED = 20.0
"""Seconds within which the scheduler and a first worker answer."""
ALONE = 60.0
"""Seconds after which a cluster that has lost all its workers is given up."""


def version() -> str:
    """Return the version of rfcalc where this is called."""
    return __version__


@contextmanager
def cluster(address: str, scan: str) -> Generator[tuple[Executor, Callable[[], None]], None, None]:
    """Give the executor of a cluster, and what raises when the cluster has gone.

    At the end no item of the scan is left on it, nor a process for one.

    Raises
    ------
    RfcalcError
        RF505 dask.distributed is missing, RF414 no scheduler, worker or rfcalc over there.
    """
    # A lost worker is a matter of the lines; what the client logs about it comes in between.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    fact = "a scan on a cluster needs dask.distributed"
    client = connect(address, REACHED, fact, lambda fault: _unreached(address, fault))
    executor = None
    try:
        executor = _ready(client, address)
        yield executor, _check(client, address)
    finally:
        with suppress(Exception):
            if executor is not None:
                executor.shutdown(wait=False)
            client.run(close, scan)
        with suppress(Exception):
            client.close(timeout=5)


def _ready(client: Any, address: str) -> Executor:
    """Return the executor once a worker has answered."""
    try:
        client.wait_for_workers(1, timeout=REACHED)
    except (OSError, TimeoutError) as fault:
        raise _unreached(address, fault, "it has no workers") from None
    try:
        there = client.submit(version, pure=False).result(timeout=REACHED)
    except Exception as fault:
        raise _unreached(address, fault, "its workers cannot run rfcalc") from None
    if there != __version__:
        fact = f"the workers of '{address}' have rfcalc {there}, and this is {__version__}"
        raise fail("RF414", fact, f"pip install rfcalc=={__version__} on them")
    return cast("Executor", client.get_executor(pure=False))


def _check(client: Any, address: str) -> Callable[[], None]:
    seen = time.monotonic()

    def check() -> None:
        nonlocal seen
        now = time.monotonic()
        if client.status in ("closed", "closing"):
            raise _unreached(address, None, "the connection is closed")
        if client.status == "running" and client.scheduler_info()["workers"]:
            seen = now
        elif now - seen > ALONE:
            raise _unreached(address, None, f"no worker is left since {ALONE:g} s")

    return check


def _unreached(address: str, fault: Exception | None, fact: str = "") -> RfcalcError:
    words = str(fault).strip().splitlines() if fault is not None else []
    reason = fact or (words[0] if words else type(fault).__name__)
    if fact and fault is not None:
        reason = f"{fact} ({type(fault).__name__}{': ' + words[0] if words else ''})"
    help = "give the scheduler's address: `dask='tcp://host:8786'`; the written lines are kept"
    return fail("RF414", f"the cluster at '{address}': {reason}", help)
