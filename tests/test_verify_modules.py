"""What does ``verify`` say of modules that go their own way: numbers, states, several grids?"""

from importlib import import_module

import pytest

from rfcalc.errors import RfcalcError, fail
from rfcalc.verification.torch_backend import verify_module
from tests.verified import IMAGE, Fn, conv, told, verified

torch = pytest.importorskip("torch")
nn = torch.nn
F = torch.nn.functional

pytestmark = pytest.mark.filterwarnings("ignore")

DIFFERS = "the exported program gives other values than the module itself"
WHOLE = "it holds whole numbers, of which no gradient is taken"


class Labelled(nn.Module):
    """An image, beside labels that are looked up in a table."""

    def __init__(self):
        super().__init__()
        self.table, self.conv = nn.Embedding(10, 4), conv(3, 4)

    def forward(self, labels, image):
        return self.conv(image) + self.table(labels).mean(1)[..., None, None]


def labelled(**options):
    labels = torch.zeros(1, 5, dtype=torch.long)
    return verify_module(Labelled(), (labels, torch.zeros(IMAGE)), **options)


def test_an_input_of_whole_numbers_is_left_out_and_said_to_be():
    found = labelled()
    assert found.ok
    assert not found.exact
    assert dict(found.skipped)["labels"] == WHOLE
    assert {check.source for check in found.checks} == {"image"}
    assert {c.cells for c in found.checks if (c.layer, c.position) == ("add", (8, 8))} == {9}
    assert "labels" not in dict(labelled(source="image").skipped)


def beyond(m, x):
    """A row of a table that has fewer: nobody notices before the program runs."""
    return m.conv(x) + F.embedding(torch.tensor([9]), torch.ones(4, 16, dtype=x.dtype))


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        (
            lambda: labelled(source="labels"),
            "RF406",
            f"'labels' cannot be compared: {WHOLE}",
        ),
        (
            lambda: verify_module(nn.Embedding(10, 4), (torch.zeros(1, 5, dtype=torch.long),)),
            "RF441",
            f"no input can be compared: 'input': {WHOLE}",
        ),
        (
            lambda: labelled(layer="image"),
            "RF441",
            "'image' is an input: it is given, not computed",
        ),
        (
            lambda: verified(nn.Sequential(nn.PixelUnshuffle(2), conv(12, 4)), layer="1.unshuffle"),
            "RF441",
            "'1.unshuffle' is a step of rfcalc's own: no value of the module is its output",
        ),
        (
            lambda: verified(Fn(beyond)),
            "RF507",
            "the module's program raised IndexError: index out of range in self",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_reason(call, code, message):
    fault = told(call)
    assert (fault.code, fault.message) == (code, message)


def as_exported():
    return torch.compiler.is_exporting()


def refusing(m, x):
    if not as_exported():
        raise ValueError("eager is not for me")
    return m.conv(x)


def test_what_the_module_itself_raises_is_told():
    fault = told(lambda: verified(Fn(refusing)))
    assert fault.code == "RF507"
    assert fault.message.startswith("the module raised ValueError: eager is not for me (")


@pytest.mark.parametrize(
    ("function", "note"),
    [
        (lambda m, x: m.conv(x) * 2, False),
        (lambda m, x: {"count": 3, "y": m.conv(x), "none": None}, False),
        (lambda m, x: m.conv(x) + torch.rand(4, 1, 1), False),
        (lambda m, x: m.conv(x) * (1 if as_exported() else 2), True),
        (lambda m, x: m.conv(x)[..., 0 if as_exported() else 1 :], True),
        (lambda m, x: m.conv(x) if as_exported() else (m.conv(x), x), True),
    ],
)
def test_a_module_that_differs_from_its_program_is_noted(function, note):
    found = verified(Fn(function), positions=1)
    assert found.ok
    assert (DIFFERS in found.notes) == note


def test_outputs_that_depend_on_no_input_are_left_out():
    found = verified(Fn(lambda m, x: (m.conv(x), torch.ones(1, 2, 16, 16))), positions=1)
    assert found.exact
    assert {check.layer for check in found.checks} == {"conv"}


@pytest.mark.parametrize(
    "function", [lambda m, x: x.mT, lambda m, x: (x.permute(0, 2, 1, 3), m.conv(x))]
)
def test_an_input_that_is_put_out_in_another_order_agrees(function):
    found = verified(Fn(function), (1, 3, 16, 12), positions=20)
    assert found.ok, found.refutations
    assert {c.cells for c in found.checks if c.layer == "x"} == {1}


def in_blocks(y):
    """Every other cell of a signal as a channel of its own."""
    return y.view(1, 4, 8, 2).transpose(2, 3).reshape(1, 8, 8)


class Started(nn.Module):
    """Blocks of a signal behind a start that the whole signal decides."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 4, 3, padding=1)

    def forward(self, x):
        y = self.conv(x)
        return torch.cat([y.mean(2, keepdim=True).repeat(1, 2, 1), in_blocks(y)], 2)


def test_pieces_of_one_axis_are_compared_as_one_output():
    found = verified(Started(), (1, 3, 16), positions=20)
    assert found.ok
    assert found.exact
    end = {c.position: c.cells for c in found.checks if c.layer == "output.join"}
    # The start reads all, a block of two cells their neighbours too: at the ends there is one.
    assert end == {(0,): 16, (1,): 3, **{(i,): 4 for i in range(2, 8)}, (8,): 3}


def beside(m, x):
    """Blocks of a map beside its columns: two grids along one dimension."""
    y = m.conv(x)
    columns = y[..., :8].mean(2, keepdim=True).repeat(1, 4, 1, 1).expand(1, 16, 8, 8)
    return torch.cat([F.pixel_unshuffle(y, 2), columns], 3)


def test_an_output_that_is_a_part_of_a_tensor_is_left_out_and_said_to_be():
    found = verified(Fn(beside), positions=1)
    assert found.ok
    assert found.skipped == (("output.unshuffle", "it is only a part of a tensor of the module"),)
    assert "compared: 1 of 2 outputs" in found.notes[-1]


def test_a_gradient_that_is_not_finite_is_left_out_and_said_to_be():
    found = verified(Fn(lambda m, x: (m.conv(x) - m.conv(x)).sqrt()), layer="sqrt")
    assert found.ok
    assert found.skipped == (("sqrt", "its gradient is not finite"),)
    assert {(check.mask, check.contained) for check in found.checks} == {(True, None)}


def test_progress_rises_to_the_number_of_all_gradients():
    seen = []
    found = verified(Fn(lambda m, x: m.conv(x).relu()), progress=lambda *done: seen.append(done))
    assert seen == [(5 * n, 20) for n in range(1, 5)]
    assert 2 * len(found.checks) == 20


@pytest.mark.parametrize(("code", "declined"), [("RF305", True), ("RF409", True), ("RF404", False)])
def test_a_mask_beyond_the_limits_is_left_out_and_another_fault_is_not(code, declined, monkeypatch):
    module = import_module("rfcalc.verification.torch_backend")
    right = module.mask

    def refusing(network, layer, *rest):
        if layer == "relu":
            raise fail(code, "too many boxes")
        return right(network, layer, *rest)

    monkeypatch.setattr(module, "mask", refusing)
    net = Fn(lambda m, x: m.conv(x).relu())
    if not declined:
        with pytest.raises(RfcalcError, match="too many boxes"):
            verified(net)
        return
    found = verified(net)
    assert found.ok
    assert found.skipped == (("relu", "too many boxes"),)
    assert {check.layer for check in found.checks} == {"conv"}
