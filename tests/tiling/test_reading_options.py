"""Do the functions that run a model honour the options of `load`?"""

import sys

import pytest

import rfcalc
from rfcalc.errors import RfcalcError

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("default")

CODE = """
from torch import nn


class Net(nn.Module):
    def __init__(self, width=2, d=1):
        super().__init__()
        self.body = nn.Sequential(nn.Conv1d(2, width, 3, padding=d, dilation=d), nn.ReLU())
        self.head = nn.Conv1d(width, 1, 9, padding=4)

    def forward(self, x):
        return self.head(self.body(x))
"""
INPUT = (1, 2, 64)


@pytest.fixture
def target(tmp_path, monkeypatch):
    (tmp_path / "nets_told.py").write_text(CODE)
    monkeypatch.syspath_prepend(tmp_path)
    yield "nets_told:Net"
    sys.modules.pop("nets_told", None)


@pytest.mark.parametrize("d", [1, 3])
@pytest.mark.parametrize(("submodule", "more"), [(None, 4), ("body", 0)])
def test_arguments_and_the_part_are_those_that_are_run(target, d, submodule, more):
    told = {"kwargs": {"d": d}, "submodule": submodule, "input": INPUT}
    tiles = rfcalc.tile(target, tile=16, verify=True, backend="torch", **told)
    assert tiles.halo == ((d + more, d + more),)
    assert tiles.model is not None
    assert tiles.ok
    flow = rfcalc.stream(target, verify=True, backend="torch", layout=["NCT"], **told)
    assert (flow.look_ahead, flow.ok) == (d + more, True)
    for backend in ("numpy", "torch"):
        found = rfcalc.verify(target, backend=backend, layout="NCT", **told)
        assert found.ok
        assert found.layouts[0] == "NCT"


def test_a_part_of_a_module_in_hand_is_run(target):
    rfcalc.load(target, input=INPUT)
    module = sys.modules["nets_told"].Net(d=2).train()
    told = {"submodule": "body", "input": INPUT}
    tiles = rfcalc.tile(module, tile=16, verify=True, backend="torch", **told)
    assert (tiles.halo, tiles.ok) == (((2, 2),), True)
    assert rfcalc.stream(module, verify=True, backend="torch", **told).ok
    assert rfcalc.verify(module, backend="torch", **told).ok
    assert module.training
    assert module.head.weight.dtype == torch.float32


def test_what_would_make_another_network_of_code_that_is_run_is_refused(target):
    for name, value in {
        "set": {"a": 1},
        "dims": 1,
        "take_values": True,
        "value": {"x": 1},
        "ignore_global": True,
    }.items():
        with pytest.raises(RfcalcError, match=f"RF406 `{name}=`"):
            rfcalc.verify(target, input=INPUT, backend="torch", **{name: value})


def test_a_size_that_a_network_cannot_take_has_one_message_in_python_too():
    for ask in (rfcalc.tile, rfcalc.sizes):
        with pytest.raises(
            RfcalcError, match=r"RF462 the network cannot take 100 x 100[^$]*96 x 96"
        ):
            ask("zoo:unet-same", input=(100, 100))


def test_values_inside_a_file_are_compared_where_its_output_is_no_stream(tmp_path):
    pytest.importorskip("onnx")

    class Folded(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = torch.nn.Conv1d(1, 2, 5)
            self.b = torch.nn.Conv1d(2, 4, 3, dilation=2)

        def forward(self, x):
            return self.b(self.a(x).relu()).reshape(1, 2, 2 * 56)

    torch.manual_seed(0)
    path, x = str(tmp_path / "folded.onnx"), torch.zeros(1, 1, 64)
    torch.onnx.export(Folded().eval(), (x,), path, dynamo=False)
    found = rfcalc.stream(path, verify=True, backend="onnx")
    assert found.ok
    assert found.proof.within
    assert found.proof.cells
