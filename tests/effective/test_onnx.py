"""Does occlusion through ONNX Runtime agree with the gradients of the same model in PyTorch?"""

import warnings

import numpy as np
import pytest

import rfcalc
from rfcalc.errors import RfcalcError

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")
nn = torch.nn


class Net(nn.Module):
    def __init__(self, linear, dims=2):
        super().__init__()
        conv = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}[dims]
        self.one = conv(2, 6, 3, padding=1)
        self.two = conv(6, 6, 3, padding=2, dilation=2)
        self.three = conv(6, 3, 3, stride=2, padding=1)
        self.act = nn.Identity() if linear else nn.Softplus()

    def forward(self, x):
        y = self.act(self.one(x))
        return self.three(self.two(y) + y)


def exported(net, shape, path, **options):
    torch.manual_seed(0)
    net.eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (torch.zeros(shape),), path, dynamo=False, **options)
    return str(path)


@pytest.mark.parametrize(
    ("shape", "linear"),
    [
        ((1, 2, 25), True),
        ((1, 2, 24, 21), True),
        ((1, 2, 13, 14, 13), True),
        ((1, 2, 24, 21), False),
    ],
)
def test_occlusion_agrees_with_gradients(tmp_path, shape, linear):
    torch.manual_seed(1)
    net = Net(linear, len(shape) - 2)
    path = exported(net, shape, tmp_path / "net.onnx")
    ours = rfcalc.erf(path, samples=2)
    theirs = rfcalc.erf(net, input=shape, samples=2)
    assert (ours.how, theirs.how) == ("occlusion", "gradients")
    (one,), (other,) = ours.layers, theirs.layers
    assert one.field == other.field
    for name in ("measured", "measured_squared"):
        scale = other.maps[name].max()
        worst = np.abs(one.maps[name] - other.maps[name]).max() / scale
        assert worst < (1e-3 if linear else 2e-2), name
    np.testing.assert_array_equal(one.maps["expected"], other.maps["expected"])


def test_a_layer_on_the_way_and_a_batch_that_is_fixed_by_a_reshape(tmp_path):
    class Flat(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Conv1d(1, 4, 3, padding=1)
            self.two = nn.Conv1d(4, 1, 3)

        def forward(self, x):
            return self.two(self.one(x).reshape(1, 4, 16))

    torch.manual_seed(1)
    net = Flat()
    path = exported(net, (1, 1, 16), tmp_path / "flat.onnx")
    for layer in (None, "one"):
        ours = rfcalc.erf(path, samples=2, layer=layer).layers[0]
        theirs = rfcalc.erf(net, input=(1, 1, 16), samples=2, layer=layer).layers[0]
        np.testing.assert_allclose(ours.maps["measured"], theirs.maps["measured"], atol=1e-4)


def test_blocks_that_hardly_answer_are_left_out(tmp_path):
    """A wide kernel whose outer taps are 1e-7 of the inner ones costs few runs."""
    net = nn.Conv1d(1, 1, 101, bias=False)
    with torch.no_grad():
        net.weight.fill_(1e-7)
        net.weight[..., 48:53] = 1
    path = exported(net, (1, 1, 151), tmp_path / "wide.onnx")
    told = rfcalc.erf(path, samples=1)
    found = told.layers[0].maps["measured"]
    np.testing.assert_allclose(found[48:53], 0.2, atol=1e-4)
    assert (found == 0).sum() > 80
    assert not told.exact
    assert sum("blocks of 8 cells" in fact for fact in told.assumed) == 1


@pytest.mark.parametrize(("cells", "blocks"), [(31, False), (32, True)])
def test_an_input_that_is_changed_cell_by_cell_has_no_blocks_to_be_dropped(cells, blocks, tmp_path):
    path = exported(nn.Conv1d(1, 1, 3, bias=False), (1, 1, cells), tmp_path / "net.onnx")
    np.save(tmp_path / "one.npy", np.random.default_rng(0).normal(size=(1, cells)).astype("f4"))
    told = rfcalc.erf(path, images=str(tmp_path / "one.npy"))
    assert any("blocks" in fact for fact in told.assumed) is blocks
    assert told.exact is not blocks


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"weights": "a.pt"}, "RF406"),
        ({"device": "cuda"}, "RF406"),
        ({"positions": 2}, "RF406"),
        ({"kwargs": {"a": 1}}, "RF406"),
        ({"layer": "none"}, "RF401"),
    ],
)
def test_options_that_an_onnx_model_has_no_use_for_are_refused(tmp_path, options, code):
    path = exported(nn.Conv1d(1, 1, 3), (1, 1, 9), tmp_path / "net.onnx")
    with pytest.raises(RfcalcError) as caught:
        rfcalc.erf(path, samples=1, **options)
    assert caught.value.diagnostics[0].code == code


def test_a_change_outside_the_mask_is_an_error_of_rfcalc(tmp_path, monkeypatch):
    from rfcalc.gradients.places import Place

    path = exported(nn.Conv1d(1, 1, 3), (1, 1, 9), tmp_path / "net.onnx")
    whole = Place.inside
    monkeypatch.setattr(Place, "inside", lambda self: whole(self) & [True, True, False])
    with pytest.raises(RfcalcError) as caught:
        rfcalc.erf(path, samples=1)
    assert caught.value.diagnostics[0].code == "RF453"
