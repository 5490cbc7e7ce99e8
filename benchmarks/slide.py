"""Does a slide larger than a worker's memory come out whole on a cluster that loses a worker?

``python -m benchmarks.slide`` tiles a zarr array of 20,000 x 20,000 float32 on two dask workers,
kills one of them midway, compares every cell with the whole, and prints what it took. It needs
``pip install "rfcalc[dask,zarr]"``, 4 GB of disk below ``--folder`` and 5 GB of memory.
"""

import argparse
import os
import signal
import tempfile
import time
from pathlib import Path

import numpy as np

from rfcalc.loading import load
from rfcalc.tiling import run, tile

DILATIONS = (1, 2, 4)
CHUNK = 1024


def sums(x):
    """Return what three 3x3 convolutions of ones give; small integers, so no sum is rounded."""
    for d in DILATIONS:
        total = np.zeros_like(x)
        for i in (-d, 0, d):
            for j in (-d, 0, d):
                total[inside(-i, x.shape[0]), inside(-j, x.shape[1])] += x[
                    inside(i, x.shape[0]), inside(j, x.shape[1])
                ]
        x = total
    return x


def inside(shift, n):
    """Return the cells of an axis that are still on it when they are shifted back."""
    return slice(max(0, shift), n - max(0, -shift))


def held(key):
    """Return the memory that this process holds, VmRSS, or has held at most, VmHWM; in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))


def measured(size, part, folder):
    """Run it; return the numbers by name."""
    import distributed
    import zarr

    store = {"chunks": (min(CHUNK, size),) * 2, "dtype": "float32"}
    slide = zarr.create_array(store=str(folder / "slide.zarr"), shape=(size, size), **store)
    generator = np.random.default_rng(0)
    for at in range(0, size, CHUNK):
        rows = min(CHUNK, size - at)
        slide[at : at + rows] = generator.integers(0, 256, (rows, size)).astype("float32")
    plan = tile(load("k3,k3d2,k3d4", input=(size, size)), part)
    window = max(
        (high - low) * (right - left) * 4
        for (low, high), (left, right) in (one.input for one in plan.tiles)
    )
    quiet = {"dashboard_address": None, "silence_logs": 60}
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as cluster,
        distributed.Client(cluster) as client,
    ):
        small = zarr.create_array(store={}, shape=(64, 64), chunks=(64, 64), dtype="float32")
        run(sums, small, tile(load("k3,k3d2,k3d4", input=(64, 64)), 32), client=client)
        before = {**client.run(held, "VmRSS")}
        killed = []

        def midway(done, total):
            if not killed and 2 * done >= total:
                killed.append(next(iter(client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)

        start = time.perf_counter()
        out = run(sums, slide, plan, out=folder / "out.zarr", client=client, progress=midway)
        seconds = time.perf_counter() - start
        after = {**client.run(held, "VmHWM")}
        grown = [after[address] - before[address] for address in after if address in before]
        fresh = [after[address] for address in after if address not in before]
    whole = sums(slide[:])
    differ = sum(
        int(np.count_nonzero(out[at : at + CHUNK] != whole[at : at + CHUNK]))
        for at in range(0, size, CHUNK)
    )
    return {
        "cells": size * size,
        "tiles": plan.count,
        "killed": len(killed),
        "cells that differ": differ,
        "seconds": round(seconds, 1),
        "bytes of a window": window,
        "windows that the surviving worker took": [round(n / window, 2) for n in grown],
        "bytes that it held before": [before[address] for address in after if address in before],
        "bytes that the new worker held at most, all in all": fresh,
    }


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--tile", type=int, default=4096)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        for name, value in measured(asked.size, asked.tile, Path(folder)).items():
            print(f"{name}: {value}")


if __name__ == "__main__":
    main()
