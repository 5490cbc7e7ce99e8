"""Count what the networks of public packages read: ``python -m benchmarks.census``.

``--work FOLDER`` holds the list, the lines of ``rfcalc scan``, the checks and how full fields are;
a second run goes on where the first one ended. Models come in a random order,
``--sample 100`` takes the first of them and writes next to its work; the whole writes
``docs/census.jsonl`` and ``docs/census.md``, and ``--page`` makes the page anew from the data file,
in seconds, ``--written`` data file and page from what a folder holds by now, ``--pictures`` the
pictures of the most surprising rows as well. With ``--dask ADDRESS`` the scan runs on a cluster,
whose workers see the folder and this repository.
"""

# This is a program.
import argparse
import datetime
import hashlib
import importlib.metadata
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from benchmarks.census.checking import check, drawn, places_of
from benchmarks.census.filling import fill
from benchmarks.census.models import Model, models
from benchmarks.census.page import page
from benchmarks.census.places import ROOT, environment
from benchmarks.census.results import read_results
from benchmarks.census.rows import Row, read_lines, read_rows, row_of, write_rows
from benchmarks.census.surprises import draw
from rfcalc import __version__

DATA, PAGE = ROOT / "docs" / "census.jsonl", ROOT / "docs" / "census.md"
PACKAGES = {
    "torch": "torch",
    "torchvision": "torchvision",
    "timm": "timm",
    "smp": "segmentation_models_pytorch",
    "monai": "monai",
    "keras": "keras",
    "onnx": "onnx",
    "kornia": "kornia",
    "basicsr": "basicsr",
    "asteroid": "asteroid",
    "speechbrain": "speechbrain",
    "demucs": "demucs",
    "encodec": "encodec",
    "dynamic_network_architectures": "dynamic_network_architectures",
}
TOGETHER = 40
"""Models that are scanned before those are checked that have to be."""
MEMORY = 8192
"""Megabytes that one model may take: twice what ``scan`` allows, for the largest transformers."""
CHECKED = 3
"""Times the time limit of one model that its check may take."""


def main() -> None:
    """Run the census, or a sample of it, or make the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("census-work"))
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--dask")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--written", action="store_true")
    parser.add_argument("--pictures", action="store_true")
    given = parser.parse_args()
    if given.page:
        PAGE.write_text(page(*read_rows(DATA)), encoding="utf-8")
        return
    work: Path = given.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    listed = models(work)
    listed.sort(key=lambda one: _place(one, given.seed))
    chosen = listed[: given.sample]
    if given.list:
        print("\n".join(one.line for one in chosen))
        return
    data, shown = (work / "census.jsonl", work / "census.md") if given.sample else (DATA, PAGE)
    if not given.written:
        _run(work, chosen, given)
    lines = read_lines(work / "lines.jsonl")
    held, filled = read_results(work / "checked.jsonl"), read_results(work / "filled.jsonl")
    # Up to the first that is missing: what comes early of the rest is what is read fast.
    there = takewhile(lambda one: one.line in lines, chosen)
    rows = [
        row_of(one, lines[one.line], held.get(one.line, (0, "")), filled.get(one.line, (None, "")))
        for one in there
    ]
    write_rows(data, _head(listed, rows, given.seed), rows)
    if given.pictures:
        draw([row for row in rows if row.answered], work, given.timeout)
    shown.write_text(page(*read_rows(data)), encoding="utf-8")
    print(f"{len(rows)} of {len(listed)} models; wrote {shown}")


def _run(work: Path, chosen: Sequence[Model], given: argparse.Namespace) -> None:
    """Check what has been scanned, then scan and check the rest, some models at a time."""
    lines = read_lines(work / "lines.jsonl")
    _check(work, [one for one in chosen if one.line in lines], given)
    rest = [one for one in chosen if one.line not in lines]
    for first in range(0, len(rest), TOGETHER):
        some = rest[first : first + TOGETHER]
        _scan(work, [one.line for one in some], given)
        _check(work, some, given)


def _check(work: Path, some: Sequence[Model], given: argparse.Namespace) -> None:
    lines = read_lines(work / "lines.jsonl")
    rows = [(one, row_of(one, lines[one.line])) for one in some]
    # The cheapest first, so that a run that is stopped has held the most.
    rows.sort(key=lambda pair: pair[1].macs or 0)
    held = [(one, places) for one, row in rows if (places := places_of(one, row))]
    check(held, work, given.jobs, CHECKED * given.timeout)
    ended = [one for one, row in rows if row.field and drawn(one)]
    fill(ended, work, given.jobs, given.timeout)


def _head(listed: Sequence[Model], rows: Sequence[Row], seed: int) -> dict[str, Any]:
    packages = {row.package for row in rows}
    return {
        "rfcalc": __version__,
        "date": f"{datetime.date.today():%Y-%m-%d}",
        "seed": seed,
        "listed": dict(sorted(Counter(one.package for one in listed).items())),
        "packages": {
            name: importlib.metadata.version(package)
            for name, package in PACKAGES.items()
            if name in packages or name == "torch"
        },
    }


def _place(model: Model, seed: int) -> str:
    """Return a model's place in a random order, which no other model changes.

    What is there of a run that goes on is a fair sample, also when packages have joined the list.
    """
    return hashlib.sha256(f"{seed} {model.line}".encode()).hexdigest()


def _scan(work: Path, lines: list[str], given: argparse.Namespace) -> None:
    """Have ``rfcalc scan`` read every model that has no line yet."""
    listed = work / "models.txt"
    listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = [sys.executable, "-m", "rfcalc", "scan", listed.name, "-o", "lines.jsonl", "--quiet"]
    words += ["--timeout", f"{given.timeout:g}", "--memory", str(MEMORY)]
    words += ["--dask", given.dask] if given.dask else ["--jobs", str(given.jobs)]
    subprocess.run(words, cwd=work, env=environment(), check=True)


if __name__ == "__main__":
    main()
