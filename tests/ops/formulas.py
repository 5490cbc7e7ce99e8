"""What does an output of each op read, by the formula of THEORY 2?"""

from fractions import Fraction
from math import ceil, floor

from hypothesis import strategies as st

from rfcalc.layers import LAYERS
from rfcalc.layers.pointwise import MERGES, POINTWISE

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
    return (
        layer,
        n,
        lambda o: {
            i for i in range(o - 60, o + 60) for t in range(k) if s * i - first + d * t == o
        },
    )


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


def near(o):
    """How far a cell is from o; of two that are as far the higher one is meant."""
    return lambda cell: (abs(cell - o), -cell)


@st.composite
def banded(draw):
    """Cells whose distance is a multiple of d: so many before each, and so many after it."""
    n, w, d = 24, draw(st.integers(1, 6)), draw(st.integers(1, 4))
    after = draw(st.one_of(st.none(), st.integers(0, w - 1)))
    held = {} if after is None else {"after": (after,)}
    edge = draw(st.sampled_from(["shift", "cut"]))
    layer = LAYERS["banded_attention"](window=(w,), dilation=(d,), edge=edge, **held)
    last = (w - 1) // 2 if after is None else after
    near = {k * d for k in range(last - w + 1, last + 1)}
    return layer, n, lambda o: {o + far for far in near}


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
        "roll",
        {"shift": st.integers(-30, 60)},
        lambda n, shift: lambda o: {min((o - shift + t * n for t in range(-6, 7)), key=near(o))},
    ),
    "window_attention": fixed(
        "window_attention",
        {"window": st.integers(1, 5), "shift": st.integers(0, 9), "dilation": st.integers(1, 3)},
        lambda n, window, shift, dilation: lambda o: in_window(o, window, dilation, shift),
    ),
    "banded_attention": banded(),
}
KEEP = {layer.op for layer in (*MERGES, *POINTWISE)}
UNBOUNDED = {
    *("global_pool", "attention", "linear", "flatten", "squeeze_excite"),
    *("instance_norm", "group_norm", "spatial_norm", "sequence"),
}
COLLAPSE = {"global_pool", "linear", "flatten"}
