"""Which names does rfcalc promise? This list, and no module hides one of them."""

import pkgutil
from importlib import import_module
from inspect import ismodule

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
    "Paths",
    "Places",
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
    "hdc_check",
    "load",
    "mask",
    "paths",
    "scan",
    "sizes",
    "stream",
    "tile",
    "verify",
    "where",
    "zoo",
}


def test_the_public_names_are_these():
    assert set(rfcalc.__all__) == PUBLIC
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
