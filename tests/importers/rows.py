"""Is a row of a reader's table run by a test, and is what it says right?"""

import msgspec
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers.tables import table
from tests.importers.changing import reached, verdicts


def rows(framework, refused=False):
    """Return the names of the rows that are read, or of those that are refused."""
    return [row.name for row in table(framework) if (row.kind == "refused") == refused]


def case(cases, name, place, how):
    """Return the case of a row, or fail and say what to write."""
    if name not in cases:
        pytest.fail(
            f"the row '{name}' is run by no test: add to {place} under '{name}' {how}",
            pytrace=False,
        )
    return cases[name]


def watched(monkeypatch, registry, name):
    """Return a list that grows with each call of a row's handler."""
    found, calls = registry[name], []

    def handler(op):
        calls.append(name)
        return found.handler(op)

    monkeypatch.setitem(registry, name, msgspec.structs.replace(found, handler=handler))
    return calls


def assert_right(read, run, inputs, layouts=()):
    """Hold the masks of every layout that is read against changes of the input.

    Parameters
    ----------
    read : returns the network of a layout.
    run : computes the output from an input.
    """
    told = verdicts(read, reached(run, *inputs), inputs[0].shape, layouts)
    assert {layout: difference for layout, difference in told.items() if difference} == {}
    assert told, "no layout is read, or the axes of none are among the dimensions of the result"


def refusal(call):
    """Return the diagnostic of what is refused."""
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]
