"""What stands on the page? A whole analysis in one file that needs nothing else."""

import json
from collections.abc import Sequence
from fractions import Fraction
from html import escape
from importlib.resources import files

from rfcalc import __version__
from rfcalc.errors import many
from rfcalc.gridding.stage_reports import StageReport
from rfcalc.render.derivation import derivation
from rfcalc.render.document import Table
from rfcalc.render.hdc import hdc_document
from rfcalc.render.inert import html_page
from rfcalc.render.page.data import page_data
from rfcalc.render.page.layers import layer_rows, ordered
from rfcalc.render.page.overview import overview, tone
from rfcalc.render.page.tables import html_parts, html_table
from rfcalc.render.report import laid_out, report_document
from rfcalc.report import Report

__all__ = ["page"]

_SCRIPTS = ("regions.js", "counts.js", "view.js", "axes.js", "table.js", "main.js")
_RAMP = (
    *("440154", "481668", "482979", "443b84", "3e4c8a", "365c8d", "2f6b8e", "29798e", "24868e"),
    *("1f948c", "1fa287", "29af7f", "3fbc73", "5cc863", "7fd34e", "a2da37", "cae11f"),
)
"""Viridis without its lightest end."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""The page may reach for nothing but itself."""


def page(
    reports: Sequence[Report],
    source: str | None = None,
    layer: str | None = None,
    image: str | None = None,
    said: str = "",
    rate: Fraction | None = None,
) -> str:
    """Return the HTML of one report or several, each with the layers of its network.

    Parameters
    ----------
    source : the layer that the reports were asked about, by default the input.
    layer : the layer shown first, by default the output.
    image : a picture of the input's size as a data address; the field is drawn on it.
    said : what stands at the foot: what was asked, and when.
    rate : cells of the input per second; an axis of time is labelled in milliseconds.

    Raises
    ------
    RfcalcError
        RF406: a rate without an axis of time.
    """
    names = [report.network.name for report in reports]
    title = "Receptive field of " + ", ".join(names)
    data = {
        "networks": [page_data(report, source, image, rate) for report in reports],
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
        f'<header class="top"><h1>{escape(title)}</h1>\n{overview(reports)}</header>\n'
        f"<main>\n{body}\n</main>\n"
        f'<footer class="soft">rfcalc {__version__}{f": {escape(said)}" if said else ""}</footer>\n'
        f'<script type="application/json" id="data">{held}</script>\n'
        f"<script>\n{scripts}</script>\n</body>\n</html>\n"
    )


def _network(report: Report, number: int, layer: str | None, image: str | None, alone: bool) -> str:
    """Return the section of one network."""
    network = report.network
    table, *parts = report_document(report).parts
    assert isinstance(table, Table)
    table = ordered(table)
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
    stages = "".join(html_table(part) for part in parts if isinstance(part, Table))
    assumed = "".join(f"<p>Assumed: {escape(text)}</p>" for text in report.assumed)
    layers = many(len(report.rows), "layer")
    kind = f"{network.dims}-D{laid_out(network)}"
    inner = (
        f'<p class="verdict {tone(report)}">{escape(report.verdict)}</p>\n'
        f'<p class="soft">input {size}, {kind}, {layers}</p>{assumed}\n'
        '<div class="split"><div class="left-side"><div class="tools">'
        '<label>filter <input type="search" placeholder="name or op"></label>'
        '<label><input type="checkbox" name="holes">with holes only</label>'
        '<label class="narrow"><input type="checkbox" name="columns">all columns</label>'
        f'<span class="shown soft" role="status">{layers}</span>'
        '<span class="soft keys">arrow keys move between layers</span></div>\n'
        f'<div class="rows">{layer_rows(report, table, layer)}</div></div>\n'
        '<div class="view"><h3></h3><p class="facts" role="status"></p>'
        f'<div class="tools" role="radiogroup" aria-label="what is drawn">{radios}</div>'
        '<div class="canvases"></div><p class="legend"></p><p class="told soft">&nbsp;</p></div>'
        f"</div>\n<h3>Findings</h3>{found or '<p>None.</p>'}\n{stages}"
        f"{''.join(_hdc(stage) for stage in report.stages)}{_derivation(report)}"
    )
    if not alone:
        name = escape(network.name)
        inner = f"<details><summary><h2>{name}</h2></summary>\n{inner}</details>"
    return (
        f'<section class="network" id="n{number}" aria-label="{escape(network.name)}">\n'
        f"{inner}</section>"
    )


def _derivation(report: Report) -> str:
    """Return how each field comes about, closed until it is asked for."""
    parts = html_parts(derivation(report))
    return (
        "<details><summary>How each field comes about</summary>"
        f'<div class="scroll">{parts}</div></details>\n'
    )


def _hdc(stage: StageReport) -> str:
    """Return the published rules on a stage beside the exact answer."""
    if stage.hdc is None:
        return ""
    parts = html_parts(hdc_document(stage.hdc, 72, colour=False, unicode=True).parts)
    measured = stage.measures
    words = f"HDC: {measured.source} \u2192 {measured.layer}"
    return (
        f'<details><summary>{escape(words)}</summary><div class="scroll">{parts}</div></details>\n'
    )
