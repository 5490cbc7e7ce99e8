"""Sizes that the weights of a layer fix are those at which the module itself runs."""

import pytest

from rfcalc.importers import from_torch
from rfcalc.loading import load
from rfcalc.tiling.plan import tile
from rfcalc.tiling.sizes import sizes
from rfcalc.tiling.streams import stream

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


SQUARE = (16, 20)


class Stored(torch.nn.Module):
    """A convolution, a step that reads stored tensors, and a convolution."""

    def __init__(self, step, **held):
        super().__init__()
        self.before = torch.nn.Conv2d(1, 2, 3, padding=1)
        self.after = torch.nn.Conv2d(2, 1, 3, padding=1)
        self.step = step
        for name, value in held.items():
            if isinstance(value, torch.nn.Module):
                self.add_module(name, value)
            else:
                self.register_parameter(name, torch.nn.Parameter(value))

    def forward(self, x):
        return self.after(self.step(self, self.before(x)))


def folded(norm, x):
    """Return a norm over channels into which rows are folded."""
    n, c, h, w = x.shape
    return norm(x.reshape(n, c * h, w)).reshape(n, c, h, w)


def tokens(table, x):
    """Return a table added to rows of tokens."""
    n, c, h, w = x.shape
    return (x.flatten(2).transpose(1, 2) + table).transpose(1, 2).reshape(n, c, h, w)


def resized(table, x):
    return x + torch.nn.functional.interpolate(table, size=x.shape[2:])


H, W = SQUARE
NORMS = torch.nn
STEPS = {
    "a norm over space": lambda: Stored(lambda m, x: m.n(x), n=NORMS.LayerNorm([2, H, W])),
    "a norm over columns": lambda: Stored(lambda m, x: m.n(x), n=NORMS.LayerNorm([W])),
    "a table": lambda: Stored(lambda m, x: x + m.p, p=torch.randn(1, 2, H, W)),
    "a table that is multiplied": lambda: Stored(lambda m, x: x * m.p.exp(), p=torch.ones(H, 1)),
    "a table of tokens": lambda: Stored(lambda m, x: tokens(m.p, x), p=torch.randn(1, H * W, 2)),
    "a norm of folded channels": lambda: Stored(
        lambda m, x: folded(m.n, x), n=NORMS.BatchNorm1d(2 * H)
    ),
    "weights of einsum": lambda: Stored(
        lambda m, x: torch.einsum("nchw,wv->nchv", x, m.w), w=torch.randn(W, W)
    ),
    "weights of einsum for each row": lambda: Stored(
        lambda m, x: torch.einsum("nchw,ch->nchw", x, m.w), w=torch.randn(2, H)
    ),
    "weights from the left": lambda: Stored(lambda m, x: torch.matmul(m.w, x), w=torch.randn(H, H)),
    "a number per channel": lambda: Stored(lambda m, x: x + m.p, p=torch.randn(2, 1, 1)),
    "a norm of channels": lambda: Stored(lambda m, x: m.n(x), n=NORMS.BatchNorm2d(2)),
    "a table that is resized": lambda: Stored(
        lambda m, x: resized(m.p, x), p=torch.randn(1, 2, 4, 4)
    ),
}


@pytest.mark.parametrize("kind", ["module", "program", "onnx"])
@pytest.mark.parametrize("name", STEPS)
def test_what_a_model_stores_for_each_cell_fixes_its_size(name, kind, tmp_path):
    model = STEPS[name]().eval()
    given = torch.zeros(1, 1, *SQUARE)
    if kind == "program":
        torch.export.save(torch.export.export(model, (given,)), tmp_path / "m.pt2")
        network = load(tmp_path / "m.pt2")
    elif kind == "onnx":
        if name == "a table that is resized":
            pytest.skip("an exporter folds it into a table of one size")
        pytest.importorskip("onnx")
        pytest.importorskip("onnxscript")
        torch.onnx.export(model, (given,), str(tmp_path / "m.onnx"), dynamo=False)
        network = load(tmp_path / "m.onnx")
    else:
        network = from_torch(model, given)
    for axis, rule in enumerate(sizes(network)):
        others = [n for n in range(1, 40) if keeps(model, _at(axis, n))]
        if len(others) > 1:
            assert (rule.smallest, rule.step) == (others[0], 1)
        else:
            assert [n for low, high in rule.taken for n in range(low, high)] == others


def keeps(module, size):
    """Whether a module runs at a size and gives it: one cell may be spread over a table."""
    return runs(module, size) and module(torch.zeros(1, 1, *size)).shape[2:] == size


def _at(axis, n):
    return tuple(n if a == axis else cells for a, cells in enumerate(SQUARE))


def test_tiles_and_streams_tell_what_a_model_stores_for_each_cell():
    network = from_torch(STEPS["a table"]().eval(), torch.zeros(1, 1, *SQUARE))
    fact = "the model stores numbers for each of the {} cells of 'before' on {}: windows of"
    plan = tile(network, 8)
    assert not plan.exact
    assert plan.assumed[0].startswith(fact.format("16 x 20", "axes 0, 1"))
    found = stream(network, axis=1)
    assert not found.exact
    assert found.assumed[0].startswith(fact.format("20", "axis 1"))
