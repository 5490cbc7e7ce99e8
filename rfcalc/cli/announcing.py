"""How is what the verdict names shown with a mask? In a terminal below it, in a figure beside."""

from typing import TYPE_CHECKING, Any

from rfcalc.cli.every_output import each, outputs
from rfcalc.cli.output import canvas, notes, show, tell

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rfcalc.network import Network
    from rfcalc.plots import Announced

__all__ = ["beside_announced", "draw_in_terminal", "is_unbounded"]

_BESIDE = 6
"""A field is drawn beside a smaller one up to this many times as wide."""


def draw_in_terminal(
    network: "Network",
    asked: tuple[str | None, str | None, tuple[int, ...] | None, tuple[int, ...] | None],
    also: "Announced | None",
    quiet: bool,
) -> None:
    """Draw the mask in the terminal, and below it that of the stage that the verdict names."""
    from rfcalc.masks import Mask, mask, projected
    from rfcalc.render.document import Document, Lines
    from rfcalc.render.drawing import mask_document

    layer, source, place, turn = asked
    names = [layer] if layer else outputs(network, source)
    found: list[Mask] = []
    blind = also is not None and is_unbounded(network)
    if len(names) > 1 and not blind:
        seen, left = each(network, "mask", names, source, place, turn)
        found += [one for one in seen if isinstance(one, Mask)]
        for name in () if quiet else left:
            tell(f"'{name}' has no end, and is not drawn")
    elif not blind:
        found.append(projected(network, names[0], source, place, turn))
    found += [mask(also.network, also.layer, also.source)] if also else []
    notes([network], quiet)
    width, colour, unicode = canvas("table", None)
    parts = [p for one in found for p in mask_document(one, width or 80, colour, unicode).parts]
    if also:
        parts.insert(-1, Lines("", (("bad", f"what the verdict names: {also.words}"),)))
    show(Document(tuple(parts), {}), "table", None, quiet)


def beside_announced(
    network: "Network", also: "Announced", look: dict[str, Any], quiet: bool
) -> "Figure":
    """Return the field of the output beside what the verdict names, where both can be seen."""
    from rfcalc import plots
    from rfcalc.masks import mask

    second = mask(also.network, also.layer, also.source)
    if not is_unbounded(network):
        first = mask(network)
        if max(first.rf, default=0) <= _BESIDE * max(second.rf, default=0):
            if look["title"] is None:
                look = {**look, "title": f"{network.name}: sampled cells"}
            names = [f"{first.question.layer} on {first.question.origin}", also.words]
            return plots.compare([first, second], names=names, **look)
    if not quiet:
        tell(f"drawn: {also.words}; for another pair of maps: --source and --layer")
    return plots.heatmap(second, **look)


def is_unbounded(network: "Network") -> bool:
    """Whether every output has an axis without end."""
    from rfcalc.interior import footprint

    found = (footprint(network, 0, output) for output in network.outputs)
    return all(one.unbounded is not None for one in found)
