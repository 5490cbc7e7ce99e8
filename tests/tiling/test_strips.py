"""A comparison with the whole holds a few strips of it, and strips are what the whole is."""

import tracemalloc

import numpy as np
import pytest

from rfcalc.loading import load
from rfcalc.tiling import tile
from rfcalc.tiling.one_channel import runner
from rfcalc.tiling.proof import verify
from rfcalc.tiling.strips import Image, strips
from rfcalc.tiling.windows import windows

NETWORKS = {
    "strided": ("k3,k3s2,k3d2", (200, 60), (16, 20)),
    "long side second": ("k3,k3s2,k3d2", (60, 200), (20, 16)),
    "line": ("k3,k3d4,k5s2", (500,), (32,)),
    "hourglass": (
        {
            "dims": 2,
            "layers": [
                {"kernel": 3, "stride": 2},
                {"kernel": 3, "padding_mode": "reflect"},
                {"op": "upsample", "scale": 2, "mode": "bilinear"},
                {"kernel": 3},
            ],
        },
        (240, 40),
        (20, 20),
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_strips_compute_what_the_whole_computes(name: str) -> None:
    given, size, tiles = NETWORKS[name]
    network = load(given, dims=None if isinstance(given, dict) else len(size), input=size)
    plan = tile(network, tiles)
    run = runner(plan.grids, np.random.default_rng(1))
    image = Image(size, 1, 3)
    whole = run(image.cut([(0, n) for n in size]))[0]
    lines = [windows(plan.grids, axis, n) for axis, n in enumerate(size)]
    seen, count = np.zeros(whole.shape, np.int64), 0
    for strip in strips(plan, lines):
        count += 1
        part = run(image.cut(strip.input))[0]
        starts = [int(low / j) for (low, _), j in zip(strip.input, plan.grids.jump, strict=True)]
        for one in strip.tiles:
            own = tuple(slice(a, b) for a, b in one.output)
            here = tuple(slice(a - s, b - s) for (a, b), s in zip(one.output, starts, strict=True))
            np.testing.assert_array_equal(part[here], whole[own])
            seen[own] += 1
    assert count > 2
    np.testing.assert_array_equal(seen, 1)


def test_windows_of_an_image_are_parts_of_it() -> None:
    image = Image((37, 901), 2, 5)
    whole = image.cut([(0, 37), (0, 901)])
    assert not np.array_equiv(whole[0], whole[1])
    for one, all_cells in zip(image.cut([(17, 36), (3, 800)]), whole, strict=True):
        np.testing.assert_array_equal(one, all_cells[:, 17:36, 3:800])


def test_a_halo_too_small_is_refuted_in_every_strip() -> None:
    plan = tile(load("k3,k3d2", input=(160, 8)), (8, 8))
    assert verify(plan).ok
    found = verify(plan, halo=((2, 3), (3, 3)))
    # Every tile but the first has a neighbour before it.
    assert [seam.tile.output[0][0] for seam in found.seams] == list(range(8, 160, 8))


def test_memory_does_not_grow_with_the_length_of_the_input() -> None:
    peaks: list[int] = []
    for length in (1024, 4096):
        plan = tile(load("k3,k3s2,k3d2", input=(length, 256)), (64, 64))
        tracemalloc.start()
        assert verify(plan).ok
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
