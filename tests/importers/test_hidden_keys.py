"""A constant mask decides which cells attention reads, in modules and in files."""

import warnings

import numpy as np
import pytest

from rfcalc.masks import mask

N = 7
APART = np.arange(N)[None, :] - np.arange(N)[:, None]
BANDS = {
    "causal": APART <= 0,
    "anticausal": APART >= 0,
    "band": (APART >= -2) & (APART <= 1),
    "look_back": (APART >= -3) & (APART <= 0),
    "all": APART <= N,
}


def added(seen):
    """What is added to scores so that a softmax leaves what is seen."""
    return np.where(seen, 0, -np.inf).astype(np.float32)


def modules():
    """Modules of attention over rows, each by another way to hide keys."""
    torch = pytest.importorskip("torch")
    nn, sdpa = torch.nn, torch.nn.functional.scaled_dot_product_attention

    class Rows(nn.Module):
        def __init__(self, way, seen):
            super().__init__()
            self.conv, self.wide = nn.Conv1d(2, 8, 1), nn.Linear(8, 24)
            self.heads = nn.MultiheadAttention(8, 2, batch_first=True)
            self.register_buffer("seen", torch.from_numpy(seen))
            self.way = way

        def forward(self, x):
            q, k, v = self.wide(self.conv(x).transpose(-2, -1)).chunk(3, -1)
            return self.way(self, q, k, v)

    def low(m):
        return torch.zeros(N, N).masked_fill(~m.seen, -1e9)

    def headed(t):
        return t.unflatten(-1, (2, 4)).transpose(1, 2)

    ways = {
        "boolean": lambda m, q, k, v: sdpa(q, k, v, attn_mask=m.seen),
        "added": lambda m, q, k, v: sdpa(*map(headed, (q, k, v)), attn_mask=low(m)).flatten(1, 1),
        "eager": lambda m, q, k, v: (q @ k.transpose(-2, -1) / 3 + low(m)).softmax(-1) @ v,
        "filled": lambda m, q, k, v: (
            (q @ k.transpose(-2, -1)).masked_fill(~m.seen, -1e9).softmax(-1) @ v
        ),
        "chosen": lambda m, q, k, v: (
            torch.where(m.seen, q @ k.transpose(-2, -1), -1e9).softmax(-1) @ v
        ),
        "linear": lambda m, q, k, v: ((q @ k.transpose(-2, -1)) * m.seen) @ v,
        "multihead": lambda m, q, k, v: m.heads(q, k, v, attn_mask=~m.seen)[0],
        "triangle": lambda m, q, k, v: (q @ k.transpose(-2, -1)).tril() @ v,
    }
    return {name: (lambda seen, way=way: Rows(way, seen)) for name, way in ways.items()}


WAYS = ("boolean", "added", "eager", "filled", "chosen", "linear", "multihead")


def gradient(module, network):
    """The mask of each row and what the gradient of the module reaches from it."""
    torch = pytest.importorskip("torch")
    x = torch.rand(1, 2, N, dtype=torch.float64, requires_grad=True)
    y = module.double()(x)
    y = y.transpose(1, 2).flatten(2) if y.dim() == 4 else y
    for row in range(N):
        (found,) = torch.autograd.grad(y[0, row].square().sum(), x, retain_graph=True)
        said = mask(network, at=(row,)).array()
        yield said, (found[0] != 0).any(0).numpy()


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("way", WAYS)
def test_a_module_reads_the_keys_that_its_mask_leaves(way, band):
    torch = pytest.importorskip("torch")
    from rfcalc import from_torch

    module = modules()[way](BANDS[band]).eval()
    network = from_torch(module, torch.rand(1, 2, N))
    assert not network.assumed
    for said, found in gradient(module, network):
        np.testing.assert_array_equal(said, found)


def test_a_triangle_of_scores_is_causal():
    torch = pytest.importorskip("torch")
    from rfcalc import from_torch

    module = modules()["triangle"](BANDS["causal"]).eval()
    for said, found in gradient(module, from_torch(module, torch.rand(1, 2, N))):
        np.testing.assert_array_equal(said, found)


@pytest.mark.parametrize("way", WAYS)
def test_a_mask_without_a_band_is_told_of(way):
    torch = pytest.importorskip("torch")
    from rfcalc import from_torch

    seen = BANDS["causal"].copy()
    seen[4, 2] = False
    network = from_torch(modules()[way](seen).eval(), torch.rand(1, 2, N))
    assert any("mask" in fact for fact in network.assumed)
    assert mask(network, at=(4,)).array().all()


@pytest.mark.parametrize("way", ["boolean", "eager", "multihead"])
def test_a_saved_program_hides_the_same_keys(way, tmp_path):
    torch = pytest.importorskip("torch")
    from rfcalc import from_torch
    from rfcalc.importers import read_pt2

    module = modules()[way](BANDS["causal"]).eval()
    program = torch.export.export(module, (torch.rand(1, 2, N),))
    torch.export.save(program, tmp_path / "m.pt2")
    saved = read_pt2(tmp_path / "m.pt2")
    network = from_torch(module, torch.rand(1, 2, N))
    assert saved.assumed == ()
    for at in (0, 4, N - 1):
        said, other = (mask(one, at=(at,)).array().tolist() for one in (saved, network))
        assert said == other


@pytest.mark.parametrize("way", [way for way in WAYS if way != "multihead"])
def test_an_exported_onnx_file_hides_the_same_keys(way, tmp_path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnx")
    from rfcalc import from_torch
    from rfcalc.importers import read_onnx

    module = modules()[way](BANDS["causal"]).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, (torch.rand(1, 2, N),), tmp_path / "m.onnx", dynamo=False)
    read = read_onnx(tmp_path / "m.onnx")
    network = from_torch(module, torch.rand(1, 2, N))
    assert read.assumed == ()
    for at in (0, 4, N - 1):
        said, other = (mask(one, at=(at,)).array().tolist() for one in (read, network))
        assert said == other


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64", "int32", "bool"])
def test_a_mask_is_read_from_a_file_in_every_type(kind, tmp_path):
    torch = pytest.importorskip("torch")
    from rfcalc.importers.torch.pt2 import program_in

    class Masked(torch.nn.Module):
        def __init__(self):
            super().__init__()
            held = torch.arange(12).remainder(3).to(getattr(torch, kind)).view(3, 4).t()
            self.register_buffer("held", held)

        def forward(self, x):
            return torch.where(self.held != 0, x, x.mean()) + self.held.mul(x)

    module = Masked()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.export.save(torch.export.export(module, (torch.rand(4, 3),)), tmp_path / "m.pt2")
    numbers = program_in(tmp_path / "m.pt2").numbers
    np.testing.assert_array_equal(numbers["b_held"], module.held.float().numpy())


def attention(way, seen):
    """An ONNX model of attention in plain operators, and its tensors."""
    from tests.importers.onnx_oracle import constant, node, weights

    hide = {
        "Add": ([node("Add", ["scores", "low"], "left")], [constant("low", added(seen))]),
        "Sub": ([node("Sub", ["scores", "high"], "left")], [constant("high", -added(seen))]),
        "Where": (
            [node("Where", ["seen", "scores", "least"], "left")],
            [constant("seen", seen, bool), constant("least", -1e9)],
        ),
        "Mul": (
            [node("Mul", ["scores", "ones"], "left")],
            [constant("ones", seen)],
        ),
    }
    nodes, tensors = hide[way]
    weigh = "left" if way == "Mul" else "p"
    return [
        node("Conv", ["x", "w"], "c"),
        node("Transpose", ["c"], "rows", perm=[0, 2, 1]),
        node("MatMul", ["rows", "c"], "scores"),
        *nodes,
        *([] if way == "Mul" else [node("Softmax", ["left"], "p", axis=-1)]),
        node("MatMul", [weigh, "rows"], "y"),
    ], [weights("w", 2, 2, 1), *tensors]


@pytest.mark.parametrize("band", ["causal", "band"])
@pytest.mark.parametrize("way", ["Add", "Sub", "Where", "Mul"])
def test_an_onnx_file_reads_the_keys_that_its_mask_leaves(way, band, tmp_path):
    oracle = pytest.importorskip("tests.importers.onnx_oracle")
    nodes, tensors = attention(way, BANDS[band])
    made = oracle.model(nodes, (1, 2, N), tensors)
    network, wrong = oracle.differences(made, (1, 2, N), tmp_path, out_space=[1])
    assert not wrong
    assert not network.assumed


def test_a_small_mask_beside_the_file_is_read_and_a_missing_one_told_of(tmp_path):
    oracle = pytest.importorskip("tests.importers.onnx_oracle")
    nodes, tensors = attention("Add", BANDS["causal"])
    made, path = oracle.model(nodes, (1, 2, N), tensors), tmp_path / "m.onnx"
    oracle.onnx.save(made, path, save_as_external_data=True, location="m.data", size_threshold=100)
    network = oracle.read_onnx(path)
    assert not network.assumed
    np.testing.assert_array_equal(mask(network, at=(3,)).array(), BANDS["causal"][3])
    (tmp_path / "m.data").unlink()
    assert any("mask" in fact for fact in oracle.read_onnx(path).assumed)


def test_a_location_outside_the_folder_is_not_opened(tmp_path):
    oracle = pytest.importorskip("tests.importers.onnx_oracle")
    nodes, tensors = attention("Add", BANDS["causal"])
    made, inner = oracle.model(nodes, (1, 2, N), tensors), tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "m.data").write_bytes(added(BANDS["causal"]).tobytes())
    low = next(t for t in made.graph.initializer if t.name == "low")
    low.ClearField("raw_data")
    low.data_location = oracle.TensorProto.EXTERNAL
    low.external_data.add(key="location", value="../m.data")
    (inner / "m.onnx").write_bytes(made.SerializeToString())
    assert any("mask" in fact for fact in oracle.read_onnx(inner / "m.onnx").assumed)
