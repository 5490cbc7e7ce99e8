"""Run random networks past every judge: ``python -m tests.laws --networks 100000 --jobs 2``."""

# This is a program.
# ruff: noqa: T201
import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.laws.judges import JUDGES
from tests.laws.running import Fault, run_seeds

CHUNK = 50
"""Networks that a process draws before it reports."""


def main(words=None):
    """Draw networks, hold all judges against the analysis, and tell; 1 when one disagrees."""
    options = _options(words)
    begun, told, done, made = time.perf_counter(), Counter(), 0, 0
    chunks = [
        range(start, min(start + CHUNK, options.seed + options.networks))
        for start in range(options.seed, options.seed + options.networks, CHUNK)
    ]
    for part in _parts(chunks, options.judges, options.jobs):
        if isinstance(part.fault, Fault):
            _tell(part.fault, options.out)
            return 1
        done += part.networks
        made += part.layers
        told.update(part.compared)
        spent = time.perf_counter() - begun
        if not options.quiet:
            rate = done / spent
            line = f"{done:,} of {options.networks:,} networks, {rate:.0f}/s, 0 disagreements"
            print(f"\r{line:<72}", end="", file=sys.stderr, flush=True)
    spent = time.perf_counter() - begun
    print(f"\r{done:,} networks of {made:,} layers, seeds {options.seed} on", file=sys.stderr)
    for judge in options.judges:
        print(f"{judge:10} {told[judge]:>12,} answers compared, 0 disagreements")
    print(f"{'time':10} {spent:>12,.0f} s, {done / spent:.0f} networks/s, {options.jobs} jobs")
    return 0


def _options(words):
    parser = argparse.ArgumentParser(prog="python -m tests.laws", description=__doc__)
    parser.add_argument("--networks", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="first seed")
    parser.add_argument("--jobs", type=int, default=1, metavar="J", help="processes")
    parser.add_argument(
        "--judges",
        type=lambda text: text.split(","),
        default=list(JUDGES),
        help="by default " + ",".join(JUDGES),
    )
    parser.add_argument(
        "--out", type=Path, default=Path("disagreement.yaml"), help="file of a network that fails"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress")
    return parser.parse_args(words)


def _parts(chunks, judges, jobs):
    """Yield what came of each part, in any order."""
    if jobs == 1:
        for chunk in chunks:
            yield run_seeds(chunk, judges)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        waiting = [pool.submit(run_seeds, chunk, judges) for chunk in chunks]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()


def _tell(fault, out):
    """Print a disagreement with its smallest network, and write that network as a file."""
    out.write_text(fault.text)
    print(f"\n\nseed {fault.seed}: {fault.said}\n\n{fault.text}\nwrote {out}")


if __name__ == "__main__":
    sys.exit(main())
