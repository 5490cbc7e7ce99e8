"""Does every op read what its formula says (THEORY 2), and give the size that PyTorch gives?"""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rfcalc.errors import ImpossibleSize, NeedsSize
from rfcalc.footprint import WHOLE
from rfcalc.layers import LAYERS
from rfcalc.layers.pointwise import MERGES, POINTWISE
from rfcalc.taps import Taps

OUTPUTS = range(-11, 24)
LENGTHS = st.integers(6, 24)
KERNELS, STRIDES, DILATIONS = st.integers(1, 5), st.integers(1, 4), st.integers(1, 4)
PADDINGS = st.sampled_from([None, "valid", "same", "causal", (0, 0), (2, 2), (1, 3), (4, 0)])
SCALES = st.sampled_from([1.0, 2.0, 3.0, 4.0, 0.5, 1.5, 2.5, 0.75, 0.25])


def before(padding, kernel, stride, dilation, n):
    """Cells of padding in front of a sliding window, from SPEC 2."""
    reach = dilation * (kernel - 1) + 1
    if padding is None:
        return (dilation * (kernel - 1)) // 2
    if padding == "same":
        return max((ceil(n / stride) - 1) * stride + reach - n, 0) // 2
    if padding == "causal":
        return reach - 1
    return 0 if padding == "valid" else padding[0]


def window(k, s, d, p):
    return lambda o: {s * o - p + d * t for t in range(k)}


def pads(padding):
    return (padding,) if isinstance(padding, tuple) else padding


@st.composite
def conv(draw):
    k, s, d, p, n = (draw(x) for x in (KERNELS, STRIDES, DILATIONS, PADDINGS, LENGTHS))
    layer = LAYERS["conv"](kernel=(k,), stride=(s,), dilation=(d,), padding=pads(p))
    return layer, n, window(k, s, d, before(p, k, s, d, n))


def pool(op):
    @st.composite
    def drawn(draw):
        k, s, d, p, n = (draw(x) for x in (KERNELS, STRIDES, DILATIONS, PADDINGS, LENGTHS))
        stride = draw(st.sampled_from([(), (s,)]))
        s = s if stride else k
        ceiled = draw(st.booleans())
        layer = LAYERS[op](
            kernel=(k,), stride=stride, dilation=(d,), padding=pads(p), ceil_mode=ceiled
        )
        return layer, n, window(k, s, d, before(p, k, s, d, n))

    return drawn()


@st.composite
def conv_transpose(draw):
    k, s, d, p, n = (draw(x) for x in (KERNELS, STRIDES, DILATIONS, PADDINGS, LENGTHS))
    extra = draw(st.integers(0, 2))
    layer = LAYERS["conv_transpose"](
        kernel=(k,), stride=(s,), dilation=(d,), padding=pads(p), output_padding=(extra,)
    )
    reach = d * (k - 1) + 1
    cut = {None: max(0, reach - s) // 2, "same": max(0, reach - s) // 2, "valid": 0, "causal": 0}
    first = p[0] if isinstance(p, tuple) else cut[p]
    # A transposed convolution writes input i to outputs s*i - p + d*t: who writes to o?
    return layer, n, lambda o: {
        i for i in range(o - 60, o + 60) for t in range(k) if s * i - first + d * t == o
    }


@st.composite
def adaptive_pool(draw):
    n, m = draw(LENGTHS), draw(st.integers(2, 12))
    layer = LAYERS["adaptive_pool"](output=(m,))
    return layer, n, lambda o: set(range(o * n // m, ceil(Fraction((o + 1) * n, m))))


def neighbours(mode, at):
    low = floor(at)
    if mode == "nearest-exact":
        return {floor(at + Fraction(1, 2))}
    if at == low:
        return {low}
    return {low - 1, low, low + 1, low + 2} if mode == "bicubic" else {low, low + 1}


@st.composite
def upsample(draw):
    mode = draw(st.sampled_from(["nearest", "nearest-exact", "linear", "bilinear", "bicubic"]))
    n = draw(LENGTHS)
    if draw(st.booleans()):
        m = draw(st.integers(1, 40))
        layer, ratio = LAYERS["upsample"](size_to=(m,), mode=mode), Fraction(m, n)
    else:
        scale = draw(SCALES)
        layer, ratio = LAYERS["upsample"](scale=(scale,), mode=mode), Fraction(scale)
    if mode == "nearest":
        return layer, n, lambda o: {floor(o / ratio)}
    return layer, n, lambda o: neighbours(mode, (o + Fraction(1, 2)) / ratio - Fraction(1, 2))


def fixed(op, options, formula):
    """An op whose parameters are single integers: drawn by name, given to the formula."""

    @st.composite
    def drawn(draw):
        values = {name: draw(values) for name, values in options.items()}
        n = 12 * draw(st.integers(2, 3))
        return LAYERS[op](**{k: (v,) for k, v in values.items()}), n, formula(n=n, **values)

    return drawn()


def in_window(o, w, d, s):
    """The cells of o's block of w*d cells from shift s on, at distances that d divides."""
    block = (o - s) // (w * d)
    cells = range(block * w * d + s, (block + 1) * w * d + s)
    return {c for c in cells if (c - o) % d == 0}


SMALL = st.integers(0, 5)
FORMULAS = {
    "conv": conv(),
    "conv_transpose": conv_transpose(),
    "maxpool": pool("maxpool"),
    "avgpool": pool("avgpool"),
    "adaptive_pool": adaptive_pool(),
    "upsample": upsample(),
    "pixel_shuffle": fixed(
        "pixel_shuffle", {"factor": st.integers(1, 5)}, lambda n, factor: lambda o: {o // factor}
    ),
    "pixel_unshuffle": fixed(
        "pixel_unshuffle",
        {"factor": st.integers(1, 4)},
        lambda n, factor: lambda o: set(range(factor * o, factor * o + factor)),
    ),
    "pad": fixed(
        "pad", {"before": SMALL, "after": SMALL}, lambda n, before, after: lambda o: {o - before}
    ),
    "crop": fixed(
        "crop", {"before": SMALL, "after": SMALL}, lambda n, before, after: lambda o: {o + before}
    ),
    "slice": fixed(
        "slice",
        {"start": st.integers(-20, 20), "step": st.integers(1, 4)},
        lambda n, start, step: lambda o: {(start if start >= 0 else n + start) + step * o},
    ),
    "roll": fixed(
        "roll", {"shift": st.integers(-30, 60)}, lambda n, shift: lambda o: {o - shift % n}
    ),
    "window_attention": fixed(
        "window_attention",
        {"window": st.integers(1, 5), "shift": st.integers(0, 9), "dilation": st.integers(1, 3)},
        lambda n, window, shift, dilation: lambda o: in_window(o, window, dilation, shift),
    ),
}
KEEP = {layer.op for layer in (*MERGES, *POINTWISE)}
UNBOUNDED = {
    *("global_pool", "attention", "linear", "flatten", "squeeze_excite"),
    *("instance_norm", "group_norm", "spatial_norm", "sequence"),
}
COLLAPSE = {"global_pool", "linear", "flatten"}


def test_every_op_has_its_formula_here():
    assert set(LAYERS) == {*FORMULAS, *KEEP, *UNBOUNDED, "flip"}


@pytest.mark.parametrize("op", FORMULAS)
@given(data=st.data())
def test_an_op_reads_what_its_formula_says_at_every_output(op, data):
    layer, n, formula = data.draw(FORMULAS[op])
    try:
        m = layer.size(n, 0)
    except ImpossibleSize:
        assume(False)
    taps = layer.taps(n, 0)
    outputs = range(m) if layer.resized else OUTPUTS
    for o in outputs:
        assert set(taps.read(o)) == formula(o), o


@pytest.mark.parametrize("op", FORMULAS)
@given(data=st.data())
def test_the_interior_is_the_same_whatever_the_size_where_it_is_known_without(op, data):
    layer, n, _ = data.draw(FORMULAS[op])
    try:
        free = layer.taps(None, 0)
    except NeedsSize:
        return
    if op == "roll":  # modulo the axis: the same cell, another name
        assert free.jump == layer.taps(n, 0).jump == 1
        return
    assert free == layer.taps(n, 0)


@pytest.mark.parametrize("op", sorted(KEEP))
def test_element_wise_ops_and_merges_keep_every_cell_to_itself(op):
    layer = LAYERS[op]()
    for n in (None, 1, 9):
        assert {o: set(layer.taps(n, 0).read(o)) for o in OUTPUTS} == {o: {o} for o in OUTPUTS}
    assert layer.size(9, 0) == 9
    assert layer.merges == (op in {"add", "mul", "concat"})


@pytest.mark.parametrize("op", sorted(UNBOUNDED))
def test_whole_input_ops_are_unbounded_on_the_axes_they_cover(op):
    layer = LAYERS[op]()
    assert layer.taps(None, 0) is layer.taps(5, 1) is WHOLE
    assert layer.size(5, 0) == (1 if op in COLLAPSE else 5)
    assert layer.jump(5, 0) == (None if op in COLLAPSE else 1)
    half = LAYERS[op](over=(False, True))
    assert isinstance(half.taps(5, 0), Taps)
    assert half.taps(5, 1) is WHOLE
    assert (half.size(5, 0), half.jump(5, 0)) == (5, 1)


@given(st.integers(1, 30))
def test_a_flip_reads_from_the_other_end(n):
    taps = LAYERS["flip"]().taps(n, 0)
    assert [set(taps.read(o)) for o in range(n)] == [{n - 1 - o} for o in range(n)]
    assert set(LAYERS["flip"](over=(False, True)).taps(n, 0).read(2)) == {2}
    with pytest.raises(NeedsSize):
        LAYERS["flip"]().taps(None, 0)


@given(st.integers(2, 30), st.integers(2, 30))
def test_aligned_corners_read_the_neighbours_of_a_grid_pinned_at_both_ends(n, m):
    taps = LAYERS["upsample"](size_to=(m,), mode="linear", align_corners=True).taps(n, 0)
    for o in range(m):
        assert set(taps.read(o)) == neighbours("linear", Fraction(o * (n - 1), m - 1))


def test_an_adaptive_pool_to_one_cell_reads_everything():
    assert LAYERS["adaptive_pool"](output=(1,)).taps(9, 0) is WHOLE


@pytest.mark.parametrize(
    "layer",
    [
        LAYERS["conv"](kernel=(3,), stride=(2,), padding="same"),
        LAYERS["upsample"](size_to=(7,)),
        LAYERS["upsample"](scale=(2.0,), mode="linear", align_corners=True),
        LAYERS["adaptive_pool"](output=(7,)),
        LAYERS["slice"](start=(-3,)),
    ],
    ids=["same", "size", "corners", "adaptive", "slice"],
)
def test_what_depends_on_the_size_says_so_when_it_is_not_known(layer):
    with pytest.raises(NeedsSize):
        layer.taps(None, 0)


def test_every_axis_has_parameters_of_its_own():
    layer = LAYERS["conv"](
        kernel=(1, 3, 5), stride=(3, 1, 2), dilation=(4, 2, 1), padding=((0, 0), (5, 1), (2, 2))
    )
    reads = [window(1, 3, 4, 0), window(3, 1, 2, 5), window(5, 2, 1, 2)]
    for axis, read in enumerate(reads):
        assert all(set(layer.taps(None, axis).read(o)) == read(o) for o in OUTPUTS)
    assert [layer.size(10, axis) for axis in range(3)] == [4, 12, 5]


def test_a_transposed_convolution_whose_dilation_and_stride_share_a_factor_has_dead_phases():
    """THEORY T9: k3 s2 d2 reads 3 cells and none in turn."""
    taps = LAYERS["conv_transpose"](kernel=(3,), stride=(2,), dilation=(2,)).taps(None, 0)
    assert sorted(cells.count for cells in taps.phases) == [0, 3]


# Against PyTorch: sizes, and the cells that an impulse reaches, borders included.


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
    agrees(layer, n, torch.nn.functional.interpolate(impulses(torch, n), scale_factor=scale, mode=mode))


@given(LENGTHS, st.integers(1, 40), st.sampled_from(["nearest", "linear", "corners"]))
def test_resampling_to_a_size_is_that_of_torch(torch, n, m, mode):
    """Sizes whose ratio a float cannot hold: only the weights that rounding leaves behind differ."""
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
