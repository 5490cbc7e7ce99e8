"""How much of a law is tried? A sample, or with ``RFCALC_WHOLE=1`` everything.

A test that needs a cluster, packages that few have, or more than a minute runs a sample in every
run, and the rest only where it is asked for: by ``amount``, ``sample``, or the marker ``whole``.
"""

import os

WHOLE = os.environ.get("RFCALC_WHOLE", "") not in ("", "0")
LEFT_OUT = "a sample runs instead; RFCALC_WHOLE=1 runs it"


def amount(usual, whole):
    """Return how many there are to be: `usual`, or `whole` where everything is asked for."""
    return whole if WHOLE else usual


def sample(cases, most):
    """Return at most so many of the cases, spread evenly from the first to the last, or all."""
    cases = list(cases)
    if WHOLE or len(cases) <= most:
        return cases
    return [cases[number * (len(cases) - 1) // max(most - 1, 1)] for number in range(most)]
