"""How are the numbers shown that people set? Windows, the words of tools, the practical halo."""

from collections.abc import Sequence
from itertools import groupby
from math import log10

from rfcalc.documents import Data
from rfcalc.render.document import Column, Lines, Table, by_axis
from rfcalc.tiling.answer import Answer, Practical
from rfcalc.tiling.effect import Step
from rfcalc.tiling.plan import Plan

__all__ = ["setting_data", "setting_parts"]

ROWS = 12
"""Most halos that are listed."""
KEPT = 64
"""Most halos in the data."""
WIDE = 12
"""Signs of a bar, three for each power of ten."""


def setting_parts(found: Answer) -> list[Table | Lines]:
    """Return the window of a plan, those to choose from, and both in the words of tools."""
    parts: list[Table | Lines] = []
    if found.practical is not None:
        parts += _effect(found.practical, found.plan)
    one = found.setting
    if one is None:
        steps = by_axis(found.plan.halo.alignment)
        text = f"tiles that are no multiples of {steps} leave the grids out of step: no overlap"
        parts.append(Lines("", (("dim", f"{text} is enough for windows side by side"),)))
        return parts
    heads = tuple(map(Column, ("window", "stride", "overlap", "of the window", "overhead")))
    rows = tuple(
        (
            *(_sizes(values) for values in (row.window, row.stride, row.overlap)),
            by_axis([None if r is None else f"{r:g}" for r in row.ratio]),
            f"{100 * row.overhead:.1f} %",
        )
        for row in found.listed or (one,)
    )
    parts.append(Table("to set", heads, rows))
    lines: list[tuple[str, str]] = []
    for text, group in groupby(found.words, key=lambda words: words.text):
        alike = list(group)
        names = ", ".join(words.tool for words in alike)
        style = "" if alike[0].values else "dim"
        lines.append((style, f"{names}: {text}{'*' * alike[0].blends}"))
    if any(words.blends and words.values for words in found.words):
        text = "* blends windows where they overlap, their edges too: near the whole, not equal"
        lines.append(("dim", text))
    parts.append(Lines("in the words of tools", tuple(lines)))
    return parts


def setting_data(found: Answer) -> dict[str, Data]:
    """Return the same as data."""
    one, practical = found.setting, found.practical
    return {
        "window": None if one is None else one.window,
        "stride": None if one is None else one.stride,
        "overlap": None if one is None else one.overlap,
        "overlap_ratio": None if one is None else one.ratio,
        "windows": [
            {
                "window": row.window,
                "stride": row.stride,
                "overlap": row.overlap,
                "overlap_ratio": row.ratio,
                "overhead": row.overhead,
            }
            for row in found.listed
        ],
        "tools": {words.tool: words.values for words in found.words} if found.words else None,
        "effect": None
        if practical is None
        else [
            {
                "halo": step.halo,
                "outside": step.outside,
                "overhead": step.overhead(found.plan.tile),
                "by": step.by,
                "kind": practical.effects.kind,
            }
            for step in _steps(practical, KEPT)
        ],
        "halo_used": None if practical is None else practical.chosen.halo,
    }


def _effect(practical: Practical, plan: Plan) -> list[Table | Lines]:
    """Return the table of halos with a curve on a logarithmic scale, and the one chosen."""
    several = len(plan.grids.targets) > 1
    heads = [Column("halo"), Column("effect beyond it"), Column("overhead")]
    heads += [Column("by", "left", 90)] if several else []
    rows = tuple(
        (
            _pairs(step),
            f"{100 * step.outside:.2g} %",
            f"{100 * step.overhead(plan.tile):.1f} %",
            *([step.by] if several else []),
            _bar(step.outside) + (" chosen" if step == practical.chosen else ""),
        )
        for step in _steps(practical, ROWS)
    )
    title = (
        f"{practical.effects.kind} effect of the cells beyond a halo on the output nearest to them"
    )
    table = Table(title, (*heads, Column("1 to 0.01 %, logarithmic", "left", 50)), rows)
    text = f"halo set: {_pairs(practical.chosen)}, at most {100 * practical.share:g} % beyond it"
    return [table, Lines("", (("warning", text),))]


def _steps(practical: Practical, most: int) -> list[Step]:
    """Return at most so many halos, evenly spread, with the one chosen among them."""
    steps = list(practical.effects.steps)
    count = min(most, len(steps))
    spread = [steps[n * (len(steps) - 1) // max(1, count - 1)] for n in range(count)]
    found = {step.halo: step for step in (*spread, practical.chosen)}
    return sorted(found.values(), key=lambda step: [sum(sides) for sides in step.halo])


def _bar(share: float) -> str:
    return "█" * max(0, round(WIDE + 3 * log10(share))) if share > 0 else ""


def _pairs(step: Step) -> str:
    return by_axis([str(b) if b == a else f"{b} + {a}" for b, a in step.halo])


def _sizes(values: Sequence[int | None]) -> str:
    return "x".join("all" if value is None else str(value) for value in values)
