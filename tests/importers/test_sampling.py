"""Does what is sampled, taken or written at computed places read every cell that it may?"""

import numpy as np
import pytest

from rfcalc.importers import from_torch
from rfcalc.masks import mask
from tests.importers.torch_changes import IMAGE, SIDE, Net, changed, said, saved, widely

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

pytestmark = pytest.mark.filterwarnings("ignore")


def own_places(x):
    """The centre of every cell, as a grid for ``grid_sample``."""
    same = torch.eye(2, 3, dtype=x.dtype)[None]
    return F.affine_grid(same, (1, 1, *x.shape[2:]), align_corners=True)


def moved(x, by):
    """A map at the place of each cell, moved by as many cells as two channels of another say."""
    offsets = by[:, :2].permute(0, 2, 3, 1) * 2 / (SIDE - 1)
    return own_places(x) + offsets


ANYWHERE = {
    "warped": lambda x, near, middle, far: F.grid_sample(middle, moved(middle, near)),
    "warped-image": lambda x, near, middle, far: F.grid_sample(x, moved(x, near), mode="bicubic"),
    "constant-grid": lambda x, near, middle, far: (
        F.grid_sample(near, torch.linspace(-1, 1, 2 * SIDE**2, dtype=x.dtype).view(1, SIDE, -1, 2))
        + middle
    ),
    "spatial-transformer": lambda x, near, middle, far: F.grid_sample(
        near, F.affine_grid(far.mean((2, 3))[:, :2, None].expand(1, 2, 3), (1, 4, SIDE, SIDE))
    ),
    "gathered-rows": lambda x, near, middle, far: near.gather(
        2, far.argmax(1, keepdim=True).expand(1, 4, SIDE, SIDE)
    ),
    "gathered-by-rank": lambda x, near, middle, far: near.gather(3, middle.argsort(3)),
    "rows-in-order": lambda x, near, middle, far: near[:, :, far.mean((1, 3))[0].argsort()],
    "rows-selected": lambda x, near, middle, far: near.index_select(
        2, far.mean((1, 3))[0].argsort()
    ),
    "cells-by-two-tables": lambda x, near, middle, far: (
        near[:, :, torch.tensor([[0], [3]]), torch.tensor([1, 2, 3])].mean((2, 3), keepdim=True)
        + middle
    ),
    "looked-up": lambda x, near, middle, far: (
        near + F.embedding((middle.abs() * 9).long().clamp(0, 7), far[0, 0]).sum(-1)
    ),
    "scattered": lambda x, near, middle, far: torch.zeros_like(near).scatter(
        2, middle.argsort(2), far
    ),
    "added-in-place": lambda x, near, middle, far: near.index_add(
        3, torch.arange(SIDE), far
    ),
    "put": lambda x, near, middle, far: near.index_put(
        (torch.tensor([0]), torch.tensor([1])), far[0, 0]
    ),
    "taken": lambda x, near, middle, far: middle + near.take(torch.tensor([3, 5])).sum(),
}  # fmt: skip


@pytest.mark.parametrize("name", ANYWHERE)
def test_any_cell_is_read_that_may_be_and_the_network_says_so(name):
    widely(ANYWHERE[name])


@pytest.mark.parametrize("name", ANYWHERE)
def test_a_saved_program_is_read_alike(name, tmp_path):
    from rfcalc.importers import read_pt2

    module = Net(ANYWHERE[name]).eval()
    network = from_torch(module, torch.zeros(IMAGE))
    assert read_pt2(saved(module, tmp_path)).nodes == network.nodes


@pytest.mark.parametrize(("mode", "beyond"), [("bilinear", 0), ("nearest", 0), ("bicubic", 1)])
@pytest.mark.parametrize("reach", [0, 1, 2])
def test_offsets_that_are_bounded_reach_so_far_around_each_cell(reach, mode, beyond):
    class Warp(nn.Module):
        def forward(self, x, flow):
            return F.grid_sample(x, moved(x, flow), mode=mode, align_corners=True)

    x, flow = torch.zeros(1, 1, SIDE, SIDE), torch.zeros(1, 2, SIDE, SIDE)
    network = from_torch(Warp(), (x, flow), max_offset=reach)
    assert any(f"at most {reach} cells" in fact for fact in network.assumed)
    for at in [(0, 0), (4, 3), (7, 7)]:
        wanted = np.zeros((SIDE, SIDE), bool)
        lows = [max(0, o - reach - beyond) for o in at]
        wanted[lows[0] : at[0] + reach + beyond + 1, lows[1] : at[1] + reach + beyond + 1] = True
        held = mask(network, at=at, source="x")
        np.testing.assert_array_equal(held.array(), wanted)
        own = mask(network, at=at, source="flow").array()
        assert np.argwhere(own).tolist() == [list(at)]


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_no_change_leaves_the_bound(mode):
    def function(x, near, middle, far):
        return F.grid_sample(near, moved(x, near.tanh()), mode=mode, align_corners=True)

    module = Net(function).eval()
    held = said(from_torch(module, torch.zeros(IMAGE), max_offset=1)).array()
    found = changed(module, draws=3)
    assert not (found & ~held).any()
    assert not held.all()


def test_a_correlation_that_is_looked_up_keeps_the_places_of_its_queries():
    """As in RAFT: a volume of all pairs, sampled around places that another branch says."""

    def function(x, near, middle, far):
        volume = torch.einsum("nchw,ncij->nhwij", near, middle)
        volume = F.avg_pool2d(volume.reshape(SIDE**2, 1, SIDE, SIDE), 2)
        places = far[:, :2].permute(0, 2, 3, 1).reshape(SIDE**2, 1, 1, 2)
        window = torch.linspace(-0.2, 0.2, 9, dtype=x.dtype)
        grid = places + torch.stack(torch.meshgrid(window, window, indexing="ij"), -1)[None]
        found = F.grid_sample(volume, grid).view(1, SIDE, SIDE, -1)
        return found.permute(0, 3, 1, 2)

    widely(function)


def test_how_many_cells_a_condition_takes_is_refused():
    from rfcalc.errors import RfcalcError

    module = Net(lambda x, near, middle, far: near[near > 0].sum() * x)
    with pytest.raises(RfcalcError, match="the size of what it gives depends on values"):
        from_torch(module.eval(), torch.zeros(IMAGE))


SCHEMA = (
    "roi_align(Tensor input, Tensor rois, float scale, int pooled_height, int pooled_width, "
    "int sampling_ratio, bool aligned) -> Tensor"
)
"""torchvision's, whose compiled operators need a PyTorch of the same build."""


def test_what_is_pooled_in_regions_reads_the_map_and_the_region():
    library = None
    if not hasattr(torch.ops.torchvision, "roi_align"):
        library = torch.library.Library("torchvision", "FRAGMENT")
        library.define(SCHEMA)
        for key in ("CPU", "Meta"):
            library.impl(
                "roi_align", lambda x, rois, scale, high, wide, ratio, aligned: x.new_zeros(
                    rois.shape[0], x.shape[1], high, wide
                ), key
            )  # fmt: skip

    class Pooled(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 4, 3, padding=1)

        def forward(self, x, regions):
            return torch.ops.torchvision.roi_align(self.stem(x), regions, 1.0, 2, 2, -1, False)

    network = from_torch(Pooled(), (torch.zeros(IMAGE), torch.zeros(5, 5)))
    if library is not None:
        library._destroy()
    assert network.layouts[0] == "NCHW"
    assert network.assumed
    held = mask(network, at=(0, 0), source="x")
    assert held.array().all()
