"""How are costs shown? As columns of the layers, as a line of totals, as keys of the data."""

from collections.abc import Sequence

import msgspec

from rfcalc.costs import Cost, Costs, cost
from rfcalc.documents import Data
from rfcalc.errors import many
from rfcalc.interior import Row
from rfcalc.render.document import Column, Document, Layers, Lines, Table
from rfcalc.report import Report

__all__ = [
    "COSTS",
    "cost_cells",
    "costs_document",
    "field_cell",
    "field_per_mac",
    "total_data",
    "total_lines",
    "with_costs",
]

COSTS = (
    Column("parameters", keep=62),
    Column("macs", keep=61),
    Column("memory", keep=59),
)
"""What a layer costs; columns that are shown where they are asked for."""

UNKNOWN_SHOWN = 3
"""Most layers whose cost is not known that a line of totals names."""

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def with_costs(document: Document, report: Report) -> Document:
    """Return the document of a report with what each layer costs, and the totals."""
    found = cost(report.network)
    held = {one.name: one for one in found.layers}
    table = document.parts[0]
    assert isinstance(table, Table)
    unknown = Cost("", None, None, None)  # of a layer at which reading ended
    rows = tuple(
        (*cells, *cost_cells(held.get(row.name, unknown)))
        for cells, row in zip(table.rows, report.rows, strict=True)
    )
    layers = table.layers
    assert layers is not None

    def joined(several: Sequence[int]) -> tuple[str, ...]:
        names = {layers.names[row] for row in several}
        return (*layers.joined(several), *cost_cells(found.of(names, layers.names[several[-1]])))

    table = msgspec.structs.replace(
        table,
        columns=(*table.columns, *COSTS),
        rows=rows,
        layers=Layers(layers.names, joined),
    )
    lines = Lines("", tuple(("dim", text) for text in total_lines(found.total, report.output)))
    return Document((table, lines, *document.parts[1:]), document.source)


def costs_document(found: Costs) -> Document:
    """Return the document of costs by themselves: a row per layer, and what all cost together."""
    rows = tuple((one.name, *cost_cells(one)) for one in found.layers)
    total = ("total", *cost_cells(found.total))
    table = Table("", (Column("layer", "left"), *COSTS), (*rows, total))
    unknown = [("warning", f"not known of '{name}': {why}") for name, why in found.total.unknown]
    parts = (table, *([Lines("", tuple(unknown))] if unknown else []))
    return Document(parts, found.to_dict)


def cost_cells(found: Cost) -> tuple[str, ...]:
    """Return parameters, multiply-adds and memory of a layer as text.

    >>> cost_cells(Cost("conv", 9408, 118013952, 3211264))
    ('9,408', '118,013,952', '3.06 MiB')
    """
    return (_with_commas(found.parameters), _with_commas(found.macs), _with_unit(found.memory))


def total_lines(total: Cost, output: Row) -> list[str]:
    """Return the totals in words: which layers they omit, and the field for a multiply-add."""
    parameters, macs, memory = cost_cells(total)
    of = "" if total.whole else " of known layers"
    text = f"total{of}: {parameters} parameters, {macs} multiply-adds, {memory} of activations"
    per = field_cell(total, output)
    if per != "-":
        text += f"; {per} cells of field per billion multiply-adds"
    lines = [text]
    if not total.whole:
        named = [f"'{name}': {why}" for name, why in total.unknown[:UNKNOWN_SHOWN]]
        more = len(total.unknown) - len(named)
        also = f"; and {many(more, 'layer')} more" if more else ""
        lines.append(f"not known: {'; '.join(named)}{also}")
    return lines


def field_per_mac(total: Cost, output: Row) -> tuple[float | None, ...] | None:
    """Return cells of the field per billion multiply-adds, per axis; ``None`` where not known."""
    if not total.macs or not total.whole or output.rf is None:
        return None
    return tuple(None if rf is None else 1e9 * rf / total.macs for rf in output.rf)


def total_data(found: Costs, output: Row) -> dict[str, Data]:
    """Return the totals as data."""
    per = field_per_mac(found.total, output)
    return {**found.total.to_dict(), "field_per_gmac": None if per is None else list(per)}


def field_cell(total: Cost, output: Row) -> str:
    """Return cells of the field per billion multiply-adds as text, ``-`` where not known."""
    per = field_per_mac(total, output)
    return "-" if per is None else _by_axis(per)


def _with_commas(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _with_unit(count: int | None) -> str:
    if count is None:
        return "-"
    unit, size = 0, float(count)
    while size >= 1024 and unit < len(_UNITS) - 1:
        unit, size = unit + 1, size / 1024
    return f"{count} B" if not unit else f"{size:.3g} {_UNITS[unit]}"


def _by_axis(values: Sequence[float | None]) -> str:
    shown = [
        "-" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
        for value in values
    ]
    return shown[0] if len(set(shown)) == 1 else "x".join(shown)
