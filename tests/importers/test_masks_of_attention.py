"""Which keys does a constant mask leave to each row? Against gradients of the attention itself."""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch
from rfcalc.masks import mask

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

N = 24
ROW, KEY = torch.arange(N)[:, None], torch.arange(N)[None, :]


def nearest(width, step):
    """The window of Neighborhood Attention, worded with its own clamps."""
    seen = torch.zeros(N, N, dtype=torch.bool)
    for row in range(N):
        cells = list(range(row % step, N, step))
        first = min(max(cells.index(row) - width // 2, 0), len(cells) - width)
        seen[row, cells[first : first + width]] = True
    return seen


MASKS = {
    "a band": (ROW - KEY).abs() <= 3,
    "a sliding window": (KEY <= ROW) & (KEY > ROW - 5),
    "every second key near": ((ROW - KEY).abs() <= 4) & ((ROW - KEY) % 2 == 0),
    "causal": torch.ones(N, N).tril().bool(),
    "anticausal": torch.ones(N, N).triu().bool(),
    "causal and the next": torch.ones(N, N).tril(1).bool(),
    "all but the far past": torch.ones(N, N).triu(-2).bool(),
    "windows": ROW // 8 == KEY // 8,
    "shifted windows": (ROW + 3) // 8 == (KEY + 3) // 8,
    "a grid": (ROW - KEY) % 4 == 0,
    "a neighbourhood": nearest(7, 1),
    "a dilated neighbourhood": nearest(3, 3),
    "blocks and those before": (KEY // 4 <= ROW // 4) & (KEY // 4 >= ROW // 4 - 1),
    "all blocks before, the last cut": KEY // 5 <= ROW // 5,
    "everything": torch.ones(N, N).bool(),
}
"""Which keys each row reads; every row reads its own."""


class Attending(nn.Module):
    """Attention of one head with a mask, applied in one of the usual ways."""

    def __init__(self, seen, how):
        super().__init__()
        self.project, self.how = nn.Conv1d(2, 6, 1), how
        self.heads = nn.MultiheadAttention(2, 1, batch_first=True) if how == "heads" else None
        self.register_buffer("seen", seen)

    def forward(self, x):
        query, key, value = self.project(x).transpose(1, 2).chunk(3, -1)
        hidden = torch.zeros(N, N, dtype=x.dtype).masked_fill(~self.seen, float("-inf"))
        if self.how == "heads":
            done = self.heads(query, key, value, attn_mask=~self.seen, need_weights=False)[0]
        elif self.how in ("flags", "numbers"):
            given = self.seen if self.how == "flags" else hidden
            done = F.scaled_dot_product_attention(query, key, value, attn_mask=given)
        else:
            scores = query @ key.transpose(1, 2)
            if self.how == "times":
                return ((scores * self.seen) @ value).transpose(1, 2)
            if self.how == "filled":
                scores = scores.masked_fill(~self.seen, -1e9)
            else:
                scores = scores + hidden if self.how == "added" else _chosen(self.seen, scores)
            done = scores.softmax(-1) @ value
        return done.transpose(1, 2)


def _chosen(seen, scores):
    return torch.where(seen, scores, torch.full_like(scores, float("-inf")))


WAYS = ("flags", "numbers", "filled", "added", "where", "times", "heads")


def reached(module, at):
    """Which cells the gradient of an output reaches, in float64."""
    x = torch.rand(1, 2, N, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x.requires_grad_()
    (grad,) = torch.autograd.grad(module.double()(x)[..., at].sum(), x)
    return grad.abs().sum((0, 1)).numpy() > 0


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("name", MASKS)
def test_a_row_reads_the_keys_that_a_mask_leaves_it(name, how):
    module = Attending(MASKS[name], how).eval()
    network = from_torch(module, torch.zeros(1, 2, N), layout=["NCW"])
    assert network.assumed == ()
    for at in range(N):
        np.testing.assert_array_equal(mask(network, at=(at,)).array(), reached(module, at))


OTHERS = {
    "a few keys for all": ((ROW - KEY).abs() <= 2) | (KEY < 2),
    "a random mask": torch.rand(N, N, generator=torch.Generator().manual_seed(1)) < 0.4,
    "without its own": torch.ones(N, N).tril(-1).bool(),
    "without its own around": ((ROW - KEY).abs() <= 2) & (ROW != KEY),
}


@pytest.mark.parametrize("how", ["flags", "times"])
@pytest.mark.parametrize("name", OTHERS)
def test_a_mask_of_another_form_is_taken_wider_and_says_so(name, how):
    module = Attending(OTHERS[name], how).eval()
    network = from_torch(module, torch.zeros(1, 2, N), layout=["NCW"])
    assert network.assumed
    for at in range(N):
        try:
            said = mask(network, at=(at,)).array()
        except RfcalcError:
            said = np.zeros(N, bool)
        assert not (reached(module, at) & ~said).any()


SIDE = 5
DOWN, ALONG = torch.arange(SIDE * SIDE) // SIDE, torch.arange(SIDE * SIDE) % SIDE
APART = [(at[:, None] - at[None, :]) for at in (DOWN, ALONG)]
OVER_TWO = {
    "a square around each": (APART[0].abs() <= 1) & (APART[1].abs() <= 1),
    "the same column": APART[1] == 0,
    "rows up to its own, columns near": (APART[0] >= 0) & (APART[1].abs() <= 2),
    "every second row": APART[0] % 2 == 0,
}


class Image(nn.Module):
    """Attention over the flattened cells of an image."""

    def __init__(self, seen, fused):
        super().__init__()
        self.project, self.fused = nn.Conv2d(2, 6, 1), fused
        self.register_buffer("seen", seen)

    def forward(self, x):
        query, key, value = self.project(x).flatten(2).transpose(1, 2).chunk(3, -1)
        if self.fused:
            done = F.scaled_dot_product_attention(query, key, value, attn_mask=self.seen)
        else:
            scores = (query @ key.transpose(1, 2)).masked_fill(~self.seen, -1e9)
            done = scores.softmax(-1) @ value
        return done.transpose(1, 2).unflatten(2, (SIDE, SIDE))


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("name", OVER_TWO)
def test_a_mask_over_an_image_is_followed_along_each_axis(name, fused):
    module = Image(OVER_TWO[name], fused).eval()
    network = from_torch(module, torch.zeros(1, 2, SIDE, SIDE))
    assert network.assumed == ()
    module = module.double()
    x = torch.rand(1, 2, SIDE, SIDE, dtype=torch.float64, requires_grad=True)
    for at in np.ndindex(SIDE, SIDE):
        (grad,) = torch.autograd.grad(module(x)[(..., *at)].sum(), x)
        np.testing.assert_array_equal(mask(network, at=at).array(), grad[0].any(0).numpy())


class Heads(nn.Module):
    """Attention of two heads, each with a mask of its own, of which one is taken."""

    def __init__(self, fused):
        super().__init__()
        self.project, self.fused = nn.Conv1d(2, 12, 1), fused
        self.register_buffer("seen", torch.stack([MASKS["a band"], MASKS["a sliding window"]]))

    def forward(self, x):
        query, key, value = self.project(x).unflatten(1, (6, 2)).transpose(1, 2).mT.chunk(3, -1)
        if self.fused:
            return F.scaled_dot_product_attention(query, key, value, attn_mask=self.seen)[:, 0].mT
        scores = (query @ key.transpose(2, 3)).masked_fill(~self.seen, -1e9)
        return (scores.softmax(-1) @ value)[:, 0].mT


@pytest.mark.parametrize("fused", [True, False])
def test_one_of_two_heads_with_masks_of_their_own_is_not_said_to_be_exact(fused):
    module = Heads(fused).eval()
    network = from_torch(module, torch.zeros(1, 2, N), layout=["NCW"])
    assert any("a part of the channels" in fact for fact in network.assumed)
    for at in range(N):
        assert not (reached(module, at) & ~mask(network, at=(at,)).array()).any()
