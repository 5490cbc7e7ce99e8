"""Do the words of tools mean, by the tools' own definitions, the windows that were meant?"""

from math import ceil

import numpy as np
import pytest

from rfcalc.loading import load
from rfcalc.tiling.answer import answer
from rfcalc.tiling.one_channel import runner
from rfcalc.tiling.tools import TOOLS

NETWORKS = ("zoo:unet-same", "zoo:edsr", "zoo:conv-tasnet", "k3,k3d2", "k5", "k3,k9d4")


def values(found, tool):
    return next(words.values for words in found.words if words.tool == tool)


def settings(name):
    """The answers for the windows that are listed, and for tiles of odd multiples."""
    network = load(name)
    first = answer(network)
    step = max(first.plan.halo.alignment)
    most = max(max(sides) for sides in first.plan.halo.aligned)
    least = -(-max(most, 1) // step)
    tiles = [one.stride for one in first.listed] + [step * n for n in range(least, least + 9)]
    return [answer(network, tile=tile) for tile in tiles]


def test_every_tool_is_held_here():
    assert set(TOOLS) == {"MONAI", "nnU-Net", "Real-ESRGAN", "dask"}


@pytest.mark.parametrize("name", NETWORKS)
def test_monai_moves_its_window_by_the_stride(name):
    scans = pytest.importorskip("monai.inferers.utils")._get_scan_interval
    slices = pytest.importorskip("monai.data.utils").dense_patch_slices
    seen = 0
    for found in settings(name):
        told = values(found, "MONAI")
        if told is None:
            continue
        seen += 1
        window, stride = found.setting.window, found.setting.stride
        assert tuple(told["roi_size"]) == window
        image = tuple(w + 2 * s for w, s in zip(window, stride, strict=True))
        moved = scans(image, window, len(window), told["overlap"])
        assert moved == stride
        starts = {tuple(part.start for part in parts) for parts in slices(image, window, moved)}
        assert starts == {
            tuple(k * s for k, s in zip(at, stride, strict=True))
            for at in np.ndindex(*(3,) * len(window))
        }
    assert seen


def evenly(image, window, share):
    """Starts of nnU-Net's windows: evenly spread, and at most a share of the window apart."""
    count = ceil((image - window) / (window * share)) + 1
    between = (image - window) / (count - 1) if count > 1 else 0
    return [round(between * i) for i in range(count)]


@pytest.mark.parametrize("name", ["zoo:unet-same", "k3,k3d2", "k5", "k3,k9d4"])
def test_nnunet_moves_its_window_by_at_most_the_stride(name):
    """Source: nnU-Net v2, ``compute_steps_for_sliding_window``."""
    seen = 0
    for found in settings(name):
        told = values(found, "nnU-Net")
        if told is None:
            continue
        seen += 1
        assert tuple(told["patch_size"]) == found.setting.window
        for window, stride in zip(found.setting.window, found.setting.stride, strict=True):
            for image in (window, window + 1, window + 3 * stride, 5 * window + 7):
                starts = evenly(image, window, told["tile_step_size"])
                assert max(np.diff(starts), default=0) <= stride
                assert starts[-1] == image - window
    assert seen


@pytest.mark.parametrize(("name", "tile"), [("zoo:edsr", 96), ("k3,k3d2", 20), ("k5,up2,k3", 16)])
def test_tiles_of_real_esrgan_equal_the_whole(name, tile):
    """Tiles with a margin that ends at the image, cropped after. Source: ``RealESRGANer``."""
    size = (2 * tile + 5, 2 * tile)
    network = load(name, input=size)
    found = answer(network, tile=tile)
    told = values(found, "Real-ESRGAN")
    alone = runner(found.plan.grids, np.random.default_rng(3))
    array = np.random.default_rng(0).integers(0, 999, size) / 65536
    whole = alone([array[None]])[0]
    scale = int(1 / found.plan.grids.jump[0])
    made = np.full(whole.shape, np.nan)
    part, pad = told["tile"], told["tile_pad"]
    for origin in np.ndindex(*(-(-n // part) for n in size)):
        ends = [(o * part, min((o + 1) * part, n)) for o, n in zip(origin, size, strict=True)]
        wide = [(max(a - pad, 0), min(b + pad, n)) for (a, b), n in zip(ends, size, strict=True)]
        tiles = alone([array[None, *(slice(*one) for one in wide)]])[0]
        inner = [
            slice((a - low) * scale, (b - low) * scale)
            for (a, b), (low, _) in zip(ends, wide, strict=True)
        ]
        made[tuple(slice(a * scale, b * scale) for a, b in ends)] = tiles[tuple(inner)]
    np.testing.assert_array_equal(made, whole)
