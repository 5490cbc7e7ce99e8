"""Are the rows right? A random tenth, and every row that is news, is held against a gradient."""

import hashlib
import shlex
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.census.models import Model
from benchmarks.census.places import ROOT
from benchmarks.census.results import add_results
from benchmarks.census.rows import Row

__all__ = ["check", "drawn", "places_of"]

SAID = {0: "held", 1: "refuted"}
"""What the exit status of a check says."""
NOTICE = "runs the code of"
"""How the note begins that a command prints before it runs code."""
NEWS = 5
"""Positions at which a row that is news is held."""
SHARE = 0.1


def drawn(model: Model, seed: int = 0) -> bool:
    """Whether a model is of the random tenth; whatever else is on the list."""
    text = f"checked {seed} {model.line}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) < SHARE * 16**8


def places_of(model: Model, row: Row) -> int:
    """Return at how many positions a row is held; 0 for most.

    A bare model, whose parameters would not fit into memory, has no gradient.
    """
    if not row.answered or (model.kwargs or {}).get("bare"):
        return 0
    return NEWS if row.news else int(drawn(model))


def check(asked: Sequence[tuple[Model, int]], folder: Path, jobs: int, timeout: float) -> None:
    """Run the checks that ``checked.jsonl`` in the folder does not have yet.

    Parameters
    ----------
    asked : models, each with at how many positions it is held.
    folder : of the run, where files of models are.
    """
    work = {one.line: partial(_hold, one, places, timeout) for one, places in asked}
    add_results(folder / "checked.jsonl", work, jobs)


def _hold(model: Model, places: int, timeout: float) -> tuple[int, str]:
    return places, _answer(model, places, timeout)


def _answer(model: Model, places: int, timeout: float) -> str:
    """Return what came of holding a model, in a process of its own."""
    if model.package in ("keras", "onnx"):
        words = ["benchmarks.census.holding", model.package, model.name, str(places)]
    else:
        words = ["rfcalc", "verify", *shlex.split(model.line), "--positions", str(places)]
        words += ["--backend", "numpy" if model.net.startswith("zoo:") else "torch"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not run: no answer within {timeout:g} s"
    if done.returncode in SAID:
        return SAID[done.returncode]
    if done.returncode < 0:
        return f"not run: ended by signal {-done.returncode}"
    told = [line for line in done.stderr.splitlines() if line and not line.startswith(NOTICE)]
    return f"not run: {told[0] if told else 'crashed'}"
