"""How does the field compare across layers or networks? Panels side by side on one scale."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rfcalc.errors import fail
from rfcalc.network import Network
from rfcalc.plots.changing import changing
from rfcalc.plots.fields import ASKED, Field, Result, What, centred, field
from rfcalc.plots.fitting import columns_within, fit
from rfcalc.plots.heatmap import KINDS, LABELS, brief, cuts, panel
from rfcalc.plots.page import compose
from rfcalc.plots.panel import Panel
from rfcalc.plots.scale import Scale, Spread, scale
from rfcalc.plots.style import Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "all_layers",
    "common",
    "compare",
    "joint_scale",
    "layer_fields",
    "outputs",
]


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
    letters: bool = False,
    rate: Fraction | None = None,
) -> "Figure":
    """Return small multiples of the field, one per layer that changes it, up to ``layer``.

    All panels have the same cells per inch and share one scale, as in the gridding figures of
    Wang et al. 2018 and Yu et al. 2017.

    Raises
    ------
    RfcalcError
        As for ``heatmap`` and ``mask``.
    """
    style = Style(dpi, size, cmap, title, bare, letters, rate).checked()
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
    letters: bool = False,
    rate: Fraction | None = None,
) -> "Figure":
    """Return the fields of several outputs of one network, with equal cells and on one scale.

    ``left`` names outputs that have no field to draw; the figure says so.

    Raises
    ------
    RfcalcError
        As for ``heatmap``.
    """
    style = Style(dpi, size, cmap, title, bare, letters, rate).checked()
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
    own: bool = False,
    spread: Spread = "auto",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
    letters: bool = False,
    rate: Fraction | None = None,
) -> "Figure":
    """Return fields of several networks side by side, with equal cells and on one scale.

    Parameters
    ----------
    names : what stands above each field; by default its network and layer.
    own : whether the colours of each field go to its own largest number, linearly.

    Raises
    ------
    RfcalcError
        RF406: masks, or decades, with ``own``; results of unequal kinds or numbers of axes; and
        as for ``heatmap``.
    """
    style = Style(dpi, size, cmap, title, bare, letters, rate).checked()
    if len({type(result) for result in results}) > 1:
        raise fail("RF406", "results of unlike kinds are compared", "ask the same of each network")
    fields = [field(result) for result in results]
    names = names or [f"{f.question.network.name}: {f.question.layer}" for f in fields]
    heading = title or KINDS[fields[0].what].capitalize()
    if own and (spread == "log" or fields[0].counts is None):
        fact = "a mask has no scale" if fields[0].counts is None else "decades differ by panel"
        raise fail("RF406", f"each field is to have its own scale, and {fact}", "omit one of them")
    return _figure(fields, names, spread, style, [heading], own)


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
    own: bool = False,
) -> "Figure":
    fields = common(fields)
    dims = len(fields[0].frame)
    extents = [span.extent for span in fields[0].frame]
    frames = [found.frame for found in fields]
    columns = _columns(len(fields), extents)
    columns = columns_within(columns, frames, style) if dims == 2 else columns
    step, zoom = fit(frames, style, columns)
    shared = Scale(0, 1, True, False) if own else joint_scale(fields, spread)
    label = "part of the largest in each panel" if own else LABELS[fields[0].what]
    panels: list[Panel] = []
    for found, name in zip(fields, names, strict=True):
        words = brief(found, name)
        planes = cuts(found, step)
        made = [
            panel(found, drawn, words if not n else "", style.rate)
            for n, drawn in enumerate(planes)
        ]
        if own and found.counts is not None:
            high = scale(found.counts, found.what == "erf", "linear")
            made = [replace(one, scale=high) for one in made]
        panels += made
    notes = []
    if step > 1:
        sides = " \u00d7 ".join([str(step)] * min(2, dims))
        notes = [f"reduced: one square shows {sides} cells, dithered when some are holes"]
    lines = [*heading, *notes]
    return compose(
        panels,
        lines,
        shared,
        label,
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
