"""What does the census say? The page, made of the data file alone."""

# Sentences of a page are easier to read as lines of their own.
# ruff: noqa: E501
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.census.fields import against_input, against_macs, effective
from benchmarks.census.refusals import refusals
from benchmarks.census.rows import Row
from benchmarks.census.surprises import surprises
from benchmarks.census.tables import by_sides, share, table

__all__ = ["page"]

HEAD = """# The census

What do the convolutional networks of public packages read of their input? {run}

Made by `python -m benchmarks.census` with rfcalc {version} on {when}; `--page` makes this page anew
from [the data file](census.jsonl), a line for each model. {packages}.

**What is counted.** Facts of architectures: which cells a cell of the output, or of a later map, depends
on by the network's wiring. Each model is made by its package's own function, without trained weights, and read by
`rfcalc scan` in a process of its own, at the input that stands in its row.

**What it does not say.** How much of a field a trained network uses, and whether anything on this page is
good or bad for its accuracy. A field larger than the input is no fault, and neither are holes that a later
layer covers or a lattice run. Models of one family share most of their layers: shares are of models as packages list
them, not of independent designs.
"""
SAMPLE = (
    "**A seeded random sample of {count:,} of the {listed:,} models on the list has been run**, with "
    "seed {seed}; the next run goes on with the rest. A share of this sample has a standard error "
    "of at most {error:.1f} percentage points."
)
WHOLE = "All {listed:,} models on the list have been run."
PROPERTIES: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("reads the whole input", lambda row: row.status == "unbounded" or "RG112" in row.codes),
    ("dilated stages", lambda row: row.stages > 0),
    ("holes in a stage", lambda row: row.holes != ""),
    ("not at its rim alone", lambda row: row.holes == "inside"),
    ("lattice runs", lambda row: row.runs > 0),
    ("holes at the output", lambda row: "RG105" in row.codes),
    ("unread input", lambda row: "RG106" in row.codes),
    ("dead phases", lambda row: "RG110" in row.codes),
    ("checkerboard", lambda row: "RG109" in row.codes),
    ("branches a cell apart", lambda row: row.apart),
)
"""What is counted, and when a row has it."""
MOST = 20
"""Most rows that are named in a sentence."""
MEANING = """- *reads the whole input*: a layer before the output, or the output, has no end on some axis (RG112).
- *dilated stages*, *holes in a stage*: dilated layers between maps of one resolution, and those whose last map skips
  cells of its field on the first; *not at its rim alone*: theorem T5.
- *lattice runs*: rows of layers within a stage in which neighbours are computed from disjoint cells (RG115). A stage
  may have such a run and no holes.
- *holes at the output*: cells inside the output's field that it skips (RG105); counted where the field has an
  end.
- *unread input*: cells that no output reads (RG106); *dead phases*: outputs of a transposed convolution that read
  nothing (RG110).
- *checkerboard*: phases of a transposed convolution with unequal numbers of taps (RG109).
- *branches a cell apart*: branches merge whose centres lie one cell of the merged map or more apart (RG108).
"""


def page(head: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """Return the page of a census."""
    read = [row for row in rows if row.answered]
    parts = [
        _head(head, rows),
        "## In short\n\n" + _short(rows),
        "## How many are read\n\n" + _read(head, rows),
        f"## Properties\n\nOf the {len(read):,} models that are read:\n\n{MEANING}{_none(read)}",
        "### By task\n\n" + _properties(read, lambda row: row.task),
        "### By package\n\n" + _properties(read, lambda row: row.package),
        "### By family\n\nFamilies with a property beyond reading the whole input.\n\n"
        + _families(read),
        "## Field against input size\n\n" + against_input(read),
        "## Field against multiply-adds\n\n" + against_macs(read),
        "## Expected effective field\n\n" + effective(read),
        "## Holes and lattice runs\n\n" + _stages(read),
        "## The most surprising rows\n\n" + surprises(read),
        "## Refusals by operator\n\n" + refusals(rows),
        "## Held against gradients\n\n" + _checked(rows),
    ]
    return "\n".join(parts)


def _head(head: Mapping[str, Any], rows: Sequence[Row]) -> str:
    listed, count = sum(head["listed"].values()), len(rows)
    # Of a share of one half, drawn without putting back.
    error = 50 / count**0.5 * (1 - count / listed) ** 0.5 if count else 0.0
    said = WHOLE if count == listed else SAMPLE
    return HEAD.format(
        run=said.format(count=count, listed=listed, seed=head["seed"], error=error),
        version=head["rfcalc"],
        when=head["date"],
        packages=", ".join(f"{name} {version}" for name, version in head["packages"].items()),
    )


def _short(rows: Sequence[Row]) -> str:
    """Return the numbers that most come for."""
    read = [row for row in rows if row.answered]
    counts = {title: sum(map(has, read)) for title, has in PROPERTIES}
    ending = [row for row in read if row.ends and row.share is not None]
    less = sum((row.share or 0) < 1 for row in ending)
    dilated = counts["dilated stages"]
    filled = [row.filled for row in read if row.filled is not None]
    held = Counter(row.checked for row in rows if row.checked)
    lines = [
        f"{share(len(read), len(rows))} of the models that were run are read, "
        f"{sum(row.status == 'assumed' for row in read):,} of them under an assumption.",
        f"{share(counts['reads the whole input'], len(read))} read the whole input in some layer: global pooling, "
        "squeeze-excite, attention, norms over the map.",
        f"Of {len(ending):,} whose output has an end and whose package names an input, {share(less, len(ending))} "
        "see less than that input.",
        *(
            [
                f"Of {len(filled):,} drawn at random, {share(sum(one < 0.5 for one in filled), len(filled))} have 95 % of "
                "the energy of their expected effective field in a square of less than half their field's side; "
                f"the median is {median(filled):.2f} of it."
            ]
            if filled
            else []
        ),
        f"{share(dilated, len(read))} have dilated stages. Of these {share(counts['lattice runs'], dilated)} have a "
        f"lattice run, {share(counts['holes in a stage'], dilated)} a stage with holes, and "
        f"{share(counts['not at its rim alone'], dilated)} holes that are not at its rim alone.",
        f"{share(counts['checkerboard'], len(read))} have a transposed convolution with a checkerboard, "
        f"{share(counts['branches a cell apart'], len(read))} merge branches a cell or more apart, "
        f"{share(counts['dead phases'], len(read))} compute outputs that read nothing, and "
        f"{share(counts['unread input'], len(read))} leave input unread.",
        f"{held['held']:,} rows agree with the gradient of their model, {held['refuted']:,} are refuted by it.",
    ]
    return "".join(f"- {line}\n" for line in lines)


def _read(head: Mapping[str, Any], rows: Sequence[Row]) -> str:
    statuses = ("exact", "unbounded", "assumed", "refused", "timeout", "memory", "crashed")
    lines: list[list[object]] = []
    for package in (*sorted({row.package for row in rows}), "all"):
        mine = [row for row in rows if package in (row.package, "all")]
        count = Counter(row.status for row in mine)
        listed = head["listed"]
        of = sum(listed.values()) if package == "all" else listed.get(package, len(mine))
        answered = f"{sum(row.answered for row in mine) / len(mine):.1%}"
        lines.append([package, of, len(mine), *(count[s] for s in statuses), answered])
    text = table(("package", "listed", "run", *statuses, "read"), lines)
    return text + (
        "\n*exact* and *unbounded* are answers without an assumption, the second of networks whose output "
        "has no end on some axis; *assumed* says what it rests on in its row.\n"
    )


def _shown(read: Sequence[Row]) -> list[tuple[str, Callable[[Row], bool]]]:
    """Return the properties that a model has."""
    return [(title, has) for title, has in PROPERTIES if any(map(has, read))]


def _none(read: Sequence[Row]) -> str:
    shown = {title for title, _ in _shown(read)}
    lacking = [f"*{title}*" for title, _ in PROPERTIES if title not in shown]
    return f"\nNo model that was run has {', '.join(lacking)}: no column.\n" if lacking else ""


def _properties(read: Sequence[Row], group: Callable[[Row], str]) -> str:
    shown = _shown(read)
    lines: list[list[object]] = []
    for name in (*sorted({group(row) for row in read}), "all"):
        mine = [row for row in read if name in (group(row), "all")]
        lines.append([name, len(mine), *(sum(map(has, mine)) for _, has in shown)])
    return table(("", "models", *(title for title, _ in shown)), lines)


def _families(read: Sequence[Row]) -> str:
    own = [one for one in _shown(read) if one != PROPERTIES[0]]
    lines: list[list[object]] = []
    for package, family in sorted({(row.package, row.family) for row in read}):
        mine = [row for row in read if (row.package, row.family) == (package, family)]
        counts = [sum(map(has, mine)) for _, has in own]
        if any(counts):
            lines.append([package, family, len(mine), *counts])
    heads = ("package", "family", "models", *(title for title, _ in own))
    return table(heads, lines) if lines else "None.\n"


def _stages(read: Sequence[Row]) -> str:
    dilated = [row for row in read if row.stages]
    runs = sum(row.runs > 0 for row in dilated)
    holed = [row for row in dilated if row.holes]
    both = sum(row.runs > 0 for row in holed)
    text = (
        f"{share(len(dilated), len(read))} of the models that are read have dilated layers. Of these, "
        f"{share(len(holed), len(dilated))} have a stage with holes, {share(runs, len(dilated))} a lattice "
        f"run, and {both} both: {runs - both} have a run and no holes.\n"
    )
    holed.sort(key=lambda row: (-row.largest_hole, row.package, row.name))
    if not holed:
        return text
    lines = [
        (
            f"{row.package} {row.name}",
            "inside" if row.holes == "inside" else "at the rim",
            row.largest_hole,
            row.runs,
            "yes" if "RG105" in row.codes else "no",
            by_sides(row.field),
        )
        for row in holed
    ]
    heads = ("model", "holes", "largest hole", "lattice runs", "holes at the output", "field")
    return f"{text}\n{table(heads, lines)}"


def _checked(rows: Sequence[Row]) -> str:
    asked = [row for row in rows if row.checked]
    lines: list[list[object]] = []
    for title, some in (
        ("random tenth", [row for row in asked if not row.news]),
        ("rows that are news", [row for row in asked if row.news]),
    ):
        said = Counter(row.checked.partition(":")[0] for row in some)
        lines.append([title, len(some), said["held"], said["refuted"], said["not run"]])
    text = (
        "A random tenth of the rows is held against the model's own gradient at one position of each output "
        "and of some layers on the way, and every row that is news (holes, unread input, dead phases, "
        "branches a cell apart) at five: `rfcalc verify --backend torch`, for network files of the "
        "zoo the NumPy backend, for Keras and ONNX a run of the model on PyTorch that shares no code "
        "with the reader.\n\n"
    )
    text += table(("rows", "asked", "held", "refuted", "not run"), lines)
    late = [row for row in rows if row.news and not row.checked and "bare" not in row.line]
    if late:
        names = ", ".join(f"{row.package} {row.name}" for row in late[:MOST])
        text += f"\nNot held yet, although news: {len(late):,} ({names}).\n"
    wrong = [f"\n- refuted: `{row.command}`" for row in asked if row.checked == "refuted"]
    lost = Counter(row.checked for row in asked if row.checked.startswith("not run"))
    reasons = [f"\n- {why} ({count})" for why, count in sorted(lost.items())]
    return text + "".join(wrong + reasons) + "\n" * bool(wrong + reasons)
