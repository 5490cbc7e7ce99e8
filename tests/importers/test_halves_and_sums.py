"""Do halves of recurrences, differences of sums and weighed frames read what the answer says?"""

import pytest

from rfcalc.importers import from_torch, read_onnx

torch = pytest.importorskip("torch")
from tests.importers.oracle import compare  # noqa: E402

nn, F = torch.nn, torch.nn.functional


class Fn(nn.Module):
    """A function of an input and of modules."""

    def __init__(self, function, *parts):
        super().__init__()
        self.function, self.parts = function, nn.ModuleList(parts)

    def forward(self, *given):
        return self.function(*given, *self.parts)


def recurrence(kind="LSTM", **options):
    return getattr(nn, kind)(4, 6, bidirectional=True, batch_first=True, **options)


def steps(x, part):
    return part(x.transpose(1, 2))[0]


def chunked(x, part):
    return steps(x, part).chunk(2, -1)[0].transpose(1, 2)


def backwards(x, part):
    return steps(x, part)[..., 6:].transpose(1, 2)


def added(x, part):
    one, two = steps(x, part).chunk(2, -1)
    return (one + two).transpose(1, 2)


def unflattened(x, part):
    return steps(x, part).unflatten(-1, (2, 6))[:, :, 1].transpose(1, 2)


def moved(x, part):
    """What comes before each step, and what comes after it, without the step."""
    y = steps(x, part)
    return torch.cat([y[:, :-2, :6], y[:, 2:, 6:]], -1).transpose(1, 2)


def mixed(x, part, conv):
    return conv(steps(x, part)[..., :6].transpose(1, 2))


def conv(features=4):
    return nn.Conv1d(features, 4, 3, padding=1)


HALVES = {
    "the forward half": Fn(chunked, recurrence()),
    "the backward half": Fn(backwards, recurrence("GRU")),
    "both halves added": Fn(added, recurrence()),
    "halves in a dimension of their own": Fn(unflattened, recurrence("RNN")),
    "what lies around a step": Fn(moved, recurrence()),
    "a half, convolved": Fn(mixed, recurrence(), conv(6)),
    "a half of the second layer": Fn(chunked, recurrence(num_layers=2)),
}


@pytest.mark.parametrize("name", HALVES)
def test_a_half_of_a_recurrence_reads_its_side(name):
    x = torch.zeros(1, 4, 20)
    network = from_torch(HALVES[name].eval(), x)
    verdict = compare(HALVES[name], (x,), network)
    assert network.assumed == ()
    assert verdict.equal >= 2, verdict.first
    assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["the forward half", "the backward half", "a half, convolved"])
def test_a_half_reads_its_side_by_way_of_onnx(name, tmp_path):
    pytest.importorskip("onnx")
    module, x = HALVES[name].float().eval(), torch.zeros(1, 4, 20)
    torch.onnx.export(module, (x,), tmp_path / "m.onnx", dynamo=False)
    network = read_onnx(tmp_path / "m.onnx")
    assert network.assumed == ()
    verdict = compare(module, (x,), network)
    assert verdict.equal >= 2, verdict.first
    assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first


class Carried(nn.Module):
    """A recurrence whose state is given."""

    def __init__(self, kind):
        super().__init__()
        self.part = getattr(nn, kind)(4, 6, batch_first=True)

    def forward(self, x, *state):
        y, *_ = self.part(x.transpose(1, 2), state if len(state) > 1 else state[0])
        return y.transpose(1, 2)


@pytest.mark.parametrize(("kind", "states"), [("LSTM", 2), ("GRU", 1), ("RNN", 1)])
def test_a_state_that_is_an_input_has_no_axis_and_reaches_every_step(kind, states):
    given = (torch.zeros(1, 4, 20), *[torch.zeros(1, 1, 6)] * states)
    network = from_torch(Carried(kind).eval(), given)
    assert (network.assumed, network.layouts) == ((), ("NCW", *["NNC"] * states))
    verdict = compare(Carried(kind), given, network)
    assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first


def windowed(x, part):
    y = part(x).cumsum(-1)
    return y[..., 5:] - y[..., :-5]


def filled_up(x, part):
    y = part(x).cumsum(-1)
    return y - F.pad(y, (5, 0))[..., :-5]


def joined(x, part):
    y = part(x).cumsum(-1)
    return y - torch.cat([torch.zeros_like(y[..., :5]), y[..., :-5]], -1)


def exclusive(x, part):
    y = part(x)
    return y.cumsum(-1) - y


def reverse(x, part):
    y = part(x)
    return y.sum(-1, keepdim=True) - y.cumsum(-1)


def times(weights):
    return lambda x, part: (F.pad(part(x), (4, 4)).unfold(-1, 9, 1) * weights).sum(-1)


FEW = torch.tensor([0, 0, 0, 1.0, 1, 1, 0, 0, 0], dtype=torch.float64)
DOUBTED = {
    "a sum over a window": (windowed, "difference of running sums"),
    "a sum over a window, padded": (filled_up, "difference of running sums"),
    "a sum over a window, joined": (joined, "difference of running sums"),
    "a sum before each cell": (exclusive, "difference of running sums"),
    "a sum after each cell": (reverse, "difference of running sums"),
    "neighbours in a sum": (lambda x, part: part(x).cumsum(-1).diff(), "difference of running"),
    "frames times zeros": (times(FEW), "constant mask"),
    "frames times a window": (times(torch.hann_window(9, dtype=torch.float64)), "constant mask"),
    "frames weighed": (
        lambda x, part: F.pad(part(x), (4, 4)).unfold(-1, 9, 1) @ FEW.to(x.dtype),
        "zeros of a constant",
    ),
    "frames in an einsum": (
        lambda x, part: torch.einsum(
            "bctk,k->bct", F.pad(part(x), (4, 4)).unfold(-1, 9, 1), FEW.to(x.dtype)
        ),
        "zeros of a constant",
    ),
}


@pytest.mark.parametrize("name", DOUBTED)
def test_what_cancels_or_is_weighed_by_zero_is_never_exact(name):
    function, word = DOUBTED[name]
    module, x = Fn(function, conv()), torch.zeros(1, 4, 20)
    network = from_torch(module.eval(), x)
    assert [fact for fact in network.assumed if word in fact]
    verdict = compare(module, (x,), network)
    assert verdict.wrong == 0, verdict.first
    assert verdict.wide, "it is exact: it need not be marked"


def summed(x, part):
    y = part(x)
    return y + y.cumsum(-1)


def turned(x, part):
    """Positions as angles, whose sines are 0 at the first cell."""
    y, at = part(x), torch.arange(20)[None] * torch.tensor([1.0, 0.1, 1.0, 0.1])[:, None]
    return y * at.cos() + torch.cat([-y[:, 2:], y[:, :2]], 1) * at.sin()


SURE = {
    "a sum and its last term": summed,
    "neighbours subtracted": lambda x, part: part(x).diff(),
    "a mean subtracted": lambda x, part: part(x) - F.avg_pool1d(part(x), 3, 1, 1),
    "sums of two convolutions": lambda x, one, two: one(x).cumsum(-1) - two(x).cumsum(-1),
    "positions as angles": turned,
    "frames times a taper": times(torch.hamming_window(9, dtype=torch.float64)),
}


@pytest.mark.parametrize("name", SURE)
def test_what_does_not_cancel_stays_exact(name):
    parts = 2 if "two" in name else 1
    module, x = Fn(SURE[name], *(conv() for _ in range(parts))), torch.zeros(1, 4, 20)
    network = from_torch(module.eval(), x)
    assert network.assumed == ()
    if parts == 1:  # of equal positive weights the gradients of two sums cancel
        verdict = compare(module, (x,), network)
        assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first
