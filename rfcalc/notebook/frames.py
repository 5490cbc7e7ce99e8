"""Which rows has a result as a data frame of pandas? Those of its data, else of its table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfcalc.comparison import Comparison
from rfcalc.costs import Costs
from rfcalc.coverage import Fit
from rfcalc.documents import Json
from rfcalc.effective import Effective
from rfcalc.library.input_sizes import InputSizes
from rfcalc.library.meanings import Explanation
from rfcalc.library.places import Places
from rfcalc.library.repairs import Fixed
from rfcalc.library.scans import Scan
from rfcalc.library.shelves import Zoo
from rfcalc.library.streaming import Streaming
from rfcalc.library.tiles import Tiles
from rfcalc.locations import Projection
from rfcalc.network import Network
from rfcalc.notebook.documents import document_of
from rfcalc.packages import package
from rfcalc.render.checks import Checks
from rfcalc.render.document import Table
from rfcalc.report import Report
from rfcalc.schedules import Design
from rfcalc.shown import AsData
from rfcalc.verification.result import Verification

if TYPE_CHECKING:
    import pandas

__all__ = ["dataframe"]

_KEYS: dict[type, str] = {
    Comparison: "layers",
    Costs: "layers",
    Design: "schedules",
    Effective: "layers",
    Fit: "heads",
    Fixed: "changes",
    InputSizes: "sizes",
    Network: "layers",
    Places: "layers",
    Projection: "reaches",
    Report: "layers",
    Streaming: "layers",
    Tiles: "windows",
    Verification: "checks",
    Zoo: "networks",
}
"""Of each kind of value the key of its rows."""


def dataframe(value: object) -> "pandas.DataFrame":
    """Return the rows of a value as a data frame of pandas.

    Raises
    ------
    RfcalcError
        RF505: pandas is missing.
    """
    library = package("pandas", "a data frame needs pandas", "rfcalc[pandas]")
    rows = rows_of(value)
    return library.DataFrame(rows) if rows else library.DataFrame(columns=_heads(value))


def rows_of(value: object) -> Sequence[Mapping[str, Json]]:
    """Return a row per layer, schedule, window or network, by the names of its columns."""
    if isinstance(value, Checks):
        nets = _rows(value, "networks")
        return [{"net": net["net"], **one} for net in nets for one in _mappings(net["failures"])]
    if isinstance(value, Comparison):
        return _side_by_side(value)
    if isinstance(value, Explanation):
        names = ("code", "title", "meaning", "cure")
        return [{name: getattr(one, name) for name in names} for one in value]
    if isinstance(value, Scan):
        return [one.to_dict() for one in value.lines]
    if isinstance(value, AsData) and type(value) in _KEYS:
        return _rows(value, _KEYS[type(value)])
    found = next(part for part in document_of(value).parts if isinstance(part, Table))
    heads = [column.head for column in found.columns]
    return [dict(zip(heads, row, strict=True)) for row in found.rows]


def _rows(value: AsData, key: str) -> list[Mapping[str, Json]]:
    """Return the rows that the data of a value has under a key."""
    return _mappings(value.to_dict()[key])


def _mappings(held: Json) -> list[Mapping[str, Json]]:
    """Return the entries of a list of objects, an empty one for null."""
    entries = held if isinstance(held, list) else ()
    return [one if isinstance(one, dict) else {} for one in entries]


def _side_by_side(value: Comparison) -> list[Mapping[str, Json]]:
    """Return a row per layer and network."""
    return [
        {"network": label, "layer": row["name"], "differs": row["differs"], **own}
        for row in _rows(value, "layers")
        for label, own in zip(value.labels, _mappings(row["networks"]), strict=True)
    ]


def _heads(value: object) -> list[str]:
    """Return the columns of a value that has no row."""
    if isinstance(value, Checks):
        return ["net", "gate", "code", "layer", "message", "help", "at"]
    found = (part for part in document_of(value).parts if isinstance(part, Table))
    return [column.head for part in list(found)[:1] for column in part.columns]
