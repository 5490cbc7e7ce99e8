"""What do programs do to axes that is rare? Small functions, each with the shape it takes.

``EXACT`` are followed exactly, ``MARKED`` are said too widely and say so, ``REFUSED`` cannot be
followed, each with the words that tell why.
"""

import pytest

torch = pytest.importorskip("torch")
F = torch.nn.functional
nn = torch.nn

__all__ = ["EXACT", "MARKED", "REFUSED"]

IMAGE = (1, 4, 8, 8)
ROW = (1, 4, 1, 8)


def ones(x, *shape):
    """A weight of ones, of the type of ``x``."""
    return torch.ones(shape, dtype=x.dtype)


def smooth(x):
    """Another field for the same shape."""
    return F.max_pool2d(x, 3, 1, 1)


def both(x):
    """Twice the channels, of two fields."""
    return torch.cat([x, smooth(x)], 1)


def tokens(x):
    return x.flatten(2).transpose(1, 2)


def image(rows, high=8, wide=8):
    """The first tokens as an image again."""
    rows = rows[:, : high * wide]
    return rows.transpose(1, 2).reshape(rows.shape[0], -1, high, wide)


def levels(x):
    """Tokens of two grids in one row."""
    return torch.cat([tokens(x), tokens(F.avg_pool2d(x, 2))], 1)


def classed(x):
    """Tokens behind one that is learned."""
    return torch.cat([ones(x, 1, 1, 4), tokens(x)], 1)


def attend(query, key, value):
    return torch.softmax(query @ key.transpose(1, 2), -1) @ value


def in_units(x, at_once=False):
    """Attention within squares of 4 x 4, whose queries are maxima over 2 x 2 (Hiera)."""
    rows = x.reshape(1, 4, 2, 2, 2, 2, 2, 2).permute(0, 2, 5, 4, 7, 3, 6, 1).reshape(1, 4, 16, 4)
    query = rows.reshape(1, 4, 4, 4, 4).amax(2)
    if at_once:
        found = F.scaled_dot_product_attention(query, rows, rows)
    else:
        found = torch.softmax(query @ rows.transpose(2, 3), -1) @ rows
    return found.reshape(1, 2, 2, 2, 2, 4).permute(0, 5, 1, 3, 2, 4).reshape(1, 4, 4, 4)


def coarse(x):
    return tokens(F.avg_pool2d(x, 2))


def squeezed(x):
    """Rows of half the length on twice as many lines, as many cells."""
    return F.interpolate(x, (16, 4)).flatten(2)


def line(x):
    """The first row of the first channel."""
    return x[0, 0, 0]


def spread_out(x):
    """Every second cell of a row as a channel: the outer digit of an axis is left."""
    return x.reshape(1, 4, 8, 4, 2).permute(0, 1, 4, 2, 3).reshape(1, 8, 8, 4)


def gathered(x):
    return x.reshape(1, 4, 2, 8, 4).permute(0, 1, 3, 4, 2).reshape(1, 4, 8, 8)


def shuffled(x):
    """Channels laid out as cells by hand."""
    return x.reshape(1, 2, 2, 2, 8, 8).permute(0, 1, 4, 2, 5, 3).reshape(1, 2, 16, 16)


def absolute(x):
    """Relative positions as absolute ones. Source: Bello et al. 2019, appendix."""
    rows = (tokens(x) @ ones(x, 4, 15))[:, None]
    flat = F.pad(rows, (0, 1)).flatten(2)
    padded = torch.cat([flat, torch.zeros(1, 1, 7, dtype=x.dtype)], 2)
    return padded.reshape(1, 1, 9, 15)[:, :, :8, 7:]


def tiles(x):
    """The 4 x 4 tiles of an image as a batch."""
    cut = x.reshape(x.shape[0], x.shape[1], 2, 4, 2, 4)
    return cut.permute(0, 2, 4, 1, 3, 5).reshape(-1, x.shape[1], 4, 4)


def untiled(x):
    """An image of its 4 x 4 tiles."""
    cut = x.reshape(1, 2, 2, x.shape[1], 4, 4)
    return cut.permute(0, 3, 1, 4, 2, 5).reshape(1, x.shape[1], 8, 8)


class Positions(nn.Module):
    """A table of positions that is made smaller for the image."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.ones(1, 4, 16, 16))

    def forward(self, x):
        return x + F.avg_pool2d(self.table, 2)


EXACT = {
    # Attention and norms over tokens of several grids, or of a grid and a class.
    "keys-coarser": (lambda x: image(attend(tokens(x), coarse(x), coarse(x))), IMAGE),
    "queries-coarser": (lambda x: image(attend(coarse(x), tokens(x), tokens(x)), 4, 4), IMAGE),
    "keys-coarser-along-rows": (
        lambda x: image(attend(tokens(x), *[tokens(F.avg_pool2d(x, (1, 2)))] * 2)),
        IMAGE,
    ),
    "queries-coarser-in-units": (in_units, IMAGE),
    "queries-coarser-in-units-at-once": (lambda x: in_units(x, at_once=True), IMAGE),
    "keys-coarser-with-class": (
        lambda x: image(attend(tokens(x), *[classed(F.avg_pool2d(x, (2, 1)))] * 2)),
        IMAGE,
    ),
    "mean-with-class": (lambda x: classed(x).mean(1), IMAGE),
    "mean-of-levels": (lambda x: levels(x).mean(1), IMAGE),
    "channel-mean-of-levels": (lambda x: image(levels(x).mean(2, keepdim=True)), IMAGE),
    "softmax-with-class": (lambda x: image(torch.softmax(classed(x), 1)[:, 1:]), IMAGE),
    "softmax-of-levels": (lambda x: image(torch.softmax(levels(x), 1)), IMAGE),
    "norm-of-levels": (lambda x: image(F.layer_norm(levels(x), (4,))), IMAGE),
    "dense-over-levels": (lambda x: F.linear(levels(x).mT, ones(x, 5, 80)), IMAGE),
    "map-of-levels": (
        lambda x: image(torch.einsum("nlc,nmc->nlm", levels(x), levels(x))),
        IMAGE,
    ),
    "added-scores": (
        lambda x: image(
            F.scaled_dot_product_attention(
                *[tokens(x)[None]] * 3, attn_mask=(tokens(x) @ tokens(x).mT)[None]
            )[0]
        ),
        IMAGE,
    ),
    "sum-of-uneven-and-levels": (
        lambda x: torch.einsum("nlc,nlhw->nchw", classed(x)[:, :8], both(x)),
        IMAGE,
    ),
    # Views and slices of tokens of several grids.
    "levels-in-batches": (lambda x: image(levels(x)[None].expand(2, -1, -1, -1)[0]), IMAGE),
    "copies-of-levels": (lambda x: image(levels(x).repeat(1, 2, 3)[:, 80:, 2:6]), IMAGE),
    "channel-of-levels": (lambda x: image(levels(x)[:, :, 0][:, :, None]), IMAGE),
    "padded-tokens": (lambda x: image(F.pad(tokens(x), (0, 0, 3, 3))[:, 3:-3]), IMAGE),
    "padded-levels": (lambda x: image(F.pad(levels(x), (0, 0, 3, 3))[:, 3:]), IMAGE),
    "two-tokens-of-two-levels": (
        lambda x: F.conv1d(levels(x).mT[:, :, 63:65], ones(x, 2, 4, 2)),
        IMAGE,
    ),
    "every-second-of-a-mosaic": (
        lambda x: torch.cat([x[..., :3], F.avg_pool2d(x, 2).repeat_interleave(2, 2)], 3)[..., ::2],
        IMAGE,
    ),
    "side-by-side-as-channels": (
        lambda x: torch.cat([x.flatten(2), squeezed(x)], 1)[:, :4].reshape(1, 4, 8, 8),
        IMAGE,
    ),
    # Parts of a concatenation.
    "one-of-a-batch": (lambda x: both(x)[0][4:], IMAGE),
    "one-of-copies": (lambda x: both(x)[None].expand(3, -1, -1, -1, -1)[0][:, :4], IMAGE),
    "windows-of-windows": (
        lambda x: smooth(
            x.unfold(2, 3, 1).unfold(3, 3, 1).permute(0, 1, 4, 5, 2, 3).reshape(1, 36, 6, 6)
        ),
        IMAGE,
    ),
    # Slices, copies and products.
    "block-of-laid-out": (lambda x: x.flatten(1, 2)[:, 8:16][:, None], IMAGE),
    "empty-part": (lambda x: torch.cat([x[:, :, 3:3], x], 2), IMAGE),
    "empty-part-of-channels": (lambda x: torch.cat([x[:, 2:2], x], 1), IMAGE),
    "empty-part-of-levels": (
        lambda x: image(torch.cat([levels(x)[:, 5:5], tokens(x)], 1)),
        IMAGE,
    ),
    "repeated-once": (lambda x: x.repeat(1, 1, 1, 1), IMAGE),
    "repeated-never": (lambda x: x + x.repeat(1, 1, 1, 0).sum(), IMAGE),
    "channels-by-table": (lambda x: x[:, [3, 1]], IMAGE),
    "running-sum-of-channels": (lambda x: torch.cumsum(x, 1), IMAGE),
    "reversed-channels": (lambda x: x.flip(1), IMAGE),
    "reversed-rows": (lambda x: x.flip(2), IMAGE),
    "pooled-to-its-size": (lambda x: 2 * F.adaptive_avg_pool2d(x, 8), IMAGE),
    "pooled-twice-to-one": (
        lambda x: F.adaptive_avg_pool2d(F.adaptive_avg_pool2d(x, 1), 1),
        IMAGE,
    ),
    "pooled-where-cells-are-channels": (
        lambda x: F.adaptive_avg_pool2d(x.flatten(1)[:, :, None, None], 1).reshape(1, 4, 8, 8),
        IMAGE,
    ),
    "matrix-times-vector": (lambda x: (x.movedim(1, -1) @ ones(x, 4))[:, None], IMAGE),
    "einsum-without-arrow": (
        lambda x: torch.einsum("...ahc,cz", x.movedim(1, -1), ones(x, 4, 5)),
        (1, 4, 8, 6),
    ),
    "blocks-over-cells": (
        lambda x: torch.einsum(
            "ik,i,im->im", line(x).view(2, 4), line(F.avg_pool2d(x, (1, 4))), line(x).view(2, 4)
        ).reshape(1, 1, 1, 8),
        ROW,
    ),
    "windows-of-one": (lambda x: F.unfold(x, 1).reshape(1, 4, 8, 8), IMAGE),
    "windows-added": (lambda x: F.fold(x.flatten(2), (8, 8), 2, stride=2), (1, 16, 4, 4)),
    "concatenation-by-table": (lambda x: both(x)[:, [3, 1]], IMAGE),
    "concatenation-by-table-of-one": (lambda x: both(x)[:, [1, 0]], IMAGE),
    "concatenation-repeated": (lambda x: both(x).repeat_interleave(2, 1)[:, :2], IMAGE),
    "copies-of-a-cell": (
        lambda x: smooth(torch.cat([x[:, :, 3:4].expand(-1, -1, 2, -1), x], 2)),
        IMAGE,
    ),
    "positions": (Positions(), IMAGE),
    "pooled-among-every-second": (lambda x: gathered(smooth(spread_out(x))), IMAGE),
    # Windows over rows one after the other, in blocks: of half a row, a row, two rows.
    "tokens-by-halves": (lambda x: F.avg_pool1d(x.flatten(2), 4).reshape(1, 4, 8, 2), IMAGE),
    "tokens-by-rows": (lambda x: F.avg_pool1d(x.flatten(2), 8).reshape(1, 4, 8, 1), IMAGE),
    "tokens-by-two-rows": (
        lambda x: F.conv1d(x.flatten(2), ones(x, 4, 4, 16), stride=16).reshape(1, 4, 4, 1),
        IMAGE,
    ),
    "large-turned": (lambda x: x.flip(3), (1, 1, 1, 1 << 13)),
    "running-sum-beside-another": (
        lambda x: torch.cumsum(torch.cat([x, F.avg_pool2d(x, (2, 1))], 2), 3)[:, :, :8],
        IMAGE,
    ),
}
MARKED = {
    "running-sum-of-levels": (lambda x: image(torch.cumsum(levels(x), 1)), IMAGE),
    "running-sum-with-class": (lambda x: image(torch.cumsum(classed(x), 1)[:, 1:]), IMAGE),
    "running-sum-in-windows": (
        lambda x: torch.cumsum(x.reshape(1, 4, 8, 2, 4), -1).reshape(1, 4, 8, 8),
        IMAGE,
    ),
    "absolute-positions": (absolute, ROW),
    "folded-concatenation": (
        lambda x: both(x).reshape(1, 3, 2, 8, 8)[:, :, :, 1:7][:, :, 0],
        (1, 3, 8, 8),
    ),
    "windows-over-rows-in-turn": (lambda x: F.avg_pool1d(x.flatten(2), 5), IMAGE),
    "strides-in-tiles": (
        lambda x: untiled(F.interpolate(F.avg_pool2d(tiles(x), 3, 2, 1), scale_factor=2)),
        IMAGE,
    ),
    "askew-keys": (
        lambda x: image(attend(tokens(x), *[F.avg_pool1d(x.flatten(2), 6).mT] * 2)),
        IMAGE,
    ),
    "windows-in-tiles": (lambda x: untiled(smooth(tiles(x))), IMAGE),
    "shuffled-concatenation": (lambda x: smooth(shuffled(both(x))), IMAGE),
}
SCRAMBLED = {
    "windows-over-a-scrambled-view": lambda x: F.avg_pool2d(x.view(1, 8, 8, 4), 3),
    "stride-among-every-second": lambda x: F.max_pool2d(spread_out(x), 3, 2, 1),
}
"""Functions of an image whose results hold cells of an axis among their channels."""

REFUSED = {
    "windows-over-levels": (
        lambda x: F.conv1d(levels(x).mT, ones(x, 3, 4, 3)),
        IMAGE,
        "it needs one grid where values of several stand side by side",
    ),
    "channels-of-levels": (
        lambda x: F.conv1d(levels(x), ones(x, 3, 80, 3)),
        IMAGE,
        "it mixes channels of values that lie on several grids",
    ),
    "view-of-padded": (
        lambda x: torch.cat([x.flatten(2), torch.zeros(1, 4, 8, dtype=x.dtype)], 2).view(
            1, 4, 6, 12
        ),
        IMAGE,
        "it needs one grid where values of several stand side by side",
    ),
    "many-copies": (
        lambda x: x.repeat(1, 1, 70, 1),
        IMAGE,
        "it lays 70 copies of an axis side by side, at most 64 are followed",
    ),
    "rows-that-are-no-axis": (
        lambda x: F.max_pool2d(
            torch.cat([x.flatten(2)[:, :, None], squeezed(x)[:, :, None]], 2), (2, 1)
        ),
        IMAGE,
        "a dimension of size 1 stands for no axis",
    ),
    "rows-of-two-grids": (
        lambda x: F.max_pool2d(
            torch.cat([x[:, :, :1], F.avg_pool2d(x[:, :, :4], 2).flatten(2)[:, :, None]], 2), (2, 1)
        ),
        IMAGE,
        "grids of (2, 8) and (3, 8) cells meet",
    ),
    "slice-askew": (
        lambda x: x.flatten(2)[:, :, 4:12],
        IMAGE,
        "a slice of dimension 2 cuts an axis askew",
    ),
    "part-of-every-block": (
        lambda x: x.reshape(1, 4, 8, 2, 4)[..., :2].reshape(1, 4, 8, 4),
        IMAGE,
        "a slice keeps a part of every block of axis 1",
    ),
    "view-askew": (
        lambda x: x[..., :6].flatten(2).reshape(1, 4, 12, 4),
        IMAGE,
        "a view of [1, 4, 48] as [1, 4, 12, 4] cuts an axis askew",
    ),
    "diagonal": (
        lambda x: torch.einsum("nchh->nch", x),
        IMAGE,
        "it takes the diagonal along 'h'",
    ),
    "trace": (
        lambda x: torch.einsum("nchh->nc", x),
        IMAGE,
        "it takes the diagonal along 'h'",
    ),
    "transpose-added": (
        lambda x: x + x.mT,
        IMAGE,
        "it combines positions with others, as a transpose does",
    ),
    "blocks-that-cross": (
        lambda x: F.avg_pool2d(x, (3, 2)).flatten(2) + F.avg_pool2d(x, (2, 3)).flatten(2),
        (1, 4, 6, 6),
        "its operands are laid out in ways that do not match",
    ),
    "axis-over-itself": (
        lambda x: torch.einsum("ik,j->ij", line(x).view(2, 4), line(x)),
        ROW,
        "it lays one axis over another",
    ),
    "blocks-of-another": (
        lambda x: torch.einsum(
            "acb,ab->acb", line(x).view(2, 2, 2), line(F.avg_pool2d(x, (1, 2))).view(2, 2)
        ),
        ROW,
        "it combines positions with others, as a transpose does",
    ),
    "groups-askew": (
        lambda x: F.conv1d(x.flatten(1, 2), ones(x, 6, 12, 1), groups=2),
        (1, 3, 8, 8),
        "its groups cut an axis that was laid out into the channels",
    ),
    "groups-of-cells-and-channels": (
        lambda x: F.conv1d(x.flatten(1, 2), ones(x, 8, 4, 1), groups=8),
        IMAGE,
        "its groups hold both cells and channels",
    ),
    "scattered-sum": (
        lambda x: x.reshape(1, 4, 8, 2, 2, 2).sum((3, 5)),
        IMAGE,
        "it sums over scattered digits of axis 1",
    ),
    "middle-sum": (
        lambda x: x.reshape(1, 4, 8, 2, 2, 2).sum(4),
        IMAGE,
        "it sums over middle digits of axis 1",
    ),
    "scattered-softmax": (
        lambda x: x.reshape(1, 4, 8, 2, 2, 2).transpose(4, 3).flatten(-2).softmax(-1),
        IMAGE,
        "it mixes scattered digits of axis 1",
    ),
}
