"""Are rows that are cut from an axis, and stacked as another dimension, told from channels?"""

import pytest

torch = pytest.importorskip("torch")

from rfcalc.importers import from_torch  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")
LINE = (1, 4, 12)


def moving_average(net, x):
    y, held, rows = net.conv(x), 0, []
    for t in range(y.shape[2]):
        held = 0.5 * held + y[:, :, t]
        rows.append(held)
    return torch.stack(rows, 2)


STACKED = {
    "unbound": lambda net, x: torch.stack(net.conv(x).unbind(2), 2),
    "every second": lambda net, x: torch.stack([net.conv(x)[:, :, t] for t in (0, 2, 4)], 2),
    "moving average": moving_average,
    "behind an activation": lambda net, x: torch.stack(net.conv(x).unbind(2), 2).relu(),
}
PLAIN = {
    "one pool beside another": lambda net, x: torch.stack(
        [net.conv(x).mean(2), net.conv(x).amax(2)], 2
    ),
    "frames as channels": lambda net, x: torch.einsum(
        "ncl,oc->ol", torch.stack(net.conv(x).unbind(2), 2), torch.ones(2, 4)
    ).sum(1),
    "two convolutions": lambda net, x: torch.stack([net.conv(x), net.conv(x).relu()], 2),
}


class Made(torch.nn.Module):
    def __init__(self, made):
        super().__init__()
        self.made, self.conv = made, torch.nn.Conv1d(4, 4, 3)

    def forward(self, x):
        return self.made(self, x)


def read(made):
    return from_torch(Made(made).eval(), torch.zeros(LINE))


@pytest.mark.parametrize("name", STACKED)
def test_rows_of_one_axis_that_are_stacked_make_an_output_that_is_not_exact(name):
    assert any("cut from one axis" in fact for fact in read(STACKED[name]).assumed)


@pytest.mark.parametrize("name", PLAIN)
def test_what_was_pooled_or_is_summed_again_is_exact(name):
    assert not any("cut from one axis" in fact for fact in read(PLAIN[name]).assumed)
