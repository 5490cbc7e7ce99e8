"""Sizes that the weights of a layer fix are those at which the module itself runs."""

import pytest

from rfcalc.importers import from_torch
from rfcalc.tiling.sizes import sizes

torch = pytest.importorskip("torch")


pytestmark = pytest.mark.slow

SIZE = (12, 20)


class Folded(torch.nn.Module):
    """What is left of the height is folded into features, which a layer mixes step by step."""

    def __init__(self, make, pad=0):
        super().__init__()
        self.window = torch.nn.Conv2d(1, 2, 3, padding=pad, stride=(2, 1))
        self.features = 2 * ((SIZE[0] + 2 * pad - 3) // 2 + 1)
        self.mixes = make(self.features)

    def forward(self, x):
        steps = self.window(x).permute(0, 3, 1, 2).flatten(2)
        if isinstance(self.mixes, torch.nn.Conv1d):
            return self.mixes(steps.transpose(1, 2))
        found = self.mixes(steps)
        return found[0] if isinstance(found, tuple) else found


MIXES = {
    "linear": lambda n: torch.nn.Linear(n, 3),
    "conv": lambda n: torch.nn.Conv1d(n, 3, 3, padding=1),
    "lstm": lambda n: torch.nn.LSTM(n, 3, batch_first=True),
    "gru": lambda n: torch.nn.GRU(n, 3, batch_first=True),
    "both ways": lambda n: torch.nn.LSTM(n, 3, 2, batch_first=True, bidirectional=True),
    "projected": lambda n: torch.nn.LSTM(n, 3, batch_first=True, proj_size=2),
}


def runs(module, size):
    try:
        module(torch.zeros(1, 1, *size))
    except RuntimeError:
        return False
    return True


@pytest.mark.parametrize("pad", [0, 1])
@pytest.mark.parametrize("name", MIXES)
def test_an_axis_that_weights_fix_takes_the_sizes_at_which_the_module_runs(name, pad):
    module = Folded(MIXES[name], pad).eval()
    rows, steps = sizes(from_torch(module, torch.zeros(1, 1, *SIZE)))
    fits = [n for n in range(1, 40) if runs(module, (n, SIZE[1]))]
    assert [n for low, high in rows.taken for n in range(low, high)] == fits
    assert (rows.step, len(fits)) == (None, 2)
    fits = [n for n in range(1, 40) if runs(module, (SIZE[0], n))]
    assert (steps.smallest, steps.step, steps.rests) == (fits[0], 1, (0,))
    assert fits == list(range(fits[0], 40))
