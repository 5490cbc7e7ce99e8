"""What is kept of a model? One short row, made of its line of the scan and of its check."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.census.models import Model
from rfcalc.scanning.line import Line

__all__ = ["Row", "read_lines", "read_rows", "row_of", "write_rows"]

ANSWERED = ("exact", "unbounded", "assumed")
OPERATOR = re.compile(r"'([\w.:]+)'")


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One model of the census.

    ``status`` and ``reason`` as ``rfcalc scan`` says them, a reason without its model's names.
    ``rf``, ``input`` are cells per axis of the main output and of the input; ``holes`` are those of
    dilated stages inside (``"inside"``) or at the rim alone (``"rim"``), ``runs`` the number of
    lattice runs, ``codes`` the findings, each once. ``checked`` says what became of the model's
    own gradient, empty where it was not asked.
    """

    package: str
    family: str
    task: str
    name: str
    status: str
    reason: str = ""
    input: tuple[int, ...] | None = None
    layout: tuple[str, ...] | None = None
    rf: tuple[int | None, ...] | None = None
    jump: tuple[int | float | None, ...] | None = None
    nodes: int | None = None
    outputs: int = 0
    stages: int = 0
    holes: str = ""
    largest_hole: int = 0
    runs: int = 0
    codes: tuple[str, ...] = ()
    seconds: float | None = None
    checked: str = ""
    command: str = ""

    @property
    def answered(self) -> bool:
        """Whether the model was read."""
        return self.status in ANSWERED


def row_of(model: Model, line: Line, checked: str = "") -> Row:
    """Return what is kept of a model's line."""
    stages = line.stages or ()
    holed = [stage for stage in stages if stage.holes]
    inside = any(not stage.rim_only for stage in holed)
    counts = line.counts or {}
    reason = f"{line.code or ''} {line.message or ''}".strip()
    return Row(
        package=model.package,
        family=model.family,
        task=model.task,
        name=model.name,
        status=line.status,
        reason=reason[:200] if line.status != "exact" else "",
        input=line.input,
        layout=line.layout,
        rf=line.rf,
        jump=line.jump,
        nodes=line.nodes,
        outputs=counts.get("outputs", 0),
        stages=counts.get("stages", 0),
        holes="inside" if inside else "rim" if holed else "",
        largest_hole=max((max(stage.largest_hole or (0,)) for stage in holed), default=0),
        runs=counts.get("runs", 0),
        codes=tuple(sorted({one.code for one in line.findings or ()})),
        seconds=line.seconds,
        checked=checked,
        command=f"rfcalc analyze {model.line}",
    )


def read_lines(path: Path) -> dict[str, Line]:
    """Return the lines of a scan by their path; none where there is no file."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        lines = [msgspec.json.decode(text, type=Line) for text in file if text.endswith(b"\n")]
    return {line.path: line for line in lines}


def write_rows(path: Path, head: Mapping[str, Any], rows: Iterable[Row]) -> None:
    """Write the data file: what was run in the first line, then one row each."""
    texts = [json.dumps(head), *(msgspec.json.encode(row).decode() for row in rows)]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")


def read_rows(path: Path) -> tuple[dict[str, Any], list[Row]]:
    """Return what was run, and the rows of the data file."""
    head, *texts = path.read_text(encoding="utf-8").splitlines()
    return json.loads(head), [msgspec.json.decode(text, type=Row) for text in texts]
