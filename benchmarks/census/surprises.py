"""Which rows surprise most? Those with what is rarest, one for each family."""

# Sentences of a page are easier to read as lines of their own.
# ruff: noqa: E501
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.census.rows import Row
from benchmarks.census.tables import by_sides

__all__ = ["IMAGES", "pictured", "surprises"]

IMAGES = Path(__file__).parents[2] / "docs" / "images" / "census"
MOST = 20
KINDS: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("outputs that read nothing", lambda row: "RG110" in row.codes),
    ("cells of the input that no output reads", lambda row: "RG106" in row.codes),
    ("a dilated stage with holes inside", lambda row: row.holes == "inside"),
    ("holes at the output", lambda row: "RG105" in row.codes),
    ("a dilated stage with holes at its rim", lambda row: row.holes == "rim"),
    ("branches that meet a cell or more apart", lambda row: row.apart),
    ("a field of less than half the input", lambda row: row.share is not None and row.share < 0.5),
    ("a field of eight inputs or more", lambda row: row.share is not None and row.share >= 8),
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


def surprises(read: Sequence[Row]) -> str:
    """Return the rows, each with its picture, where there is one, and its command."""
    found = pictured(read)
    if not found:
        return "None.\n"
    text = (
        f"The {len(found)} rows with the rarest of what is counted, in the order of the kinds, one for each "
        "family and kind.\n"
    )
    for number, (row, what) in enumerate(found, 1):
        held = {"held": f"; held at {row.positions} positions of each output"}.get(row.checked, "")
        text += f"\n### {number}. {row.package} {row.name}\n\n"
        text += f"{'; '.join(what).capitalize()}. Field {by_sides(row.field) or 'without end'}"
        text += f", input {by_sides(row.native or row.input)}{held}.\n\n"
        text += f"```sh\n{row.command}\n```\n"
        if picture_of(row).exists():
            name = picture_of(row).name
            text += f"\n![The cells that the output of {row.name} reads](images/census/{name})\n"
    return text
