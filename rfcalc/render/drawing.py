"""How is a mask shown below a report? Drawn to the width, with the growth that led to it."""

from typing import TYPE_CHECKING

from rfcalc.errors import many
from rfcalc.interior import footprint
from rfcalc.masks import Mask
from rfcalc.render.document import Document, Lines
from rfcalc.render.terminal import draw_mask, legend, sparkline
from rfcalc.report import Report

if TYPE_CHECKING:
    from rfcalc.render.document import Line

__all__ = ["mask_document", "with_drawing"]

_BARS = 60
"""Most layers of the line of growth; of more, a spread is drawn."""


def with_drawing(
    document: Document,
    report: Report,
    source: str | None,
    width: int = 80,
    colour: bool = False,
    unicode: bool = True,
) -> Document:
    """Return the document of a report with its output's mask drawn before the verdict.

    The phase is the one with the largest field. A layer that sees the whole source is not drawn;
    the verdict names the layer that causes it.
    """
    network, row = report.network, report.output
    if row.rf is None or not row.bounded or row.reason:
        return document
    origin = network.index(source, 0)
    found = footprint(network, origin, network.index(row.name, network.output))
    region = found.read(row.phase)
    known = [[n for n in r.rf or () if n is not None] for r in report.growth.rows]
    fields = [max(extents) for extents in known if extents]
    last = len(fields) - 1
    if last >= _BARS:
        fields = [fields[round(n * last / (_BARS - 1))] for n in range(_BARS)]
    lines: list[tuple[str, Line]] = [
        ("", line) for line in draw_mask(region, width, colour, unicode)
    ]
    lines += [("", legend(region, width, colour, unicode))]
    phase = f", phase {','.join(map(str, row.phase))}" if max(row.phases) > 1 else ""
    drawn = Lines(f"sampled by '{row.name}' on '{network.nodes[origin].name}'{phase}", tuple(lines))
    grown = Lines("", (("", f"growth {sparkline(fields, unicode)} {fields[-1]}"),))
    return Document((*document.parts[:-1], drawn, grown, document.parts[-1]), document.source)


def mask_document(
    found: Mask, width: int = 80, colour: bool = False, unicode: bool = True
) -> Document:
    """Return the document that draws a mask, with what it is about above it."""
    question = found.question
    place = ",".join(map(str, question.output))
    where = f" at {place}" if question.bordered else f", phase {place}" * any(question.output)
    size = "x".join(map(str, found.rf)) or "nothing"
    title = (
        f"sampled by '{question.layer}'{where} on '{question.origin}': {size}, "
        f"{many(found.cells, 'cell')}, density {found.density:.4g}"
    )
    title += f"; '{question.layer}' {found.beyond}" if found.beyond else ""
    lines = [*draw_mask(found.region, width, colour, unicode)]
    if found.region.boxes:
        lines.append(legend(found.region, width, colour, unicode))
    return Document((Lines(title, tuple(("", line) for line in lines)),), {})
