"""How is the verdict on a schedule shown? The published rules, the exact answer, the holes."""

from collections.abc import Sequence
from math import gcd

from rfcalc import __version__
from rfcalc.errors import many
from rfcalc.hdc import Group, HdcVerdict
from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.render.hdc_data import hdc_data

__all__ = ["hdc_document", "rules"]

SHOWN = 64
"""Most values of a list in one cell of a table, which widens every row."""


def hdc_document(
    verdict: HdcVerdict, width: int, colour: bool, unicode: bool, strict: bool = False
) -> Document:
    """Return the document of a verdict, the sampled offsets drawn to the width.

    ``strict`` judges by the paper's words, as ``HdcVerdict.strict`` does.
    """
    from rfcalc.render.terminal import draw_cells

    title = f"schedule {', '.join(map(str, verdict.dilations))}   {_layers(verdict)}"
    columns = (Column("published rule", "left"), Column("value", "left"), Column("", "left"))
    corrected = _listed(list(map(str, verdict.corrected)), ", ") or "none, no layer has a step"
    exact = [
        ("M'_1 <= 1", f"M' = {corrected}", _yes(verdict.hole_free)),
        ("field", f"{many(verdict.rf, 'cell')}, {_cells(verdict)} sampled", ""),
        ("largest hole run", str(verdict.largest_hole), ""),
        ("path counts", _evenness(verdict), ""),
        (
            "sublattices",
            "none joined" if verdict.sublattices is None else str(verdict.sublattices),
            "",
        ),
    ]
    if verdict.failing is not None:
        fact = (
            f"{verdict.failing} exceeds the field of {verdict.first_missing} built by the smaller"
        )
        exact.append(("step that fails", fact, ""))
        exact.append(("first missing offset", str(verdict.first_missing), ""))
    parts: list[Table | Lines] = [
        Table(title, columns, tuple(_published(verdict))),
        Table(
            "",
            (Column("exactly", "left"), Column("value", "left"), Column("", "left")),
            tuple(exact),
        ),
    ]
    sampled = verdict.sampled
    if sampled is not None:
        drawn = tuple(("", line) for line in draw_cells(sampled, width, colour, unicode))
        parts.append(Lines("sampled offsets", drawn))
    notes = [("info", f"they differ: {reason}") for reason in verdict.reasons]
    notes += [("warning", f"warning: {text}") for text in verdict.warnings]
    fine = verdict.strict if strict else verdict.ok
    holes = "hole-free" if verdict.hole_free else "gridded"
    notes.append(
        ("good" if fine else "bad", f"verdict: {holes}; the published rules {_said(verdict)}")
    )
    parts.append(Lines("", tuple(notes)))
    return Document(tuple(parts), {"rfcalc": __version__, **hdc_data(verdict)})


def rules(verdict: HdcVerdict) -> str:
    """Return whether the published rules hold, in a word that fits into a column."""
    if verdict.published and not verdict.published_pairwise:
        return "holds by gcd"
    return _yes(verdict.published)


def _said(verdict: HdcVerdict) -> str:
    if verdict.published and not verdict.published_pairwise:
        return "hold by gcd and are broken by pairs"
    return "hold" if verdict.published else "are broken"


def _published(verdict: HdcVerdict) -> list[tuple[str, str, str]]:
    """Return a row per published rule and group, equal groups as one: its value, if it holds."""
    places: dict[Group, list[str]] = {}
    for number, group in enumerate(verdict.groups):
        places.setdefault(group, []).append(str(number + 1))
    of = {group: _of(numbers, len(verdict.groups)) for group, numbers in places.items()}
    rows = [(f"M_2 <= K{of[group]}", _gaps(group), _yes(group.gap_holds)) for group in of]
    if len(verdict.groups) > 1:
        whole = verdict.whole
        rows.append(("M_2 <= K, over all layers", _gaps(whole), _yes(whole.gap_holds)))
    name = "no common factor, by"
    for group in of:
        if len(group.dilations) > 1:
            factor = f"gcd {group.common_factor}"
            rows.append((f"{name} gcd{of[group]}", factor, _yes(group.factor_holds)))
            rows.append((f"{name} pairs{of[group]}", _pairs(group), _yes(group.pairs_hold)))
    shown = _listed([",".join(map(str, group.dilations)) for group in verdict.groups], " | ")
    return [*rows, ("sawtooth", shown, _yes(verdict.sawtooth))]


def _pairs(group: Group) -> str:
    """Return the pairs that share a factor, with the factor."""
    shown = [f"{a} and {b} share {gcd(a, b)}" for a, b in group.pairs]
    return _listed(shown, ", ", 3) or "no two share one"


def _evenness(verdict: HdcVerdict) -> str:
    """Return the path counts of the cells, as far as they are known."""
    found = verdict.evenness
    if found.even:
        return "1 per cell: perfectly even"
    least = f"{found.least} to {found.most:,}" if found.most else f"{found.least} or more"
    spread = "variation too long to count" if found.cv is None else f"variation {found.cv:.3f}"
    return f"{least} per cell, {spread}"


def _layers(verdict: HdcVerdict) -> str:
    kernels = sorted(set(verdict.kernels))
    text = f"kernel {','.join(map(str, verdict.kernels if len(kernels) > 1 else kernels))}"
    if any(stride > 1 for stride in verdict.strides):
        text += f"   stride {','.join(map(str, verdict.strides))}"
    return text


def _of(numbers: Sequence[str], groups: int) -> str:
    """Return which groups a row is about, of several."""
    word = "group" if len(numbers) == 1 else "groups"
    return f", {word} {_listed(numbers, ', ', 8)}" if groups > 1 else ""


def _gaps(group: Group) -> str:
    gaps = _listed(list(map(str, group.gaps)), ", ", 12)
    if group.m2 is None:
        return f"M = {gaps}; one layer"
    return f"M_2 = {group.m2}, K = {group.kernel} (M = {gaps})"


def _listed(values: Sequence[str], between: str, most: int = SHOWN) -> str:
    """Return values in a row, of a long one the first."""
    return between.join([*values[:most], ".."] if len(values) > most else values)


def _yes(holds: bool) -> str:
    return "holds" if holds else "broken"


def _cells(verdict: HdcVerdict) -> str:
    return "too many to count" if verdict.cells is None else f"{verdict.cells:,}"
