"""Which modules read to an end on one axis or side? A Hypothesis strategy for small ones.

Their values have channels, frequencies and times. Weights are positive, so no two paths cancel.
"""

import pytest
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
nn = torch.nn

__all__ = ["CHANNELS", "SIZE", "Chain", "chains"]

CHANNELS, SIZE = 2, (22, 26)


class Along(nn.Module):
    """A recurrence along one axis, each line of the other by itself."""

    def __init__(self, cell, axis, backwards=False, both=False):
        super().__init__()
        size = CHANNELS // 2 if both else CHANNELS
        self.cell = cell(CHANNELS, size, batch_first=True, bidirectional=both)
        self.axis, self.backwards = axis, backwards

    def forward(self, x):
        x = x.flip(self.axis) if self.backwards else x
        rows = x.movedim((1, self.axis), (3, 2))
        y, _ = self.cell(rows.flatten(0, 1))
        y = y.reshape(rows.shape).movedim((3, 2), (1, self.axis))
        return y.flip(self.axis) if self.backwards else y


class Sum(nn.Module):
    """A cumulative sum or mean, from the front or from the back."""

    def __init__(self, axis, backwards, mean):
        super().__init__()
        self.axis, self.backwards, self.mean = axis, backwards, mean

    def forward(self, x):
        y = x.flip(self.axis) if self.backwards else x
        y = y.cumsum(self.axis)
        if self.mean:
            shape = [-1 if d == self.axis else 1 for d in range(4)]
            y = y / torch.arange(1, x.shape[self.axis] + 1, dtype=x.dtype).reshape(shape)
        return y.flip(self.axis) if self.backwards else y


class Reduced(nn.Module):
    """What one axis is reduced to, beside the value or in its place."""

    def __init__(self, axis, how, kept):
        super().__init__()
        self.axis, self.how, self.kept = axis, how, kept

    def forward(self, x):
        if self.how == "softmax":
            return x + x.softmax(self.axis)
        y = getattr(x, self.how)(self.axis, keepdim=True)
        return x + y if self.kept else y


class Attention(nn.Module):
    """Attention along one axis, of all keys, of those so far, or of those in a band."""

    def __init__(self, axis, band, way):
        super().__init__()
        self.linear = nn.Linear(CHANNELS, 3 * CHANNELS)
        self.axis, self.band, self.way = axis, band, way

    def forward(self, x):
        rows = x.movedim((1, self.axis), (3, 2))
        query, key, value = self.linear(rows).chunk(3, -1)
        places = torch.arange(rows.shape[2])
        apart = places[None] - places[:, None]
        low, high = self.band
        seen = torch.ones_like(apart, dtype=torch.bool)
        if low is not None:
            seen = seen & (apart >= low)
        if high is not None:
            seen = seen & (apart <= high)
        if self.way == "fused":
            y = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        else:
            scores = (query @ key.mT).masked_fill(~seen, float("-inf"))
            y = scores.softmax(-1) @ value
        return y.movedim((3, 2), (1, self.axis))


class Beside(nn.Module):
    """A part added to what it reads."""

    def __init__(self, part):
        super().__init__()
        self.part = part

    def forward(self, x):
        return x + self.part(x)


class Chain(nn.Module):
    """Parts in a row, of which the text is shown where an example fails."""

    def __init__(self, *parts):
        super().__init__()
        self.parts = nn.Sequential(*parts)

    def forward(self, x):
        return self.parts(x)


AXES = st.sampled_from([2, 3])
BANDS = st.sampled_from([(None, None), (None, 0), (0, None), (-2, 1), (-1, 0), (-3, 3)])


def _conv(frequency, time, apart, causal):
    """A convolution over both axes, which may look ahead or not."""
    before = (time - 1) * apart
    pad = (before, 0) if causal else (before // 2, before - before // 2)
    low = (frequency - 1) // 2
    return nn.Sequential(
        nn.ZeroPad2d((*pad, low, frequency - 1 - low)),
        nn.Conv2d(CHANNELS, CHANNELS, (frequency, time), dilation=(1, apart)),
    )


LOCAL = st.builds(_conv, st.integers(1, 3), st.integers(1, 3), st.integers(1, 2), st.booleans())
ENDLESS = st.one_of(
    st.builds(
        Along, st.sampled_from([nn.LSTM, nn.GRU, nn.RNN]), AXES, st.booleans(), st.booleans()
    ),
    st.builds(Sum, AXES, st.booleans(), st.booleans()),
    st.builds(
        Reduced,
        AXES,
        st.sampled_from(["mean", "sum", "std", "logsumexp", "softmax"]),
        st.just(True),
    ),
    st.builds(Attention, AXES, BANDS, st.sampled_from(["fused", "filled"])),
)


@st.composite
def chains(draw):
    """Windows around one or two parts without end, then perhaps an axis that is reduced away."""
    parts = [draw(LOCAL), draw(ENDLESS), draw(LOCAL)]
    parts += draw(st.lists(st.one_of(LOCAL, ENDLESS), max_size=1))
    parts = [Beside(part) if draw(st.integers(0, 3)) == 0 else part for part in parts]
    if draw(st.booleans()):
        parts.append(Reduced(draw(AXES), draw(st.sampled_from(["mean", "sum"])), False))
    return Chain(*parts)
