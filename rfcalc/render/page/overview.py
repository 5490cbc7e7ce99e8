"""How do several networks compare? A table of their answers, and their masks side by side."""

from collections.abc import Sequence
from html import escape

from rfcalc.render.document import by_axis
from rfcalc.render.page.tables import html_head, side
from rfcalc.report import Report

__all__ = ["overview", "tone"]

_COLUMNS = {
    "network": "left",
    "layers": "right",
    "rf": "right",
    "density": "right",
    "jump": "right",
    "hole": "right",
    "stages with holes": "right",
    "verdict": "left",
}


def overview(reports: Sequence[Report]) -> str:
    """Return the answers of several networks, one row each; nothing of a single one."""
    if len(reports) == 1:
        return ""
    heads = "".join(
        f'<th scope="col"{side(head, align)}{html_head(head)}>{escape(head)}</th>'
        for head, align in _COLUMNS.items()
    )
    rows = "".join(_row(report, number) for number, report in enumerate(reports))
    panels = "".join(
        f'<figure data-network="{number}"><figcaption><a href="#n{number}">'
        f"{escape(report.network.name)}</a></figcaption></figure>"
        for number, report in enumerate(reports)
    )
    return (
        '<nav aria-label="networks"><div class="scroll"><table><thead><tr>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table></div></nav>\n"
        f'<div class="beside">{panels}</div>\n'
    )


def tone(report: Report) -> str:
    """Return the class of a verdict."""
    return "bad" if report.gridded else "good"


def _row(report: Report, number: int) -> str:
    row = report.output
    gridded = sum(bool(stage.measures.holes) for stage in report.stages)
    rf = "-" if row.bounded else "whole input"
    if row.density is not None and row.rf:
        rf = " \u00d7 ".join("all" if n is None else str(n) for n in row.rf)
    cells = {
        "network": f'<a href="#n{number}">{escape(report.network.name)}</a>',
        "layers": str(len(report.rows)),
        "rf": rf,
        "jump": escape(by_axis(row.jump)),
        "density": "-" if row.density is None else f"{row.density:.4g}",
        "hole": escape(by_axis(row.largest_hole)) if row.holes else "-",
        "stages with holes": f"{gridded} of {len(report.stages)}" if report.stages else "-",
        "verdict": f'<span class="{tone(report)}">{escape(report.verdict)}</span>',
    }
    drawn = "".join(
        f"<td{side(head, align)}>{cells[head]}</td>" for head, align in _COLUMNS.items()
    )
    return f"<tr>{drawn}</tr>"
