"""Is it told what is wrong with the code that a target names, or with a part asked for?"""

import sys
import types

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_target, from_torch
from tests.importers.idioms import c

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")

IMAGE = (1, 3, 16, 16)
FILES = {
    "whole_net": "from torch import nn\nmodel = nn.Conv2d(3, 4, 5)\n",
    "lame_net": "import no_such_package_of_anyone\n",
    "hasty_net": "rates = [1, 2]\nrates[2]\n",
    "leaving_net": "raise SystemExit('no licence')\n",
}


def told(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of the user's own with some modules, as the current one."""
    for name, text in FILES.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(FILES) - before:
        sys.modules.pop(name, None)


def test_a_module_of_the_current_folder_is_found(folder):
    assert from_target("whole_net:model", [IMAGE]).nodes[-1].size == (12, 12)


@pytest.mark.parametrize(
    ("target", "code", "message", "help"),
    [
        (
            *("lame_net:model", "RF506"),
            "'lame_net' needs 'no_such_package_of_anyone', which is missing",
            "pip install no_such_package_of_anyone",
        ),
        ("whole_net.more:model", "RF506", "there is no module 'whole_net.more'", "check the name"),
        (
            *("hasty_net:model", "RF507"),
            "importing 'hasty_net' raised IndexError: list index out of range (hasty_net.py:2, in",
            "this comes from the model's own code",
        ),
        (
            *("leaving_net:model", "RF507"),
            "importing 'leaving_net' raised SystemExit: no licence (leaving_net.py:1, in",
            "this comes from the model's own code",
        ),
    ],
)
def test_what_keeps_a_module_from_being_imported_is_told(folder, target, code, message, help):
    fault = told(lambda: from_target(target, [IMAGE]))
    assert fault.code == code
    assert fault.message.startswith(message)
    assert fault.help.startswith(help)


class Idle(nn.Module):
    """A part that is never called, behind one that needs three channels."""

    def __init__(self):
        super().__init__()
        self.stem, self.spare = c(3, 4), c(4, 4)

    def forward(self, x):
        return self.stem(x)


@pytest.fixture
def named(monkeypatch):
    module = types.ModuleType("rfcalc_named")
    module.number, module.largest, module.Idle = lambda: 3, max, Idle
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module.__name__


def test_a_factory_of_something_else_is_refused(named):
    fault = told(lambda: from_target(f"{named}:number", [IMAGE]))
    assert fault.code == "RF506"
    assert fault.message == f"'{named}:number' gives a int, not a torch.nn.Module"


def test_a_factory_that_says_not_what_it_takes_is_told_by_its_own_error(named):
    fault = told(lambda: from_target(f"{named}:largest", [IMAGE]))
    assert fault.code == "RF507"
    assert fault.message.startswith(f"'{named}:largest' raised TypeError: max expected")
    assert fault.help == "this comes from the model's own code, not from rfcalc"


def test_a_part_that_is_not_called_is_refused(named):
    fault = told(lambda: from_target(f"{named}:Idle", [IMAGE], submodule="spare"))
    assert (fault.code, fault.message) == ("RF510", "the model does not call 'spare'")


def test_a_model_that_raises_before_its_part_is_asked_is_told():
    wide = torch.zeros(1, 5, 16, 16)
    fault = told(lambda: from_torch(Idle(), wide, submodule="spare"))
    assert fault.code == "RF507"
    assert fault.message.startswith("the model raised RuntimeError: ")
    assert "(test_torch_targets.py:" in fault.message


def test_a_model_without_values_is_read_by_its_shapes(monkeypatch):
    """On the meta device, where a large model takes no memory, it is the same network."""

    def made(device):
        with torch.device(device):
            return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))

    module = types.ModuleType("rfcalc_made")
    module.made = made
    monkeypatch.setitem(sys.modules, module.__name__, module)
    nets = [
        from_target("rfcalc_made:made", [IMAGE], kwargs={"device": device})
        for device in ("cpu", "meta")
    ]
    assert [n.taps for n in nets[0].nodes] == [n.taps for n in nets[1].nodes]
    assert nets[0].outputs == nets[1].outputs
    assert nets[1].nodes[-1].size == (8, 8)
