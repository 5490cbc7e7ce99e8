"""Do Keras' attention and recurrent layers read the rows that their gradient reaches?"""

import json

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_keras
from rfcalc.masks import mask
from tests.importers.keras_built import L, assert_equal, chain, function, ops, pair, shapes
from tests.importers.keras_oracle import compare, config, read

torch = pytest.importorskip("torch")
pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore")

ROWS = (12, 4)


def heads(x):
    """Rows of six channels as two heads of three."""
    return ops.reshape(L.Conv1D(6, 3, padding="same")(x), (-1, 12, 2, 3))


def dot(x, **given):
    q = heads(x)
    return ops.reshape(ops.dot_product_attention(q, q, q, **given), (-1, 12, 6))


def later(x):
    """The last value of a recurrence of Keras' own cells, and then its states."""
    end, h, c = L.RNN(L.LSTMCell(4), return_state=True)(L.Conv1D(3, 3)(x))
    return L.Concatenate()([end, h, c])


def twice(x):
    each = L.TimeDistributed(L.Conv1D(2, 3))
    return each(each(x))


EXACT = {
    "attention": lambda: function(ROWS, lambda x: L.Attention()([L.Conv1D(4, 3)(x), x[:, 2:]])),
    "attention by name": lambda: function(ROWS, lambda x: L.Attention()(inputs=[x[:, 3:], x])),
    "attention with keys": lambda: function(
        ROWS, lambda x: L.AdditiveAttention()([x, x[:, :6], L.Conv1D(4, 2)(x)[:, ::2]])
    ),
    "attention and scores": lambda: function(
        ROWS, lambda x: L.Attention()([L.Conv1D(4, 3)(x), x[:, :6]], return_attention_scores=True)
    ),
    "heads with keys": lambda: function(
        ROWS, lambda x: L.MultiHeadAttention(2, 3)(x, x[:, :5], L.Conv1D(3, 3)(x)[:, :5])
    ),
    "heads of another width": lambda: function(
        ROWS, lambda x: L.MultiHeadAttention(2, 3, output_shape=7)(L.Conv1D(4, 3)(x), x)
    ),
    "heads and a fixed mask": lambda: function(
        ROWS, lambda x: L.MultiHeadAttention(2, 3)(x, x, attention_mask=np.ones((1, 12, 12)))
    ),
    "dot product": lambda: function(ROWS, dot),
    "dot product and a fixed mask": lambda: function(
        ROWS, lambda x: dot(x, mask=np.ones((1, 1, 12, 12)) > 0)
    ),
    "dot product and a fixed bias": lambda: function(
        ROWS, lambda x: dot(x, bias=np.ones((1, 2, 12, 12)))
    ),
    "dot product and a bias": lambda: pair(ROWS, (12, 12), lambda x, y: dot(x, bias=y[:, None])),
    "cells": lambda: chain(ROWS, L.Conv1D(3, 3), L.RNN(L.GRUCell(4))),
    "cells upon cells": lambda: chain(ROWS, L.RNN([L.LSTMCell(4), L.GRUCell(5)]), L.Dense(2)),
    "cells with states": lambda: function(ROWS, later),
    "a state": lambda: pair(ROWS, (4,), lambda x, s: L.GRU(4)(x, initial_state=s)),
    "both ways, two results": lambda: function(
        ROWS, lambda x: L.Subtract()(L.Bidirectional(L.GRU(3), merge_mode=None)(x))
    ),
    "both ways, summed": lambda: chain(
        ROWS, L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode="sum"), L.Dense(2)
    ),
    "one picture": lambda: chain((1, 9, 9, 2), L.ConvLSTM2D(2, 3, padding="same")),
    "a wrapper that is called twice": lambda: function((4, 9, 2), twice),
    "a causal dot product": lambda: function(ROWS, lambda x: dot(x, is_causal=True)),
    "a sequence of cells": lambda: chain(ROWS, L.RNN(L.LSTMCell(4), return_sequences=True)),
    "a sequence from a state": lambda: pair(
        ROWS,
        (9, 3),
        lambda x, s: L.GRU(4, return_sequences=True, return_state=True)(
            x, initial_state=L.LSTM(4)(s)
        ),
    ),
    "both ways, two sequences": lambda: function(
        ROWS,
        lambda x: L.Concatenate()(
            L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode=None)(x)
        ),
    ),
}

WIDER = {
    "a sliding window": (
        lambda: function(ROWS, lambda x: L.GroupQueryAttention(3, 4, 2, sliding_window=2)(x, x)),
        "sliding window",
    ),
    "a sequence of pictures": (
        lambda: chain((3, 9, 9, 2), L.ConvLSTM2D(2, 3, padding="same", return_sequences=True)),
        "what the last one reads",
    ),
}  # fmt: skip

REFUSED = {
    "scores of heads": (
        lambda: function(
            ROWS, lambda x: L.MultiHeadAttention(2, 3)(x, x, return_attention_scores=True)
        ),
        "its scores are an output",
    ),
    "a mask over several axes": (
        lambda: pair(
            (3, 4, 5), (3, 4, 3, 4),
            lambda x, m: L.MultiHeadAttention(2, 3)(x, x, attention_mask=m),
        ),
        "a mask over several axes",
    ),
    "a mask of rows": (
        lambda: pair(ROWS, (12,), lambda x, m: L.Attention()([x, x], mask=[m > 0, None])),
        "its argument mask depends on the model's input",
    ),
    "a mask of keys": (
        lambda: pair(ROWS, (12,), lambda x, m: L.MultiHeadAttention(2, 3)(x, x, key_mask=m > 0)),
        "its argument key_mask depends on the model's input",
    ),
    "states of cells upon cells": (
        lambda: function(
            ROWS, lambda x: L.RNN([L.LSTMCell(4), L.GRUCell(5)], return_state=True)(x)
        ),
        "the states of stacked cells",
    ),
    "states both ways": (
        lambda: function(ROWS, lambda x: L.Bidirectional(L.GRU(3, return_state=True))(x)),
        "states of a recurrence both ways",
    ),
    "a start both ways": (
        lambda: pair(
            ROWS, (4,), lambda x, s: L.Bidirectional(L.GRU(4))(x, initial_state=[s, s])
        ),
        "states of a recurrence both ways",
    ),
    "cells both ways": (
        lambda: chain(ROWS, L.Bidirectional(L.RNN(L.GRUCell(3)))),
        "RNN, which is not followed both ways",
    ),
    "pictures both ways": (
        lambda: chain((3, 9, 9, 2), L.Bidirectional(L.ConvLSTM2D(2, 3))),
        "ConvLSTM2D, which is not followed both ways",
    ),
    "states of pictures": (
        lambda: function((3, 9, 9, 2), lambda x: L.ConvLSTM2D(2, 3, return_state=True)(x)),
        "its states are not followed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
def test_rows_read_what_their_gradient_reaches(name, tmp_path):
    model = EXACT[name]()
    network = read(model, tmp_path)
    assert network.assumed == ()
    assert_equal(model, network)


@pytest.mark.parametrize("name", WIDER)
def test_what_reads_less_than_all_rows_is_taken_wider_and_says_so(name, tmp_path):
    build, words = WIDER[name]
    model = build()
    network = read(model, tmp_path)
    assert words in network.assumed[0]
    verdict = compare(model, network, shapes(model))
    assert verdict.wrong == 0, verdict.first


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_followed_says_why(name, tmp_path):
    build, words = REFUSED[name]
    model = build()
    with pytest.raises(RfcalcError, match=words) as caught:
        read(model, tmp_path)
    assert caught.value.diagnostics[0].code == "RF502"


@pytest.mark.parametrize("shape", [(12, 12), (1, 12, 12), (2, 12, 12)])
def test_a_row_reads_its_own_row_of_a_mask(shape, tmp_path):
    model = pair(ROWS, shape, lambda x, m: L.MultiHeadAttention(2, 3)(x, x, attention_mask=m))
    network = read(model, tmp_path)
    drawn = np.random.default_rng(0).random((1, *ROWS))
    open_ = np.ones((1, *shape))
    whole = model([torch.tensor(drawn), torch.tensor(open_)]).detach().numpy()
    above = (0,) * (len(shape) - 2)
    said = [mask(network, source="y", at=(*above, i)).array() for i in range(12)]
    for row in (0, 5, 11):
        closed = open_.copy()
        closed[..., row, 3] = 0
        moved = model([torch.tensor(drawn), torch.tensor(closed)]).detach().numpy()
        changed = np.abs(moved - whole).max((0, 2)) > 1e-12
        assert changed.tolist() == [said[i][..., row].any() for i in range(12)]


def edited(tmp_path, model, **settings):
    """Read a model of which the last layer has other settings."""
    data = config(model)
    data["config"]["layers"][-1]["config"].update(settings)
    (tmp_path / "m.json").write_text(json.dumps(data))
    return read_keras(tmp_path / "m.json")


CELL = {"class_name": "GRUCell", "module": "keras.layers", "config": {"units": 4}}
DENSE = {"class_name": "Dense", "module": "keras.layers", "config": {"units": 4}}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"cell": {**CELL, "module": None, "class_name": "Mine"}}, "its cell Mine"),
        ({"cell": {**CELL, "class_name": "StackedRNNCells", "config": {"cells": []}}}, "RNN"),
        ({"cell": {**CELL, "config": {"units": 0}}}, "units is 0"),
        ({"cell": {**CELL, "config": {"units": 1 << 40}}}, "units is 1099511627776"),
        ({"cell": {**CELL, "config": {"units": "4"}}}, "units is '4'"),
        ({"cell": 3}, "its cell is 3"),
    ],
)
def test_a_cell_that_is_none_of_keras_own_is_named(settings, words, tmp_path):
    with pytest.raises(RfcalcError, match=words):
        edited(tmp_path, chain(ROWS, L.RNN(L.GRUCell(4))), **settings)


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        (DENSE, "it wraps Dense"),
        ({**CELL, "class_name": "GRU", "config": {"units": 0}}, "units is 0"),
        ({**CELL, "class_name": "LSTM", "config": {"units": "4"}}, "units is '4'"),
    ],
)
def test_what_is_no_recurrence_does_not_go_both_ways(inner, words, tmp_path):
    with pytest.raises(RfcalcError, match=words):
        edited(tmp_path, chain(ROWS, L.Bidirectional(L.GRU(4))), layer=inner)


def test_a_state_of_rows_is_refused(tmp_path):
    data = config(pair(ROWS, (4,), lambda x, s: L.GRU(4)(x, initial_state=s)))
    data["config"]["layers"][1]["config"]["batch_shape"] = [None, 9, 4]
    history = data["config"]["layers"][2]["inbound_nodes"][0]["kwargs"]["initial_state"]
    history["config"]["shape"] = [None, 9, 4]
    (tmp_path / "m.json").write_text(json.dumps(data))
    with pytest.raises(RfcalcError, match="no row of channels"):
        read_keras(tmp_path / "m.json")


def test_a_bare_wrapper_says_nothing_of_what_it_does(tmp_path):
    data = config(chain((9, 9, 2), L.SpectralNormalization(L.Conv2D(2, 3))))
    data["config"]["layers"][1]["class_name"] = "Wrapper"
    (tmp_path / "m.json").write_text(json.dumps(data))
    with pytest.raises(RfcalcError, match="a bare wrapper"):
        read_keras(tmp_path / "m.json")
