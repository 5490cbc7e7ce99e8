"""Which cells of an image change what a PyTorch module gives at a position?

Found without rfcalc and without gradients: every cell of the image is changed.
"""

import json
import zipfile
from itertools import product

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_pt2
from rfcalc.masks import mask
from tests.importers.idioms import c

torch = pytest.importorskip("torch")
nn = torch.nn

SIDE = 8
IMAGE = (1, 3, SIDE, SIDE)
AT = (4, 4)


class Net(nn.Module):
    """A near, a middle and a far field of four channels, and a function of them."""

    def __init__(self, function):
        super().__init__()
        torch.manual_seed(0)
        self.near, self.middle, self.far = c(3, 4, 1), c(3, 4, 3), c(3, 4, 5)
        self.function = function

    def forward(self, x):
        return self.function(x, self.near(x), self.middle(x), self.far(x))


def changed(module, draws=1):
    """Which cells change the output at a position, for a few random images."""
    module = module.double().eval()
    found = np.zeros((SIDE, SIDE), bool)
    with torch.no_grad():
        for seed in range(draws):
            torch.manual_seed(seed)
            x = torch.randn(IMAGE, dtype=torch.float64)
            torch.manual_seed(0)
            was = module(x)[..., AT[0], AT[1]].clone()
            for cell in product(range(SIDE), repeat=2):
                other = x.clone()
                other[..., cell[0], cell[1]] += 3
                torch.manual_seed(0)
                found[cell] |= not torch.equal(module(other)[..., AT[0], AT[1]], was)
    return found


def said(network):
    """Return the mask of that position."""
    return mask(network, at=AT)


def exactly(function, folder, draws=1):
    """Hold the mask of a function, said to be exact, to what changes its output; saved, too."""
    module = Net(function).eval()
    network = from_torch(module, torch.zeros(IMAGE))
    assert said(network).exact
    assert read_pt2(saved(module, folder)).nodes == network.nodes
    np.testing.assert_array_equal(said(network).array(), changed(module, draws))


def widely(function):
    """Hold the mask of a function, not said to be exact, to all that changes its output."""
    module = Net(function).eval()
    held = said(from_torch(module, torch.zeros(IMAGE)))
    assert not held.exact
    assert not (changed(module) & ~held.array()).any()


def refused(function, words):
    """Hold the reason to the words of a function that is not followed."""
    with pytest.raises(RfcalcError) as caught:
        from_torch(Net(function).eval(), torch.zeros(IMAGE))
    fault = caught.value.diagnostics[0]
    assert (fault.code, words in fault.message) == ("RF502", True), fault.message


def saved(module, folder, x=None, **options):
    """Save the program of a module at an example input, by default an image; return the path."""
    given = (torch.zeros(IMAGE),) if x is None else x
    program = torch.export.export(module, given, strict=False, **options)
    torch.export.save(program, folder / "m.pt2")
    return folder / "m.pt2"


def edited(path, change):
    """Change the graph of a saved program as a dictionary, in place; return its file."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    place = next(name for name in entries if name.endswith("models/model.json"))
    data = json.loads(entries[place])
    change(data["graph_module"])
    entries[place] = json.dumps(data).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, held in entries.items():
            archive.writestr(name, held)
    return path
