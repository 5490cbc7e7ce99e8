"""Which network does a seed stand for? That of the strategies of the tests, drawn at once."""

from random import Random

from hypothesis.errors import StopTest
from hypothesis.internal.conjecture.data import ConjectureData

from tests.networks import networks

__all__ = ["drawn"]

LONG = ("sequence", "attention", "window_attention", "conv", "upsample", "flip")
"""What models of speech and text are made of: running values, keys on one side, bands."""
REDUCED = ("global_pool", "linear", "instance_norm", "squeeze_excite", "conv", "maxpool")
"""What reads an axis whole, often one of several, and windows around it."""
STRATEGIES = (
    *(networks(), networks(lenient=True), networks(most=12), networks(dims=1, most=14)),
    *(networks(strips=True, most=10), networks(dims=2, strips=True, lenient=True)),
    *(networks(often=LONG), networks(dims=2, often=REDUCED, most=10)),
)
"""Networks as the property tests draw them, strict and lenient, and longer ones; with strips,
with recurrences and attention, and with what reduces one axis."""


def drawn(seed):
    """Return the network of a seed; the same one on every run with the same Hypothesis.

    The strategies are drawn from directly: the engine around them, which looks for new examples
    and keeps them for shrinking, takes most of the time of a test.
    """
    random = Random(seed)
    while True:
        try:
            return ConjectureData(random=random).draw(STRATEGIES[seed % len(STRATEGIES)])
        except StopTest:
            continue
