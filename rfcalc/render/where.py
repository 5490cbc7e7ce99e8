"""How are places shown? Closed forms and boxes on the source, and what a pixel reaches."""

from collections.abc import Sequence
from fractions import Fraction

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.locations import Form, Place, Projection
from rfcalc.network import Network
from rfcalc.render.document import Column, Document, Layers, Table, by_axis, fraction_data, granted
from rfcalc.render.fields import unbounded_data

__all__ = ["places_document", "projection_document"]

_LETTERS = "ijk"
_PHASES = 4
"""Most phases of an axis whose closed forms are written out in a table, where they differ."""
_WIDE = 30
"""Most characters of them, so that two axes fit into a terminal."""


def places_document(network: Network, places: Sequence[Place]) -> Document:
    """Return the document of where cells lie on the source."""
    source = places[0].source
    if places[0].at is None:
        titles = ("layer", "jump", *(f"axis {axis}" for axis in range(network.dims)), "centre")
        rows = [
            (
                place.layer,
                by_axis(place.jump),
                *(_closed_form(place, axis) for axis in range(network.dims)),
                _centre(place),
            )
            for place in places
        ]
        letters = ",".join(_LETTERS[: network.dims])
        title = f"{network.name}: what cell ({letters}) of each layer reads of '{source}'"
    else:
        titles = ("layer", "cell", "box", "inside", "cells", "centre", "jump")
        rows = [
            (
                place.layer,
                _comma(place.at or ()),
                _box(place.box),
                _box(place.inside),
                "-" if place.cells is None else str(place.cells),
                _comma(place.center),
                by_axis(place.jump),
            )
            for place in places
        ]
        title = f"{network.name}: what a cell reads of '{source}', first to last cell"
    left = ("layer", "box", "inside", "centre", "axis 0", "axis 1", "axis 2", "cell")
    columns = tuple(
        Column(t, "left" if t in left else "right", 100 - n) for n, t in enumerate(titles)
    )
    layers = Layers(tuple(place.layer for place in places), lambda joined: rows[joined[-1]])
    parts = (Table(title, columns, tuple(rows), layers), *granted(network.assumed))
    data = {
        **_about(network, source),
        "layers": [_place_data(place) for place in places],
        "exact": not network.assumed,
        "assumed": network.assumed,
    }
    return Document(parts, data)


def projection_document(found: Projection) -> Document:
    """Return the document of the cells that a pixel reaches."""
    network = found.network
    counted = found.what == "paths"
    columns = (
        Column("layer", "left", 100),
        Column("size", keep=80),
        Column("cells", keep=95),
        *((Column("paths", keep=90),) if counted else ()),
        Column("box", "left", 99),
    )
    rows = tuple(
        (
            one.layer,
            by_axis(one.size),
            str(one.region.count),
            *((str(one.paths),) if counted else ()),
            _box(one.box),
        )
        for one in found.layers
    )
    title = f"{network.name}: cells that cell ({_comma(found.pixel)}) of '{found.source}' reaches"
    data = {
        **_about(network, found.source),
        "pixel": found.pixel,
        "what": found.what,
        "reaches": [
            {
                "layer": one.layer,
                "size": one.size,
                "box": one.box,
                "cells": one.region.count,
                "holes": one.region.holes,
                "paths": one.paths,
            }
            for one in found.layers
        ],
        "exact": not network.assumed,
        "assumed": network.assumed,
    }
    layers = Layers(tuple(one.layer for one in found.layers), lambda joined: rows[joined[-1]])
    return Document((Table(title, columns, rows, layers), *granted(network.assumed)), data)


def _about(network: Network, source: str) -> dict[str, Data]:
    return {
        "rfcalc": __version__,
        "network": network.name,
        "source": source,
        "layout": network.layouts or None,
    }


def _place_data(place: Place) -> dict[str, Data]:
    return {
        "layer": place.layer,
        "source": place.source,
        "at": place.at,
        "box": place.box,
        "center": place.center,
        "jump": [None if jump is None else fraction_data(jump) for jump in place.jump],
        "start": place.start,
        "phases": [len(axis) for axis in place.forms],
        "forms": [[[form.first, form.last] for form in axis] for axis in place.forms],
        "inside": place.inside,
        "cells": place.cells,
        "unbounded": unbounded_data(place.unbounded),
    }


def _closed_form(place: Place, axis: int) -> str:
    """Return the first and the last cell that cell ``i`` reads, as formulas."""
    forms, jump, letter = place.forms[axis], place.jump[axis], _LETTERS[axis]
    if len(forms) == 1:
        step = 0 if jump is None else int(jump)
        return _span(forms[0], step, letter)
    period = len(forms)
    if jump is None:
        return f"by phase, {period}"
    step = int(jump * period)
    spans = [_span(form, step, "n") for form in forms]
    if len({*spans}) == 1:
        return f"{spans[0]}, n={letter}//{period}"
    letters = f"{letter}={period}n"
    told = "; ".join(
        f"{letters}{f'+{form.phase}' if form.phase else ''}: {span}"
        for form, span in zip(forms, spans, strict=True)
    )
    return told if period <= _PHASES and len(told) <= _WIDE else f"by phase, {period}"


def _span(form: Form, step: int, letter: str) -> str:
    low, high = (_linear(step, end, letter) for end in (form.first, form.last))
    return low if low == high else f"{low} .. {high}"


def _linear(step: Fraction | int, offset: Fraction | int | None, letter: str) -> str:
    """Return ``step * letter + offset`` as people write it.

    >>> _linear(2, -3, "i"), _linear(1, 0, "j"), _linear(0, 4, "k"), _linear(1, None, "i")
    ('2i-3', 'j', '4', '..')
    """
    if offset is None:
        return ".."
    if not step:
        return str(offset)
    factor = "" if step == 1 else "-" if step == -1 else str(step)
    factor = f"({factor})" if "/" in factor else factor
    rest = "" if not offset else f"{'+' if offset > 0 else '-'}{abs(offset)}"
    return f"{factor}{letter}{rest}"


def _centre(place: Place) -> str:
    """Return the centres as formulas, where all phases of an axis are alike in it."""
    if any(jump is None for jump in place.jump):
        return "-"
    shown: list[str] = []
    for axis, forms in enumerate(place.forms):
        jump = place.jump[axis] or Fraction(0)
        offsets = {
            None
            if form.first is None or form.last is None
            else Fraction(form.first + form.last, 2) - jump * form.phase
            for form in forms
        }
        known = offsets.pop() if len(offsets) == 1 else None
        shown.append("-" if known is None else _linear(jump, known, _LETTERS[axis]))
    return ", ".join(shown)


def _box(box: Sequence[tuple[int | None, int | None]] | None) -> str:
    """Return first and last cell per axis.

    >>> _box(((3, 7), (None, 4)))
    '3..7 x ..4'
    """
    if box is None:
        return "-"
    ends = [tuple("" if end is None else str(end) for end in axis) for axis in box]
    return " x ".join(f"{low}..{high}" for low, high in ends)


def _comma(values: Sequence[object]) -> str:
    return ", ".join("-" if value is None else str(value) for value in values)
