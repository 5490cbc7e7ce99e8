"""Is a package here that not every installation has? It is imported, or the error says how."""

from importlib import import_module
from types import ModuleType

from rfcalc.errors import fail

__all__ = ["package"]


def package(name: str, fact: str, install: str) -> ModuleType:
    """Return a package that only some questions need.

    Parameters
    ----------
    name : the module to import, as in ``zarr``.
    fact : the message where it is missing, as in ``"writing to a path needs zarr"``.
    install : what ``pip install`` is given for it.

    Raises
    ------
    RfcalcError
        RF505: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        raise fail("RF505", fact, f'pip install "{install}"') from None
