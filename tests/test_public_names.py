"""Which names does rfcalc promise? This list, and no module hides one of them."""

import inspect
import pkgutil
from importlib import import_module
from inspect import isfunction, ismodule

import rfcalc

PUBLIC = {
    "Checks",
    "Comparison",
    "Converted",
    "Costs",
    "Design",
    "Diagnostic",
    "Effective",
    "Explanation",
    "Exports",
    "Fit",
    "Fixed",
    "HdcVerdict",
    "InputSizes",
    "Mask",
    "Network",
    "Page",
    "Paths",
    "Places",
    "Projection",
    "Report",
    "RfcalcError",
    "Scan",
    "Streaming",
    "Tiles",
    "Verification",
    "Zoo",
    "__version__",
    "analyze",
    "chain",
    "check",
    "compare",
    "convert",
    "cost",
    "design",
    "erf",
    "explain",
    "export",
    "fit",
    "fix",
    "from_keras",
    "from_onnx",
    "from_torch",
    "growth",
    "graph",
    "hdc_check",
    "heatmap",
    "load",
    "mask",
    "page",
    "paths",
    "scan",
    "sizes",
    "stream",
    "tile",
    "verify",
    "where",
    "zoo",
}


FAMILIES = {
    "figures": {"animation", "effective", "graph", "growth", "heatmap", "save"},
    "tiling": {"Halo", "Plan", "Span", "Tile", "halo", "run", "tile"},
}
"""Modules that are promised with what they hold."""

PROMISED = [
    "load",
    "from_torch",
    "from_onnx",
    "from_keras",
    "chain",
    "analyze",
    "mask",
    "paths",
    "export",
    "erf",
    "where",
    "fit",
    "hdc_check",
    "design",
    "fix",
    "compare",
    "check",
    "scan",
    "tile",
    "stream",
    "sizes",
    "verify",
    "convert",
    "explain",
    "zoo",
    "heatmap",
    "growth",
    "graph",
    "page",
]
"""What the specification names: everything that the command line answers."""


def test_every_promised_function_is_public_and_typed():
    assert {*PROMISED} <= PUBLIC
    for name in PROMISED:
        found = getattr(rfcalc, name)
        assert isfunction(found), name
        signature = inspect.signature(found)
        assert signature.return_annotation is not signature.empty, name
        for parameter in signature.parameters.values():
            assert parameter.annotation is not parameter.empty, f"{name}: {parameter.name}"


def test_families_hold_what_they_promise():
    for name, held in FAMILIES.items():
        family = getattr(rfcalc, name)
        assert ismodule(family)
        assert set(family.__all__) == held
        assert all(callable(getattr(family, each)) for each in held)


def test_the_public_names_are_these():
    assert set(rfcalc.__all__) == PUBLIC | set(FAMILIES)
    assert sorted(rfcalc.__all__) == dir(rfcalc)
    for name in PUBLIC:
        assert not ismodule(getattr(rfcalc, name))


def test_no_module_hides_a_public_name():
    modules = {module.name for module in pkgutil.iter_modules(rfcalc.__path__)}
    assert not modules & PUBLIC


def test_every_module_says_what_it_offers():
    for module in pkgutil.walk_packages(rfcalc.__path__, "rfcalc."):
        if module.name == "rfcalc.__main__":
            continue
        found = import_module(module.name)
        assert found.__doc__, module.name
        for name in getattr(found, "__all__", ()):
            assert hasattr(found, name), f"{module.name} has no {name}"
