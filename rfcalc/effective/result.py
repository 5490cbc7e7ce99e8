"""What is the effective receptive field of a model? Measured and expected maps, side by side."""

from typing import TYPE_CHECKING

import msgspec

from rfcalc import __version__
from rfcalc.documents import Json
from rfcalc.effective.figures import Figures
from rfcalc.equality import equal_fields
from rfcalc.shown import AsPage, AsTable, brief

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["Effective", "EffectiveLayer", "effective_data"]


class EffectiveLayer(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The effective receptive field of one layer on one input.

    Maps have the shape of ``field``, their first cell is ``start`` on the source, and each sums
    to 1. Absolute gradients stand beside the square root of the energy, squares beside the energy.

    Attributes
    ----------
    field : extent of the exact receptive field; of a layer that reads everything, of the input.
    at : the cell that was measured, ``None`` where nothing was.
    cells : output cells laid over each other.
    grid : size of the source, where it is known.
    samples : number of inputs over which gradients were averaged.
    maps : by the names of the figures, each map as a float64 array.
    """

    layer: str
    source: str
    field: tuple[int, ...]
    start: tuple[int, ...]
    at: tuple[int, ...] | None
    cells: int
    grid: tuple[int, ...] | None
    samples: int
    measured: Figures | None
    measured_squared: Figures | None
    expected: Figures | None
    expected_squared: Figures | None
    maps: "dict[str, Array]"

    __eq__ = equal_fields
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        size = " x ".join(map(str, self.field))
        return brief(f"EffectiveLayer({self.layer[:40]!r} on {self.source[:40]!r}, field={size})")

    def to_dict(self) -> dict[str, Json]:
        """Return the figures as data for JSON."""
        told = {
            name: None if (found := getattr(self, name)) is None else found.to_dict()
            for name in ("measured", "expected", "measured_squared", "expected_squared")
        }
        return {
            "layer": self.layer,
            "source": self.source,
            "at": self.at,
            "cells": self.cells,
            "field": self.field,
            "start": self.start,
            "samples": self.samples,
            **told,
        }


class Effective(msgspec.Struct, AsPage, AsTable, frozen=True, kw_only=True, eq=False):
    """The answer of ``rfcalc erf``: one entry per layer and input.

    ``how`` says in which way it was measured: ``gradients``, ``occlusion``, or ``None`` where
    only the expected field is given. ``notes`` name weights, inputs and precision.
    """

    network: str
    layers: tuple[EffectiveLayer, ...]
    how: str | None
    layouts: tuple[str, ...]
    exact: bool
    assumed: tuple[str, ...]
    notes: tuple[str, ...] = ()

    __eq__ = equal_fields
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __getitem__(self, layer: str) -> EffectiveLayer:
        """Return what is said of a layer by its name, on the first source."""
        for one in self.layers:
            if one.layer == layer:
                return one
        raise KeyError(layer)

    def __repr__(self) -> str:
        names = ", ".join(layer.layer[:30] for layer in self.layers[:2])
        more = f" and {len(self.layers) - 2} more" if len(self.layers) > 2 else ""
        return brief(
            f"Effective({self.network[:60]}: {names}{more}; {self.how or 'expected only'})"
        )


def effective_data(found: Effective) -> dict[str, Json]:
    """Return the answer as data for JSON."""
    return {
        "rfcalc": __version__,
        "network": found.network,
        "how": found.how,
        "layers": [layer.to_dict() for layer in found.layers],
        "layout": found.layouts or None,
        "notes": found.notes,
        "exact": found.exact,
        "assumed": found.assumed,
    }
