"""Are masks of attention followed that a module computes as it runs, in what is exported from it?

Each mask hides keys more than two cells from the query, or those behind it: worked out by hand.
"""

import warnings

import numpy as np
import pytest

from rfcalc import mask
from rfcalc.importers import read_pt2
from rfcalc.importers.torch.computed import Constants
from rfcalc.importers.torch.program import Call, Ref
from tests.verified import verified

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")

N = 12
PLACES = np.arange(N)
BAND = np.abs(PLACES[:, None] - PLACES) <= 2
PAST = PLACES[:, None] >= PLACES


def places(x):
    return torch.arange(x.shape[-1])


def apart(x):
    return places(x)[:, None] - places(x)[None, :]


FILLS = {
    "not of a stored band": (lambda m, x, a: a.masked_fill(~m.band, float("-inf")), BAND),
    "equal to 0": (lambda m, x, a: a.masked_fill(m.past[:, :N, :N] == 0, -1e9), PAST),
    "a triangle of ones": (
        lambda m, x, a: a.masked_fill(torch.ones(N, N).tril() < 0.5, -torch.inf),
        PAST,
    ),
    "a triangle above": (lambda m, x, a: a + torch.full((N, N), -1e9).triu(1), PAST),
    "distances": (lambda m, x, a: a.masked_fill(apart(x).abs() > 2, -1e9), BAND),
    "one minus": (lambda m, x, a: a + (1.0 - m.band.float()) * -1e9, BAND),
    "both sides": (
        lambda m, x, a: a.masked_fill((apart(x) > 2) | (apart(x) < -2), -1e9),
        BAND,
    ),
    "where": (lambda m, x, a: torch.where(apart(x) >= 0, a, -torch.inf), PAST),
    "moved": (lambda m, x, a: a + m.bias.t()[None].squeeze(0).t(), BAND),
    "joined": (lambda m, x, a: a + torch.cat([m.bias[:5], m.bias[5:]]), BAND),
    "inside the fill": (
        lambda m, x, a: a + torch.zeros(N, N).masked_fill(~m.band, float("-inf")),
        BAND,
    ),
    "by type": (lambda m, x, a: a.masked_fill((1 - m.band.long()).to(torch.bool), -1e9), BAND),
}
"""Ways to write a mask into scores, and which keys each query reads."""

STALE = {
    "written by index": lambda m, x, a: a + _with_row(m, x),
    "written through a view": lambda m, x, a: a + _with_part(m, x),
}
"""Masks that are changed where they lie: what is read must be within what is said."""


def _with_row(m, x):
    bias = torch.full((N, N), -1e9)
    bias[2:4] = 0
    return bias


def _with_part(m, x):
    bias = torch.full((N, N), -1e9)
    bias.t().narrow(0, 0, 3).zero_()
    return bias


class Attending(nn.Module):
    """Attention over cells whose scores one of the ways masks."""

    def __init__(self, way):
        super().__init__()
        self.q, self.k, self.v = (nn.Conv1d(3, 4, 1) for _ in range(3))
        self.register_buffer("band", torch.from_numpy(BAND))
        self.register_buffer("past", torch.ones(1, N, N).tril())
        self.register_buffer("bias", torch.where(self.band, 0.0, -1e9))
        self.way = way

    def forward(self, x):
        a = self.way(self, x, self.q(x).mT @ self.k(x))
        return (a.softmax(-1) @ self.v(x).mT).mT


def saved(way, folder):
    """Return the network of an exported file."""
    program = torch.export.export(Attending(way).eval(), (torch.zeros(1, 3, N),))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.export.save(program, folder / "m.pt2")
    return read_pt2(folder / "m.pt2")


@pytest.mark.parametrize("name", FILLS)
def test_a_mask_that_is_computed_is_followed_in_a_file(name, tmp_path):
    way, read = FILLS[name]
    network = saved(way, tmp_path)
    assert network.assumed == ()
    for at in (0, 5, N - 1):
        assert mask(network, at=(at,)).array().tolist() == read[at].tolist()


@pytest.mark.parametrize("name", FILLS)
def test_a_module_that_computes_its_mask_is_not_refuted(name):
    verdict = verified(Attending(FILLS[name][0]), (1, 3, N))
    assert verdict.ok
    assert verdict.exact


@pytest.mark.parametrize("name", STALE)
def test_a_mask_that_is_written_to_where_it_lies_hides_no_cell_that_is_read(name, tmp_path):
    module = Attending(STALE[name]).eval().double()
    x = torch.rand(1, 3, N, dtype=torch.float64, requires_grad=True)
    network = saved(STALE[name], tmp_path)
    for at in (0, 3, N - 1):
        (grad,) = torch.autograd.grad(module(x)[..., at].sum(), x, retain_graph=True)
        assert not ((grad != 0).any(1)[0].numpy() & ~mask(network, at=(at,)).array()).any()


LARGE = {
    "full": [("full", {"size": [1 << 40], "fill_value": 0})],
    "ones": [("ones", {"size": [1 << 20, 1 << 20]})],
    "arange": [("arange", {"end": 1 << 50})],
    "step of zero": [("arange", {"end": 5, "step": 0})],
    "repeat": [("ones", {"size": [4]}), ("repeat", {"self": Ref("0"), "repeats": [1 << 40]})],
    "pairs": [
        ("ones", {"size": [1 << 20]}),
        ("unsqueeze", {"self": Ref("0"), "dim": 1}),
        ("add", {"self": Ref("0"), "other": Ref("1")}),
    ],
    "one row": [("ones", {"size": [1 << 20]}), ("tril", {"self": Ref("0")})],
    "joined": [("ones", {"size": [1 << 20]}), ("cat", {"tensors": [Ref("0")] * 1000})],
}
"""Steps of a file that says less of their results than they would take."""


@pytest.mark.parametrize("name", LARGE)
def test_no_more_is_computed_than_the_limit(name):
    calls = [
        Call(f"aten.{op}", "default", False, args, (str(i),))
        for i, (op, args) in enumerate(LARGE[name])
    ]
    said = [(1 << 20,), (1 << 20, 1)] if name != "repeat" else [(4,)]
    shapes = {str(i): shape for i, shape in enumerate([*said[: len(calls) - 1], (4,)])}
    constants = Constants(calls, lambda _: None, shapes, 1 << 22)
    assert constants(str(len(calls) - 1)) is None
