"""Which models that nobody here wrote are read, and with what result?

``python -m tests.importers.models --check`` reads the whole list, holds every mask against the
model's own gradient and prints a table: exact, unbounded (with the cause), assumed, refused (with
the operator), wrong or wide, and the times. ``--sample 40 --seed 1`` takes some of it; ``--out
FILE`` goes on where it was stopped; ``--keep FOLDER`` keeps what other people's code gave, the
exported programs and the gradients, so that a later run holds a changed reader against them in
minutes. Models are built without weights.
"""

# This is a program.
# ruff: noqa: T201
import argparse
import json
import random
import re
from collections import Counter
from pathlib import Path

from tests.importers.models import cases
from tests.importers.models.running import Row, run


def table(rows: list[Row]) -> str:
    """Return the summary of many models."""
    lines = ["family | models | exact | unbounded | assumed | refused | wrong or wide | other"]
    for family in [*sorted({r.family for r in rows}), "all"]:
        mine = [r for r in rows if family in (r.family, "all")]
        count = Counter(r.status for r in mine)
        bad = count["wrong"] + count["wide"] + count["crash"]
        known = count["exact"] + count["unbounded"] + count["assumed"] + count["refused"] + bad
        lines.append(
            f"{family} | {len(mine)} | {count['exact']} | {count['unbounded']} | "
            f"{count['assumed']} | {count['refused']} | {bad} | {len(mine) - known}"
        )
    return "\n".join(lines)


def main() -> None:
    """Read the list, or a sample of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--match", default="")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seconds", type=int, default=90)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    chosen = [c for c in cases() if re.search(given.match, f"{c.family}/{c.name}")]
    if given.sample:
        chosen = random.Random(given.seed).sample(chosen, min(given.sample, len(chosen)))
    if given.list:
        print("\n".join(f"{c.family} {c.name} {c.shapes}" for c in chosen), len(chosen))
        return
    done: dict[tuple[str, str], Row] = {}
    if given.out and given.out.exists():
        for line in given.out.read_text().splitlines():
            row = Row(*json.loads(line))
            done[row.family, row.name] = row
    for case in chosen:
        if (case.family, case.name) in done:
            continue
        row = run(case, given.check, given.seconds, given.keep)
        done[case.family, case.name] = row
        if given.out:
            with given.out.open("a") as file:
                file.write(json.dumps(row) + "\n")
        print(
            f"{row.family}/{row.name}: {row.status} {row.detail[:120]} [{row.nodes} nodes, "
            f"build {row.build_s} s, export {row.export_s} s, read {row.read_ms} ms, "
            f"growth {row.growth_ms} ms] {row.check}",
            flush=True,
        )
    print(table(list(done.values())))


if __name__ == "__main__":
    main()
