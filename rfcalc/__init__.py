"""Exact receptive fields, sampled pixels and gridding of convolutional networks.

>>> import rfcalc
>>> rfcalc.hdc_check([1, 2, 9]).largest_hole
2
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rfcalc.errors import Diagnostic as Diagnostic
    from rfcalc.errors import RfcalcError as RfcalcError
    from rfcalc.hdc import HdcVerdict as HdcVerdict
    from rfcalc.hdc import hdc_check as hdc_check
    from rfcalc.load import load as load
    from rfcalc.masks import Mask as Mask
    from rfcalc.masks import mask as mask
    from rfcalc.network import Network as Network
    from rfcalc.paths import Paths as Paths
    from rfcalc.paths import paths as paths
    from rfcalc.report import Report as Report
    from rfcalc.report import analyze as analyze
    from rfcalc.verify import Verification as Verification
    from rfcalc.verify import verify as verify

__version__ = "0.1.0"

_PUBLIC = {
    "Diagnostic": "errors",
    "HdcVerdict": "hdc",
    "Mask": "masks",
    "Network": "network",
    "Paths": "paths",
    "Report": "report",
    "RfcalcError": "errors",
    "Verification": "verify",
    "analyze": "report",
    "hdc_check": "hdc",
    "load": "load",
    "mask": "masks",
    "paths": "paths",
    "verify": "verify",
}
"""Public names and the module each comes from; imported when first used."""

__all__ = [*_PUBLIC, "__version__"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'rfcalc' has no attribute '{name}'")
    found = getattr(import_module(f"rfcalc.{_PUBLIC[name]}"), name)
    globals()[name] = found
    return found


class _Package(ModuleType):
    """Keeps `load`, `paths` and `verify` functions when the modules of those names are imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _PUBLIC and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted(__all__)
