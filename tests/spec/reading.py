"""How do the tests of the reader read? A text, its faults, its names."""

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.spec import read_text

SECONDS = 15
"""What a file may take of the processor: far above what the worst takes on a busy machine, far
below what an explosion takes."""


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
