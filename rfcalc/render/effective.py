"""How are effective receptive fields shown? Measured and expected maps, row by row."""

from collections.abc import Mapping, Sequence

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.effective import Effective, EffectiveLayer, Figures, effective_data
from rfcalc.effective.figures import Spread
from rfcalc.render.document import Column, Document, Lines, Table, by_axis, granted

__all__ = ["effective_document"]

_LEAKS = 3
"""Most periods of the leak in a table; JSON has all."""
_MAPS = {
    "measured": "absolute, measured",
    "expected": "absolute, expected",
    "measured_squared": "squared, measured",
    "expected_squared": "squared, expected",
}
"""The maps of a layer, each beside the one that it is compared with."""


def effective_document(found: Sequence[Effective]) -> Document:
    """Return the document of one answer, or of several that are compared."""
    several = len(found) > 1
    parts: list[Table | Lines] = []
    if several:
        rows = [
            (one.network, layer.layer, by_axis(layer.field), *row)
            for one in found
            for layer in one.layers
            for row in _rows(layer)
        ]
        shown = [layer for one in found for layer in one.layers]
        head = (
            Column("network", "left", 100),
            Column("layer", "left", 70),
            Column("field", keep=80),
        )
        parts.append(Table("effective receptive fields", (*head, *_columns(shown)), tuple(rows)))
    else:
        parts += [
            Table(_title(found[0], layer), _columns([layer]), tuple(_rows(layer)))
            for layer in found[0].layers
        ]
    notes = dict.fromkeys(note for one in found for note in one.notes)
    parts += [Lines("", tuple(("info", note) for note in notes))] if notes else []
    parts += granted(tuple(dict.fromkeys(note for one in found for note in one.assumed)))
    if several:
        data: dict[str, Data] = {
            "rfcalc": __version__,
            "networks": [effective_data(one) for one in found],
            "exact": all(one.exact for one in found),
            "assumed": list(dict.fromkeys(note for one in found for note in one.assumed)),
        }
        return Document(tuple(parts), data)
    return Document(tuple(parts), effective_data(found[0]))


def _title(found: Effective, layer: EffectiveLayer) -> str:
    field = by_axis(layer.field)
    words = f"{found.network}: '{layer.layer}' on '{layer.source}', field {field}"
    if layer.samples:
        way = "" if found.how == "gradients" else f" by {found.how}"
        cells = f", {layer.cells} cells" if layer.cells > 1 else ""
        words += f", {layer.samples} samples{way}{cells}"
    return words


def _columns(layers: Sequence[EffectiveLayer]) -> tuple[Column, ...]:
    leaks = _leaks(layers)
    return (
        Column("gradient", "left", 100),
        Column("deviation", keep=99),
        Column("50 %", keep=96),
        Column("95 %", keep=98),
        Column("99 %", keep=90),
        Column("share of 95 %", keep=94),
        *(Column(f"cells > {threshold:g} %", keep=80) for threshold in _thresholds(layers)),
        Column("Gini", keep=92),
        Column("anisotropy", keep=85),
        *(Column(f"leak {name}", keep=70 - n) for n, name in enumerate(leaks[:_LEAKS])),
    )


def _thresholds(layers: Sequence[EffectiveLayer]) -> list[float]:
    """Return the shares of the maximum that were asked for; of the usual two the one below."""
    found = [t for layer in layers if layer.expected is not None for t in layer.expected.area]
    asked = list(dict.fromkeys(found))
    return [4.55] if asked in ([50, 4.55], []) else asked


def _leaks(layers: Sequence[EffectiveLayer]) -> list[str]:
    """Return the periods of which every layer tells."""
    held = [list(shown.leak[0]) for layer in layers if (shown := layer.expected) is not None]
    return [name for name in held[0] if all(name in one for one in held)] if held else []


def _rows(layer: EffectiveLayer) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, words in _MAPS.items():
        shown: Figures | None = getattr(layer, name)
        if shown is not None:
            rows.append((words, *_row(shown, _leaks([layer]), _thresholds([layer]))))
    return rows


def _row(shown: Figures, leaks: Sequence[str], thresholds: Sequence[float]) -> tuple[str, ...]:
    error: Mapping[str, Spread] = shown.error or {}
    shares = error.get("share")
    share = shares.get("95") if isinstance(shares, Mapping) else None
    sides = {p: by_axis(extent) for p, extent in shown.side.items()}
    return (
        _with(by_axis([f"{value:.2f}" for value in shown.deviation]), error.get("deviation"), 2),
        sides[50],
        sides[95],
        sides[99],
        _with(f"{shown.share[95]:.1%}", 100 * share if isinstance(share, float) else None, 1),
        *("-" if t not in shown.area else str(shown.area[t]) for t in thresholds),
        _with(f"{shown.gini:.3f}", error.get("gini"), 3),
        "-" if shown.anisotropy is None else f"{shown.anisotropy:.2f}",
        *(by_axis([f"{axis[name]:.3f}" for axis in shown.leak]) for name in leaks[:_LEAKS]),
    )


def _with(text: str, error: Spread, digits: int) -> str:
    """Return a number with its standard error, the largest of several axes."""
    held = list(error) if isinstance(error, (list, tuple)) else [error]
    known = [value for value in held if isinstance(value, float)]
    return f"{text} ±{max(known):.{digits}f}" if known else text
