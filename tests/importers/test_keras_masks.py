"""Do constants hide cells of Keras' attention, added, chosen, multiplied, or as masks?"""

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

from rfcalc.importers import read_keras
from rfcalc.masks import mask
from tests.importers.changing import reached, samples, verdicts
from tests.importers.keras_built import L, function, ops
from tests.importers.keras_oracle import keras, saved, torch

pytestmark = pytest.mark.filterwarnings("ignore")

SHAPE = (8, 4)
APART = np.abs(np.arange(8)[:, None] - np.arange(8))
BAND, PAST = APART <= 1, np.tri(8, dtype=bool)
FAR = np.where(BAND, 0.0, -1e9)


def scores(x):
    return ops.matmul(x, ops.transpose(x, (0, 2, 1)))


def headed(x):
    return ops.reshape(x, (-1, 8, 2, 2))


def of_heads(x, **given):
    return ops.reshape(ops.dot_product_attention(*[headed(x)] * 3, **given), (-1, 8, 4))


MASKS = {
    "added": lambda x: ops.matmul(ops.softmax(scores(x) + FAR), x),
    "subtracted": lambda x: ops.matmul(ops.softmax(scores(x) - np.where(BAND, 0.0, 1e9)), x),
    "chosen": lambda x: ops.matmul(ops.softmax(ops.where(BAND, scores(x), -1e9)), x),
    "left out": lambda x: ops.matmul(ops.softmax(ops.where(~BAND, -1e9, scores(x))), x),
    "multiplied": lambda x: ops.matmul(ops.multiply(scores(x), BAND.astype("float64")), x),
    "zeros moved": lambda x: ops.matmul(
        ops.add(ops.multiply(scores(x), BAND.astype("float64")), 1.0), x
    ),
    "a triangle": lambda x: ops.matmul(ops.tril(scores(x)), x),
    "a layer's mask": lambda x: ops.matmul(L.Softmax()(scores(x), mask=BAND[None]), x),
    "an attention's mask": lambda x: L.MultiHeadAttention(2, 3)(x, x, attention_mask=BAND[None]),
    "an attention's past": lambda x: L.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True),
    "the past of a band": lambda x: L.MultiHeadAttention(2, 3)(
        x, x, attention_mask=BAND[None], use_causal_mask=True
    ),
    "grouped queries": lambda x: L.GroupQueryAttention(3, 2, 1)(x, x, use_causal_mask=True),
    "scores' past": lambda x: L.Attention()([x, x], use_causal_mask=True),
    "a product's mask": lambda x: of_heads(x, mask=BAND[None, None]),
    "a product's bias": lambda x: of_heads(x, bias=FAR[None, None]),
}  # fmt: skip


@pytest.mark.parametrize("name", MASKS)
def test_what_a_constant_hides_is_not_read(name, tmp_path):
    model = function(SHAPE, MASKS[name])
    path = saved(model, tmp_path)
    network = read_keras(path, layout=["NTC"])
    assert network.assumed == ()

    def run(array):
        with torch.no_grad():
            return keras.ops.convert_to_numpy(model(torch.tensor(array), training=False))

    found = reached(run, *samples((1, *SHAPE), dtype="float64"))
    assert verdicts(lambda _: network, found, (1, *SHAPE), ["NXC"]) == {"NXC": ""}


def test_a_number_that_a_softmax_still_sees_hides_nothing(tmp_path):
    """Swin's windows are kept apart by -100: exp(-100) is small, and not 0."""
    near = np.where(BAND, 0.0, -100.0)
    model = function(SHAPE, lambda x: ops.matmul(ops.softmax(scores(x) + near), x))
    network = read_keras(saved(model, tmp_path), layout=["NTC"])
    assert network.assumed == ()
    x = torch.tensor(samples((1, *SHAPE), dtype="float64")[0], requires_grad=True)
    model(x)[0, 2].sum().backward()
    assert (x.grad != 0).all()
    assert mask(network, at=(2,)).array().all()
