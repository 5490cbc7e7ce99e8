"""Does an operator of PyTorch read every cell that its values change with?

The truth is found without rfcalc and without gradients: every cell of the input is changed.
"""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_pt2
from rfcalc.masks import mask
from tests.importers.idioms import c
from tests.importers.torch_changes import (
    AT,
    IMAGE,
    SIDE,
    Net,
    changed,
    exactly,
    refused,
    said,
    saved,
    widely,
)

torch = pytest.importorskip("torch")
F = torch.nn.functional
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")


def table(x, near, middle, far):
    rows = F.embedding(
        torch.arange(SIDE**2).reshape(1, SIDE, SIDE), far.movedim(1, 3).flatten(0, 2)
    )
    return near + rows.movedim(3, 1)


def unpooled(kernel, stride, padding):
    def function(x, near, middle, far):
        held = F.max_pool2d(near, kernel, stride, padding, return_indices=True)
        return F.max_unpool2d(*held, kernel, stride, padding)

    return function


def normed(x, near, middle, far):
    held = [torch.full((4,), value, dtype=x.dtype) for value in (0.0, 1.0)]
    return F.batch_norm(near, *held, training=True)


EXACT = {
    "item": lambda x, near, middle, far: near * x.mean().item(),
    "fill": lambda x, near, middle, far: near + torch.zeros_like(x[:, :1]).fill_(x.mean()),
    "drawn-around": lambda x, near, middle, far: torch.normal(middle, 1.0) + near,
    "fftn": lambda x, near, middle, far: torch.fft.fftn(near).real,
    "fftn-of-the-last": lambda x, near, middle, far: torch.fft.fftn(near, s=(SIDE,)).real,
    "batch-norm": normed,
    "layer-norm-of-rows": lambda x, near, middle, far: F.layer_norm(middle, (SIDE,)),
}

MARKED = {
    "fold-of-unfold": lambda x, near, middle, far: F.fold(
        F.unfold(x, 3, padding=1), (SIDE, SIDE), 3, padding=1
    ),
    "turns-and-runs": lambda x, near, middle, far: (
        torch.stack([near[:, :2], middle[:, :2]], 2).flatten(1, 2)
        * torch.cat([near[:, :2], far[:, :2]], 1)
    )[:, :2],
    "embedding": table,
    "causal": lambda x, near, middle, far: F.scaled_dot_product_attention(
        *[near.flatten(2).mT] * 3, is_causal=True
    ).mT.reshape(1, 4, SIDE, SIDE),
}

REFUSED = {
    "bucketize": (
        lambda x, near, middle, far: near + torch.bucketize(near, x.mean((0, 2, 3))),
        "depends on the model's input",
    ),
    "bounds": (
        lambda x, near, middle, far: near + torch.linspace(x.mean(), x.mean(), SIDE),
        "its start depends on the model's input",
    ),
    "weight-norm": (
        lambda x, near, middle, far: F.conv2d(
            near, torch._weight_norm(torch.ones(4, 4, 1, 1), near.mean((2, 3)).reshape(4, 1, 1, 1))
        ),
        "as if they were weights",
    ),
    "unpool-overlapping": (unpooled(4, 2, 1), "blocks side by side"),
    "unpool-of-others": (
        lambda x, near, middle, far: F.max_unpool2d(
            F.max_pool2d(near, 2), F.max_pool2d(near, 2, return_indices=True)[1].mT, 2
        ),
        "blocks side by side",
    ),
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


def test_indices_of_blocks_side_by_side_put_values_into_their_blocks():
    module = Net(unpooled(2, 2, 0))
    held = said(from_torch(module.eval(), torch.zeros(IMAGE)))
    assert held.exact
    np.testing.assert_array_equal(held.array(), changed(module, draws=20))


def test_a_norm_that_is_saved_in_training_reads_the_whole_map(tmp_path):
    module = nn.Sequential(c(3, 4, 1), nn.BatchNorm2d(4)).train()
    assert said(read_pt2(saved(module, tmp_path))).cells == SIDE**2


def test_an_output_that_no_reader_gives_is_refused_where_it_is_read():
    def function(x, near, middle, far):
        done, mean, _ = torch.native_group_norm(near, None, None, 1, 4, SIDE**2, 2, 1e-5)
        return done if function.alone else done + mean[..., None, None].sum()

    function.alone = True
    assert said(from_torch(Net(function).eval(), torch.zeros(IMAGE))).cells == SIDE**2
    function.alone = False
    with pytest.raises(RfcalcError, match="its output 1 is not followed"):
        from_torch(Net(function).eval(), torch.zeros(IMAGE))


def test_an_operator_that_is_assumed_has_all_of_its_outputs():
    module = Net(lambda x, near, middle, far: (near, far.sort(-1)[1] * 1.0))
    network = from_torch(module.eval(), torch.zeros(IMAGE), assume_pointwise=["sort"])
    assert len(network.outputs) == 2
    assert sorted(mask(network, network.nodes[i].name, at=AT).cells for i in network.outputs) == [
        1,
        25,
    ]


@pytest.mark.parametrize("op", ["kthvalue", "mode"])
def test_one_value_of_a_dimension_is_by_default_of_the_last(op):
    def function(x, near, middle, far):
        return (near.kthvalue(2) if op == "kthvalue" else near.mode())[0][..., None]

    network = from_torch(Net(function).eval(), torch.zeros(IMAGE))
    rows, columns = mask(network, at=(4, 0)).array().nonzero()
    assert (set(rows), set(columns)) == ({4}, set(range(SIDE)))


def test_of_many_dimensions_those_without_windows_go_with_the_batch():
    class Six(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = c(3, 4)

        def forward(self, x):
            return self.conv(x.flatten(0, 2))

    network = from_torch(Six().eval(), torch.zeros(1, 2, 2, 3, 10, 9))
    assert network.nodes[network.output].size == (10, 9)
    assert mask(network, at=(5, 5)).rf == (3, 3)


@pytest.mark.parametrize("layout", ["HW", "NCDHW", "CHW"])
def test_a_layout_of_another_rank_is_refused(layout):
    with pytest.raises(RfcalcError, match="RF512") as caught:
        from_torch(c(3, 4).eval(), torch.zeros(IMAGE), layout=[layout])
    assert f"4 dimensions, its layout {layout}" in caught.value.diagnostics[0].message
