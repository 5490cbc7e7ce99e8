"""How is the fit of fields to objects shown? The objects, the heads, and the ways to cover more."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rfcalc.coverage import Fit, Head, Way
from rfcalc.errors import by, many
from rfcalc.objects import Objects
from rfcalc.render.document import Column, Document, Lines, Table, by_axis, granted

__all__ = ["fit_document"]

HEADS = (
    Column("head", "left"),
    Column("input", "left", 90),
    Column("field"),
    Column("covers", keep=99),
    Column("effective", keep=95),
    Column("covers", keep=94),
    Column("smallest phase", keep=80),
    Column("covers", keep=79),
)
WAYS = (
    Column("change"),
    Column("multiply-adds", keep=80),
    Column("field", keep=95),
    Column("covers", keep=94),
    Column("effective", keep=70),
    Column("covers", keep=69),
    Column("by", "left", 99),
)
LISTED = 4
"""Most layers of a way that are listed."""
SMALL = 8
"""Most heads that are listed as too small."""


def fit_document(found: Fit) -> Document:
    """Return the document of an answer of ``fit``."""
    parts: list[Table | Lines] = [_objects(found.objects), _heads(found)]
    if found.ways:
        parts.append(_ways(found))
    parts.append(Lines("", tuple(_last(found))))
    return Document((*parts, *granted(found.assumed)), found.to_dict())


def _objects(objects: Objects) -> Lines:
    """Return what the objects are, and how large."""
    where = f" of {objects.name}" if objects.name else ""
    form = objects.form if objects.name else ""
    images = many(objects.images, "image") if objects.images else ""
    told = ", ".join(word for word in (form, images, objects.scaled) if word)
    lines = [("info", many(objects.count, "object") + where + (f" ({told})" if told else ""))]
    if objects.count > 1:
        sides = [(n, objects.needed(Fraction(n, 100))) for n in (5, 50, 95)]
        shares = ", ".join(f"{side:,} for {n} %" for n, side in sides)
        lines.append(("info", f"longest side at most {shares}; the largest is {_size(objects)}"))
    if objects.omitted:
        left = ", ".join(f"{count:,} ({why})" for why, count in objects.omitted)
        lines.append(("warning", f"left out: {left}"))
    return Lines("objects, in cells of the input", tuple(lines))


def _size(objects: Objects) -> str:
    return by([f"{side:,}" for side in objects.largest])


def _heads(found: Fit) -> Table:
    several = len({head.source for head in found.heads}) > 1
    phased = any(head.least != head.field for head in found.heads)
    kept = [True, several, True, True, True, True, phased, phased]
    rows: list[tuple[str, ...]] = []
    for head in found.heads:
        cells = (
            head.layer,
            head.source,
            _field(head),
            _percent(head.covered),
            by_axis(head.effective),
            _percent(head.covered_effective),
            by_axis(head.least),
            _percent(head.covered_least),
        )
        rows.append(tuple(cell for cell, keep in zip(cells, kept, strict=True) if keep))
    columns = tuple(column for column, keep in zip(HEADS, kept, strict=True) if keep)
    title = f"{found.network}: share of the objects that each head's field covers"
    return Table(title, columns, tuple(rows))


def _field(head: Head) -> str:
    """Return a field, an axis without end as ``all``."""
    sides = ["all" if side is None else side for side in head.field]
    return by_axis(sides)


def _percent(share: Fraction | None) -> str:
    """Return a share, rounded so that neither none nor all is claimed where it is not so.

    >>> [_percent(Fraction(n, 10_000)) for n in (0, 1, 5000, 9999, 10_000)]
    ['0 %', '< 0.1 %', '50.0 %', '> 99.9 %', '100 %']
    """
    if share is None:
        return "-"
    if share in (0, 1):
        return f"{int(share * 100)} %"
    if share < Fraction(1, 1000):
        return "< 0.1 %"
    return "> 99.9 %" if share > Fraction(999, 1000) else f"{float(share * 100):.1f} %"


def _ways(found: Fit) -> Table:
    """Return the ways to the share; of several heads each figure is that of the least."""
    rows = tuple(
        (
            str(way.change),
            f"{way.multiply_adds:.3g}",
            _least([head.field for head in way.heads]),
            _percent(min(head.covered for head in way.heads)),
            _least([head.effective for head in way.heads]),
            _percent(_smallest([head.covered_effective for head in way.heads])),
            f"{way.kind}: {_change_words(way)}",
        )
        for way in found.ways
    )
    assert found.share is not None
    each = "each head" if len(found.heads) > 1 else "the head"
    return Table(f"ways to let {each} cover {_percent(found.share)}", WAYS, rows)


def _least(fields: Sequence[Sequence[int | None] | None]) -> str:
    """Return the smallest side per axis of some fields."""
    known = [field for field in fields if field is not None]
    if len(known) < len(fields) or not known:
        return "-"
    axes = zip(*known, strict=True)
    ends = [[side for side in axis if side is not None] for axis in axes]
    return by_axis([min(axis) if axis else "all" for axis in ends])


def _smallest(shares: Sequence[Fraction | None]) -> Fraction | None:
    known = [share for share in shares if share is not None]
    return min(known) if known and len(known) == len(shares) else None


def _change_words(way: Way) -> str:
    told = [
        f"{one.layer} {one.parameter} {by_axis(one.before)} -> {by_axis(one.after)}"
        for one in way.layers[:LISTED]
    ]
    more = len(way.layers) - LISTED
    lines = f" (line{'s' * (len(way.lines) > 1)} {', '.join(map(str, way.lines[:LISTED]))})"
    return f"{', '.join(told)}{f' and {more} more' if more > 0 else ''}{lines * bool(way.lines)}"


def _last(found: Fit) -> Iterator[tuple[str, str]]:
    """Yield the verdict, and how far changes were looked for."""
    small = found.too_small
    if small:
        need = found.needed if found.needed is not None else max(found.objects.largest)
        what = "all" if found.share in (None, 1) else f"{_percent(found.share)} of the"
        heads = ", ".join(f"{head.layer} ({_field(head)})" for head in small[:SMALL])
        more = len(small) - SMALL
        told = f"{heads}{f' and {more} more' if more > 0 else ''}"
        yield "bad", f"too small for {what} objects, which need {need:,}: {told}"
    if not small:
        what = "every object" if found.share is None else f"{_percent(found.share)} of the objects"
        yield "good", f"{'every' if len(found.heads) > 1 else 'the'} head covers {what}"
    elif len(found.heads) > 1:
        yield "info", f"some head covers {_percent(found.covered_by_any)} of the objects"
    if found.reason:
        yield "good" if found.ways else "bad", found.reason
    if any(way.lines for way in found.ways):
        yield (
            "info",
            f"`rfcalc.fix(NET, rf={found.needed}, out='fixed.yaml')` writes the first of them",
        )
    for reason in dict.fromkeys(head.reason for head in found.heads if head.reason):
        yield "info", f"no effective field: {reason}"
