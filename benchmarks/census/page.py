"""What does the census say? The page, made of the data file alone."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks.census.rows import Row

__all__ = ["page"]

HEAD = """# The census

Made by `python -m benchmarks.census --page` from `docs/census.jsonl`; not edited by hand. Every
model is read by `rfcalc scan` as its package makes it, without weights, at the input that stands in
its row, with rfcalc {version} on {when}. {packages}.

What is counted are facts about architectures: which cells an output reads. A field larger than the
input is no fault, and neither are holes that a later layer covers; what they do to a trained
network is not said here.
"""
PROPERTIES: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("field below the input", lambda row: below_input(row)),
    ("reads the whole input", lambda row: row.status == "unbounded" or "RG112" in row.codes),
    ("dilated stages", lambda row: row.stages > 0),
    ("holes in a stage", lambda row: row.holes != ""),
    ("inside", lambda row: row.holes == "inside"),
    ("lattice runs", lambda row: row.runs > 0),
    ("holes at the output", lambda row: "RG105" in row.codes),
    ("unread input", lambda row: "RG106" in row.codes),
    ("misaligned", lambda row: "RG108" in row.codes),
    ("checkerboard", lambda row: "RG109" in row.codes),
    ("dead phases", lambda row: "RG110" in row.codes),
)
"""What is counted, and when a row has it."""


def page(head: dict[str, Any], rows: Sequence[Row]) -> str:
    """Return the page of a census."""
    packages = ", ".join(f"{name} {version}" for name, version in head["packages"].items())
    parts = [
        HEAD.format(version=head["rfcalc"], when=head["date"], packages=packages),
        "## How many are read\n\n" + _read(rows),
        "## Properties by task\n\nOf the models that are read.\n\n"
        + _properties(rows, lambda row: row.task),
        "## Properties by package\n\n" + _properties(rows, lambda row: row.package),
        "## Refusals\n\n" + _refusals(rows),
        "## Held against gradients\n\n" + _checked(rows),
        "## Models with holes inside a dilated stage\n\n" + _holed(rows),
        "## Fields below the input\n\nOf the models without an axis that is read as a whole.\n\n"
        + _small(rows),
    ]
    return "\n".join(parts)


def below_input(row: Row) -> bool:
    """Whether the main output reads less than the input on some axis that has an end."""
    if row.rf is None or row.input is None or len(row.rf) != len(row.input):
        return False
    return any(side is not None and side < n for side, n in zip(row.rf, row.input, strict=True))


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _read(rows: Sequence[Row]) -> str:
    packages = sorted({row.package for row in rows})
    statuses = ("exact", "unbounded", "assumed", "refused", "timeout", "memory", "crashed")
    table: list[list[object]] = []
    for package in (*packages, "all"):
        mine = [row for row in rows if package in (row.package, "all")]
        count = Counter(row.status for row in mine)
        share = sum(row.answered for row in mine) / len(mine)
        table.append([package, len(mine), *(count[status] for status in statuses), f"{share:.1%}"])
    return _table(("package", "models", *statuses, "read"), table)


def _properties(rows: Sequence[Row], group: Callable[[Row], str]) -> str:
    read = [row for row in rows if row.answered]
    table: list[list[object]] = []
    for name in (*sorted({group(row) for row in read}), "all"):
        mine = [row for row in read if name in (group(row), "all")]
        table.append([name, len(mine), *(sum(map(has, mine)) for _, has in PROPERTIES)])
    return _table(("", "models", *(title for title, _ in PROPERTIES)), table)


def _refusals(rows: Sequence[Row]) -> str:
    causes: dict[str, list[Row]] = {}
    for row in rows:
        if not row.answered:
            causes.setdefault(f"{row.status}: {row.reason.split(':')[0][:80]}", []).append(row)
    if not causes:
        return "None.\n"
    order = sorted(causes.items(), key=lambda cause: (-len(cause[1]), cause[0]))
    return _table(
        ("reason", "models", "as in"), [(why, len(who), who[0].name) for why, who in order]
    )


def _checked(rows: Sequence[Row]) -> str:
    said = Counter(row.checked.split(":")[0] for row in rows if row.checked)
    wrong = [row for row in rows if row.checked == "refuted"]
    told = ", ".join(f"{count} {what}" for what, count in sorted(said.items())) or "none"
    text = f"A random tenth of the PyTorch models, by `rfcalc verify --backend torch`: {told}.\n"
    return text + "".join(f"\n- refuted: `{row.command}`" for row in wrong)


def _holed(rows: Sequence[Row]) -> str:
    found = [row for row in rows if row.holes == "inside"]
    found.sort(key=lambda row: (-row.largest_hole, row.package, row.name))
    if not found:
        return "None.\n"
    return _table(
        ("model", "largest hole", "lattice runs", "holes at the output", "command"),
        [
            (
                f"{row.package} {row.name}",
                row.largest_hole,
                row.runs,
                "yes" if "RG105" in row.codes else "no",
                f"`{row.command}`",
            )
            for row in found[:20]
        ],
    )


def _small(rows: Sequence[Row]) -> str:
    found = [
        (min(s / n for s, n in zip(row.rf or (), row.input or (), strict=True) if s), row)
        for row in rows
        if row.answered and below_input(row)
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].name))
    if not found:
        return "None.\n"
    return _table(
        ("model", "field", "input", "share of a side", "command"),
        [
            (
                f"{row.package} {row.name}",
                "x".join("all" if s is None else str(s) for s in row.rf or ()),
                "x".join(map(str, row.input or ())),
                f"{share:.2f}",
                f"`{row.command}`",
            )
            for share, row in found[:20]
        ],
    )
