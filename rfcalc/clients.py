"""How is a dask cluster reached? By a client that leaves nothing behind where it fails."""

import gc
from collections.abc import Callable
from typing import Any

from rfcalc.errors import RfcalcError
from rfcalc.packages import package

__all__ = ["connect"]


def connect(
    address: str, seconds: float, fact: str, refusal: Callable[[Exception], RfcalcError]
) -> Any:
    """Return a client of the scheduler at an address.

    Parameters
    ----------
    seconds : the time within which the scheduler answers.
    fact : the message where dask.distributed is missing.
    refusal : makes the error for what the client raised.

    Raises
    ------
    RfcalcError
        RF505 dask.distributed is missing, and what ``refusal`` makes.
    """
    distributed = package("distributed", fact, "rfcalc[dask]")
    try:
        return distributed.Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError, TypeError) as fault:
        error = refusal(fault)
    # A client that failed closes itself when it is collected, under a lock that the start of any
    # cluster or client holds: collected in the midst of one, both would wait for ever. Raised
    # here and not above, the error does not keep the client alive through its context.
    gc.collect()
    raise error
