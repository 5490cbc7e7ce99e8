"""How do the tests of the reader read? A text, its faults, its names."""

import sys

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.spec import read_text

SECONDS = 2 if sys.gettrace() is None else 10
"""What the worst file may take of the processor; under coverage each line takes far longer."""


def net(text, **options):
    return read_text(text, "net.yaml", **options)


def faults(text, **options):
    with pytest.raises(RfcalcError) as caught:
        net(text, **options)
    return caught.value.diagnostics


def codes(text, **options):
    return [fault.code for fault in faults(text, **options)]


def names(network):
    return [node.name for node in network.nodes]


def conv(text, **options):
    """The only layer of a file with one layer."""
    return net(f"layers:\n  - {text}\n", **options).nodes[1].layer
