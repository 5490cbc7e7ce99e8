"""Exact receptive fields, sampled pixels and gridding of convolutional networks.

>>> import rfcalc
>>> rfcalc.hdc_check([1, 2, 9]).largest_hole
2
"""

from importlib import import_module

# The name that type checkers know. Under `python -m` a `typing.py` of the working folder would be
# imported in place of the real one, before __main__ can take that folder away.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from rfcalc import figures as figures
    from rfcalc import tiling as tiling
    from rfcalc.comparison import Comparison as Comparison
    from rfcalc.conversion import Converted as Converted
    from rfcalc.costs import Costs as Costs
    from rfcalc.costs import cost as cost
    from rfcalc.coverage import Fit as Fit
    from rfcalc.coverage import fit as fit
    from rfcalc.effective import Effective as Effective
    from rfcalc.effective import erf as erf
    from rfcalc.errors import Diagnostic as Diagnostic
    from rfcalc.errors import RfcalcError as RfcalcError
    from rfcalc.figures.graphs import graph as graph
    from rfcalc.figures.growths import growth as growth
    from rfcalc.figures.heatmaps import heatmap as heatmap
    from rfcalc.hdc import HdcVerdict as HdcVerdict
    from rfcalc.hdc import hdc_check as hdc_check
    from rfcalc.importers import from_torch as from_torch
    from rfcalc.library.chains import chain as chain
    from rfcalc.library.comparisons import compare as compare
    from rfcalc.library.exporting import Exports as Exports
    from rfcalc.library.exporting import export as export
    from rfcalc.library.foreign import from_keras as from_keras
    from rfcalc.library.foreign import from_onnx as from_onnx
    from rfcalc.library.input_sizes import InputSizes as InputSizes
    from rfcalc.library.input_sizes import sizes as sizes
    from rfcalc.library.limits import check as check
    from rfcalc.library.meanings import Explanation as Explanation
    from rfcalc.library.meanings import explain as explain
    from rfcalc.library.network_files import convert as convert
    from rfcalc.library.pages import Page as Page
    from rfcalc.library.pages import page as page
    from rfcalc.library.places import Places as Places
    from rfcalc.library.places import where as where
    from rfcalc.library.proofs import verify as verify
    from rfcalc.library.repairs import Fixed as Fixed
    from rfcalc.library.repairs import fix as fix
    from rfcalc.library.scans import Scan as Scan
    from rfcalc.library.scans import scan as scan
    from rfcalc.library.shelves import Zoo as Zoo
    from rfcalc.library.shelves import zoo as zoo
    from rfcalc.library.streaming import Streaming as Streaming
    from rfcalc.library.streaming import stream as stream
    from rfcalc.library.tiles import tile as tile
    from rfcalc.library.tilings import Tiles as Tiles
    from rfcalc.loading import load as load
    from rfcalc.locations import Projection as Projection
    from rfcalc.masks import Mask as Mask
    from rfcalc.masks import mask as mask
    from rfcalc.network import Network as Network
    from rfcalc.path_counts import Paths as Paths
    from rfcalc.path_counts import paths as paths
    from rfcalc.render.checks import Checks as Checks
    from rfcalc.report import Report as Report
    from rfcalc.report import analyze as analyze
    from rfcalc.schedules import Design as Design
    from rfcalc.schedules import design as design
    from rfcalc.verification.result import Verification as Verification

__version__ = "0.1.0"

_PUBLIC = {
    "Checks": "render.checks",
    "Comparison": "comparison",
    "Converted": "conversion",
    "Costs": "costs",
    "Design": "schedules",
    "Diagnostic": "errors",
    "Effective": "effective",
    "Explanation": "library.meanings",
    "Exports": "library.exporting",
    "Fit": "coverage",
    "Fixed": "library.repairs",
    "HdcVerdict": "hdc",
    "InputSizes": "library.input_sizes",
    "Mask": "masks",
    "Network": "network",
    "Page": "library.pages",
    "Paths": "path_counts",
    "Places": "library.places",
    "Projection": "locations",
    "Report": "report",
    "RfcalcError": "errors",
    "Scan": "library.scans",
    "Streaming": "library.streaming",
    "Tiles": "library.tilings",
    "Verification": "verification.result",
    "Zoo": "library.shelves",
    "analyze": "report",
    "chain": "library.chains",
    "check": "library.limits",
    "compare": "library.comparisons",
    "convert": "library.network_files",
    "cost": "costs",
    "design": "schedules",
    "erf": "effective",
    "explain": "library.meanings",
    "export": "library.exporting",
    "fit": "coverage",
    "fix": "library.repairs",
    "from_keras": "library.foreign",
    "from_onnx": "library.foreign",
    "from_torch": "importers",
    "graph": "figures.graphs",
    "growth": "figures.growths",
    "hdc_check": "hdc",
    "heatmap": "figures.heatmaps",
    "load": "loading",
    "mask": "masks",
    "page": "library.pages",
    "paths": "path_counts",
    "scan": "library.scans",
    "sizes": "library.input_sizes",
    "stream": "library.streaming",
    "tile": "library.tiles",
    "verify": "library.proofs",
    "where": "library.places",
    "zoo": "library.shelves",
}
"""Public names and the module each comes from; imported when first used."""

_FAMILIES = ("figures", "tiling")
"""Modules that hold several functions of one kind."""

__all__ = [*_PUBLIC, *_FAMILIES, "__version__"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    if name in _FAMILIES:
        return import_module(f"rfcalc.{name}")
    if name not in _PUBLIC:
        raise AttributeError(f"module 'rfcalc' has no attribute '{name}'")
    found = getattr(import_module(f"rfcalc.{_PUBLIC[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
