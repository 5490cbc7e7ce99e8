"""How does the field compare across layers or networks? Panels side by side on one scale."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfcalc.errors import fail
from rfcalc.footprint import Footprint
from rfcalc.growth import footprints
from rfcalc.network import Network
from rfcalc.plots.fields import ASKED, Field, Result, What, centred, field
from rfcalc.plots.heatmap import KINDS, LABELS, brief, cuts, panel
from rfcalc.plots.page import Style, compose, fit
from rfcalc.plots.panel import Panel
from rfcalc.plots.scale import Scale, Spread, scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "MOST",
    "all_layers",
    "changing",
    "common",
    "compare",
    "joint_scale",
    "layer_fields",
    "outputs",
]

MOST = 24
"""Most layers in one figure; of a deeper network a spread of them is drawn."""


def all_layers(
    network: Network,
    *,
    what: What = "mask",
    layer: str | None = None,
    source: str | None = None,
    spread: Spread = "auto",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
) -> "Figure":
    """Return small multiples of the field, one per layer that changes it, up to ``layer``.

    All panels have the same cells per inch and share one scale, as in the gridding figures of
    Wang et al. 2018 and Yu et al. 2017.

    Raises
    ------
    RfcalcError
        As for ``heatmap`` and ``mask``.
    """
    style = Style(dpi, size, cmap, title, bare).checked()
    names, left = changing(network, layer, source)
    fields = layer_fields(network, names, source, what)
    origin = fields[0].question.origin
    first = title or f"{network.name}: {KINDS[what]} on {origin}, layer by layer"
    note = [] if not left else [f"{len(names)} of {len(names) + left} layers that change the field"]
    return _figure(fields, names, spread, style, [first, *note])


def outputs(
    results: Sequence[Result],
    *,
    left: Sequence[str] = (),
    spread: Spread = "auto",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
) -> "Figure":
    """Return the fields of several outputs of one network, with equal cells and on one scale.

    ``left`` names outputs that have no field to draw; the figure says so.

    Raises
    ------
    RfcalcError
        As for ``heatmap``.
    """
    style = Style(dpi, size, cmap, title, bare).checked()
    fields = [field(result) for result in results]
    question = fields[0].question
    first = title or f"{question.network.name}: {KINDS[fields[0].what]} on {question.origin}"
    note = [f"without end, not drawn: {', '.join(left)}"] if left else []
    names = [found.question.layer for found in fields]
    return _figure(fields, names, spread, style, [f"{first}, every output", *note])


def compare(
    results: Sequence[Result],
    *,
    names: Sequence[str] = (),
    spread: Spread = "auto",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
) -> "Figure":
    """Return fields of several networks side by side, with equal cells and on one scale.

    Parameters
    ----------
    names : what stands above each field; by default its network and layer.

    Raises
    ------
    RfcalcError
        RF406: results of unequal kinds or numbers of axes; and as for ``heatmap``.
    """
    style = Style(dpi, size, cmap, title, bare).checked()
    if len({type(result) for result in results}) > 1:
        raise fail("RF406", "results of unlike kinds are compared", "ask the same of each network")
    fields = [field(result) for result in results]
    names = names or [f"{f.question.network.name}: {f.question.layer}" for f in fields]
    heading = title or KINDS[fields[0].what].capitalize()
    return _figure(fields, names, spread, style, [heading])


def changing(
    network: Network, layer: str | None, source: str | None, most: int = MOST
) -> tuple[list[str], int]:
    """Return the layers that change the mask on the way to ``layer``, and how many are left out."""
    target = network.index(layer, network.output)
    origin = network.index(source, 0)
    if target < origin or not network.between(origin, target)[target]:
        raise network.unjoined(origin, target)
    names: list[str] = []
    seen: set[Footprint] = set()
    between = network.between(origin, target)
    for position, found in footprints(network, origin, None, target):
        if position == origin or not between[position] or not found.bounded or not found.boxes:
            continue
        if found not in seen:
            seen.add(found)
            names.append(network.nodes[position].name)
    if not names:
        names = [network.nodes[target].name]
    if len(names) <= most:
        return names, 0
    last = len(names) - 1
    chosen = sorted({round(n * last / (most - 1)) for n in range(most)})
    return [names[n] for n in chosen], len(names) - len(chosen)


def layer_fields(
    network: Network, names: Sequence[str], source: str | None, what: What
) -> list[Field]:
    """Return the field of each layer, all in frames of one size."""
    return common([field(ASKED[what](network, name, source)) for name in names])


def common(fields: Sequence[Field]) -> list[Field]:
    """Return the fields in frames of equal extents, each around its own box.

    Raises
    ------
    RfcalcError
        RF406: fields of unequal numbers of axes.
    """
    dims = {len(found.frame) for found in fields}
    if len(dims) > 1:
        fact = f"fields of {' and '.join(map(str, sorted(dims)))} axes cannot share a figure"
        raise fail("RF406", fact, "compare networks of equal dims")
    axes = range(dims.pop())
    extents = [max(found.frame[axis].extent for found in fields) for axis in axes]
    return [centred(found, extents) for found in fields]


def _figure(
    fields: Sequence[Field],
    names: Sequence[str],
    spread: Spread,
    style: Style,
    heading: Sequence[str],
) -> "Figure":
    fields = common(fields)
    dims = len(fields[0].frame)
    extents = [span.extent for span in fields[0].frame]
    columns = _columns(len(fields), extents)
    step, zoom = fit(extents, style, columns)
    shared = joint_scale(fields, spread)
    panels: list[Panel] = []
    for found, name in zip(fields, names, strict=True):
        words = brief(found, name)
        planes = cuts(found, step)
        panels += [panel(found, drawn, words if not n else "") for n, drawn in enumerate(planes)]
    notes = []
    if step > 1:
        sides = " \u00d7 ".join([str(step)] * min(2, dims))
        notes = [f"reduced: one square shows {sides} cells, dithered when some are holes"]
    lines = [*heading, *notes]
    return compose(
        panels,
        lines,
        shared,
        LABELS[fields[0].what],
        zoom,
        style,
        columns,
        profiled=len(fields) <= 3,
    )


def joint_scale(fields: Sequence[Field], spread: Spread) -> Scale | None:
    """Return one scale for the counts of all fields, or for their shares of a sum."""
    import numpy as np

    counts = [found.counts.ravel() for found in fields if found.counts is not None]
    if not counts:
        return None
    return scale(np.concatenate(counts), fields[0].what == "erf", spread)


def _columns(number: int, extents: Sequence[int]) -> int:
    """Return panels per row: strips stand above each other, three sections side by side."""
    if len(extents) != 2:
        return 1 if len(extents) == 1 else 3
    if number <= 3:
        return number
    wide = extents[1] / extents[0]
    return max(1, min(number, round((1.4 * number / wide) ** 0.5) or 1, 6))
