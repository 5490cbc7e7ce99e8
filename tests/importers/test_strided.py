"""Are windows that a view by strides lays over a tensor read as the windows that they are?"""

import pytest

pytest.importorskip("torch")

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_pt2
from tests.importers.changing import samples
from tests.importers.idioms import Fn
from tests.importers.rows import assert_right

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.filterwarnings("ignore")

LINE = (1, 1, 20)
VIEWS = {
    "overlapping frames": lambda x: x.as_strided((1, 1, 9, 4), (20, 20, 2, 1)).mean(-1),
    "frames in columns": lambda x: x.as_strided((1, 1, 4, 9), (20, 20, 1, 2)).mean(2),
    "frames apart": lambda x: x.as_strided((1, 4, 3), (20, 5, 1)).sum(-1),
    "without dimensions of one": lambda x: x.as_strided((9, 4), (2, 1)).mean(-1),
    "every third cell": lambda x: x.as_strided((1, 1, 6), (20, 20, 3)),
    "fewer frames than fit": lambda x: x.as_strided((1, 1, 3, 4), (20, 20, 2, 1)).mean(-1),
    "behind a convolution": lambda x: torch.conv1d(x, torch.ones(1, 1, 3)).as_strided(
        (1, 1, 8, 4), (18, 18, 2, 1)
    ).mean(-1),
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_by_strides_reads_what_changes_it(name, tmp_path):
    module = Fn(VIEWS[name]).eval()
    program = torch.export.export(module, (torch.zeros(LINE),), strict=False)
    torch.export.save(program, tmp_path / "m.pt2")

    def run(x):
        return module(torch.tensor(x)).numpy()

    for read in (
        lambda layout: from_torch(module, torch.zeros(LINE), layout=[layout]),
        lambda layout: read_pt2(tmp_path / "m.pt2", layout=[layout]),
    ):
        assert_right(read, run, samples(LINE), ["NCX"])


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.as_strided((1, 1, 5, 4), (20, 20, 2, 1), 3),
        lambda x: x.as_strided((1, 1, 4, 3, 2), (20, 20, 4, 2, 1)),
        lambda x: x.as_strided((1, 1, 20, 2), (20, 20, 1, 0)),
    ],
)
def test_another_view_by_strides_is_refused(view):
    with pytest.raises(RfcalcError, match="not those of windows along one dimension"):
        from_torch(Fn(view).eval(), torch.zeros(LINE))
