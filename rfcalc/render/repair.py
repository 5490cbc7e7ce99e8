"""How is a repair shown? The changed lines, and every stage before and after."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.gridding.stage_reports import StageReport
from rfcalc.gridding.summaries import FieldSummary
from rfcalc.render.document import Column, Document, Lines, Table, by_axis
from rfcalc.render.stages import NAME, SEEN, TITLE, named, seen, stage_data
from rfcalc.repair import Change, Repair, Solution

__all__ = ["repair_document"]

WHEN = Column("", "left", 99)
WAYS = (Column("change"), Column("multiply-adds"), Column("rf"), Column("by", "left"))
LISTED = 4
"""Most numbers of a way that are listed."""
PAIR = (Column("rf"), Column("density", keep=85), Column("hole", keep=84))


def repair_document(found: Repair, text: str, file: str) -> Document:
    """Return the document of a repair of the given text."""
    parts: list[Table | Lines] = []
    if found.wanted is not None and found.changes:
        parts.append(_ways(found))
    for one in found.repairs[: None if found.wanted is None else 1]:
        if not one.changes:
            continue
        title = f"{file}{', unrolled' if one.unrolled else ''}: total change {one.change}"
        if found.wanted is None and len(found.repairs) > 1:
            title += f", every {one.keeps[:-1]} keeps its field"
        named = one.unrolled and found.wanted is None
        lines = _named(one.changes) if named else _differing(text, one.text)
        parts.append(Lines(title, tuple(lines)))
    first = found.repairs[0] if found.repairs else None
    table = _pair(found, first) if found.pair is not None else _stages(found, first)
    parts += [table] if table.rows else []
    parts.append(Lines("", tuple(_last(found, first))))
    return Document(tuple(parts), _data(found))


def _ways(found: Repair) -> Table:
    """Return the ways to the field that is wanted."""
    rows: list[tuple[str, ...]] = []
    for one in found.repairs:
        what = [f"{c.name} {c.before} -> {c.after} on line {c.line}" for c in one.changes]
        more = f" and {len(what) - LISTED} more" if len(what) > LISTED else ""
        told = f"{one.kind}: {', '.join(what[:LISTED])}{more}"
        rows.append((str(one.change), f"{one.cost:.3g}", by_axis(one.rf), told))
    return Table(f"ways to a field of {found.wanted:,}", WAYS, tuple(rows))


def _differing(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield the lines that differ, numbered as in their own text."""
    before, after = old.splitlines(), new.splitlines()
    if len(before) == len(after):
        # No line was written in, so each stands beside its own, also among equal ones.
        for n, (one, other) in enumerate(zip(before, after, strict=True), start=1):
            if one != other:
                yield from (("bad", f"{n:>4} - {one}"), ("good", f"{n:>4} + {other}"))
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, low, high, start, stop in matcher.get_opcodes():
        if tag == "equal":
            continue
        paired = high - low == stop - start
        olds = [("bad", f"{n:>4} - {before[n - 1]}") for n in range(low + 1, high + 1)]
        news = [("good", f"{n:>4} + {after[n - 1]}") for n in range(start + 1, stop + 1)]
        if paired:
            yield from (line for pair in zip(olds, news, strict=True) for line in pair)
        else:
            yield from (*olds, *news)


def _named(changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """Yield what changes by the names of the layers."""
    for change in changes:
        yield "good", f"{', '.join(change.layers)}: {change.name} {change.before} -> {change.after}"


def _stages(found: Repair, first: Solution | None) -> Table:
    """Return the stages before and after; one that is gone is none any more."""
    rows: list[tuple[str, ...]] = []
    after = {} if first is None or not first.changes else {_ends(s): s for s in first.after.stages}
    for stage in found.before.stages:
        rows.append((named(stage), "before", *seen(stage)))
        if (later := after.pop(_ends(stage), None)) is not None:
            rows.append((named(later), "after", *seen(later)))
        elif first is not None and first.changes:
            rows.append((named(stage), "after", *("-" for _ in SEEN)))
    rows += [(named(stage), "after", *seen(stage)) for stage in after.values()]
    return Table(TITLE, (NAME, WHEN, *SEEN), tuple(rows))


def _ends(stage: StageReport) -> tuple[str, str]:
    return stage.measures.source, stage.measures.layer


def _pair(found: Repair, first: Solution | None) -> Table:
    """Return what the pair of maps that was asked about sees, before and after."""
    looks = [("before", found.pair)]
    if first is not None and first.changes:
        looks.append(("after", first.pair))
    rows = tuple(
        (
            f"{look.source} -> {look.layer}",
            when,
            by_axis(look.rf),
            f"{look.density:.3f}",
            by_axis(look.largest_hole),
        )
        for when, look in looks
        if look is not None
    )
    return Table("the pair of maps", (Column("pair", "left"), WHEN, *PAIR), rows)


def _last(found: Repair, first: Solution | None) -> Iterator[tuple[str, str]]:
    """Yield what is to be known of how the answer was found."""
    yield "good" if found.text is not None else "bad", found.reason
    if found.open:
        yield (
            "info",
            "whether a change keeps the field of every layer was left open: `keep_layers=True`",
        )
    if first is not None and first.unrolled:
        ties = ", ".join(found.ties) or "expressions"
        yield "info", f"one number decides several layers by {ties}"
        if found.text is None:
            yield "info", "`unroll=True` takes the repair above, with one entry per layer"


def _data(found: Repair) -> dict[str, Data]:
    made: dict[str, Data] = {
        "rfcalc": __version__,
        "repaired": found.text is not None,
        "change": found.change if found.repairs else None,
        "complete_up_to": found.complete,
        "reason": found.reason,
        "changes": [_change(change) for change in found.changes],
        "proven": found.proven,
        "repairs": [_repair(one, found.wanted) for one in found.repairs],
        "ties": list(found.ties),
        "before": [stage_data(stage) for stage in found.before.stages],
        "after": None if found.after is None else [stage_data(s) for s in found.after.stages],
    }
    first = found.repairs[0].pair if found.repairs else None
    if found.pair is not None:
        after = None if first is None else _look(first)
        made["pair"] = {"before": _look(found.pair), "after": after}
    return made


def _repair(one: Solution, wanted: int | None) -> dict[str, Data]:
    made: dict[str, Data] = {
        "change": one.change,
        "keeps": one.keeps,
        "changes": [_change(change) for change in one.changes],
        "unrolled": one.unrolled,
    }
    if wanted is not None:
        made |= {"kind": one.kind, "multiply_adds": one.cost, "rf": list(one.rf)}
    return made


def _change(change: Change) -> dict[str, Data]:
    return {
        "name": change.name,
        "line": change.line,
        "column": change.column,
        "from": change.before,
        "to": change.after,
        "layers": list(change.layers),
    }


def _look(look: FieldSummary) -> dict[str, Data]:
    return {
        "source": look.source,
        "target": look.layer,
        "rf": list(look.rf),
        "density": look.density,
        "holes": look.holes,
        "largest_hole": list(look.largest_hole),
    }
