"""Count what the networks of public packages read: ``python -m benchmarks.census``.

``--work FOLDER`` holds the list, the lines of ``rfcalc scan`` and the checks; a second run goes on
where the first one ended. ``--sample 100`` takes some of the list and writes next to its work;
the whole writes ``docs/census.jsonl`` and ``docs/census.md``. ``--page`` makes the page anew from
the data file, in seconds. With ``--dask ADDRESS`` the scan runs on a cluster.
"""

# This is a program.
import argparse
import datetime
import hashlib
import importlib.metadata
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.census.checking import ROOT, check, drawn
from benchmarks.census.models import Model, models
from benchmarks.census.page import page
from benchmarks.census.rows import read_lines, read_rows, row_of, write_rows
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
}


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
    given = parser.parse_args()
    data, shown = DATA, PAGE
    if given.page:
        shown.write_text(page(*read_rows(data)), encoding="utf-8")
        return
    work: Path = given.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    chosen = models(work)
    chosen.sort(key=lambda one: _drawn(one, given.seed))
    if given.sample:
        chosen = chosen[: given.sample]
        data, shown = work / "census.jsonl", work / "census.md"
    if given.list:
        print("\n".join(one.line for one in chosen))
        return
    begun = time.perf_counter()
    _scan(work, [one.line for one in chosen], given)
    scanned = time.perf_counter()
    told = check(drawn(chosen), work / "checked.jsonl", given.jobs, 3 * given.timeout)
    lines = read_lines(work / "lines.jsonl")
    rows = [row_of(one, lines[one.line], told.get(one.line, "")) for one in chosen]
    head = {
        "rfcalc": __version__,
        "date": f"{datetime.date.today():%Y-%m-%d}",
        "packages": {
            name: importlib.metadata.version(package)
            for name, package in PACKAGES.items()
            if any(one.package == name for one in chosen) or name == "torch"
        },
    }
    write_rows(data, head, rows)
    shown.write_text(page(*read_rows(data)), encoding="utf-8")
    checked = time.perf_counter() - scanned
    print(
        f"{len(rows)} models; scan {scanned - begun:.0f} s, checks {checked:.0f} s; wrote {shown}"
    )


def _drawn(model: Model, seed: int) -> str:
    """Return a model's place in a random order, which no other model changes.

    What is there of a run that goes on is a fair sample, also when packages have joined the list.
    """
    return hashlib.sha256(f"{seed} {model.line}".encode()).hexdigest()


def _scan(work: Path, lines: list[str], given: argparse.Namespace) -> None:
    """Have ``rfcalc scan`` read every model that has no line yet."""
    listed = work / "models.txt"
    listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = [sys.executable, "-m", "rfcalc", "scan", listed.name, "-o", "lines.jsonl"]
    words += ["--timeout", f"{given.timeout:g}"]
    words += ["--dask", given.dask] if given.dask else ["--jobs", str(given.jobs)]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    subprocess.run(words, cwd=work, env={**os.environ, "PYTHONPATH": path}, check=True)


if __name__ == "__main__":
    main()
