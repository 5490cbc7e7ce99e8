"""How much of its field does a network's expected effective field fill? ``NET [OPTIONS]``.

Prints the share of a side of the field of the main output, without layers that read the whole
input, that the smallest centred square with 95 % of the energy spans (theorem T10), the largest
over the axes.
"""

import argparse
import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.census.models import Model
from benchmarks.census.places import environment
from benchmarks.census.results import add_results
from rfcalc import RfcalcError, erf, load

__all__ = ["fill"]


def fill(asked: Sequence[Model], folder: Path, jobs: int, timeout: float) -> None:
    """Add the shares that ``filled.jsonl`` in the folder of a run does not have yet."""
    work = {one.line: partial(_ask, one, folder, timeout) for one in asked}
    add_results(folder / "filled.jsonl", work, jobs)


def _ask(model: Model, folder: Path, timeout: float) -> tuple[float | None, str]:
    """Return the share, or ``None`` and the reason, of a process of its own."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.census.filling", *shlex.split(model.line)],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, f"no answer within {timeout:g} s"
    if done.returncode == 0:
        return float(done.stdout.splitlines()[-1]), ""
    told = done.stderr.splitlines()
    return None, told[-1] if told else f"ended with status {done.returncode}"


def main() -> int:
    """Print the share, or why there is none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("net")
    parser.add_argument("--input", action="append", default=[])
    parser.add_argument("--kwargs", type=json.loads)
    given = parser.parse_args()
    shapes = [tuple(map(int, one.split(","))) for one in given.input]
    try:
        network = load(given.net, input=shapes or None, kwargs=given.kwargs, ignore_global=True)
        layers = erf(network, layer=network.nodes[network.output].name).layers
    except RfcalcError as error:
        sys.stderr.write(str(error).splitlines()[0] + "\n")
        return 2
    widest = max(layers, key=lambda one: one.field)
    if widest.expected_squared is None:
        sys.stderr.write("no energy\n")
        return 2
    sides = widest.expected_squared.side[95]
    print(max(side / n for side, n in zip(sides, widest.field, strict=True)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
