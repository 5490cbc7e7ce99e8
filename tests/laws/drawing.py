"""Which network does a seed stand for? That of the strategies of the tests, drawn at once."""

from random import Random

from hypothesis.errors import StopTest
from hypothesis.internal.conjecture.data import ConjectureData

from tests.networks import networks

__all__ = ["drawn"]

STRATEGIES = (networks(), networks(lenient=True), networks(most=12), networks(dims=1, most=14))
"""Networks as the property tests draw them, strict and lenient, and longer ones."""


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
