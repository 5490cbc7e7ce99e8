"""Are the rows right? A random tenth is held against the model's own gradient."""

import json
import random
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from benchmarks.census.models import Model

__all__ = ["check", "drawn"]

ROOT = Path(__file__).parents[2]
SAID = {0: "held", 1: "refuted"}
"""What the exit status of ``rfcalc verify`` says."""


def drawn(models: Sequence[Model], share: float = 0.1, seed: int = 0) -> list[Model]:
    """Return a random share of the models that have a gradient of their own."""
    some = [one for one in models if ":" in one.net and not one.net.startswith("zoo:")]
    some = [one for one in some if not (one.kwargs or {}).get("meta")]
    return random.Random(seed).sample(some, round(share * len(some)))


def check(
    models: Sequence[Model], results: Path, jobs: int, timeout: float, positions: int = 1
) -> dict[str, str]:
    """Return by line what became of each model; what is in the results is not run again."""
    done: dict[str, str] = {}
    if results.exists():
        texts = results.read_text(encoding="utf-8").splitlines()
        done = dict(json.loads(text) for text in texts)
    rest = [one for one in models if one.line not in done]
    with results.open("a", encoding="utf-8") as file:
        for line, said in _answers(rest, jobs, timeout, positions):
            file.write(json.dumps([line, said]) + "\n")
            file.flush()
            done[line] = said
    return done


def _answers(
    models: Sequence[Model], jobs: int, timeout: float, positions: int
) -> Iterator[tuple[str, str]]:
    with ThreadPoolExecutor(jobs) as executor:
        open_ones = {executor.submit(_answer, one, timeout, positions): one for one in models}
        for future in as_completed(open_ones):
            yield open_ones[future].line, future.result()


def _answer(model: Model, timeout: float, positions: int) -> str:
    """Return what ``rfcalc verify`` says of a model, run in a process of its own."""
    words = [sys.executable, "-m", "rfcalc", "verify", *shlex.split(model.line)]
    words += ["--backend", "torch", "--positions", str(positions)]
    try:
        done = subprocess.run(
            words, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {timeout:g} s"
    if done.returncode in SAID:
        return SAID[done.returncode]
    return f"not run: {done.stderr.strip().splitlines()[0] if done.stderr.strip() else 'crashed'}"
