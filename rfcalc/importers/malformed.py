"""What if a model file is not what its framework writes? One clear error, whatever is wrong."""

from collections.abc import Generator
from contextlib import contextmanager

from rfcalc.errors import LimitExceeded, NeedsSize, RfcalcError, fail
from rfcalc.importers.misused import mistaken

__all__ = ["untrusted"]


@contextmanager
def untrusted(path: str) -> Generator[None, None, None]:
    """Read a model file that anyone may have written.

    The importers check what a framework's own files can get wrong; an argument of another type,
    or a node that reads what is not there, is found where it is used, and ends here.

    Raises
    ------
    RfcalcError
        RF504: the file holds what no framework writes; RF305: a limit; RF513: a mistake of a
        reader. The cause is kept.
    """
    try:
        yield
    except RfcalcError:
        raise
    except (LimitExceeded, NeedsSize) as fault:
        raise fail("RF305", f"{path}: {fault}") from fault
    except RecursionError as fault:
        raise fail("RF504", f"{path} nests too deep, or refers to itself") from fault
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise fail("RF504", f"{path} cannot be read: {reason}", "check the path") from fault
    except (AttributeError, NameError, TypeError) as fault:
        what = f"{type(fault).__name__}: {fault}"
        raise mistaken(f"{path} cannot be read by a mistake of rfcalc ({what:.200})") from fault
    except Exception as fault:
        fact = f"{path} holds what no framework writes ({type(fault).__name__}: {fault})"
        help = "save the model again; if that changes nothing, report it: it is a fault of rfcalc"
        raise fail("RF504", fact, help) from fault
