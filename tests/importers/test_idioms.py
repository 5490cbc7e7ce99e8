"""Are the idioms of real models read exactly, whatever happens to the axes on the way?"""

import copy

import pytest

torch = pytest.importorskip("torch")

from rfcalc.errors import RfcalcError  # noqa: E402
from rfcalc.importers import from_torch, read_pt2  # noqa: E402
from rfcalc.interior import growth  # noqa: E402
from tests.importers.idioms import LOCAL, MARKED, WHOLE  # noqa: E402
from tests.importers.oracle import compare  # noqa: E402
from tests.whole import sample  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


PARTLY = {
    *("crop-negative-pad", "slice", "roll", "repeat-interleave", "patch-linear", "tensor-unfold"),
}


def _layout(name, shape):
    """Return the layout of idioms in which windows do not run over all of the image."""
    return ["NC" + "DHW"[5 - len(shape) :]] if name in PARTLY else None


def _read(module, shape, name=""):
    layout = _layout(name, shape)
    return from_torch(copy.deepcopy(module).eval(), torch.zeros(shape), layout=layout)


SIZED = {"grid-attention"}


@pytest.mark.parametrize("name", LOCAL)
def test_local_idioms_equal_the_gradient(name):
    module, shape = LOCAL[name]
    network = _read(module, shape, name)
    # The dilation of attention over a grid goes by the size.
    held = ["'scaled_dot_product_attention' has another dilation at another size"]
    assert [fact.partition(":")[0] for fact in network.assumed] == held * (name in SIZED)
    verdict = compare(copy.deepcopy(module), (torch.zeros(shape),), network, targets=4)
    assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first
    assert verdict.equal >= 3


@pytest.mark.parametrize("name", MARKED)
def test_what_is_said_too_widely_is_marked(name):
    module, shape = MARKED[name]
    network = _read(module, shape, name)
    assert network.assumed
    verdict = compare(copy.deepcopy(module), (torch.zeros(shape),), network, targets=4)
    assert verdict.wrong == 0, verdict.first
    assert verdict.equal + verdict.wide >= 3


@pytest.mark.parametrize("name", LOCAL)
def test_local_idioms_are_bounded(name):
    module, shape = LOCAL[name]
    network = _read(module, shape, name)
    rows = {row.name: row for row in growth(network).rows}
    assert [rows[network.nodes[i].name].unbounded for i in network.outputs] == [None]


@pytest.mark.parametrize("name", LOCAL)
def test_local_idioms_contain_the_gradient_as_they_stand(name):
    module, shape = LOCAL[name]
    network = _read(module, shape, name)
    verdict = compare(copy.deepcopy(module), (torch.zeros(shape),), network, linear=False)
    assert verdict.wrong == 0, verdict.first
    assert verdict.equal >= 3


@pytest.mark.parametrize("name", WHOLE)
def test_whole_idioms_name_their_cause(name):
    module, shape, cause = WHOLE[name]
    network = _read(module, shape, name)
    rows = {row.name: row for row in growth(network).rows}
    causes = [rows[network.nodes[i].name].unbounded for i in network.outputs]
    named = {c.by.removeprefix("1.").split("_")[0] for axes in causes for c in axes if c}
    assert named == {cause.removeprefix("1.").split("_")[0]}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_idioms_equal_the_gradient_at_a_position(name):
    module, shape, _ = WHOLE[name]
    network = _read(module, shape, name)
    verdict = compare(copy.deepcopy(module), (torch.zeros(shape),), network, targets=4)
    assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first


@pytest.mark.parametrize("name", sample([*LOCAL, *WHOLE], 40))
def test_a_saved_program_gives_the_same_network(name, tmp_path):
    module, shape, *_ = {**LOCAL, **WHOLE}[name]
    program = torch.export.export(copy.deepcopy(module).eval(), (torch.zeros(shape),), strict=False)
    torch.export.save(program, tmp_path / "m.pt2")
    saved = read_pt2(tmp_path / "m.pt2", layout=_layout(name, shape) or ())
    live = _read(module, shape, name)
    assert saved.nodes == live.nodes
    assert (saved.outputs, saved.aliases) == (live.outputs, live.aliases)


REFUSED = {
    "own-transpose": (lambda x: x + x.transpose(2, 3), "RF502"),
    "places-of-what-is-not-0": (lambda x: x.nonzero() * 1.0, "RF501"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_followed_is_refused_by_name(name):
    from tests.importers.idioms import Fn

    function, code = REFUSED[name]
    with pytest.raises(RfcalcError) as caught:
        _read(Fn(function), (1, 3, 12, 12), name)
    assert caught.value.diagnostics[0].code == code
    # The module has no parts, so none can be asked for.
    assert "`submodule=" not in caught.value.diagnostics[0].help
