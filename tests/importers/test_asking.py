"""Is it said what can be given to a model, when it did not take what it was given?"""

import sys
import types

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.importers import from_target, from_torch
from rfcalc.interior import growth
from rfcalc.masks import mask
from tests.importers.idioms import Fn

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")

IMAGE = (1, 3, 16, 16)
SOURCE = """
import sys
from torch import nn


class Conv(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)


class Two(Conv):
    def forward(self, left, right):
        return self.conv(left) + self.conv(right)


class Alone(Conv):
    def forward(self, *, image):
        return self.conv(image)


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.conv = nn.Embedding(10, 8), nn.Conv1d(8, 8, 3)

    def forward(self, x):
        return self.conv(self.table(x).transpose(1, 2))


class Leaves(Conv):
    def forward(self, x):
        sys.exit(0)


class Builtin(nn.Module):
    forward = staticmethod(max)


class LeavesAtOnce(nn.Module):
    def __init__(self):
        sys.exit(0)


class Stops(Conv):
    def forward(self, x):
        raise KeyboardInterrupt


def rated(rates):
    return Conv()
"""


@pytest.fixture
def target(monkeypatch):
    module = types.ModuleType("rfcalc_asking")
    exec(compile(SOURCE, "asking.py", "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module.__name__


def told(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]


@pytest.mark.parametrize(
    ("name", "shapes", "help"),
    [
        ("Two", [IMAGE], "its forward takes 'left', 'right': give one `input=` for each"),
        ("Two", [IMAGE] * 3, "its forward takes 'left', 'right': give one `input=` for each"),
        ("Alone", [IMAGE], "its forward takes 'image' by keyword alone"),
        ("Words", [(1, 8)], "it takes whole numbers, and `input=` gives fractions"),
        ("rated", [IMAGE], "it is called as rated(rates): give its values by `kwargs=`"),
        ("Conv", [IMAGE], "check the shape given with `input=`"),
        ("Builtin", [IMAGE] * 2, "check the shape given with `input=`"),
    ],
)
def test_the_help_says_what_can_be_given(target, name, shapes, help):
    fault = told(lambda: from_target(f"{target}:{name}", shapes))
    assert fault.code == "RF507"
    assert help in fault.help


def test_numbers_that_are_whole_already_are_not_asked_for():
    fault = told(lambda: from_torch(nn.Conv2d(3, 4, 3), torch.zeros(IMAGE, dtype=torch.long)))
    assert (fault.code, "RuntimeError" in fault.message) == ("RF507", True)
    assert fault.help.endswith("given with `input=`, batch and channels included")


def test_what_the_help_proposes_works(target):
    held = sys.modules[target]
    assert from_torch(held.Alone(), (), kwargs={"image": torch.zeros(IMAGE)}).nodes[-1].size
    words = from_torch(held.Words(), torch.zeros((1, 8), dtype=torch.long))
    assert growth(words).rows[-1].rf == (3,)


@pytest.mark.parametrize("name", ["Leaves", "LeavesAtOnce"])
def test_a_model_that_leaves_the_program_fails_the_check(target, name):
    fault = told(lambda: from_target(f"{target}:{name}", [IMAGE]))
    assert fault.code == "RF507"
    assert "raised SystemExit: 0 (asking.py:" in fault.message
    words = ["check", f"{target}:{name}", "--input", "1,3,16,16", "--min-rf", "1"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "RF507" in done.output


def test_an_interrupt_is_none_of_the_model_s_errors(target):
    with pytest.raises(KeyboardInterrupt):
        from_target(f"{target}:Stops", [IMAGE])


def test_the_place_is_never_one_of_rfcalc_or_torch(target):
    for name, shape in (("Two", IMAGE), ("Alone", IMAGE), ("rated", IMAGE)):
        message = told(lambda n=name, s=shape: from_target(f"{target}:{n}", [s])).message
        assert "(" not in message.rpartition("argument")[2]
    inside = told(lambda: from_target(f"{target}:Words", [(1, 8)])).message
    assert inside.endswith("in forward)")
    assert "(asking.py:" in inside


@pytest.mark.parametrize(
    ("shape", "message", "help"),
    [
        ((1, 3, 100_000, 100_000), "30,000,000,000 values", "at most 268,435,456"),
        ((1, 0, 16, 16), "no shape of an example input", "`input=(1, 3, 224, 224)`"),
    ],
)
def test_a_shape_that_cannot_be_made_says_why(target, shape, message, help):
    fault = told(lambda: from_target(f"{target}:Conv", [shape]))
    assert fault.code == "RF512"
    assert message in fault.message
    assert help in fault.help


@pytest.mark.parametrize(
    ("module", "shape", "size", "rf"),
    [
        (nn.Conv2d(3, 4, (3, 7), padding=(1, 3)), (3, 16, 20), (16, 20), (3, 7)),
        (nn.Sequential(nn.ReLU(), nn.MaxPool2d((2, 4))), (3, 16, 20), (8, 5), (2, 4)),
        (nn.Conv1d(3, 4, 5), (3, 20), (16,), (5,)),
        (nn.Conv3d(3, 4, (1, 3, 5)), (3, 4, 9, 9), (4, 7, 5), (1, 3, 5)),
        (nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(7)), (3, 16, 16), (7, 7), (4, 4)),
        (Fn(lambda x: x[None], None, nn.Conv2d(1, 4, (3, 5))), (16, 20), (14, 16), (3, 5)),
    ],
)
def test_an_input_without_a_batch_has_all_its_axes(module, shape, size, rf):
    network = from_torch(module.eval(), torch.zeros(shape))
    assert network.nodes[network.output].size == size
    assert growth(network).rows[-1].rf == rf


def correlated(weight):
    """A convolution by the operator that all of them are made of."""
    sides = [1, 1], [0, 0], [1, 1], False, [0, 0], 1
    return lambda x: torch.convolution(x.permute(0, 3, 1, 2), weight, None, *sides)


@pytest.mark.parametrize(
    ("module", "shape", "letters", "rf"),
    [
        (Fn(correlated(torch.ones(4, 3, 3, 5))), (1, 9, 12, 3), "NHWC", (3, 5)),
        (Fn(lambda x: x.unsqueeze(2), None, nn.Conv2d(3, 4, (1, 5))), (1, 3, 12), "NCW", (5,)),
        (Fn(lambda x: x.unsqueeze(-4), None, nn.Conv3d(1, 4, (1, 3, 5))), (4, 9, 12), "DHW",
         (1, 3, 5)),
    ],
)  # fmt: skip
def test_the_first_window_says_which_dimensions_are_space(module, shape, letters, rf):
    network = from_torch(module.eval(), torch.zeros(shape))
    told = from_torch(module.eval(), torch.zeros(shape), layout=[letters])
    assert network.nodes == told.nodes
    assert mask(network, at=[0] * len(rf)).rf == rf


def test_a_layout_that_is_given_is_taken():
    network = from_torch(nn.Conv2d(3, 4, 3), torch.zeros(3, 8, 9), layout=["CHW"])
    assert network.input == (8, 9)
