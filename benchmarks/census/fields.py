"""How large are the fields, against the input and against what a network costs?"""

# Sentences of a page are easier to read as lines of their own.
# ruff: noqa: E501
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from benchmarks.census.rows import Row
from benchmarks.census.tables import by_sides, share, spread, table

__all__ = ["against_input", "against_macs", "effective"]

SHARES = (0, 0.5, 1, 2, 4, 8, float("inf"))
"""Bounds of the field over the side of the input, each of the next group."""
MACS = (0, 10**3, 10**4, 10**5, 10**6, float("inf"))
"""Bounds of multiply-adds for a cell of the input."""
FILLED = (0, 0.25, 0.5, 0.75, 1.01)
"""Bounds of the share of a field's side that 95 % of the energy spans, each of the next group."""
SIDES = (0, 64, 256, 1024, float("inf"))
"""Bounds of the larger side of a field, in cells, each of the next group."""
LEAST = 20
"""Most models with a field below their input that are listed."""


def against_input(read: Sequence[Row]) -> str:
    """Return how the field compares with the input that the package names."""
    known = [(row.share, row) for row in read if row.share is not None]
    if not known:
        return "No model that was run names its input.\n"
    text = (
        f"Of {len(known):,} models the package names an input, and a field is known that has an end. Where the "
        "main output reads the whole input (global pooling, squeeze-excite, attention), the field is that of the "
        "network without such layers (`--ignore-global`): what its windows alone span, and no "
        "bound on what the output reads. Shares are of the smaller axis.\n\n"
    )
    lines: list[list[object]] = []
    for title, ends in (("the output has an end", True), ("the output reads all", False)):
        for task in sorted({row.task for _, row in known if row.ends == ends}):
            mine = [least for least, row in known if (row.ends, row.task) == (ends, task)]
            counts = [sum(low <= one < high for one in mine) for low, high in pairwise(SHARES)]
            lines.append([title, task, len(mine), *counts, f"{spread(mine)[1]:.2f}"])
    heads = _groups(SHARES, lambda bound: f"{bound:g}")
    text += table(("", "field / input", "models", *heads, "median"), lines)
    below = sorted(
        ((least, row) for least, row in known if least < 1 and row.ends),
        key=lambda pair: (pair[0], pair[1].package, pair[1].name),
    )
    ending = sum(row.ends for _, row in known)
    text += (
        f"\n{share(len(below), ending)} of those whose output has an end see less than their input"
        f"{'; the smallest' if len(below) > LEAST else ''}.\n"
    )
    if below:
        text += "\n" + table(
            ("model", "field", "input", "share of a side", "command"),
            [
                (
                    f"{row.package} {row.name}",
                    by_sides(row.field),
                    by_sides(row.native),
                    f"{least:.2f}",
                    f"`{row.command}`",
                )
                for least, row in below[:LEAST]
            ],
        )
    return text


def against_macs(read: Sequence[Row]) -> str:
    """Return how the field compares with the multiply-adds, of networks with two axes."""
    known = [
        (row.per_cell, max(row.field))
        for row in read
        if row.per_cell is not None and row.field and len(row.field) == 2
    ]
    lines: list[list[object]] = []
    heads = _groups(MACS, lambda bound: f"{bound:,.0f}")
    for head, (low, high) in zip(heads, pairwise(MACS), strict=True):
        mine = [side for cost, side in known if low <= cost < high]
        if mine:
            least, middle, most = spread(mine)
            lines.append([head, len(mine), int(least), int(middle), int(most)])
    text = (
        f"Of {len(known):,} models with two axes the field, as above, and the multiply-adds are known. These are "
        "counted at the input of the row and divided by the number of its cells, as inputs differ. Padding "
        "is counted; norms, activations, poolings and resizes are not.\n\n"
    )
    if not lines:
        return text
    return text + table(
        ("multiply-adds per cell", "models", "least field", "median field", "largest field"), lines
    )


def effective(read: Sequence[Row]) -> str:
    """Return how much of the field the expected effective field fills, in the random tenth."""
    known = [(row.filled, row) for row in read if row.filled is not None]
    if not known:
        return "Not asked of any model that was run.\n"
    text = (
        "Of a random tenth of the models: the side of the smallest centred square that holds 95 % of the energy of "
        "the main output's expected effective field, over the side of its field (the larger share of the axes). The energy "
        "is of random weights (theorem T10, Luo et al. 2016), without layers that read the whole input, activations "
        "taken out. A trained network may use more or less.\n\n"
    )
    lines: list[list[object]] = []
    for task in (*sorted({row.task for _, row in known}), "all"):
        mine = [filled for filled, row in known if task in (row.task, "all")]
        counts = [sum(low <= one < high for one in mine) for low, high in pairwise(FILLED)]
        lines.append([task, len(mine), *counts, f"{spread(mine)[1]:.2f}"])
    heads = ("below 0.25", "0.25 to 0.5", "0.5 to 0.75", "0.75 or more")
    text += table(("side of 95 % / field", "models", *heads, "median"), lines)
    fields = [
        (title, [filled for filled, row in known if low <= max(row.field or ()) < high])
        for title, (low, high) in zip(
            _groups(SIDES, lambda bound: f"{bound:,.0f}"), pairwise(SIDES), strict=True
        )
    ]
    text += "\n" + table(
        ("side of the field", "models", "median side of 95 % / field"),
        [(title, len(mine), f"{spread(mine)[1]:.2f}") for title, mine in fields if mine],
    )
    lost = Counter(row.unfilled for row in read if row.unfilled)
    return (
        text
        + "".join(f"\n- not known: {why} ({count})" for why, count in sorted(lost.items()))
        + "\n" * bool(lost)
    )


def _groups(bounds: Sequence[float], said: Callable[[float], str]) -> list[str]:
    """Return what each group between two bounds is called."""
    names: list[str] = []
    for low, high in pairwise(bounds):
        if low == 0:
            names.append(f"below {said(high)}")
        elif high == float("inf"):
            names.append(f"{said(low)} or more")
        else:
            names.append(f"{said(low)} to {said(high)}")
    return names
