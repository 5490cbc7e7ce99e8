"""How is the table of layers written? One row each, with the graph as lanes in front."""

from html import escape

from rfcalc.render.document import Table
from rfcalc.render.page.lanes import HEIGHT, lanes, places, width
from rfcalc.render.page.tables import html_head, side
from rfcalc.report import Report

__all__ = ["layer_rows", "ordered"]

SHOWN = 16
"""Characters of a cell that are seen at every width of the page."""
_FIRST = ("layer", "op", "rf", "density", "hole", "jump", "size")


def ordered(table: Table) -> Table:
    """Return the table with the columns of the answer before those of the question, none empty."""
    heads = [column.head for column in table.columns]
    first = [heads.index(head) for head in _FIRST]
    order = first + [n for n in range(len(heads)) if n not in first]
    # A column without a number anywhere says nothing and takes the room of the others.
    order = [n for n in order if n in first[:3] or any(row[n] != "-" for row in table.rows)]
    return Table(
        table.title,
        tuple(table.columns[n] for n in order),
        tuple(tuple(row[n] for n in order) for row in table.rows),
    )


def layer_rows(report: Report, table: Table, layer: str | None) -> str:
    """Return the table of layers, the graph as lanes in its first column."""
    known = {row.name: number for number, row in enumerate(report.rows)}
    paths, assigned = lanes(
        [[known[name] for name in row.inputs if name in known] for row in report.rows]
    )
    wide, at = width(assigned), places(assigned)
    heads = "".join(
        f'<th scope="col" aria-sort="none"{side(c.head, c.align)}{html_head(c.head)}>'
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
            f'<circle cx="{at[number]}" cy="{HEIGHT // 2}" r="3.5"/></svg>'
        )
        drawn = "".join(
            f"<td{side(c.head, c.align)}{_whole(text)}>{escape(text)}</td>"
            for c, text in zip(table.columns, cells, strict=True)
        )
        rows.append(
            f'<tr data-layer="{number}" data-words="{words}"{start} tabindex="-1" '
            f'aria-selected="false" class="{kind}"><td class="lane">{picture}</td>{drawn}</tr>\n'
        )
    return (
        f'<table class="layers" role="grid" aria-label="layers of {escape(report.network.name)}">'
        f'<thead><tr><th scope="col" class="lane"{html_head("graph")}>graph</th>{heads}</tr>'
        "</thead>\n"
        f"<tbody>\n{''.join(rows)}</tbody></table>"
    )


def _whole(text: str) -> str:
    """Return the attribute that shows a text which a narrow column cuts."""
    return f' title="{escape(text)}"' if len(text) > SHOWN else ""
