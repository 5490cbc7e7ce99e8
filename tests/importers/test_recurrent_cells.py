"""What does a recurrence read that a model's own code takes step by step?"""

import pytest

from rfcalc.importers import from_torch
from rfcalc.masks import mask

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")


class Steps(nn.Module):
    """The state of a recurrent cell after so many rows of a convolved signal."""

    def __init__(self, cell, steps):
        super().__init__()
        self.conv, self.cell, self.steps = nn.Conv1d(2, 3, 3), cell, steps

    def forward(self, x):
        state = torch.zeros(1, 4)
        state = (state, state) if isinstance(self.cell, nn.LSTMCell) else state
        for row in self.conv(x).unbind(2)[: self.steps]:
            state = self.cell(row, state)
        return state


@pytest.mark.parametrize("kind", [nn.GRUCell, nn.LSTMCell, nn.RNNCell])
@pytest.mark.parametrize("steps", [1, 4])
def test_the_state_reads_its_own_row_and_what_came_before(kind, steps):
    network = from_torch(Steps(kind(3, 4), steps), torch.zeros(1, 2, 9))
    for output in network.outputs:
        read = mask(network, network.nodes[output].name, at=(0,)).array()
        assert list(read) == [n < steps + 2 for n in range(9)]
