"""Do PyTorch's sums, products, norms and recurrences read what changes their output?"""

import pytest

from tests.importers.torch_changes import SIDE, exactly, refused

torch = pytest.importorskip("torch")
F = torch.nn.functional

pytestmark = pytest.mark.filterwarnings("ignore")


def cells(y):
    """The cells as the columns of a matrix, of one row per channel."""
    return y.flatten(2)[0]


def ones(x, *shape):
    return torch.ones(shape, dtype=x.dtype)


def image(y):
    return y.reshape(1, -1, SIDE, SIDE)


def stored(x, near, middle, far):
    zero, one = ones(x, 4) - 1, ones(x, 4)
    return F.instance_norm(middle, zero, one, use_input_stats=False)


def weighed(x, near, middle, far):
    """A dense layer whose weights are the values of the pooled map."""
    weight = far.mean((0, 2, 3)).expand(4, 4)
    return F.linear(middle.movedim(1, -1), weight).movedim(-1, 1)


def grouped(x, near, middle, far):
    query = torch.cat([near, near], 1).flatten(2).mT.unflatten(2, (2, 4)).transpose(1, 2)
    key = near.flatten(2).mT[:, None]
    return image(F.scaled_dot_product_attention(query, key, key, enable_gqa=True).sum(1).mT)


def rows(y):
    """Every row of an image as a sequence: rows, columns, channels."""
    return y[0].permute(1, 2, 0)


def recurrent(kind, y, first=True):
    """The states and the last state of a recurrence along sequences."""
    gates = {"lstm": 4, "gru": 3}.get(kind, 1)
    generator = torch.Generator().manual_seed(1)
    weights = [torch.rand(4 * gates, 4, generator=generator).to(y.dtype) - 0.5 for _ in range(2)]
    y = y if first else y.transpose(0, 1)
    start = torch.zeros(1, y.shape[0 if first else 1], 4, dtype=y.dtype)
    start = (start, start) if kind == "lstm" else start
    states, last, *_ = getattr(torch, kind)(y, start, weights, False, 1, 0.0, False, False, first)
    return states if first else states.transpose(0, 1), last


def along_rows(kind, first=True):
    def function(x, near, middle, far):
        return recurrent(kind, rows(middle), first)[0].permute(2, 0, 1)[None]

    return function


def last_of_rows(kind):
    """The last state of each row, beside a cell of its own."""

    def function(x, near, middle, far):
        return near + recurrent(kind, rows(middle))[1].permute(2, 1, 0)

    return function


def with_a_start(x, near, middle, far):
    y = rows(middle)
    y = torch.cat([ones(x, SIDE, 1, 4), y.mean(1, keepdim=True), y], 1)
    return recurrent("gru", y)[0][:, 2:].permute(2, 0, 1)[None]


EXACT = {
    "the-larger": lambda x, near, middle, far: torch.max(near, middle),
    "the-smaller": lambda x, near, middle, far: torch.min(far, middle),
    "the-largest-channel": lambda x, near, middle, far: torch.max(middle, 1, keepdim=True)[0],
    "topk": lambda x, near, middle, far: middle.topk(4, 1)[0],
    "sort": lambda x, near, middle, far: middle.sort(1)[0],
    "instance-norm": lambda x, near, middle, far: F.instance_norm(near),
    "instance-norm-of-stored-statistics": stored,
    "weights-of-the-map": weighed,
    "addmm": lambda x, near, middle, far: image(
        torch.addmm(cells(near), ones(x, 4, 4), cells(middle))
    ),
    "addmm-of-a-constant": lambda x, near, middle, far: image(
        torch.addmm(ones(x, 4, 64), ones(x, 4, 4), cells(middle))
    ),
    "baddbmm": lambda x, near, middle, far: image(
        torch.baddbmm(far.flatten(2), ones(x, 1, 4, 4), middle.flatten(2))
    ),
    "sorted-rows": lambda x, near, middle, far: near + middle.sort(2)[0],
    "sorted-cells": lambda x, near, middle, far: (
        near + middle.flatten(2).sort(-1)[0].reshape(1, 4, SIDE, SIDE)
    ),
    "the-largest-cells": lambda x, near, middle, far: (
        near + middle.flatten(2).topk(SIDE**2 - 1, 2)[0].sum(-1)[..., None, None]
    ),
    "cosine-of-channels": lambda x, near, middle, far: F.cosine_similarity(near, middle, 1)[None],
    "cosine-of-rows": lambda x, near, middle, far: (
        near * F.cosine_similarity(near, middle, -2)[:, :, None]
    ),
    "cosine-of-unlike-ranks": lambda x, near, middle, far: F.cosine_similarity(
        near, middle[0, :, :1], 1
    )[None],
}

RECURRENT = {
    "lstm": along_rows("lstm"),
    "gru": along_rows("gru"),
    "rnn": along_rows("rnn_tanh"),
    "gru-sequence-first": along_rows("gru", first=False),
    "last-of-lstm": last_of_rows("lstm"),
    "last-of-gru": last_of_rows("gru"),
}

REFUSED = {
    "grouped-queries": (grouped, "grouped queries are not followed"),
    "recurrence-with-a-start": (with_a_start, "a recurrence over values of several grids"),
}


@pytest.mark.parametrize("name", EXACT)
def test_what_is_said_to_be_read_is_what_changes_the_output(name, tmp_path):
    exactly(EXACT[name], tmp_path, draws=3)


@pytest.mark.parametrize("name", RECURRENT)
def test_a_recurrence_reads_its_row_up_to_each_cell_or_to_its_end(name, tmp_path):
    exactly(RECURRENT[name], tmp_path, draws=3)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_followed_is_refused(name):
    refused(*REFUSED[name])
