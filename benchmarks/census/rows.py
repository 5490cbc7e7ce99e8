"""What is kept of a model? One short row, made of its line of the scan and of its check."""

import json
from collections.abc import Iterable, Mapping
from math import prod
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.census.models import Model
from rfcalc.scanning.line import Line

__all__ = ["Row", "read_lines", "read_rows", "row_of", "write_rows"]

ANSWERED = ("exact", "unbounded", "assumed")
FILES = ("keras/", "onnx/")
"""Where the files that some models are read from lie, below the folder of a run."""


class Row(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One model of the census.

    ``status`` and ``reason`` as ``rfcalc scan`` says them, a reason without its model's names.
    ``rf``, ``input`` are cells per axis of the main output and of the input, ``local`` is the field
    without layers that read the whole input, ``native`` the input that the package names.
    ``holes`` are those of dilated stages inside (``"inside"``) or at the rim alone (``"rim"``),
    ``runs`` the number of lattice runs, ``codes`` the findings, each once; ``apart`` says that
    branches meet a cell or more beside one another. ``checked`` says what became of the model's
    own gradient at how many positions, empty where it was not asked. ``filled`` is the share of a
    side of ``field`` that the smallest centred square with 95 % of the expected energy spans, and
    ``unfilled`` why it is not known; of the random tenth.
    """

    package: str
    family: str
    task: str
    name: str
    line: str
    status: str
    reason: str = ""
    input: tuple[int, ...] | None = None
    native: tuple[int, ...] | None = None
    layout: tuple[str, ...] | None = None
    rf: tuple[int | None, ...] | None = None
    local: tuple[int | None, ...] | None = None
    jump: tuple[int | float | None, ...] | None = None
    nodes: int | None = None
    parameters: int | None = None
    macs: int | None = None
    outputs: int = 0
    stages: int = 0
    holes: str = ""
    largest_hole: int = 0
    runs: int = 0
    codes: tuple[str, ...] = ()
    apart: bool = False
    seconds: float | None = None
    checked: str = ""
    positions: int = 0
    filled: float | None = None
    unfilled: str = ""

    @property
    def answered(self) -> bool:
        """Whether the model was read."""
        return self.status in ANSWERED

    @property
    def command(self) -> str:
        """The command that gives the row, at the root of the repository."""
        file = self.line.startswith(FILES)
        return f"rfcalc analyze {'census-work/' if file else ''}{self.line}"

    @property
    def ends(self) -> bool:
        """Whether the field of the main output has an end on every axis."""
        return bool(self.rf) and None not in self.rf

    @property
    def field(self) -> tuple[int, ...] | None:
        """Cells of the field per axis, of the rest where the whole is read; ``None`` without."""
        for sides in (self.rf, self.local):
            if sides and None not in sides:
                return tuple(side for side in sides if side is not None)
        return None

    @property
    def share(self) -> float | None:
        """Least share of a side of the package's own input that the field spans."""
        if self.field is None or self.native is None or len(self.field) != len(self.native):
            return None
        return min(side / n for side, n in zip(self.field, self.native, strict=True))

    @property
    def per_cell(self) -> float | None:
        """Multiply-adds for each cell of the input."""
        return None if not self.macs or not self.input else self.macs / prod(self.input)

    @property
    def news(self) -> bool:
        """Whether the row says something that is held at several positions."""
        told = {"RG101", "RG105", "RG106", "RG110"} & set(self.codes)
        return self.answered and bool(told or self.holes or self.apart)


def row_of(
    model: Model,
    line: Line,
    checked: tuple[int, str] = (0, ""),
    filled: tuple[float | None, str] = (None, ""),
) -> Row:
    """Return what is kept of a model's line, its check and its expected effective field."""
    stages = line.stages or ()
    holed = [stage for stage in stages if stage.holes]
    inside = any(not stage.rim_only for stage in holed)
    counts = line.counts or {}
    found = line.findings or ()
    reason = f"{line.code or ''} {line.message or ''}".strip()
    return Row(
        package=model.package,
        family=model.family,
        task=model.task,
        name=model.name,
        line=model.line,
        status=line.status,
        reason=reason[:160] if line.status != "exact" else "",
        input=line.input,
        native=model.native,
        layout=line.layout,
        rf=line.rf,
        local=line.local.rf if line.local else None,
        jump=line.jump,
        nodes=line.nodes,
        parameters=line.parameters,
        macs=line.macs,
        outputs=counts.get("outputs", 0),
        stages=counts.get("stages", 0),
        holes="inside" if inside else "rim" if holed else "",
        largest_hole=max((max(stage.largest_hole or (0,)) for stage in holed), default=0),
        runs=counts.get("runs", 0),
        codes=tuple(sorted({one.code for one in found})),
        apart=any(one.code == "RG108" and one.severity == "warning" for one in found),
        seconds=line.seconds,
        checked=checked[1],
        positions=checked[0],
        filled=None if filled[0] is None else round(filled[0], 4),
        unfilled=filled[1][:160],
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
