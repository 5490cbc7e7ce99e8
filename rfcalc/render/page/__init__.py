"""What stands on the page? A whole analysis in one file that needs nothing else."""

import json
from collections.abc import Sequence
from html import escape
from importlib.resources import files

from rfcalc import __version__
from rfcalc.errors import many
from rfcalc.gridding.stage_reports import StageReport
from rfcalc.render.document import Table
from rfcalc.render.hdc import hdc_document
from rfcalc.render.inert import html_page
from rfcalc.render.page.data import page_data
from rfcalc.render.page.lanes import HEIGHT, lanes, width
from rfcalc.render.page.tables import html_parts, html_table
from rfcalc.render.report import laid_out, report_document
from rfcalc.report import Report

__all__ = ["page"]

_SCRIPTS = ("regions.js", "counts.js", "view.js", "table.js", "main.js")
_RAMP = (
    *("440154", "481668", "482979", "443b84", "3e4c8a", "365c8d", "2f6b8e", "29798e", "24868e"),
    *("1f948c", "1fa287", "29af7f", "3fbc73", "5cc863", "7fd34e", "a2da37", "cae11f"),
)
"""Viridis without its lightest end."""
_FIRST = ("layer", "op", "rf", "density", "hole", "jump", "size")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""The page may reach for nothing but itself."""


def page(
    reports: Sequence[Report],
    source: str | None = None,
    layer: str | None = None,
    image: str | None = None,
) -> str:
    """Return the HTML of one report or several, each with the layers of its network.

    Parameters
    ----------
    source : the layer that the reports were asked about, by default the input.
    layer : the layer shown first, by default the output.
    image : a picture of the input's size as a data address; the field is drawn on it.
    """
    names = [report.network.name for report in reports]
    title = "Receptive field of " + ", ".join(names)
    data = {
        "networks": [page_data(report, source, image) for report in reports],
        "ramp": [[int(colour[at : at + 2], 16) for at in (0, 2, 4)] for colour in _RAMP],
    }
    # `</script>` and `<!--` in a name would end the element that holds the data.
    held = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    home = files("rfcalc.render.page")
    scripts = "\n".join((home / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    style = (home / "page.css").read_text(encoding="utf-8")
    body = "\n".join(
        _network(report, number, layer, image, len(reports) == 1)
        for number, report in enumerate(reports)
    )
    return html_page(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,">\n<title>{escape(title)}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n"
        f'<header class="top"><h1>{escape(title)}</h1>\n{_overview(reports)}</header>\n'
        f"<main>\n{body}\n</main>\n"
        f'<footer class="soft">rfcalc {__version__}</footer>\n'
        f'<script type="application/json" id="data">{held}</script>\n'
        f"<script>\n{scripts}</script>\n</body>\n</html>\n"
    )


def _overview(reports: Sequence[Report]) -> str:
    """Return the verdicts; for several networks a table of them."""
    if len(reports) == 1:
        return ""
    rows: list[str] = []
    for number, report in enumerate(reports):
        row = report.output
        rf = "-" if row.bounded else "whole input"
        density = "-" if row.density is None else f"{row.density:.4g}"
        if row.density is not None and row.rf:
            rf = " \u00d7 ".join("all" if n is None else str(n) for n in row.rf)
        rows.append(
            f'<tr><td class="left"><a href="#n{number}">{escape(report.network.name)}</a></td>'
            f"<td>{len(report.rows)}</td><td>{rf}</td><td>{density}</td>"
            f'<td class="left {_tone(report)}">{escape(report.verdict)}</td></tr>'
        )
    return (
        '<nav aria-label="networks"><div class="scroll"><table><thead><tr>'
        '<th class="left" scope="col">network</th><th scope="col">layers</th>'
        '<th scope="col">rf</th><th scope="col">density</th>'
        '<th class="left" scope="col">verdict</th>'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div></nav>\n"
    )


def _network(report: Report, number: int, layer: str | None, image: str | None, alone: bool) -> str:
    """Return the section of one network."""
    network = report.network
    table, *parts = report_document(report).parts
    assert isinstance(table, Table)
    table = _ordered(table)
    size = "size not given" if network.input is None else " \u00d7 ".join(map(str, network.input))
    found = "".join(
        f'<div class="finding {f.severity}"><p><strong>{f.code} {f.severity}</strong> '
        f'{escape(f.message)}</p><p class="soft">{escape(f.help)}</p></div>'
        for f in report.findings
    )
    kinds = [("mask", "mask"), ("paths", "path counts")] + (
        [("picture", "picture")] if image else []
    )
    radios = "".join(
        f'<label><input type="radio" name="what{number}" value="{value}"'
        f"{' checked' if value == ('picture' if image else 'mask') else ''}>{words}</label>"
        for value, words in kinds
    )
    title = "" if alone else f"<h2>{escape(network.name)}</h2>\n"
    stages = "".join(html_table(part) for part in parts if isinstance(part, Table))
    assumed = "".join(f"<p>Assumed: {escape(text)}</p>" for text in report.assumed)
    layers = many(len(report.rows), "layer")
    kind = f"{network.dims}-D{laid_out(network)}"
    return (
        f'<section class="network" id="n{number}" aria-label="{escape(network.name)}">\n'
        f"{title}"
        f'<p class="verdict {_tone(report)}">{escape(report.verdict)}</p>\n'
        f'<p class="soft">input {size}, {kind}, {layers}</p>{assumed}\n'
        f"<h3>Findings</h3>{found or '<p>None.</p>'}\n"
        '<h3>Layers</h3>\n<div class="tools">'
        '<label>filter <input type="search" placeholder="name or op"></label>'
        '<label><input type="checkbox" name="holes">with holes only</label>'
        f'<span class="shown soft" role="status">{layers}</span>'
        '<span class="soft">arrow keys move between layers</span></div>\n'
        f'<div class="split"><div class="rows">{_layers(report, table, layer)}</div>\n'
        '<div class="view"><h3></h3><p class="facts" role="status"></p>'
        f'<div class="tools" role="radiogroup" aria-label="what is drawn">{radios}</div>'
        '<div class="canvases"></div><p class="legend"></p><p class="told soft">&nbsp;</p></div>'
        f"</div>\n{stages}{''.join(_hdc(stage) for stage in report.stages)}</section>"
    )


def _ordered(table: Table) -> Table:
    """Return the table with the columns of the answer before those of the question."""
    heads = [column.head for column in table.columns]
    first = [heads.index(head) for head in _FIRST]
    order = first + [n for n in range(len(heads)) if n not in first]
    return Table(
        table.title,
        tuple(table.columns[n] for n in order),
        tuple(tuple(row[n] for n in order) for row in table.rows),
    )


def _layers(report: Report, table: Table, layer: str | None) -> str:
    """Return the table of layers, the graph as lanes in its first column."""
    place = {row.name: number for number, row in enumerate(report.rows)}
    paths, assigned = lanes(
        [[place[name] for name in row.inputs if name in place] for row in report.rows]
    )
    wide = width(assigned)
    step = (wide - 6) / (max(assigned, default=0) + 1)
    heads = "".join(
        f'<th scope="col" aria-sort="none"{" class=left" if c.align == "left" else ""}>'
        f'<button type="button">{escape(c.head)}</button></th>'
        for c in table.columns
    )
    # Of an output that sees everything there is nothing to draw: the last layer that does not.
    drawn_last = [row.name for row in report.rows if row.bounded and row.rf is not None]
    whole = report.output.bounded and not report.output.unknown
    seen = report.output.name if whole else drawn_last[-1]
    chosen = layer or seen
    rows: list[str] = []
    for number, (row, cells) in enumerate(zip(report.rows, table.rows, strict=True)):
        kind = "holes" if row.holes else "" if row.bounded else "whole"
        words = escape(f"{row.name} {row.node.layer.op}".lower())
        start = " data-start" if row.name == chosen else ""
        picture = (
            f'<svg class="lane" width="{wide}" height="{HEIGHT}" aria-hidden="true">'
            f'<path d="{paths[number]}"/>'
            f'<circle cx="{6 + assigned[number] * step:g}" cy="{HEIGHT // 2}" r="3.5"/></svg>'
        )
        drawn = "".join(
            f"<td{' class=left' if c.align == 'left' else ''}>{escape(text)}</td>"
            for c, text in zip(table.columns, cells, strict=True)
        )
        rows.append(
            f'<tr data-layer="{number}" data-words="{words}"{start} tabindex="-1" '
            f'aria-selected="false" class="{kind}"><td class="lane">{picture}</td>{drawn}</tr>\n'
        )
    return (
        f'<table class="layers" role="grid" aria-label="layers of {escape(report.network.name)}">'
        f'<thead><tr><th scope="col" class="lane">graph</th>{heads}</tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody></table>"
    )


def _hdc(stage: StageReport) -> str:
    """Return the published rules on a stage beside the exact answer."""
    if stage.hdc is None:
        return ""
    parts = html_parts(hdc_document(stage.hdc, 72, colour=False, unicode=True))
    measured = stage.measures
    words = f"HDC: {measured.source} \u2192 {measured.layer}"
    return (
        f'<details><summary>{escape(words)}</summary><div class="scroll">{parts}</div></details>\n'
    )


def _tone(report: Report) -> str:
    return "bad" if report.gridded else "good"
