"""Are the gradients of a PyTorch module measured as they are? Against a plain backward pass."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rfcalc.errors import RfcalcError

torch = pytest.importorskip("torch")
nn = torch.nn

from rfcalc.gradients import measure_gradients  # noqa: E402

SAMPLES = 6


class Net(nn.Module):
    """Two outputs, a shortcut, a stride, dilation, and an activation that writes in place."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(8, 8, 3, padding=2, dilation=2)
        self.c = nn.Conv2d(8, 4, (3, 5), stride=2, padding=1)

    def forward(self, x):
        first = torch.relu(self.a(x))
        total = self.b(first) + first
        return self.c(torch.relu_(total)), {"side": first.mean(1)}


def images(n=SAMPLES, shape=(3, 24, 28), seed=1):
    return torch.randn(n, 1, *shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def net():
    torch.manual_seed(0)
    return Net().double()


def plain(run, samples, at):
    """Mean absolute and squared gradients on the whole input, by a backward pass of its own."""
    absolute, squared = [], []
    for sample in samples:
        x = sample.clone().requires_grad_()
        run(x)[(..., *at)].sum().backward()
        absolute.append(x.grad.abs().mean((0, 1)))
        squared.append(x.grad.square().mean((0, 1)))
    return torch.stack(absolute).numpy(), torch.stack(squared).numpy()


def window(values, found):
    """Values on the whole input in the frame of a result; none of the others differs from 0."""
    cut = tuple(slice(s, s + n) for s, n in zip(found.start, found.shape, strict=True))
    inside = values[(..., *cut)]
    assert np.count_nonzero(values) == np.count_nonzero(inside)
    return inside


def rest(net, x):
    first = torch.relu(net.a(x))
    return net.b(first) + first


@pytest.mark.parametrize(
    ("layer", "run"),
    [
        ("c", lambda net, x: net(x)[0]),
        ("mean", lambda net, x: net(x)[1]["side"]),
        ("add", rest),
        ("b", lambda net, x: net.b(torch.relu(net.a(x)))),
        ("a", lambda net, x: net.a(x)),
    ],
)
def test_outputs_and_layers_on_the_way_have_the_gradient_of_a_backward_pass(net, layer, run):
    samples = images().double()
    found = measure_gradients(net, samples, layer=layer)
    absolute, squared = plain(lambda x: run(net, x), samples, found.at)
    for ours, error, theirs in (
        (found.absolute, found.absolute_error, window(absolute, found)),
        (found.squared, found.squared_error, window(squared, found)),
    ):
        assert_allclose(ours, theirs.mean(0), rtol=1e-12, atol=1e-15)
        assert_allclose(error, theirs.std(0, ddof=1) / SAMPLES**0.5, rtol=1e-9, atol=1e-15)
    assert found.samples == SAMPLES


def test_groups_hold_the_samples_in_turn(net):
    samples = images(19).double()
    found = measure_gradients(net, samples, layer="a")
    absolute, _ = plain(lambda x: net.a(x), samples, found.at)
    each = window(absolute, found)
    assert found.counts == (2, 2, 2, *[1] * 13)
    for group, values in enumerate(found.groups[:, 0]):
        assert_allclose(values, each[group::16].mean(0), rtol=1e-12, atol=1e-15)


def test_several_positions_are_laid_over_each_other(net):
    samples = images().double()
    found = measure_gradients(net, samples, positions=5)
    cells = found.place.cells
    assert len(set(cells)) == 5
    total = 0
    for cell, start in zip(cells, found.place.starts, strict=True):
        absolute, _ = plain(lambda x: net(x)[0], samples, cell)
        cut = tuple(slice(s, s + n) for s, n in zip(start, found.shape, strict=True))
        total = total + absolute.mean(0)[cut]
    assert_allclose(found.absolute, total / 5, rtol=1e-12, atol=1e-15)


def test_a_cell_at_the_border_is_measured_in_its_whole_frame(net):
    samples = images().double()
    found = measure_gradients(net, samples, at=(0, 0))
    assert found.start == (-4, -4)
    assert found.place.bordered
    absolute, _ = plain(lambda x: net(x)[0], samples, (0, 0))
    low = [-s for s in found.start]
    assert not found.absolute[: low[0]].any()
    inner = found.absolute[low[0] :, low[1] :]
    assert_allclose(inner, absolute.mean(0)[: inner.shape[0], : inner.shape[1]], rtol=1e-12)


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda: nn.Conv1d(2, 3, 5, padding=2), (2, 21)),
        (lambda: nn.Conv3d(1, 2, 3, padding=1), (1, 7, 8, 9)),
    ],
)
def test_one_and_three_axes(make, shape):
    module = make().double()
    samples = images(2, shape).double()
    found = measure_gradients(module, samples)
    _, squared = plain(module, samples, found.at)
    assert_allclose(found.squared, window(squared, found).mean(0), rtol=1e-12)


def test_a_linear_network_has_its_exact_response():
    chain = nn.Sequential(
        nn.Conv1d(1, 1, 3, padding=1, bias=False), nn.Conv1d(1, 1, 3, dilation=2, bias=False)
    ).double()
    with torch.no_grad():
        chain[0].weight.copy_(torch.tensor([[[1.0, -2.0, 3.0]]]))
        chain[1].weight.copy_(torch.tensor([[[2.0, 0.0, -1.0]]]))
    found = measure_gradients(chain, images(3, (1, 24)).double())
    # Taps 2 at offset -2 and -1 at 2, each spread by 1 -2 3; the two kernels do not overlap.
    assert_array_equal(found.absolute, [2, 4, 6, 0, 1, 2, 3])
    assert_array_equal(found.squared, [4, 16, 36, 0, 1, 4, 9])
    assert not found.absolute_error.any()


def test_the_module_comes_back_as_it_was(net):
    net.train()
    kept = {name: value.clone() for name, value in net.state_dict().items()}
    random = torch.get_rng_state()
    measure_gradients(net, images(2).double())
    assert net.training
    assert all(p.grad is None for p in net.parameters())
    assert_array_equal(torch.get_rng_state(), random)
    for name, value in net.state_dict().items():
        assert torch.equal(value, kept[name])


class Several(nn.Module):
    """Two inputs, of which each has its own field."""

    def __init__(self):
        super().__init__()
        self.small, self.large = nn.Conv2d(1, 1, 3, padding=1), nn.Conv2d(1, 1, 5, padding=2)

    def forward(self, one, two):
        return self.small(one) + self.large(two)


@pytest.mark.parametrize(("source", "field"), [("one", (3, 3)), ("two", (5, 5))])
def test_each_input_has_a_gradient_of_its_own(source, field):
    samples = [(torch.randn(1, 1, 9, 9), torch.randn(1, 1, 9, 9)) for _ in range(2)]
    found = measure_gradients(Several(), samples, source=source)
    assert found.shape == field
    assert found.absolute.all()


class Whole(nn.Module):
    """Each cell reads the whole input, through a gate."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 2, 3, padding=1)

    def forward(self, x):
        return self.conv(x) * torch.sigmoid(self.conv(x).mean((2, 3), keepdim=True))


def test_a_layer_that_reads_everything_is_measured_on_the_whole_input():
    torch.manual_seed(0)
    found = measure_gradients(Whole().double(), images(2, (2, 8, 9)).double())
    assert found.shape == (8, 9)
    assert found.place.bordered
    assert found.absolute.all()


class Broken(nn.Module):
    """Something is wrong with it."""

    def __init__(self, how):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 3, padding=1)
        self.how = how

    def forward(self, x):
        y = self.conv(x)
        return {
            "nan": lambda: torch.sqrt(y * 0),
            "detached": lambda: y.detach(),
            "zero": lambda: y * torch.zeros(1),
        }[self.how]()


@pytest.mark.parametrize(
    ("call", "code", "words"),
    [
        (lambda: measure_gradients(Broken("nan"), images(2, (1, 9, 9))), "RF451", "at sample 0"),
        (lambda: measure_gradients(Broken("detached"), images(2, (1, 9, 9))), "RF452", "at all 2"),
        (lambda: measure_gradients(Broken("zero"), images(2, (1, 9, 9))), "RF452", "does not dep"),
        (lambda: measure_gradients(nn.Conv2d(1, 1, 9), images(2, (1, 8, 9))), "RF507", "9"),
        (
            lambda: measure_gradients(nn.Conv2d(1, 1, 9, padding=4), images(2, (1, 8, 9))),
            "RF450",
            "its whole field, 9 x 9, within the input of 8 x 9",
        ),
        (lambda: measure_gradients(nn.Conv2d(1, 1, 3), []), "RF406", "no samples"),
        (
            lambda: measure_gradients(nn.Conv2d(1, 1, 3), images(1, (1, 9, 9)), positions=0),
            "RF406",
            "positions is 0",
        ),
        (
            lambda: measure_gradients(Whole(), images(1, (2, 9, 9)), positions=2),
            "RF406",
            "do not lie over each other",
        ),
        (
            lambda: measure_gradients(nn.Conv2d(1, 1, 3), images(1, (1, 9, 9)), layer="input"),
            "RF405",
            "",
        ),
        (
            lambda: measure_gradients(nn.Conv2d(1, 1, 3), images(1, (1, 9, 9)), at=(7, 0)),
            "RF402",
            "7",
        ),
    ],
)
def test_what_cannot_be_measured_is_an_error(call, code, words):
    with pytest.raises(RfcalcError) as caught:
        call()
    (fault,) = caught.value.diagnostics
    assert fault.code == code, fault
    assert words in fault.message


def test_a_gradient_outside_the_mask_is_an_error_that_names_layer_and_cell(monkeypatch):
    from rfcalc.gradients.places import Place

    whole = Place.inside

    def smaller(self):
        found = whole(self)
        found[0, 2] = False
        return found

    monkeypatch.setattr(Place, "inside", smaller)
    with pytest.raises(RfcalcError) as caught:
        measure_gradients(nn.Conv2d(1, 1, 3), images(1, (1, 9, 9)))
    (fault,) = caught.value.diagnostics
    assert fault.code == "RF453"
    assert "cell (3, 3) of 'conv2d' has a gradient at cell (3, 5) of 'input'" in fault.message
    assert "an error of rfcalc" in fault.help
