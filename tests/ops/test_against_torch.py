"""Does every op give the size and read the cells that PyTorch says, borders included?"""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rfcalc.errors import ImpossibleSize
from rfcalc.layers import LAYERS
from tests.rules.resamplings import SCALES
from tests.rules.sliding import DILATIONS, KERNELS, LENGTHS, STRIDES


def impulses(torch, n):
    return torch.eye(n, dtype=torch.float64)[:, None]


def responds(y):
    """For each output the impulses that reach it."""
    return [set(column.nonzero()[:, 0].tolist()) for column in (y[:, 0] != 0).T]


def folded(cells, n, mode):
    """Where padding takes the cells outside the input from."""
    if mode == "zeros":
        return {c for c in cells if 0 <= c < n}
    if mode == "circular":
        return {c % n for c in cells}
    if mode == "replicate":
        return {min(max(c, 0), n - 1) for c in cells}
    turned = {abs(c) for c in cells}
    return {c if c < n else 2 * (n - 1) - c for c in turned}


def agrees(layer, n, y):
    assert layer.size(n, 0) == y.shape[-1]
    taps = layer.taps(n, 0)
    found = [folded(set(taps.read(o)), n, layer.border) for o in range(y.shape[-1])]
    assert found == responds(y)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is the oracle here")


MODES = st.sampled_from(["zeros", "reflect", "replicate", "circular"])


@given(KERNELS, STRIDES, DILATIONS, st.integers(0, 4), st.integers(0, 4), LENGTHS, MODES)
def test_a_convolution_is_that_of_torch(torch, k, s, d, first, last, n, mode):
    assume(n + first + last > d * (k - 1))
    layer = LAYERS["conv"](
        kernel=(k,), stride=(s,), dilation=(d,), padding=((first, last),), padding_mode=mode
    )
    x = torch.nn.functional.pad(
        impulses(torch, n), (first, last), mode="constant" if mode == "zeros" else mode
    )
    weight = torch.ones(1, 1, k, dtype=torch.float64)
    agrees(layer, n, torch.nn.functional.conv1d(x, weight, None, s, 0, d))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@given(KERNELS, DILATIONS, LENGTHS, st.sampled_from(["same", "valid"]))
def test_padding_words_are_those_of_torch(torch, k, d, n, word):
    assume(word == "same" or n > d * (k - 1))
    layer = LAYERS["conv"](kernel=(k,), dilation=(d,), padding=word)
    weight = torch.ones(1, 1, k, dtype=torch.float64)
    y = torch.nn.functional.conv1d(impulses(torch, n), weight, None, 1, word, d)
    agrees(layer, n, y)


@given(KERNELS, STRIDES, DILATIONS, LENGTHS)
def test_same_padding_gives_one_output_per_stride_begun(k, s, d, n):
    assert LAYERS["conv"](kernel=(k,), stride=(s,), dilation=(d,), padding="same").size(n, 0) == -(
        -n // s
    )


@given(KERNELS, STRIDES, DILATIONS, LENGTHS)
def test_causal_padding_never_reads_ahead(k, s, d, n):
    layer = LAYERS["conv"](kernel=(k,), stride=(s,), dilation=(d,), padding="causal")
    taps = layer.taps(n, 0)
    assert layer.size(n, 0) == -(-n // s)
    assert all(max(taps.read(o)) == s * o for o in range(layer.size(n, 0)))


@given(KERNELS, STRIDES, DILATIONS, LENGTHS, st.booleans(), st.data())
def test_a_max_pool_is_that_of_torch(torch, k, s, d, n, ceiled, data):
    p = data.draw(st.integers(0, k // 2))
    assume(n + 2 * p > d * (k - 1))
    layer = LAYERS["maxpool"](
        kernel=(k,), stride=(s,), dilation=(d,), padding=((p, p),), ceil_mode=ceiled
    )
    y = torch.nn.functional.max_pool1d(impulses(torch, n), k, s, p, d, ceiled)
    # Where a window lies in padding altogether torch gives -inf, and nothing reaches it.
    agrees(layer, n, y.where(~y.isinf(), 0))


@given(KERNELS, STRIDES, LENGTHS, st.booleans(), st.data())
def test_an_average_pool_is_that_of_torch(torch, k, s, n, ceiled, data):
    p = data.draw(st.integers(0, k // 2))
    assume(n + 2 * p >= k)
    layer = LAYERS["avgpool"](kernel=(k,), stride=(s,), padding=((p, p),), ceil_mode=ceiled)
    agrees(layer, n, torch.nn.functional.avg_pool1d(impulses(torch, n), k, s, p, ceiled))


@given(KERNELS, STRIDES, DILATIONS, LENGTHS, st.data())
def test_a_transposed_convolution_is_that_of_torch(torch, k, s, d, n, data):
    extra = data.draw(st.integers(0, max(s, d) - 1))
    p = data.draw(st.integers(0, d * (k - 1)))
    size = (n - 1) * s - 2 * p + d * (k - 1) + 1 + extra
    assume(size > 0)
    layer = LAYERS["conv_transpose"](
        kernel=(k,), stride=(s,), dilation=(d,), padding=((p, p),), output_padding=(extra,)
    )
    weight = torch.ones(1, 1, k, dtype=torch.float64)
    y = torch.nn.functional.conv_transpose1d(impulses(torch, n), weight, None, s, p, extra, 1, d)
    agrees(layer, n, y)


@given(LENGTHS, st.integers(2, 30))
def test_an_adaptive_pool_is_that_of_torch(torch, n, m):
    layer = LAYERS["adaptive_pool"](output=(m,))
    agrees(layer, n, torch.nn.functional.adaptive_avg_pool1d(impulses(torch, n), m))


@given(LENGTHS, SCALES, st.sampled_from(["nearest", "nearest-exact", "linear"]))
def test_resampling_by_a_ratio_is_that_of_torch(torch, n, scale, mode):
    layer = LAYERS["upsample"](scale=(scale,), mode=mode)
    agrees(
        layer, n, torch.nn.functional.interpolate(impulses(torch, n), scale_factor=scale, mode=mode)
    )


@given(LENGTHS, st.integers(1, 40), st.sampled_from(["nearest", "linear", "corners"]))
def test_resampling_to_a_size_is_that_of_torch(torch, n, m, mode):
    """Sizes whose ratio a float cannot hold: weights that rounding leaves behind are dropped."""
    aligned = mode == "corners"
    kind = "linear" if aligned else mode
    layer = LAYERS["upsample"](size_to=(m,), mode=kind, align_corners=aligned)
    options = {} if kind == "nearest" else {"align_corners": aligned}
    y = torch.nn.functional.interpolate(impulses(torch, n), m, mode=kind, **options)
    agrees(layer, n, y.where(y.abs() > 1e-9, 0))


@given(st.integers(6, 14), st.sampled_from([1.0, 2.0, 3.0, 0.5, 1.5]))
def test_bicubic_resampling_is_that_of_torch(torch, n, scale):
    layer = LAYERS["upsample"](scale=(scale,), mode="bicubic")
    x = impulses(torch, n)[:, :, None].expand(n, 1, 2, n)
    y = torch.nn.functional.interpolate(x, scale_factor=(1.0, scale), mode="bicubic")
    agrees(layer, n, y[:, :, 0])


@given(st.integers(6, 14), st.integers(1, 4), st.booleans())
def test_pixel_shuffles_are_those_of_torch(torch, n, r, down):
    n = n * r if down else n
    op, function = (
        ("pixel_unshuffle", torch.nn.functional.pixel_unshuffle)
        if down
        else ("pixel_shuffle", torch.nn.functional.pixel_shuffle)
    )
    x = impulses(torch, n)[:, :, None].expand(n, 1, n if down else 1, n)
    y = function(x if down else x.expand(n, 1, 1, n).repeat(1, r * r, 1, 1), r)
    agrees(LAYERS[op](factor=(r,)), n, y.sum((1, 2), keepdim=True)[:, :, 0])


@given(LENGTHS, st.integers(-40, 40))
def test_a_roll_is_that_of_torch(torch, n, shift):
    agrees(LAYERS["roll"](shift=(shift,)), n, torch.roll(impulses(torch, n), shift, 2))


@given(LENGTHS, st.integers(0, 5), st.integers(0, 5), MODES)
def test_a_pad_is_that_of_torch(torch, n, first, last, mode):
    layer = LAYERS["pad"](before=(first,), after=(last,), padding_mode=mode)
    word = "constant" if mode == "zeros" else mode
    agrees(layer, n, torch.nn.functional.pad(impulses(torch, n), (first, last), mode=word))


@given(LENGTHS, st.integers(-24, 24), st.none() | st.integers(-24, 30), st.integers(1, 4))
def test_a_slice_is_that_of_python(n, start, stop, step):
    layer = LAYERS["slice"](start=(start,), stop=(stop,), step=(step,))
    expected = list(range(n))[start:stop:step]
    if not expected:
        with pytest.raises(ImpossibleSize):
            layer.size(n, 0)
        return
    assert layer.size(n, 0) == len(expected)
    assert [set(layer.taps(n, 0).read(o)) for o in range(len(expected))] == [{i} for i in expected]


@pytest.mark.parametrize(
    ("layer", "n"),
    [
        (LAYERS["conv"](kernel=(7,), padding="valid"), 6),
        (LAYERS["conv"](kernel=(3,), padding=((4, 0),), padding_mode="reflect"), 4),
        (LAYERS["conv"](kernel=(3,), padding=((5, 0),), padding_mode="circular"), 4),
        (LAYERS["maxpool"](kernel=(3,), dilation=(4,), padding="valid"), 8),
        (LAYERS["conv_transpose"](kernel=(1,), padding=((3, 3),)), 6),
        (LAYERS["crop"](before=(3,), after=(3,)), 6),
        (LAYERS["slice"](start=(9,)), 9),
        (LAYERS["pixel_unshuffle"](factor=(2,)), 9),
        (LAYERS["upsample"](scale=(0.25,)), 3),
    ],
    ids=lambda value: getattr(value, "op", str(value)),
)
def test_a_layer_that_does_not_fit_its_input_says_so(layer, n):
    with pytest.raises(ImpossibleSize):
        layer.size(n, 0)
