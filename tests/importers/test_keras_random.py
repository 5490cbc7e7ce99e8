"""Do random Keras networks read exactly the cells that their gradient reaches?"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("torch")
pytest.importorskip("keras")

from tests.importers.keras_oracle import compare, keras, read

L, ops = keras.layers, keras.ops

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore"), pytest.mark.slow]


def window(draw, x, rank):
    kernel = tuple(draw(st.integers(1, 4)) for _ in range(rank))
    stride = draw(st.sampled_from([1, 1, 2, 3]))
    dilation = draw(st.sampled_from([1, 2, 3])) if stride == 1 else 1
    kinds = {1: L.Conv1D, 2: L.Conv2D}
    padding = draw(st.sampled_from(["same", "valid", *(["causal"] if rank == 1 else [])]))
    return kinds[rank](
        2, kernel, strides=stride, dilation_rate=dilation, padding=padding, activation="relu"
    )(x)


def transposed(draw, x, rank):
    kinds = {1: L.Conv1DTranspose, 2: L.Conv2DTranspose}
    stride = draw(st.integers(1, 3))
    return kinds[rank](
        2, draw(st.integers(1, 4)), strides=stride, padding=draw(st.sampled_from(["same", "valid"]))
    )(x)


def pool(draw, x, rank):
    kinds = {1: (L.MaxPooling1D, L.AveragePooling1D), 2: (L.MaxPooling2D, L.AveragePooling2D)}
    kind = draw(st.sampled_from(kinds[rank]))
    padding = draw(st.sampled_from(["same", "valid"]))
    return kind(draw(st.integers(1, 3)), draw(st.integers(1, 3)), padding=padding)(x)


def larger(draw, x, rank):
    n = draw(st.integers(1, 3))
    return {1: L.UpSampling1D, 2: L.UpSampling2D}[rank](n)(x)


def framed(draw, x, rank):
    pairs = [(draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(rank)]
    if draw(st.booleans()):
        kind = {1: L.ZeroPadding1D, 2: L.ZeroPadding2D}[rank]
        return kind(pairs[0] if rank == 1 else pairs)(x)
    size = x.shape[1 : 1 + rank]
    pairs = [(0, 0) if a + b >= n else (a, b) for (a, b), n in zip(pairs, size, strict=True)]
    kind = {1: L.Cropping1D, 2: L.Cropping2D}[rank]
    return kind(pairs[0] if rank == 1 else pairs)(x)


def moved(draw, x, rank):
    shape = x.shape
    d = draw(st.integers(1, rank))
    kind = draw(st.sampled_from(["roll", "flip", "slice", "norm", "add", "concat"]))
    if kind == "roll":
        return ops.roll(x, draw(st.integers(-2, 2)), axis=d)
    if kind == "flip":
        return ops.flip(x, axis=d)
    if kind == "slice":
        step = draw(st.integers(1, 2))
        start = draw(st.integers(0, min(2, shape[d] - 1)))
        return x[(slice(None),) * d + (slice(start, None, step),)]
    if kind == "norm":
        return L.BatchNormalization()(x)
    y = {1: L.Conv1D, 2: L.Conv2D}[rank](2, draw(st.integers(1, 3)), padding="same")(x)
    z = {1: L.Conv1D, 2: L.Conv2D}[rank](2, 1)(x)
    return L.Add()([y, z]) if kind == "add" else L.Concatenate()([y, z])


@st.composite
def models(draw):
    rank = draw(st.integers(1, 2))
    size = [draw(st.integers(6, 14)) for _ in range(rank)]
    x = image = keras.Input((*size, 2))
    for _ in range(draw(st.integers(1, 5))):
        step = draw(st.sampled_from([window, window, transposed, pool, larger, framed, moved]))
        try:
            y = step(draw, x, rank)
        except ValueError:
            continue
        if all(1 <= n <= 40 for n in y.shape[1:-1]):
            x = y
    if x is image:
        x = L.Conv1D(2, 1)(x) if rank == 1 else L.Conv2D(2, 1)(x)
    return keras.Model(image, x)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(models())
def test_a_random_network_reads_what_its_gradient_reaches(model):
    with tempfile.TemporaryDirectory() as folder:
        network = read(model, Path(folder))
    shape = tuple(1 if n is None else n for n in model.inputs[0].shape)
    verdict = compare(model, network, [shape], layers=0)
    assert (verdict.wrong, verdict.wide, verdict.unclear) == (0, 0, 0), verdict.first
    assert verdict.equal > 0
