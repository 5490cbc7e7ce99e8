"""Which rows and columns of an analysis are shown? What was asked for, with holes marked."""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from rfcalc.costs import Costs, cost
from rfcalc.errors import fail, many
from rfcalc.growth import Row
from rfcalc.layers.pointwise import Pointwise
from rfcalc.render.costs import COSTS, cost_cells, with_costs
from rfcalc.render.document import Document, Lines, Table
from rfcalc.report import Report
from rfcalc.spelling import nearest

__all__ = ["shaped"]

_OF_HOLES = ("density", "hole", "largest hole", "holes")


def shaped(
    document: Document,
    report: Report,
    columns: Sequence[str] = (),
    depth: int | None = None,
    every: bool = False,
) -> Document:
    """Return the document of a report with the rows and columns of its first table chosen.

    Parameters
    ----------
    columns : the heads of those that are shown, in this order; all when empty.
    depth : modules of a dotted name that are told apart; the layers of one are one row, with
        the numbers of the last of them.
    every : whether element-wise layers that pass their input on have rows.

    Raises
    ------
    RfcalcError
        RF406: a column that is not there, or a depth below 1.
    """
    if depth is not None and depth < 1:
        raise fail("RF406", f"--depth is {depth}", "it takes 1 or more")
    costly = not {*columns}.isdisjoint(column.head for column in COSTS)
    if costly:
        document = with_costs(document, report)
    table = document.parts[0]
    assert isinstance(table, Table)
    rows = list(zip(table.rows, report.rows, strict=True))
    left = [] if every or depth is not None else [row for _, row in rows if _passing(row)]
    if left:
        rows = [pair for pair in rows if not _passing(pair[1])]
    held = [(cells, row.holes) for cells, row in rows]
    if depth is not None:
        held = _modules(rows, depth, cost(report.network) if costly else None)
    heads = [column.head for column in table.columns]
    marked = tuple(
        (number, heads.index(head))
        for number, (_, holes) in enumerate(held)
        for head in ("density", "hole")
        if holes
    )
    table = msgspec.structs.replace(table, rows=tuple(cells for cells, _ in held), marked=marked)
    parts: list[Table | Lines] = [_chosen(table, columns) if columns else table]
    if left:
        note = f"{many(len(left), 'element-wise layer')} not shown: --all"
        parts.append(Lines("", (("dim", note),)))
    parts += [_marked(part) if isinstance(part, Table) else part for part in document.parts[1:]]
    return Document(tuple(parts), document.source)


def _passing(row: Row) -> bool:
    """Whether a layer hands every cell of its one input on."""
    return isinstance(row.node.layer, Pointwise) and len(row.node.inputs) == 1


def _modules(
    rows: Sequence[tuple[tuple[str, ...], Row]], depth: int, costs: Costs | None = None
) -> list[tuple[tuple[str, ...], bool]]:
    """Return one row per module: of several layers its name, their number and the last field."""
    found: list[tuple[tuple[str, ...], bool]] = []
    for name, group in groupby(rows, key=lambda pair: _module(pair[1].name, depth)):
        held = list(group)
        cells, last = held[-1]
        if len(held) > 1:
            cells = (name, many(len(held), "layer"), *["-"] * 4, *cells[6:])
            if costs is not None:
                together = costs.of({row.name for _, row in held}, name)
                cells = (*cells[: -len(COSTS)], *cost_cells(together))
        found.append((cells, bool(last.holes)))
    return found


def _module(name: str, depth: int) -> str:
    return ".".join(name.split(".")[:depth])


def _chosen(table: Table, columns: Sequence[str]) -> Table:
    """Return the columns asked for, in the order that was typed."""
    heads = {column.head: index for index, column in enumerate(table.columns)}
    for name in columns:
        if name not in heads:
            known = [*heads, *(column.head for column in COSTS)]
            raise fail("RF406", f"there is no column '{name}'", nearest(name, known))
    kept = [heads[name] for name in columns]
    place = {old: new for new, old in enumerate(kept)}
    return Table(
        table.title,
        tuple(table.columns[index] for index in kept),
        tuple(tuple(row[index] for index in kept) for row in table.rows),
        tuple((row, place[index]) for row, index in table.marked if index in place),
    )


def _marked(table: Table) -> Table:
    """Return a table of stages whose cells about holes are marked."""
    heads = [column.head for column in table.columns]
    if "holes" not in heads:
        return table
    told = heads.index("holes")
    places = [index for index, head in enumerate(heads) if head in _OF_HOLES]
    marked = tuple(
        (n, i) for n, row in enumerate(table.rows) if row[told] != "none" for i in places
    )
    return msgspec.structs.replace(table, marked=marked)
