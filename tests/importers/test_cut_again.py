"""Do values that are cut at unlike places combine cell by cell?"""

import pytest

from rfcalc.importers import from_torch
from tests.importers.oracle import compare

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")


class Turned(nn.Module):
    """A sum of a map turned by several amounts, each written as parts side by side."""

    def __init__(self, turns):
        super().__init__()
        self.turns = turns
        self.first, self.last = nn.Conv2d(2, 3, 3), nn.Conv2d(3, 2, 3)

    def forward(self, x):
        y, done = self.first(x), 0
        for by, d in self.turns:
            parts = y.split([by, y.shape[d] - by], d)
            done = done + torch.cat(parts[::-1], d)
        return self.last(done)


@pytest.mark.parametrize(
    "turns", [[(3, 2), (5, 2)], [(2, 3), (7, 3), (4, 3)], [(3, 2), (5, 3)]], ids=str
)
def test_parts_cut_again_stay_side_by_side(turns):
    x = torch.zeros(1, 2, 11, 13)
    network = from_torch(Turned(turns), x)
    assert not network.assumed
    found = compare(Turned(turns), (x,), network)
    assert (found.wrong, found.wide, found.unclear) == (0, 0, 0), found.first
    assert found.equal
