"""Is it refused by name what depends on values, not on the layers alone: cells, sizes, branches?"""

import sys
import types

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_pt2
from rfcalc.verification.torch_backend import verify_module
from tests.importers.idioms import c
from tests.importers.torch_changes import IMAGE, Net, said, saved

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")


def told(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]


def of_two(x, near, middle, far):
    return torch.cond(near.sum() > 0, lambda y: y + 1, lambda y: y - 1, (near,))


def row(x, near, middle, far):
    return near + middle.select(2, (middle.sum() > 0).long().item())[:, :, None]


SIZED = "the size of what it gives depends on values"
REFUSED = {
    "a condition as an index": (
        lambda x, near, middle, far: near * middle[middle > 0].mean(),
        "RF501",
        f"aten.index: {SIZED}",
    ),
    "as many copies as values say": (
        lambda x, near, middle, far: near * far[0].repeat_interleave(far[0, :, 0, 0].long(), 0)[0],
        "RF501",
        f"aten.repeat_interleave: {SIZED}",
    ),
    "places that are not 0": (
        lambda x, near, middle, far: (near, far.nonzero()),
        "RF501",
        f"aten.nonzero: {SIZED}",
    ),
    "a selection": (
        lambda x, near, middle, far: near * middle.masked_select(far > 0).sum(),
        "RF501",
        f"aten.masked_select: {SIZED}",
    ),
    "a branch": (of_two, "RF501", "which layers run depends on values"),
    "a number computed from a value": (
        lambda x, near, middle, far: near * (far.sum().item() + 1),
        "RF501",
        "the operator",
    ),
    "a row": (row, "RF502", "its index depends on values"),
    "copies": (
        lambda x, near, middle, far: near + middle.repeat_interleave(2)[0],
        "RF502",
        "the number of repeats is not a constant",
    ),
}  # fmt: skip


READ_BY_PYTHON = ("a number computed from a value", "a row")
"""What the code of a module does with a value cannot be seen; a file says it."""


@pytest.mark.parametrize("name", REFUSED)
def test_what_depends_on_values_is_refused_from_a_module_and_from_a_file(name, tmp_path):
    function, code, words = REFUSED[name]
    module = Net(function).eval()
    for call in (
        lambda: from_torch(module, torch.zeros(IMAGE)),
        lambda: read_pt2(saved(module, tmp_path)),
    ):
        fault = told(call)
        assert "`submodule=" in fault.help
        if fault.code == "RF515":
            assert name in READ_BY_PYTHON
            assert "`take_values=True`" in fault.help
            continue
        assert (fault.code, words in fault.message) == (code, True), fault.message


def test_an_assumption_does_not_give_a_size():
    module = Net(REFUSED["a condition as an index"][0]).eval()
    fault = told(lambda: from_torch(module, torch.zeros(IMAGE), assume_pointwise=["index"]))
    assert (fault.code, SIZED in fault.message) == ("RF501", True)


def test_a_constant_of_a_size_that_is_not_known_is_read_as_one(tmp_path):
    class Kept(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.scale = c(3, 4), nn.Parameter(torch.arange(4.0))

        def forward(self, x):
            return self.conv(x) * self.scale[self.scale > 1].mean()

    network = from_torch(Kept().eval(), torch.zeros(IMAGE))
    assert said(network).cells == 9
    assert read_pt2(saved(Kept().eval(), tmp_path)).nodes == network.nodes


def test_a_model_that_picks_cells_fails_no_gate_and_gives_no_trace(monkeypatch):
    module = types.ModuleType("rfcalc_picking")
    module.model = Net(REFUSED["a condition as an index"][0]).eval()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    words = ["check", "rfcalc_picking:model", "--input", "1,3,8,8", "--min-rf", "3"]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, "RF501 'index'" in done.output) == (2, True), done.output
    assert told(lambda: verify_module(module.model, [torch.zeros(IMAGE)])).code == "RF501"


def test_a_part_before_values_decide_is_read():
    module = nn.Sequential(c(3, 4, 5), Net(REFUSED["places that are not 0"][0]))
    module[1].near = module[1].middle = module[1].far = c(4, 4)
    network = from_torch(module.eval(), torch.zeros(IMAGE), submodule="0")
    assert said(network).cells == 25


def test_what_is_refused_names_a_part_before_it_that_is_read():
    module = nn.Sequential(c(3, 4, 5), c(4, 4), Net(REFUSED["places that are not 0"][0]))
    module[2].near = module[2].middle = module[2].far = c(4, 4)
    fault = told(lambda: from_torch(module.eval(), torch.zeros(IMAGE)))
    assert "(`submodule='2.far'`)" in fault.help
    assert said(from_torch(module, torch.zeros(IMAGE), submodule="2.far")).cells == 9


def test_what_python_reads_names_the_parts_there_are():
    module = nn.Sequential(c(3, 3, 5), Net(lambda x, *_: x if x.sum() > 0 else -x))
    fault = told(lambda: from_torch(module.eval(), torch.zeros(IMAGE)))
    assert "`submodule=` with one of '0', '1'" in fault.help
    alone = told(lambda: from_torch(Bare(), torch.zeros(IMAGE)))
    assert "it has no part" in alone.help


class Bare(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x
