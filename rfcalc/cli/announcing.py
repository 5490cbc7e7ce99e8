"""How is a mask drawn in the terminal? What the verdict names stands below it."""

from typing import TYPE_CHECKING

from rfcalc.cli.output import canvas, notes, show, tell

if TYPE_CHECKING:
    from rfcalc.network import Network
    from rfcalc.plots import Announced

__all__ = ["draw_in_terminal"]


def draw_in_terminal(
    network: "Network",
    asked: tuple[str | None, str | None, tuple[int, ...] | None, tuple[int, ...] | None],
    also: "Announced | None",
    quiet: bool,
) -> None:
    """Draw the mask in the terminal, and below it that of the stage that the verdict names."""
    from rfcalc.library.every_output import each, is_unbounded, outputs
    from rfcalc.masks import Mask, bounded_mask, mask
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
        found.append(bounded_mask(network, names[0], source, place, turn))
    found += [mask(also.network, also.layer, also.source)] if also else []
    notes([network], quiet)
    width, colour, unicode = canvas("table", None)
    parts = [p for one in found for p in mask_document(one, width or 80, colour, unicode).parts]
    if also:
        parts.insert(-1, Lines("", (("bad", f"what the verdict names: {also.words}"),)))
    show(Document(tuple(parts), {}), "table", None, quiet)
