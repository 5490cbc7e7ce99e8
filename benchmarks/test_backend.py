"""How fast is the NumPy backend? Its convolution beside PyTorch's, one thread each, in one run.

``python benchmarks/test_backend.py`` prints the ratios; ``pytest benchmarks`` times the same
with pytest-benchmark. Nothing is asserted about time: a busy machine is not a fault.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
DILATIONS = (1, 4)
ROUNDS = 31


def contestants(dilation: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Return ours and torch's convolution: 3x3, 64 to 64 channels, 128x128, float32."""
    import numpy as np
    import torch

    from rfcalc.layers.window import Conv
    from rfcalc.numpy_backend import forward

    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, 64, 128, 128), dtype=np.float32)
    weights = {
        "weight": rng.standard_normal((64, 64, 3, 3), dtype=np.float32),
        "bias": rng.standard_normal(64, dtype=np.float32),
    }
    layer = Conv(kernel=(3, 3), dilation=(dilation, dilation))
    tensors = [torch.from_numpy(a) for a in (x, weights["weight"], weights["bias"])]

    def ours() -> Any:
        return forward(layer, [x], weights)

    def torchs() -> Any:
        return torch.nn.functional.conv2d(*tensors, padding=dilation, dilation=dilation)

    difference = np.abs(ours() - torchs().numpy()).max()
    assert difference < 1e-3, difference
    return ours, torchs


def ratio(dilation: int) -> tuple[float, float, float]:
    """Return the median times in ms, taken in turns, and the median of the rounds' ratios."""
    times: list[tuple[float, float]] = []
    pair = contestants(dilation)
    for _ in range(ROUNDS):
        taken: list[float] = []
        for run in pair:
            start = time.perf_counter()
            run()
            taken.append((time.perf_counter() - start) * 1e3)
        times.append((taken[0], taken[1]))
    ours, torchs = (statistics.median(column) for column in zip(*times, strict=True))
    return ours, torchs, statistics.median(a / b for a, b in times)


def adjoint(name: str, size: int) -> tuple[int, float]:
    """Return the number of layers and the seconds for the path counts of all, 3 positions each."""
    from rfcalc.loading import load
    from rfcalc.numpy_backend import counts

    network = load(name, input=(size, size))
    start = time.perf_counter()
    for part in (0, 2, 1):
        starts = [
            (position, tuple(part * (n - 1) // 2 for n in node.size or ()))
            for position, node in enumerate(network.nodes)
        ]
        for _ in counts(network, starts):
            pass
    return len(network.nodes) - 1, time.perf_counter() - start


def report() -> None:
    print("3x3 convolution, 64 to 64 channels, 128x128, float32, one thread each")
    for dilation in DILATIONS:
        ours, torchs, times = ratio(dilation)
        print(f"  dilation {dilation}: numpy {ours:6.1f} ms, torch {torchs:6.1f} ms, x{times:.2f}")
    print("path counts of every layer at 3 positions")
    for size in (64, 224):
        layers, seconds = adjoint("zoo:resnet50", size)
        print(f"  resnet50 at {size}x{size}: {layers} layers in {seconds:.2f} s")


def test_convolution(benchmark: Any) -> None:
    benchmark.group = "convolution"
    benchmark(contestants(1)[0])


def test_convolution_of_torch(benchmark: Any) -> None:
    benchmark.group = "convolution"
    benchmark(contestants(1)[1])


def test_convolution_dilated(benchmark: Any) -> None:
    benchmark.group = "dilated convolution"
    benchmark(contestants(4)[0])


def test_convolution_dilated_of_torch(benchmark: Any) -> None:
    benchmark.group = "dilated convolution"
    benchmark(contestants(4)[1])


def test_path_counts_of_resnet50(benchmark: Any) -> None:
    benchmark.pedantic(adjoint, args=("zoo:resnet50", 64), rounds=3)


if __name__ == "__main__":
    if os.environ.get("OMP_NUM_THREADS") != "1":
        # The BLAS reads its number of threads when it is loaded.
        raise SystemExit(subprocess.call([sys.executable, __file__], env=os.environ | ONE_THREAD))
    report()
