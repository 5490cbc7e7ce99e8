"""Which fields are drawn of one network? Every output's, or what the verdict names beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from rfcalc import plots
from rfcalc.errors import fail
from rfcalc.library.every_output import each, is_unbounded, outputs
from rfcalc.masks import mask
from rfcalc.network import Network
from rfcalc.plots.fields import ASKED, Result, What, field

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Asked", "beside_announced", "check_fits", "draw_outputs", "middle"]

_BESIDE = 6
"""A field is drawn beside a smaller one up to this many times as wide."""


class Asked(NamedTuple):
    """What is drawn, of which layer on which source, at which position or phase."""

    what: What
    layer: str | None
    source: str | None
    at: Sequence[int] | int | None
    phase: Sequence[int] | int | None

    @property
    def plain(self) -> bool:
        """Whether nothing was asked for but the network."""
        return self == ("mask", None, None, None, None)


def draw_outputs(
    network: Network, asked: Asked, look: dict[str, Any], image: str | None = None
) -> tuple["Figure", str]:
    """Return the figure of a network's outputs, and what stands in place of them, if anything.

    Parameters
    ----------
    look : the keywords of ``plots.heatmap``.
    image : the path of a picture on which the field is drawn.

    Raises
    ------
    RfcalcError
        As ``heatmap``.
    """
    what, layer, source, at, phase = asked
    if image is not None:
        place = middle(network, layer) if at is None else at
        found = ASKED[what](network, layer, source, place, phase)
        if at is None:
            check_fits(found)
        return plots.overlay(found, plots.picture(image), **look), ""
    blind = is_unbounded(network)
    alone = len(outputs(network, None)) == 1
    if asked.plain and (alone or blind) and (also := plots.announced(network)):
        return beside_announced(network, also, look)
    names = [layer] if layer else outputs(network, source)
    seen, left = each(network, what, names, source, at, phase)
    if len(names) > 1:
        return plots.outputs(seen, left=left, **look), ""
    return plots.heatmap(seen[0], **look), ""


def beside_announced(
    network: Network, also: plots.Announced, look: dict[str, Any]
) -> tuple["Figure", str]:
    """Return the field of the output beside what the verdict names, where both can be seen.

    The text says what is drawn where that is not the output.
    """
    second = mask(also.network, also.layer, also.source)
    if not is_unbounded(network):
        first = mask(network)
        if max(first.rf, default=0) <= _BESIDE * max(second.rf, default=0):
            if look["title"] is None:
                look = {**look, "title": f"{network.name}: sampled cells"}
            names = [f"{first.question.layer} on {first.question.origin}", also.words]
            return plots.compare([first, second], names=names, **look), ""
    return plots.heatmap(second, **look), also.words


def middle(network: Network, layer: str | None) -> tuple[int, ...]:
    """Return the middle of the layer's output, whose size is known."""
    node = network.nodes[network.index(layer, network.output)]
    assert node.size is not None
    return tuple((cells - 1) // 2 for cells in node.size)


def check_fits(found: Result) -> None:
    """Refuse a field that is larger than the picture when no position was asked for.

    Raises
    ------
    RfcalcError
        RF424: the field is larger than the picture on some axis.
    """
    box, grid = field(found).box, found.question.grid
    if box is None or grid is None:
        return
    if any(span.extent > n for span, n in zip(box, grid, strict=True)):
        ours = " x ".join(str(span.extent) for span in box)
        fact = f"the field of {ours} cells does not fit on an image of {' x '.join(map(str, grid))}"
        raise fail("RF424", fact, "ask for one position with `at=`, or for an earlier `layer=`")
