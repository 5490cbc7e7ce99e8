"""Do gradients of random networks approach the energy, and those of linear ones what is known?"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import rfcalc
from rfcalc.energies import energy

torch = pytest.importorskip("torch")
nn = torch.nn

from rfcalc.gradients import measure_gradients  # noqa: E402

INITS = 300


class Residual(nn.Module):
    """Strided and dilated, with shortcuts, wide, and linear: what theorem T10 speaks of."""

    def __init__(self, width):
        super().__init__()
        self.first = nn.Conv1d(width, width, 3, stride=2, bias=False)
        self.body = nn.Conv1d(width, width, 3, padding=2, dilation=2, bias=False)
        self.last = nn.Conv1d(width, width, 3, bias=False)

    def forward(self, x):
        y = self.first(x)
        return self.last(y + self.body(y))


def drawn(module, samples, generator):
    """Samples, before each of which the module gets other weights."""
    for _ in range(samples):
        with torch.no_grad():
            for weight in module.parameters():
                fan = weight[0].numel()
                weight.copy_(torch.randn(weight.shape, generator=generator) / fan**0.5)
        yield torch.randn(1, 48, 41, generator=generator)


def test_squares_over_inits_approach_the_energy_and_absolute_values_its_root():
    module = Residual(48)
    generator = torch.Generator().manual_seed(5)
    found = measure_gradients(module, drawn(module, INITS, generator))
    energies = energy(found.place.network, phase=found.place.phase).array()
    for mean, error, wanted in (
        (found.squared, found.squared_error, energies),
        (found.absolute, found.absolute_error, energies**0.5),
    ):
        scale = mean.sum() / wanted.sum()
        distance = (mean - scale * wanted) / error
        # Deviations in units of their standard errors: of order 1, and no smaller either.
        assert np.abs(distance).max() < 4.5
        assert 0.2 < (distance**2).mean() < 2
    # The test can fail: squares are far from the root, in the same units.
    wrong = (found.squared / found.squared.sum() - energies**0.5 / (energies**0.5).sum()) * (
        found.squared.sum() / found.squared_error
    )
    assert np.abs(wrong).max() > 10


@pytest.mark.parametrize("kind", [nn.Conv1d, nn.Conv2d, nn.Conv3d])
def test_a_linear_network_has_its_known_response_beside_the_energy(kind):
    dims = int(kind.__name__[4])
    first, second = kind(1, 1, 3, bias=False).double(), kind(1, 1, 3, dilation=2, bias=False)
    chain = nn.Sequential(first, second.double())
    with torch.no_grad():
        for layer in chain:
            layer.weight.fill_(1.0)
    found = rfcalc.erf(chain, input=(1, 1, *[9] * dims), samples=2)
    (layer,) = found.layers
    counts = np.array([1, 1, 2, 1, 2, 1, 1])
    whole = counts
    for _ in range(dims - 1):
        whole = np.multiply.outer(whole, counts)
    assert_allclose(layer.maps["measured"], whole / whole.sum(), rtol=1e-12)
    assert_allclose(layer.maps["measured_squared"], whole**2 / (whole**2).sum(), rtol=1e-12)
    assert_allclose(layer.maps["expected_squared"], whole / whole.sum(), rtol=1e-12)
    root = whole**0.5
    assert_allclose(layer.maps["expected"], root / root.sum(), rtol=1e-12)
    assert layer.measured.error["deviation"] == [0.0] * dims


def test_a_network_without_weights_has_what_is_expected_alone():
    found = rfcalc.erf("k3,k3d2")
    (layer,) = found.layers
    assert found.how is None
    assert layer.measured is layer.measured_squared is None
    data = found.to_dict()["layers"][0]
    assert data["measured"] is None
    assert data["samples"] == 0
    assert data["expected_squared"]["deviation"] == pytest.approx([(10 / 3) ** 0.5] * 2)
    assert repr(found) == "Effective(k3,k3d2: conv2; expected only)"


def test_every_output_answers_on_every_input():
    found = rfcalc.erf("zoo:unet-same")
    assert [layer.layer for layer in found.layers] == ["score"]
    several = {
        "input": [32, 32],
        "layers": [
            {"op": "conv", "kernel": 3, "name": "a"},
            {"op": "conv", "kernel": 3, "from": "a", "name": "b"},
            {"op": "conv", "kernel": 5, "from": "a", "name": "c"},
        ],
    }
    import json
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "net.json"
        path.write_text(json.dumps(several))
        found = rfcalc.erf(path)
    assert {layer.layer: layer.field for layer in found.layers} == {"b": (5, 5), "c": (7, 7)}
