"""Do tools that run with the printed numbers give what the network gives on the whole?

A tool that blends windows counts their edges too: it is given weights that are 0 in the halo of a
window, and compared where it has no other, away from the border of the image.
"""

from math import ceil

import numpy as np
import pytest

from rfcalc.loading import load
from rfcalc.tiling.answer import answer
from rfcalc.tiling.one_channel import runner
from rfcalc.tiling.tools import words

NETS = {
    "line": ("k3,k3d2", (1,), (12,)),
    "line, strided": ("k5s2,k3s2,k3", (1,), (48,)),
    "line, one side": ("k3p0,k2p0,up2,k3", (1,), (20,)),
    "plane": ("k3,k5d2", (2,), (16, 12)),
    "plane, unlike axes": ("k3x5d1x2,k1x3s1x2,k3", (2,), (10, 24)),
    "plane, strided": ("k3s2,k3,k3s2", (2,), (24, 16)),
    "plane, up and down": ("k3,k2s2p0,k3,up2,k3", (2,), (20, 16)),
    "plane, four times as large": ("k3,up4,k5", (2,), (12, 12)),
    "volume": ("k3,k3", (3,), (8, 6, 4)),
    "volume, strided": ("k3s2,k3", (3,), (12, 8, 8)),
    "volume, unlike axes": ("k1x3x3,k3x1x5", (3,), (6, 6, 8)),
}
SHARES = (1, 2, 3)
"""Multiples of a tile that the image is larger than a window."""


@pytest.fixture(params=NETS.values(), ids=list(NETS))
def found(request):
    chain, (dims,), tile = request.param
    return answer(load(chain, dims=dims), tile=tile)


def told(found, tool):
    values = next(one.values for one in found.words if one.tool == tool)
    if values is None:
        reason = next(one.text for one in found.words if one.tool == tool)
        pytest.skip(f"{tool}: {reason}")
    return values


def image_of(size):
    return np.random.default_rng(0).integers(0, 65521, size) / 65536


@pytest.mark.parametrize("more", SHARES)
def test_monai(found, more):
    torch = pytest.importorskip("torch")
    infer = pytest.importorskip("monai.inferers").sliding_window_inference
    values = told(found, "MONAI")
    window, stride = found.setting.window, found.setting.stride
    size = [w + more * s for w, s in zip(window, stride, strict=True)]
    network, image = runner(found.plan.grids, np.random.default_rng(3)), image_of(size)
    around, jump = found.plan.halo.cut, found.plan.grids.jump
    weights = np.zeros(window)
    weights[tuple(slice(b, b + s) for (b, _), s in zip(around, stride, strict=True))] = 1

    def predict(x):
        return torch.tensor(np.stack([network([one.numpy()]) for one in x]))

    given = torch.tensor(image)[None, None]
    made = infer(
        given,
        values["roi_size"],
        2,
        predict,
        values["overlap"],
        roi_weight_map=torch.tensor(weights),
    )
    whole = network([image[None]])[0]
    inner = tuple(
        slice(ceil(b / j), ceil((n - w + b + s) / j))
        for (b, _), s, w, n, j in zip(around, stride, window, size, jump, strict=True)
    )
    assert whole[inner].size
    np.testing.assert_array_equal(made[0, 0].numpy()[inner], whole[inner])


@pytest.mark.parametrize("more", SHARES)
def test_dask(found, more):
    arrays = pytest.importorskip("dask.array")
    values = told(found, "dask")
    tile, step = found.plan.tile, found.plan.halo.alignment
    size = [more * t + s for t, s in zip(tile, step, strict=True)]
    network, image = runner(found.plan.grids, np.random.default_rng(3)), image_of(size)
    laid = arrays.from_array(image, chunks=tile)
    depth = {axis: tuple(sides) for axis, sides in enumerate(values["depth"])}
    made = arrays.map_overlap(
        lambda x: network([x[None]])[0], laid, depth=depth, boundary=values["boundary"], dtype=float
    ).compute(scheduler="synchronous")
    np.testing.assert_array_equal(made, network([image[None]])[0])


def test_a_square_of_real_esrgan_is_scaled_alike_on_both_axes():
    unlike = answer(load("k3,up4x2,k3"), tile=(12, 12))
    assert next(one.values for one in unlike.words if one.tool == "Real-ESRGAN") is None


def test_nnunet_has_no_networks_of_one_axis():
    line = answer(load("k3,k3d2", dims=1), tile=12)
    assert next(one.values for one in line.words if one.tool == "nnU-Net") is None


@pytest.mark.parametrize("window", [*range(2, 130), 226, 356, 407])
def test_shares_of_every_stride_are_those_of_the_tools(window):
    """MONAI: ``int(roi * (1 - overlap))``. nnU-Net: evenly spread, rounded, at most the share."""
    scans = pytest.importorskip("monai.inferers.utils")._get_scan_interval
    found = answer(load("k1", dims=2), tile=1)
    for stride in range(1, window + 1):
        one = type(found.setting)((window, window), (stride, stride), 0.0)
        held = {word.tool: word.values for word in words(found.plan.grids, found.plan.halo, one)}
        moved = scans((9 * window,) * 2, one.window, 2, held["MONAI"]["overlap"])
        assert moved == (stride, stride)
        for image in (window + stride, 5 * window + 7, 1137, 2042):
            target = window * held["nnU-Net"]["tile_step_size"]
            count = int(np.ceil((image - window) / target)) + 1
            between = (image - window) / max(1, count - 1)
            starts = [int(np.round(between * i)) for i in range(count)]
            assert max(np.diff(starts), default=0) <= stride
            assert target > stride - 1
