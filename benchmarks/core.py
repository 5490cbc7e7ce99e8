"""How fast are the core answers? Ratios, each pair measured in turns in one run.

``python -m benchmarks.core`` prints the table and writes it to ``docs/benchmarks.md``. Nothing is
asserted: a busy machine is not a fault, and a ratio speaks for itself.
"""

import math
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

import rfcalc
from rfcalc.growth import growth
from rfcalc.network import Network
from rfcalc.spec import read_inline
from rfcalc.zoo import zoo_names

ROOT = Path(__file__).parents[1]
ROUNDS = 15


def in_turns(first: Callable[[], Any], second: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Return the median over the rounds of the time of the first over that of the second."""
    ratios: list[float] = []
    for _ in range(rounds):
        taken: list[float] = []
        for run in (first, second):
            start = time.perf_counter()
            run()
            taken.append(time.perf_counter() - start)
        ratios.append(taken[0] / taken[1])
    return statistics.median(ratios)


def written_out(network: Network) -> str:
    """Return a network file with one line per layer, as an exporter would write it."""
    lines = ["layers:"]
    for node in network.nodes[1:]:
        inputs = ", ".join(network.nodes[i].name for i in node.inputs)
        layer: Any = node.layer
        if layer.merges:
            lines.append(f"  - {{op: {layer.op}, name: {node.name}, from: [{inputs}]}}")
        else:
            lines.append(
                f"  - {{op: {layer.op}, name: {node.name}, from: {inputs}, "
                f"kernel: {layer.kernel[0]}, stride: {layer.step(0)}}}"
            )
    return "\n".join(lines)


def process(*words: str) -> Callable[[], Any]:
    """Return a call that runs Python with the given arguments as a whole process."""
    return lambda: subprocess.run(
        [sys.executable, *words], cwd=ROOT, check=False, stdout=subprocess.DEVNULL
    )


def report_against_yaml() -> str:
    """ResNet-152 from Network to Report, over PyYAML's C loader on the file written out."""
    network = rfcalc.load(ROOT / "examples" / "resnet152.yaml")
    text = written_out(network)
    loader = yaml.CSafeLoader
    ratio = in_turns(lambda: rfcalc.analyze(network), lambda: yaml.load(text, loader))
    return f"{ratio:.2f}"


def widest_field() -> str:
    """Twelve 3x3 layers with dilations 3^0..3^11 (RF 531,441 per axis): time and peak memory."""
    network = read_inline(",".join(f"k3d{3**i}" for i in range(12)))
    tracemalloc.start()
    growth(network)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    start = time.perf_counter()
    growth(network)
    return f"{(time.perf_counter() - start) * 1e3:.2f} ms, {peak / 2**20:.1f} MB"


def slope() -> str:
    """Log-log slope of the time of analyze against depth, 10 to 100,000 layers."""
    points: list[tuple[float, float]] = []
    for depth in (10, 100, 1000, 10_000, 100_000):
        network = read_inline(",".join(["k3"] * depth))
        best = math.inf
        for _ in range(3):
            start = time.perf_counter()
            rfcalc.analyze(network)
            best = min(best, time.perf_counter() - start)
        points.append((math.log(depth), math.log(best)))
    mean_x = statistics.mean(x for x, _ in points)
    mean_y = statistics.mean(y for _, y in points)
    over = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return f"{over / sum((x - mean_x) ** 2 for x, _ in points):.2f}"


IMPORTS = ("-c", "import typer, rich.table, yaml, msgspec")


def analyze_process() -> str:
    """``rfcalc analyze examples/resnet152.yaml``, over importing its libraries alone."""
    words = ("-m", "rfcalc", "analyze", "examples/resnet152.yaml")
    return f"{in_turns(process(*words), process(*IMPORTS)):.2f}"


def hdc_process() -> str:
    """``rfcalc hdc-check 1,2,5``, over ``rfcalc --help``."""
    words = ("-m", "rfcalc", "hdc-check", "1,2,5")
    return f"{in_turns(process(*words), process('-m', 'rfcalc', '--help')):.2f}"


def design_process() -> str:
    """``rfcalc design --layers 6 --rf 200``, over ``rfcalc --help``."""
    words = ("-m", "rfcalc", "design", "--layers", "6", "--rf", "200")
    return f"{in_turns(process(*words), process('-m', 'rfcalc', '--help')):.2f}"


def gate() -> str:
    """``check`` of 200 zoo-sized files in one process, per file beside reading the YAML."""
    from rfcalc.gates import check

    texts = [(ROOT / "rfcalc" / "zoo" / f"{name}.yaml").read_text() for name in zoo_names()]
    texts = (texts * 4)[:200]
    paths = ([ROOT / "rfcalc" / "zoo" / f"{name}.yaml" for name in zoo_names()] * 4)[:200]
    start = time.perf_counter()
    for text in texts:
        yaml.compose(text, yaml.CSafeLoader)
    reading = time.perf_counter() - start
    start = time.perf_counter()
    for path in paths:
        check(rfcalc.load(path), {"no-gridding": True, "min-rf": (1,)})
    return f"{(time.perf_counter() - start - reading) / len(paths) * 1e3:.2f} ms"


ROWS: dict[str, Callable[[], str]] = {
    "wanted at most 1": report_against_yaml,
    "wanted below 10 ms, 100 MB": widest_field,
    "wanted at most 1.1": slope,
    "wanted at most 2.5": analyze_process,
    "wanted at most 2": hdc_process,
    "wanted at most 2, impossible wish": design_process,
    "wanted at most 5 ms": gate,
}


def main() -> None:
    lines = ["# Benchmarks", "", (__doc__ or "").split("\n")[0], ""]
    lines += ["| measured | result | |", "| --- | --- | --- |"]
    for wanted, measure in ROWS.items():
        result = measure()
        lines.append(f"| {(measure.__doc__ or '').strip()} | {result} | {wanted} |")
        print(lines[-1], flush=True)
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
