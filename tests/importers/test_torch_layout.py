"""Do PyTorch's cuts, paddings, tables, shuffles and windows read what changes their output?"""

import pytest

from tests.importers.torch_changes import (
    SIDE,
    exactly,
    refused,
    widely,
)

torch = pytest.importorskip("torch")
F = torch.nn.functional

pytestmark = pytest.mark.filterwarnings("ignore")


def both(x, near, middle, far):
    return torch.cat([near, middle], 1)


def transposed(x, near, middle, far):
    weight = torch.ones(4, 2, 3, 3, dtype=x.dtype)
    return torch.convolution(middle, weight, None, [1, 1], [1, 1], [1, 1], True, [0, 0], 1)


def lattice(one, other, indexing):
    return sum(torch.meshgrid(one, other, indexing=indexing))


def blocks(y):
    return F.pixel_unshuffle(y, 2)


def bordered(x, near, middle, far):
    """Blocks of cells and their channels, all three padded at once by what is inside."""
    y = blocks(near).unflatten(1, (4, 4)).transpose(1, 2)
    y = F.pad(y, (1, 1, 1, 1, 1, 1), "reflect")[:, :, 1:-1, 1:-1, 1:-1]
    return F.pixel_shuffle(y.transpose(1, 2).flatten(1, 2), 2)


def averaged(y):
    return F.avg_pool2d(y, 3, 1, 1)


def alternating(y):
    """Halves of four and four channels, in each of which two kinds take turns."""
    turns = torch.cat([y[:, :1], averaged(y[:, :1]), y[:, 1:2], averaged(y[:, 1:2])], 1)
    return torch.cat([turns, averaged(averaged(turns))], 1)


def rows(y):
    """The two halves as rows of four."""
    return alternating(y).unflatten(1, (2, 4))


def passed_on(x, near, middle, far):
    """Blocks that pass on one half and work on the other, each time shuffled."""
    y = near
    for _ in range(3):
        kept, given = y.chunk(2, 1)
        given = averaged(F.conv2d(given, torch.ones(2, 2, 1, 1, dtype=x.dtype)).sigmoid())
        y = F.channel_shuffle(torch.cat([kept, given], 1), 2)
    return y[:, 2:]


def beside_another_place(x, near, middle, far):
    """What stands beside the half that is passed on does not read its own cell."""
    kept, given = F.channel_shuffle(torch.cat([near[:, :2], averaged(near[:, 2:])], 1), 2).chunk(
        2, 1
    )
    given = F.conv2d(given, torch.ones(2, 2, 2, 2, dtype=x.dtype), padding=1, dilation=2)
    return F.channel_shuffle(torch.cat([kept, given], 1), 2)[:, 2:]


def one_of_both_in_groups(x, near, middle, far):
    y = F.channel_shuffle(torch.cat([near, averaged(near)], 1), 2)
    return F.conv2d(y, torch.ones(4, 2, 1, 1, dtype=x.dtype), groups=4)[:, :1]


def one_of_each_in_groups(x, near, middle, far):
    y = F.channel_shuffle(alternating(near), 2)
    return F.conv2d(y, torch.ones(4, 2, 1, 1, dtype=x.dtype), groups=4)[:, :1]


def strewn(x, near, middle, far):
    y = near.clone()
    y[:, :, ::2] = middle[:, :, ::2]
    return y


def strewn_pieces(x, near, middle, far):
    y = torch.cat([near.mean((2, 3))[:, :, None], near.flatten(2)], 2).clone()
    y[:, ::2] = middle.mean((2, 3))[:, :2, None]
    return y[:, :, 1:].reshape(1, 4, SIDE, SIDE)


def unpooled(size, kernel):
    def function(x, near, middle, far):
        held = F.max_pool2d(near[..., :size, :size], kernel, 2, return_indices=True)
        return F.max_unpool2d(*held, kernel, 2, output_size=(SIDE, SIDE))

    return function


def unpooled_by_a_table(x, near, middle, far):
    table = torch.arange(16).reshape(1, 1, 4, 4).expand(1, 4, 4, 4)
    return F.max_unpool2d(F.max_pool2d(near, 2), table, 2)


EXACT = {
    "constant": lambda x, near, middle, far: near * torch.full_like(far, 2.0),
    "narrow": lambda x, near, middle, far: F.pad(
        middle.narrow(2, 1, 6).narrow(3, -7, 6), (1, 1, 1, 1)
    ),
    "meshgrid": lambda x, near, middle, far: (
        near + lattice(middle.mean((0, 1, 3)), far.mean((0, 1, 2)), "ij")
    ),
    "meshgrid-xy": lambda x, near, middle, far: (
        near + lattice(middle.mean((0, 1, 2)), near.mean((0, 1, 3)), "xy")
    ),
    "repeated-channels": lambda x, near, middle, far: (
        middle.repeat_interleave(2, 1) * torch.cat([near, near], 1)
    ),
    "channels-by-a-table": lambda x, near, middle, far: middle.index_select(
        1, torch.tensor([2, 0])
    ),
    "transposed-convolution": transposed,
    "channel-shuffle": lambda x, near, middle, far: torch.native_channel_shuffle(middle, 2),
    "part-of-a-channel-shuffle": lambda x, near, middle, far: F.channel_shuffle(
        both(x, near, middle, far), 4
    )[:, :4],
    "blocks-put-back": lambda x, near, middle, far: F.pixel_shuffle(blocks(middle).relu(), 2),
    "blocks-moved": lambda x, near, middle, far: F.pixel_shuffle(
        F.pad(blocks(middle), (1, 0, 1, 0))[..., :-1, :-1], 2
    ),
    "blocks-averaged": lambda x, near, middle, far: F.pixel_shuffle(
        F.avg_pool2d(blocks(near), 3, 1, 1), 2
    ),
    "blocks-gated-by-their-mean": lambda x, near, middle, far: F.pixel_shuffle(
        blocks(near) * blocks(near).mean(1, keepdim=True).sigmoid(), 2
    ),
    "blocks-as-rows-first": lambda x, near, middle, far: F.pixel_shuffle(
        blocks(middle).unflatten(1, (4, 4)).mT.mT.flatten(1, 2), 2
    ),
}

EXACT |= {
    "every-second-of-alternating": lambda x, near, middle, far: alternating(near)[:, ::2],
    "the-first-of-alternating": lambda x, near, middle, far: alternating(near)[:, :1],
    "a-part-of-both-alternating": lambda x, near, middle, far: alternating(near)[:, 2:6],
    "alternating-mixed": lambda x, near, middle, far: F.conv2d(
        alternating(near), torch.ones(1, 8, 1, 1, dtype=x.dtype)
    ),
    "a-half-of-alternating-seen-as-rows": lambda x, near, middle, far: alternating(near).unflatten(
        1, (2, 4)
    )[:, 0],
    "one-of-both-alternating-seen-as-rows": lambda x, near, middle, far: rows(near)[:, :, 0],
    "one-of-rows-backwards": lambda x, near, middle, far: rows(near).flip(2)[:, :, 1],
    "rows-together": lambda x, near, middle, far: rows(near).sum(2),
    "one-of-rows-by-their-numbers": lambda x, near, middle, far: (
        rows(near) * torch.arange(1.0, 5, dtype=x.dtype).view(1, 1, 4, 1, 1)
    )[:, :, 0],
    "sorted-halves": lambda x, near, middle, far: (
        torch.cat([near, averaged(near)], 1).unflatten(1, (2, 4)).sort(2)[0][:, 0]
    ),
    "blocks-that-pass-on-a-half": passed_on,
    "one-of-both-in-groups": one_of_both_in_groups,
    "every-other-channel-of-pieces": strewn_pieces,
}

MARKED = {
    "alternating-as-cells": lambda x, near, middle, far: F.pixel_shuffle(alternating(near), 2)[
        ..., 1::2, 1::2
    ],
    "a-row-of-alternating-shuffled": lambda x, near, middle, far: F.channel_shuffle(
        alternating(near), 2
    ).unflatten(1, (4, 2))[:, 1],
    "one-of-each-in-groups": one_of_each_in_groups,
    "half-passed-on-beside-another-place": beside_another_place,
    "one-of-added-rows": lambda x, near, middle, far: rows(near).sum(1)[:, :1],
    "one-of-rows-in-even-shares": lambda x, near, middle, far: rows(near).softmax(1)[:, 0, :1],
    "one-of-mixed-rows": lambda x, near, middle, far: F.conv3d(
        rows(near), torch.ones(2, 2, 1, 1, 1, dtype=x.dtype)
    )[:, 0, :1],
    "one-of-summed-rows": lambda x, near, middle, far: torch.einsum("nabhw->nbhw", rows(near))[
        :, :1
    ],
    "one-of-rows-mixed-last": lambda x, near, middle, far: F.linear(
        rows(near).movedim(1, -1), torch.ones(3, 2, dtype=x.dtype)
    ).movedim(-1, 1)[:, 0, :1],
    "one-of-rows-by-a-table": lambda x, near, middle, far: (
        rows(near).index_select(2, torch.tensor([2, 0])).flatten(1, 2)[:, :2]
    ),
    "a-few-of-shuffled-rows": lambda x, near, middle, far: F.channel_shuffle(alternating(near), 2)[
        :, :2
    ],
    "part-of-padded-blocks": bordered,
    "blocks-padded-by-blocks": lambda x, near, middle, far: F.pixel_shuffle(
        F.pad(blocks(middle), (1, 0, 1, 0), "reflect")[..., :-1, :-1], 2
    ),
}


def through_an_unknown_view(x, near, middle, far):
    """Every other cell behind a mean is written over: the slice is a view that is not followed."""
    y = torch.cat([near.mean((2, 3))[:, :, None], near.flatten(2)], 2).clone()
    y[:, :, ::2] = far.flatten(2)[:, :, : SIDE * SIDE // 2 + 1]
    return y


REFUSED = {
    "written-through-an-unknown-view": (
        through_an_unknown_view,
        "it needs one grid where values of several stand side by side",
    ),
    "roll": (lambda x, near, middle, far: torch.roll(near, 3), "it shifts all dimensions as one"),
    "antialias-with-corners": (
        lambda x, near, middle, far: F.interpolate(
            near, (4, 4), mode="bilinear", antialias=True, align_corners=True
        ),
        "antialiased resampling with aligned corners",
    ),
    "unpool-to-another-size": (unpooled(7, 3), "its output is not a whole number of blocks"),
    "unpool-by-a-table": (unpooled_by_a_table, "not those of a maximum over blocks side by side"),
    "diagonal": (
        lambda x, near, middle, far: near.diagonal(0, 2, 3),
        "a diagonal of cells is not followed",
    ),
    "every-other-row-written": (strewn, "it writes to every so many cells of another value"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
def test_what_is_said_to_be_read_is_what_changes_the_output(name, tmp_path):
    exactly(EXACT[name], tmp_path)


@pytest.mark.parametrize("name", MARKED)
def test_what_is_said_too_widely_is_marked(name):
    widely(MARKED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_followed_is_refused(name):
    refused(*REFUSED[name])
