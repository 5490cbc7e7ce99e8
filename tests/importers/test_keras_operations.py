"""Does every form of an operation read what its gradient reaches, or say why it is not read?"""

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

from rfcalc.errors import RfcalcError
from tests.importers.keras_built import L, assert_equal, c, chain, function, ops
from tests.importers.keras_oracle import read

pytestmark = pytest.mark.filterwarnings("ignore")

MAP = (6, 5, 4)

FORMS = {
    "softmax over everything": lambda x: ops.softmax(c(4)(x), axis=None),
    "log softmax over everything": lambda x: ops.log_softmax(c(4)(x), axis=None),
    "normalised over everything": lambda x: ops.normalize(c(4)(x), axis=None),
    "sorted channels": lambda x: ops.sort(c(4)(x), axis=-1),
}

REFUSED = {
    "a sort of everything": (lambda x: ops.sort(x, axis=None), "all dimensions as one"),
    "a sort of rows": (lambda x: ops.sort(x, axis=1), "depends on the values"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_of_an_operation_reads_what_its_gradient_reaches(name, tmp_path):
    model = function(MAP, FORMS[name])
    network = read(model, tmp_path)
    assert network.assumed == ()
    assert_equal(model, network)


@pytest.mark.parametrize("name", REFUSED)
def test_a_form_that_is_not_followed_says_why(name, tmp_path):
    call, words = REFUSED[name]
    model = function(MAP, call)
    with pytest.raises(RfcalcError, match=words) as caught:
        read(model, tmp_path)
    assert caught.value.diagnostics[0].code == "RF502"


def test_a_softmax_layer_may_run_over_everything(tmp_path):
    model = chain(MAP, L.Conv2D(4, 3), L.Softmax(axis=None))
    assert_equal(model, read(model, tmp_path))
