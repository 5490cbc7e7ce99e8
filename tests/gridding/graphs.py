"""Which graphs dilate? Layers of a few resolutions with shortcuts, branches and several outputs."""

from fractions import Fraction

from hypothesis import strategies as st

from rfcalc.layers import LAYERS
from tests.graphs import built

__all__ = ["conv", "dilating"]


def conv(kernel, dilation, stride=(), padding=None):
    """A convolution, centred unless its padding is given, one value per axis."""
    return LAYERS["conv"](kernel=kernel, dilation=dilation, stride=stride, padding=padding)


def _pads(kernel, dilation):
    return tuple(
        (d * (k - 1) // 2, d * (k - 1) - d * (k - 1) // 2)
        for k, d in zip(kernel, dilation, strict=True)
    )


@st.composite
def _layer(draw, dims):
    kind = draw(st.integers(0, 11))
    if kind < 7:
        kernel = tuple(draw(st.sampled_from([1, 2, 3, 3, 3])) for _ in range(dims))
        dilation = tuple(draw(st.sampled_from([1, 2, 2, 3, 4])) for _ in range(dims))
        stride = draw(st.sampled_from([1, 1, 1, 1, 1, 2]))
        return conv(kernel, dilation, (stride,) * dims, _pads(kernel, dilation))
    if kind == 7:
        every = (2,) * dims
        return LAYERS["maxpool"](
            kernel=every, dilation=every, stride=(1,) * dims, padding=((1, 1),) * dims
        )
    if kind == 8:
        return LAYERS["conv_transpose"](
            kernel=(draw(st.integers(2, 3)),) * dims,
            stride=(draw(st.integers(1, 2)),) * dims,
            dilation=(draw(st.integers(1, 3)),) * dims,
            padding=((0, 0),) * dims,
        )
    if kind == 9:
        return LAYERS["upsample"](scale=(2.0,) * dims, mode="nearest")
    return LAYERS["relu"]()


@st.composite
def dilating(draw, dims=1, most=9):
    """Layers in a row or from an earlier node, with merges of nodes whose jumps agree."""
    layers, jumps = [], [Fraction(1)]
    for _ in range(draw(st.integers(2, most))):
        alike = [(a, b) for b in range(len(jumps)) for a in range(b) if jumps[a] == jumps[b]]
        if alike and draw(st.integers(0, 3)) == 0:
            pair = draw(st.sampled_from(alike))
            layers.append((LAYERS["add"](), pair))
            jumps.append(jumps[pair[0]])
            continue
        reads = draw(st.sampled_from([len(jumps) - 1] * 4 + list(range(len(jumps)))))
        made = draw(_layer(dims))
        step = jumps[reads] * made.taps(None, 0).jump
        if not Fraction(1, 2) <= step <= 4:
            continue
        layers.append((made, (reads,)))
        jumps.append(step)
    return built(dims, layers)
