"""Do the outputs of a model have their own grid, and the names that the model gives them?"""

from collections import OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest

from rfcalc.importers import from_torch, read_pt2
from rfcalc.importers.torch.outputs import labels
from rfcalc.masks import mask
from rfcalc.verification.torch_backend import verify_module
from tests.importers.idioms import Fn, c

torch = pytest.importorskip("torch")
nn = torch.nn
F = torch.nn.functional

pytestmark = pytest.mark.filterwarnings("ignore")

IMAGE = (1, 3, 16, 16)
Pair = namedtuple("Pair", "logits feats")


class Heads(nn.Module):
    """Two heads behind a stem, put out in a structure of one's own."""

    def __init__(self, structure):
        super().__init__()
        self.stem, self.one, self.two = c(3, 4, 3), c(4, 2, 1), c(4, 2, 5)
        self.structure = structure

    def forward(self, x):
        y = self.stem(x)
        return self.structure(self.one(y), self.two(y))


def read(module, shape=IMAGE):
    return from_torch(module.eval(), torch.zeros(shape))


def meant(network, name):
    return network.nodes[network.index(name, -1)].name


REARRANGED = {
    "cells as channels": (lambda x: F.pixel_unshuffle(x, 2), (8, 8)),
    "cells as channels, twice": (lambda x: F.pixel_unshuffle(x, 4), (4, 4)),
    "rows repeated": (lambda x: x.repeat(1, 1, 2, 1), (32, 16)),
    "both repeated": (lambda x: x.repeat(1, 1, 2, 3), (32, 48)),
    "channels repeated": (lambda x: x.repeat(1, 2, 1, 1), (16, 16)),
    "blocks of cells by a view": (
        lambda x: x.view(1, 2, 8, 2, 16).permute(0, 1, 3, 2, 4).reshape(1, 4, 8, 16),
        (8, 16),
    ),
    "channels last": (lambda x: x.permute(0, 2, 3, 1), (16, 16)),
    "a row of tokens": (lambda x: x.flatten(2).transpose(1, 2), (16, 16)),
}


@pytest.mark.parametrize("name", REARRANGED)
def test_an_output_has_the_grid_that_it_was_brought_to(name):
    function, size = REARRANGED[name]
    network = read(Fn(function, c(3, 2, 3)))
    assert network.nodes[network.output].size == size
    assert network.assumed == ()


def test_an_output_of_blocks_reads_what_the_gradient_says():
    module = Fn(lambda x: F.pixel_unshuffle(x, 2), c(3, 2, 3)).eval()
    network = read(module)
    x = torch.zeros(IMAGE, requires_grad=True)
    for parameter in module.parameters():
        parameter.data.fill_(1)
    module(x)[0, :, 3, 5].sum().backward()
    assert x.grad is not None
    said = mask(network, at=(3, 5)).array()
    np.testing.assert_array_equal(said, x.grad[0].abs().sum(0).numpy() > 0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.view(1, 2, 4, 4, 4, 4).permute(0, 2, 4, 1, 3, 5).reshape(16, 2, 4, 4),
        lambda x: x.view(1, 2, 4, 4, 16),
    ],
    ids=["windows as batch", "an axis in two"],
)
def test_an_output_in_another_order_is_marked(function):
    network = read(Fn(function, c(3, 2, 3)))
    assert network.nodes[network.output].size == (16, 16)
    assert ["another order" in fact for fact in network.assumed] == [True]


def test_an_output_whose_axes_change_places_is_exact():
    module = Fn(lambda x: x.transpose(2, 3), nn.Conv2d(3, 2, (3, 5))).eval()
    network = read(module)
    assert (network.assumed, network.nodes[network.output].size) == ((), (14, 12))
    x = torch.zeros(IMAGE, requires_grad=True)
    for parameter in module.parameters():
        parameter.data.fill_(1)
    module(x)[0, :, 9, 3].sum().backward()
    assert x.grad is not None
    said = mask(network, at=(3, 9)).array()
    np.testing.assert_array_equal(said, x.grad[0].abs().sum(0).numpy() > 0)


STRUCTURES = {
    "a dictionary": (lambda a, b: {"out": a, "aux": b}, ("out", "aux")),
    "an ordered one": (lambda a, b: OrderedDict(out=a, aux=b), ("out", "aux")),
    "one with defaults": (lambda a, b: defaultdict(list, out=a, aux=b), ("out", "aux")),
    "a named tuple": (Pair, ("logits", "feats")),
    "a list in a dictionary": (lambda a, b: {"heads": [a, b]}, ("heads.0", "heads.1")),
    "a named tuple in a list": (lambda a, b: [Pair(a, b)], ("0.logits", "0.feats")),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_an_output_has_the_key_that_the_model_gives_it(name):
    structure, keys = STRUCTURES[name]
    network = read(Heads(structure))
    assert [meant(network, key) for key in keys] == ["one", "two"]
    assert [meant(network, f"output:{key}") for key in keys] == ["one", "two"]


def test_a_key_that_something_else_has_stands_behind_a_prefix(tmp_path):
    keys = {"a": "one", "b": "input", "c": "x"}
    module = Heads(lambda a, b: {keys["a"]: b, keys["b"]: a, keys["c"]: a + b}).eval()
    program = torch.export.export(module, (torch.zeros(IMAGE),), strict=False)
    torch.export.save(program, tmp_path / "model.pt2")
    for network in (read(module), read_pt2(tmp_path / "model.pt2")):
        assert meant(network, "one") == "one"
        assert meant(network, "output:one") == "two"
        assert meant(network, "output:input") == "one"
        assert "input" not in network.aliases
        assert meant(network, "x") == "x"
        assert meant(network, "output:x") == "add"


def test_one_output_under_two_keys_has_both_names():
    network = read(Heads(lambda a, b: {"out": b, "again": b}))
    assert meant(network, "out") == meant(network, "again") == "two"


def test_keys_beside_a_factory_of_defaults_are_found():
    leaf = {"type": None}
    context = {"default_factory_module": "builtins", "dict_context": ["a", "b"]}
    tree = {"type": "defaultdict", "context": context, "children_spec": [leaf, leaf]}
    assert labels(tree, 2) == ["a", "b"]


def test_a_rearranged_output_agrees_with_the_gradient():
    module = Fn(lambda x: F.pixel_unshuffle(x, 2), c(3, 2, 3)).eval()
    verdict = verify_module(module, torch.zeros(IMAGE))
    assert verdict.ok
