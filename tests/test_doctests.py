import doctest
import re
from importlib import import_module
from pkgutil import walk_packages

import pytest

import rfcalc

MODULES = sorted(
    found.name
    for found in walk_packages(rfcalc.__path__, "rfcalc.")
    if not found.name.endswith("__main__")
)


@pytest.mark.parametrize("name", ["rfcalc", *MODULES])
def test_examples_in_docstrings_give_what_they_show(name):
    module = import_module(name)
    shown = "".join(test.docstring for test in doctest.DocTestFinder().find(module))
    for package in re.findall(r">>> (?:import|from) (\w+)", shown):
        pytest.importorskip(package, reason=f"an example needs {package}")
    outcome = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert outcome.failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    shown = [t for name in MODULES for t in finder.find(import_module(name)) if t.examples]
    assert len(shown) >= 20
