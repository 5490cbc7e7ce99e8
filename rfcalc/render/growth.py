"""How does growth look in a terminal? A bar per layer that changes the field."""

from collections.abc import Sequence

from rfcalc.interior import growth
from rfcalc.network import Network
from rfcalc.render.document import Column, Document, Layers, Table, by_axis
from rfcalc.render.fields import extents

__all__ = ["growth_document"]

_WIDEST = 40
"""Most characters of a bar."""
_COLUMNS = (
    Column("layer", "left", 100),
    Column("rf", keep=99),
    Column("jump", keep=50),
    Column("density", keep=40),
    Column("growth", "left", 60),
)


_Told = tuple[str, tuple[int | None, ...], str, str]


def growth_document(
    networks: Sequence[Network], source: str | None = None, width: int = 80, unicode: bool = True
) -> Document:
    """Return the growth of each network, its bars on one scale for all of them."""
    found = [(network, _rows(network, source)) for network in networks]
    top = max((_widest(row[1]) for _, rows in found for row in rows), default=1)
    longest = max((len(row[0]) for _, rows in found for row in rows), default=0)
    room = max(8, min(_WIDEST, width - longest - 24))
    parts: list[Table] = []
    for network, rows in found:
        cells = tuple(
            (name, extents(rf, None), jump, density, _bar(_widest(rf), top, room, unicode))
            for name, rf, jump, density in rows
        )
        told = Layers(tuple(row[0] for row in rows), lambda joined, cells=cells: cells[joined[-1]])
        parts.append(Table(f"{network.name}: field by layer", _COLUMNS, cells, told))
    return Document(tuple(parts), {})


def _rows(
    network: Network, source: str | None
) -> list[tuple[str, tuple[int | None, ...], str, str]]:
    """Return name, field, jump and density of each layer whose numbers differ from those before."""
    found: list[_Told] = []
    for row in growth(network, source).rows:
        if row.rf is None or not any(row.rf):
            continue
        density = "-" if row.density is None else f"{row.density:.3f}"
        told = (row.name, row.rf, by_axis(row.jump), density)
        if not found or found[-1][1:] != told[1:]:
            found.append(told)
    return found


def _widest(rf: tuple[int | None, ...]) -> int:
    return max(extent for extent in rf if extent is not None)


def _bar(value: int, top: int, room: int, unicode: bool) -> str:
    return ("\u2588" if unicode else "#") * max(1, round(room * value / top))
