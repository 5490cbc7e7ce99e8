import doctest
import re
from importlib import import_module
from inspect import getsource
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
    if ">>>" not in getsource(module):
        return
    shown = doctest.DocTestFinder(exclude_empty=True).find(module)
    for package in re.findall(r">>> (?:import|from) (\w+)", "".join(t.docstring for t in shown)):
        pytest.importorskip(package, reason=f"an example needs {package}")
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in shown:
        runner.run(test)
    assert runner.failures == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    modules = [module for module in map(import_module, MODULES) if ">>>" in getsource(module)]
    assert len([test for module in modules for test in finder.find(module) if test.examples]) >= 20
