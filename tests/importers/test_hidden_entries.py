"""Which keys does a row read whose masked scores are moved, scaled or joined before they weigh?"""

import warnings

import numpy as np
import pytest

from rfcalc.importers import from_torch, read_onnx, read_pt2
from rfcalc.masks import mask
from tests.whole import sample

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

N = 10
HIDDEN = torch.ones(N, N).triu(1).bool()
FAR = torch.ones(N, N).tril(-3).bool()
LEAST = -1e9


def many(scores):
    """Scores that many functions have been over, each of which doubles what they are made of."""
    for _ in range(30):
        scores = scores + scores.sin()
    return scores


EXACT = {
    "as they are": lambda s, m: (s + m).softmax(-1),
    "heads flattened": lambda s, m: (s + m).flatten(0, 1).softmax(-1).unflatten(0, (1, 2)),
    "windows unfolded": lambda s, m: (s + m)[:, :, None].softmax(-1).reshape(1, 2, N, N),
    "heads first": lambda s, m: (s + m).transpose(0, 1).softmax(-1).transpose(0, 1),
    "keys before rows": lambda s, m: (s + m).transpose(2, 3).softmax(-2).transpose(2, 3),
    "head by head": lambda s, m: torch.stack([(s + m)[:, i].softmax(-1) for i in range(2)], 1),
    "heads concatenated": lambda s, m: torch.cat([(s + m)[:, :1], (s + m)[:, 1:]], 1).softmax(-1),
    "of one image": lambda s, m: (s + m)[0].softmax(-1)[None],
    "heads added": lambda s, m: (s + m).sum(1, keepdim=True).softmax(-1),
    "heads averaged": lambda s, m: (s + m).softmax(-1).mean(1, keepdim=True).expand(1, 2, N, N),
    "less their maximum": lambda s, m: ((s + m) - (s + m).amax(-1, keepdim=True)).softmax(-1),
    "added once weighed": lambda s, m: (s + m).softmax(-1) + (2 * s + m).softmax(-1),
    "multiplied once weighed": lambda s, m: (s + m).softmax(-1) * (2 * s + m).softmax(-1),
    "moved before the mask": lambda s, m: (s.transpose(0, 1) + m).softmax(-1).transpose(0, 1),
    "viewed before the mask": lambda s, m: (s.flatten(0, 1) + m).softmax(-1).unflatten(0, (1, 2)),
    "one head for both": lambda s, m: (s[:, :1] + m).softmax(-1).expand(1, 2, N, N),
    "a bias before the mask": lambda s, m: (s + s.sin() + m).softmax(-1),
    "capped before the mask": lambda s, m: (5 * (s / 5).tanh() + m).softmax(-1),
    "masked twice": lambda s, m: (s + m).softmax(-1).masked_fill(HIDDEN, 0.0),
    "zeros kept": lambda s, m: (s * ~HIDDEN).relu(),
    "zeros moved": lambda s, m: (s * ~HIDDEN).relu() + 1,
    "zeros of a sigmoid": lambda s, m: (s * ~HIDDEN).sigmoid(),
    "without a softmax": lambda s, m: (s + m).sigmoid(),
    "normalised by hand": lambda s, m: (s + m).exp() / (s + m).exp().sum(-1, keepdim=True),
    "a number for those hidden": lambda s, m: (s + m).tanh(),
    "zeros, then far below": lambda s, m: (s * ~HIDDEN - 1e4 * HIDDEN).softmax(-1),
    "the lesser of two": lambda s, m: torch.minimum(s, 1e9 + 2 * m).softmax(-1),
    "a power of zeros": lambda s, m: (s * ~HIDDEN) ** 2,
    "the greater of zeros": lambda s, m: torch.maximum(s * ~HIDDEN, 2 * s * ~HIDDEN),
    "the greater of zeros and 1": lambda s, m: torch.maximum(s * ~HIDDEN, torch.ones(N, N)),
    "divided": lambda s, m: ((s + m) / 2).softmax(-1),
}

SAID = {
    "two masks": lambda s, m: (s + m).masked_fill(FAR, LEAST).softmax(-1),
    "zeros of a function": lambda s, m: (s * ~HIDDEN).sinc(),
    "scaled by row": lambda s, m: ((s + m) * s.exp().mean(-1, keepdim=True)).softmax(-1),
    "turned around": lambda s, m: (-(s + m)).softmax(-1),
    "taken from 1": lambda s, m: (1 - (s + m)).softmax(-1),
    "taken from others": lambda s, m: (s - (2 * s + m)).softmax(-1),
    "times less than 0": lambda s, m: ((s + m) * -1).softmax(-1),
    "over less than 0": lambda s, m: ((s + m) / -2).softmax(-1),
    "logarithms": lambda s, m: (s + m).log_softmax(-1),
    "cut off": lambda s, m: (s + m).clamp(min=-9).softmax(-1),
    "the greater of far below": lambda s, m: torch.maximum(s + m, torch.tensor(-2)).softmax(-1),
    "the greater of zeros and others": lambda s, m: torch.maximum(s * ~HIDDEN, s),
    "zeros or others": lambda s, m: torch.where(s > 0.3, s * ~HIDDEN, s),
    "numbers for some": lambda s, m: (s * ~HIDDEN) + FAR,
    "masks multiplied": lambda s, m: (s * ~HIDDEN) * (s * ~FAR),
    "heads mixed": lambda s, m: F.conv2d(s + m, torch.ones(2, 2, 1, 1, dtype=s.dtype)).softmax(-1),
    "rows cut": lambda s, m: torch.cat([(s + m)[:, :, :5], (s + m)[:, :, 5:]], 2).softmax(-1),
    "far from their product": lambda s, m: (many(s) + m).softmax(-1),
    "normalised otherwise": lambda s, m: F.layer_norm(s.masked_fill(HIDDEN, -1e9), (N,)),
}


class Attending(nn.Module):
    """Attention of two heads whose rows see the cells up to their own."""

    def __init__(self, weigh, unlike=False):
        super().__init__()
        self.project, self.weigh = nn.Conv1d(8, 8, 1), weigh
        self.near = nn.Conv1d(8, 4, 3, padding=1) if unlike else None

    def forward(self, x):
        projected = self.project(x)
        if self.near is not None:
            projected = torch.cat([projected[:, :4], self.near(x)], 1)
        rows = projected.unflatten(1, (2, 4)).transpose(2, 3)
        below = torch.zeros(N, N, dtype=x.dtype).masked_fill(HIDDEN, LEAST)
        done = self.weigh(rows @ rows.transpose(2, 3), below) @ rows
        return done.transpose(2, 3).flatten(1, 2)


def read(module):
    """Return the network of a module, and what it reads beside what its gradient reaches."""
    network = from_torch(module.eval(), torch.zeros(1, 8, N))
    module = module.double()
    torch.manual_seed(0)
    x = torch.rand(1, 8, N, dtype=torch.float64, requires_grad=True)
    both = []
    for at in (1, N // 2, N - 1):
        (grad,) = torch.autograd.grad(module(x)[..., at].sum(), x)
        reached = (grad != 0).any(1)[0].numpy()
        both.append((mask(network, at=(at,)).array(), reached))
    return network, both


@pytest.mark.parametrize("name", EXACT)
def test_masked_entries_stay_hidden_where_they_are_moved(name):
    network, both = read(Attending(EXACT[name]))
    assert network.assumed == ()
    for said, reached in both:
        np.testing.assert_array_equal(said, reached)


@pytest.mark.parametrize("name", sample(list(EXACT), 4))
def test_an_exported_file_says_the_same(name, tmp_path):
    pytest.importorskip("onnx")
    module = Attending(EXACT[name]).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, (torch.zeros(1, 8, N),), tmp_path / "m.onnx", dynamo=False)
    network = read_onnx(tmp_path / "m.onnx")
    assert network.assumed == ()
    for at in (1, N // 2, N - 1):
        said = mask(from_torch(module, torch.zeros(1, 8, N)), at=(at,)).array()
        np.testing.assert_array_equal(mask(network, at=(at,)).array(), said)


def test_masked_entries_of_unlike_heads_stay_hidden():
    network, both = read(Attending(EXACT["as they are"], unlike=True))
    assert network.assumed == ()
    for said, reached in both:
        np.testing.assert_array_equal(said, reached)


@pytest.mark.parametrize("name", SAID)
def test_where_it_is_not_known_what_a_mask_hides_the_network_says_so(name):
    network, both = read(Attending(SAID[name]))
    assert any("a constant mask is taken to hide nothing" in fact for fact in network.assumed)
    for said, reached in both:
        assert not (reached & ~said).any()


MADE = {
    "a triangle of ones": lambda s: s.masked_fill(torch.ones(N, N).tril() == 0, -torch.inf),
    "a triangle far below": lambda s: s + torch.full((N, N), -torch.inf).triu(1),
    "ranges compared": lambda s: torch.where(
        torch.arange(N)[:, None] - torch.arange(N) >= 0, s, -torch.inf
    ),
    "one less a mask": lambda s: s + (1 - torch.ones(N, N).tril()) * -1e9,
}


@pytest.mark.parametrize("name", MADE)
def test_a_mask_that_a_saved_program_computes_is_followed(name, tmp_path):
    module = Attending(lambda s, m: MADE[name](s).softmax(-1)).eval()
    torch.export.save(
        torch.export.export(module, (torch.zeros(1, 8, N),), strict=False), tmp_path / "m.pt2"
    )
    network = read_pt2(tmp_path / "m.pt2")
    assert network.assumed == ()
    for at in range(N):
        assert mask(network, at=(at,)).array().tolist() == [cell <= at for cell in range(N)]
