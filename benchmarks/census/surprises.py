"""Which rows surprise most? Those with what is rarest, one for each family."""

# Sentences of a page are easier to read as lines of their own.
# ruff: noqa: E501
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.census.places import ROOT, environment
from benchmarks.census.rows import Row
from benchmarks.census.tables import by_sides

__all__ = ["draw", "pictured", "surprises"]

IMAGES = ROOT / "docs" / "census"
MOST = 20
KINDS: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("outputs that read nothing", lambda row: "RG110" in row.codes),
    ("cells of the input that no output reads", lambda row: "RG106" in row.codes),
    ("a dilated stage with holes inside", lambda row: row.holes == "inside"),
    ("holes at the output", lambda row: "RG105" in row.codes),
    ("a dilated stage with holes at its rim", lambda row: row.holes == "rim"),
    ("branches that meet a cell or more apart", lambda row: row.apart),
    (
        "an output whose field is less than half the input",
        lambda row: row.ends and row.share is not None and row.share < 0.5,
    ),
    (
        "a field of eight inputs or more",
        lambda row: row.share is not None and row.share >= 8,
    ),
)
"""What surprises, the most surprising first."""


def pictured(read: Sequence[Row]) -> list[tuple[Row, list[str]]]:
    """Return the most surprising rows, each with all that surprises in it.

    By what is rarest among them first; of a family one row for each set of surprises.
    """
    told = [(row, [what for what, has in KINDS if has(row)]) for row in read]
    order = {what: number for number, (what, _) in enumerate(KINDS)}
    told = [(row, what) for row, what in told if what]
    told.sort(key=lambda one: ([order[w] for w in one[1]], -one[0].largest_hole, one[0].name))
    chosen: dict[tuple[str, str, str], tuple[Row, list[str]]] = {}
    for row, what in told:
        chosen.setdefault((row.package, row.family, what[0]), (row, what))
    return list(chosen.values())[:MOST]


def picture_of(row: Row) -> Path:
    """Return where the picture of a row is."""
    return IMAGES / f"{row.package}-{row.name}.png".replace("/", "-")


def draw(read: Sequence[Row], folder: Path, timeout: float) -> None:
    """Draw the expected effective field of each of them that has no picture yet.

    Parameters
    ----------
    folder : of the run, where files of models are.
    """
    IMAGES.mkdir(parents=True, exist_ok=True)
    for row, _ in pictured(read):
        picture = picture_of(row)
        if picture.exists() or row.field is None:
            continue
        words = [sys.executable, "-m", "rfcalc", "heatmap", *shlex.split(row.line), "--quiet"]
        words += ["--what", "erf", "-o", str(picture)]
        words += [] if row.ends else ["--ignore-global"]
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(words, cwd=folder, env=environment(), timeout=timeout, check=False)


def surprises(read: Sequence[Row]) -> str:
    """Return the rows, each with its picture, where there is one, and its command."""
    found = pictured(read)
    if not found:
        return "None.\n"
    text = (
        f"The {len(found)} rows with the rarest of what is counted, in the order of the kinds, one for each "
        "family and kind. Pictures are of the *expected* effective field, of random weights (theorem T10), "
        "not of a trained model.\n"
    )
    for number, (row, what) in enumerate(found, 1):
        positions = f"; held at {row.positions} positions of each output"
        held = positions if row.checked == "held" else ""
        text += f"\n### {number}. {row.package} {row.name}\n\n"
        rest = "" if row.ends else " of what is left without layers that read the whole input"
        text += f"{_sentence('; '.join(what))}. Field {by_sides(row.field) or 'without end'}{rest}"
        size = by_sides(row.native or row.input)
        text += f", input {size}" * bool(size) + f"{held}.\n\n"
        text += f"    {row.command}\n"
        if picture_of(row).exists():
            name = picture_of(row).name
            text += f"\n![Expected effective field of {row.name}](census/{name})\n"
    return text


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
