"""Is a module's field on each axis and side that of its gradient, whatever it reads to an end?"""

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from numpy.testing import assert_array_equal

from rfcalc.importers import from_torch
from rfcalc.interior import footprint, growth
from rfcalc.masks import mask
from tests.importers.oracle import level, positive
from tests.importers.sided_modules import CHANNELS, SIZE, chains
from tests.whole import amount

torch = pytest.importorskip("torch")

RIM = 3
"""Fields with an end stop farther from the border than this: windows reach 9 cells at most."""


def gradient(module, at):
    """Which cells the gradient of one cell of the output reaches, of all its channels.

    Values are brought back to the order of 1 behind each part, or gates would saturate.
    """
    module = positive(copy.deepcopy(module))
    for part in module.parts:
        part.register_forward_hook(lambda _module, _given, y: level(y))
    x = torch.rand(1, CHANNELS, *SIZE, dtype=torch.float64) + 0.5
    x.requires_grad_()
    y = module(x)
    weights = torch.rand(y.shape[1], dtype=torch.float64) + 0.5
    (y[0, :, *at] * weights).sum().backward()
    assert torch.isfinite(x.grad).all()
    return (x.grad != 0).any(0).any(0).numpy()


@settings(
    max_examples=amount(20, 1500), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(chains())
def test_axes_and_sides_are_those_of_the_gradient(module):
    """On a side without end the gradient reaches the border, elsewhere it ends where it is told."""
    given = torch.zeros(1, CHANNELS, *SIZE)
    network = from_torch(copy.deepcopy(module).eval(), given, layout=["NCFT"])
    assert network.assumed == ()
    target = network.output
    size = network.nodes[target].size
    assert size is not None
    at = tuple(n // 2 for n in size)
    seen = gradient(module, at)
    row = growth(network).rows[target]
    found = footprint(network, 0, target)
    for axis in range(2):
        line = np.flatnonzero(seen.any(1 - axis))
        first, last = found.ends(axis, at[axis])
        cause = row.unbounded and row.unbounded[axis]
        assert (row.rf[axis] is None) == (cause is not None)
        assert (first is None) == (cause is not None and cause.side != "after")
        assert (last is None) == (cause is not None and cause.side != "before")
        assert line[0] == (0 if first is None else first)
        assert line[-1] == (SIZE[axis] - 1 if last is None else last)
        assert first is None or first > RIM
        assert last is None or last < SIZE[axis] - 1 - RIM
    assert_array_equal(mask(network, at=at).array(), seen)
