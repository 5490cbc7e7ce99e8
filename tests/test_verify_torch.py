"""Does ``verify --backend torch`` confirm what a module reads, and refute what it does not?"""

import json
import subprocess
import sys

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.layers.window import Conv, MaxPool
from rfcalc.taps import window
from rfcalc.verification.exchanged import EXCHANGES
from rfcalc.verification.targets import verify_target
from rfcalc.verification.torch_backend import verify_module
from tests.importers.axes_models import MARKED
from tests.verified import IMAGE, Fn, code, conv, verified

torch = pytest.importorskip("torch")
nn = torch.nn
F = torch.nn.functional

pytestmark = pytest.mark.filterwarnings("ignore")


class Net(nn.Module):
    """Written over in place, normalised, pooled to a maximum, gated: nothing is linear."""

    def __init__(self):
        super().__init__()
        self.stem, self.bn, self.relu = conv(3, 4), nn.BatchNorm2d(4), nn.ReLU(inplace=True)
        self.pool, self.deep = nn.MaxPool2d(3, 2, 1), conv(4, 4, 3, 2)
        self.gate, self.aux = conv(4, 4, 1), conv(4, 2, 5)

    def forward(self, x):
        y = self.relu(self.bn(self.stem(x)))
        y = self.pool(y)
        y += self.deep(y).sigmoid_() * F.gelu(self.gate(y))
        return {"out": y, "aux": self.aux(y)}


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = conv(3, 4, 5), conv(1, 4, 3)

    def forward(self, image, mask):
        return self.a(image) + self.b(mask)


def silent(module, x):
    with torch.no_grad():
        other = module.other(x)
    return module.conv(x) + other


def test_every_output_and_layers_on_the_way_are_confirmed():
    found = verified(Net())
    assert found.ok
    assert found.exact
    assert (found.refutations, found.skipped, found.backend) == ((), (), "torch")
    assert {"add", "aux", "stem"} <= {check.layer for check in found.checks}
    assert {check.kind for check in found.checks} == {"interior", "border", "corner"}
    assert all(check.mask is True and check.contained is True for check in found.checks)
    aux = next(check for check in found.checks if check.layer == "aux")
    assert aux.cells == 16 * 16  # 3 + 1 * 2 + 2 * 4 + 2 * 4 = 21 cells, more than there are


def test_it_says_what_was_exchanged():
    exchanged = next(note for note in verified(Net()).notes if "exchanged" in note)
    assert "1 max_pool2d" in exchanged
    assert all(op in exchanged for op in ("relu", "sigmoid", "gelu"))
    assert "batch_norm" not in exchanged, "in evaluation mode it is linear"


def test_each_output_is_compared_with_each_input():
    found = verified(Two(), IMAGE, (1, 1, 16, 16), layer="add")
    assert found.ok
    middle = {check.source: check.cells for check in found.checks if check.position == (8, 8)}
    assert middle == {"image": 25, "mask": 9}
    (only,) = {c.source for c in verified(Two(), IMAGE, (1, 1, 16, 16), source="mask").checks}
    assert only == "mask"


def test_an_input_that_a_layer_does_not_read_has_no_gradient():
    found = verified(Two(), IMAGE, (1, 1, 16, 16), layer="a", source="mask")
    assert found.ok
    assert {check.cells for check in found.checks} == {0}


def test_a_layer_is_named_by_its_module_path_and_a_block_stands_for_its_output():
    module = nn.Sequential(nn.Sequential(conv(3, 4), nn.ReLU()), conv(4, 2))
    assert {c.layer for c in verified(module, layer="0").checks} == {"0.1"}
    assert {c.layer for c in verified(module, layer="1").checks} == {"1"}


@pytest.mark.usefixtures("uncached")
def test_a_relation_that_ignores_dilation_is_refuted(monkeypatch):
    monkeypatch.setattr(
        Conv, "taps", lambda c, n, axis: window(c.kernel[axis], c.step(axis), 1, c.pads(n, axis)[0])
    )
    found = verified(nn.Sequential(conv(3, 4), conv(4, 4, 3, 2)))
    assert not found.ok
    assert {refutation.layer for refutation in found.refutations} == {"1"}
    assert {refutation.what for refutation in found.refutations} == {"mask", "contained"}
    assert {check.mask for check in found.checks if check.layer == "0"} == {True}


@pytest.mark.usefixtures("uncached")
def test_a_mask_that_is_too_wide_is_refuted_by_equality_alone(monkeypatch):
    right = MaxPool.taps
    monkeypatch.setattr(MaxPool, "taps", lambda p, n, axis: right(p, n, axis) | window(4, 2, 1, 1))
    found = verified(Net(), layer="pool")
    assert {refutation.what for refutation in found.refutations} == {"mask"}
    assert {check.contained for check in found.checks} == {True}


def test_without_the_exchange_equality_fails_and_containment_holds(monkeypatch):
    kept = dict(EXCHANGES)
    monkeypatch.setitem(EXCHANGES, "max_pool2d", lambda given, live: F.max_pool2d(live[0], 3, 2, 1))
    assert not verified(Net(), layer="pool").ok
    monkeypatch.setitem(EXCHANGES, "max_pool2d", kept["max_pool2d"])
    assert verified(Net(), layer="pool").ok


@pytest.mark.parametrize("name", MARKED)
def test_what_is_assumed_to_be_read_is_not_refuted(name):
    function, shape = MARKED[name]
    found = verified(Fn(lambda _, x: function(x)), shape)
    assert found.refutations == ()
    assert not found.exact
    assert {check.contained for check in found.checks} == {True}


@pytest.mark.usefixtures("uncached")
def test_a_layer_before_what_is_assumed_is_held_to_its_gradient(monkeypatch):
    function, shape = MARKED["windows-in-tiles"]
    module = nn.Sequential(conv(4, 4), Fn(lambda _, x: function(x)))
    right = Conv.taps
    monkeypatch.setattr(Conv, "taps", lambda c, n, axis: right(c, n, axis) | window(5, 1, 1, 2))
    found = verified(module, shape, layer="0")
    assert {refutation.what for refutation in found.refutations} == {"mask"}


def test_taps_whose_weight_is_always_zero_are_refuted():
    def masked(module, x):
        mask = torch.ones(1, 1, 3, 3)
        mask[..., 2, :] = 0
        return F.conv2d(x, module.conv.weight * mask, padding=1)

    found = verified(Fn(masked))
    assert {(r.what, r.cells) for r in found.refutations if r.position == (8, 8)} == {("mask", 3)}


def test_a_decision_is_compared_in_part_and_said_to_be():
    found = verified(Fn(lambda m, x: torch.where(m.other(x) > 0, m.conv(x), m.conv(x) * 2)))
    assert found.ok
    assert not found.exact
    assert "gt" in dict(found.skipped)["where"]
    assert {(c.mask, c.contained) for c in found.checks if c.layer == "where"} == {(None, True)}


def test_what_runs_without_derivatives_is_read_all_the_same():
    found = verified(Fn(silent))
    assert found.ok
    assert {c.cells for c in found.checks if (c.layer, c.position) == ("add", (8, 8))} == {25}


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize(("kernel", "stride", "padding", "dilation"), [(3, 2, 1, 1), (2, 3, 0, 3)])
def test_pooling_is_exchanged_for_the_same_windows(ceil, kernel, stride, padding, dilation):
    module = nn.MaxPool2d(kernel, stride, padding, dilation, ceil_mode=ceil)
    found = verified(module, (1, 2, 15, 14), positions=60)
    assert found.ok, found.refutations
    assert found.exact


def test_a_module_that_does_not_run_in_float64_runs_in_float32():
    found = verified(Fn(lambda m, x: m.conv(x.float())))
    assert found.ok
    assert found.notes[0].startswith("float32")


@pytest.mark.parametrize(
    ("wanted", "call"),
    [
        ("RF401", lambda: verified(Net(), layer="nosuch")),
        ("RF406", lambda: verified(Net(), source="stem")),
        ("RF406", lambda: verified(Net(), positions=0)),
        ("RF406", lambda: verify_target("k3,k3", [IMAGE])),
        ("RF406", lambda: verify_target("zoo:vgg16", [IMAGE])),
        ("RF441", lambda: verified(Fn(lambda m, x: (x > 0).float()))),
        ("RF507", lambda: verified(Net(), (1, 5, 16, 16))),
    ],
)
def test_what_cannot_be_verified_is_refused_with_its_code(wanted, call):
    assert code(call) == wanted


TARGET = """
import torch
class Net(torch.nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Conv2d(3, width, 3), torch.nn.ReLU())
        self.head = torch.nn.Conv2d(width, 2, 5)
    def forward(self, x):
        print("of the user's own")
        return self.head(self.body(x))
"""


def command(folder, *arguments):
    (folder / "own_net.py").write_text(TARGET)
    line = [sys.executable, "-m", "rfcalc", "verify", "--backend", "torch", *arguments]
    return subprocess.run(line, capture_output=True, text=True, cwd=folder, check=False)


def test_the_command_prints_json_whatever_the_model_prints(tmp_path):
    keywords = ("--kwargs", '{"width": 6}', "--layer", "body", "--format", "json")
    done = command(tmp_path, "own_net:Net", "--input", "1,3,12,12", *keywords)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["backend"], found["ok"]) == ("torch", True)
    assert {check["layer"] for check in found["checks"]} == {"body.1"}
    assert all(check["paths"] is None and check["contained"] for check in found["checks"])


def test_the_command_verifies_a_submodule_and_says_whose_code_runs(tmp_path):
    done = command(tmp_path, "own_net:Net", "--input", "1,3,12,12", "--submodule", "head")
    assert done.returncode == 0, done.stderr
    assert "runs the code of own_net:Net" in done.stderr
    assert "verified: " in done.stdout


def test_the_command_refuses_what_is_no_target(tmp_path):
    done = command(tmp_path, "k3,k3d2")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("RF406")
    assert "package.module:factory" in done.stderr


def test_a_missing_torch_is_told_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(RfcalcError) as caught:
        verify_target("own_net:Net", [IMAGE])
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.help) == ("RF505", 'pip install "rfcalc[torch]"')


def test_a_parameter_without_values_is_left_as_it_is():
    module = Fn(lambda net, x: net.conv(x))
    module.register_parameter("empty", nn.Parameter(torch.empty(0, 4)))
    assert verify_module(module, (torch.zeros(IMAGE),)).ok


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (nn.Sequential(nn.LazyConv2d(4, 3)), "0.weight"),
        (nn.Sequential(conv(3, 4), nn.LazyBatchNorm2d()), "1.weight"),
    ],
)
def test_a_module_without_sizes_is_refused(module, name):
    with pytest.raises(RfcalcError, match="RF507") as caught:
        verify_module(module, (torch.zeros(IMAGE),))
    assert caught.value.diagnostics[0].message == f"'{name}' has no shape before the model has run"
