"""Is what happens to axes followed exactly, or marked, or refused with a word that tells why?"""

import copy

import pytest
from numpy.testing import assert_array_equal

from rfcalc.conversion import convert
from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch
from rfcalc.masks import mask
from rfcalc.spec import read_text
from tests.importers.axes_models import EXACT, IMAGE, MARKED, REFUSED, SCRAMBLED, levels
from tests.importers.idioms import Fn
from tests.importers.oracle import compare

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")


def read(made, shape):
    module = made if isinstance(made, nn.Module) else Fn(made)
    return module, from_torch(copy.deepcopy(module).eval(), torch.zeros(shape), layout=["NCHW"])


@pytest.mark.parametrize("name", EXACT)
def test_what_is_followed_equals_the_gradient(name):
    made, shape = EXACT[name]
    module, network = read(made, shape)
    assert network.assumed == ()
    verdict = compare(copy.deepcopy(module), (torch.zeros(shape),), network)
    assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first
    assert verdict.equal >= 1


@pytest.mark.parametrize("name", MARKED)
def test_what_is_said_too_widely_is_marked_and_misses_no_cell(name):
    made, shape = MARKED[name]
    module, network = read(made, shape)
    assert network.assumed
    verdict = compare(copy.deepcopy(module), (torch.zeros(shape),), network)
    assert verdict.wrong == 0, verdict.first
    assert verdict.equal + verdict.wide >= 1


@pytest.mark.parametrize("name", SCRAMBLED)
def test_windows_over_parts_that_change_their_sizes_are_read_and_marked(name):
    _, network = read(SCRAMBLED[name], IMAGE)
    assert any("within parts of an axis" in fact for fact in network.assumed)
    # Which dimension of the result holds the cells is known.
    (piece,) = network.results[0].pieces
    assert piece.dims[1][-1] in ((2, 0), (2, 1))


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_followed_is_refused_and_told(name):
    made, shape, said = REFUSED[name]
    with pytest.raises(RfcalcError) as caught:
        read(made, shape)
    fault = caught.value.diagnostics[0]
    assert (fault.code, fault.message.partition(": ")[2]) == ("RF502", said)
    # The module has no parts, so none is advised.
    assert "`submodule=" not in fault.help


def test_a_view_that_puts_cells_in_another_order_says_so_and_shows_their_grids():
    _, network = read(lambda x: levels(x).reshape(1, 10, 32), (1, 4, 8, 8))
    # A row of the first is a row of the image, each of its channels a cell; of the second, two.
    assert {network.nodes[i].size for i in network.outputs} == {(8, 32), (4, 4)}
    assert network.assumed
    assert all("4 x 4 in another order; the grid is shown" in said for said in network.assumed)


@pytest.mark.parametrize("name", ["softmax-of-levels", "softmax-with-class", "mean-of-levels"])
def test_a_norm_of_values_of_several_grids_is_converted(name):
    """Its layer reads several others, though it merges nothing."""
    _, network = read(*EXACT[name])
    other = read_text(convert(network).text, "net.yaml")
    at = tuple(n // 2 for n in network.nodes[network.output].size)
    assert_array_equal(mask(other, at=at).array(), mask(network, at=at).array())


def test_outputs_on_several_grids_are_one_each():
    _, network = read(levels, IMAGE)
    assert sorted(network.nodes[i].size for i in network.outputs) == [(4, 4), (8, 8)]


def test_an_output_that_depends_on_nothing_is_left_out():
    _, network = read(lambda x: (torch.ones(3), torch.relu(x)), IMAGE)
    assert [network.nodes[i].layer.op for i in network.outputs] == ["relu"]
    with pytest.raises(RfcalcError, match="RF509 no output depends on an input"):
        read(lambda x: 2 * x[:, :, 3:3], IMAGE)


def test_cells_in_another_order_than_the_grid_are_told():
    """Rows of columns: first all even ones, then all odd ones."""
    _, network = read(
        lambda x: x.reshape(1, 4, 8, 4, 2).transpose(3, 4).flatten(-2),
        IMAGE,
    )
    (fact,) = network.assumed
    assert fact.endswith("holds the cells of a grid of 8 x 8 in another order; the grid is shown")


def test_a_relation_beyond_the_limit_is_refused():
    module = nn.ConvTranspose2d(4, 2, 1, stride=5000).eval()
    with pytest.raises(RfcalcError, match=r"RF305 .* the mask has 5000 phases") as caught:
        from_torch(module, torch.zeros(1, 4, 1, 1))
    assert "conv_transpose" in str(caught.value)
