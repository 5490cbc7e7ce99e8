"""Which figure does an option of ``heatmap`` ask for? One function for each kind of picture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.errors import fail

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rfcalc.figures.outputs import Asked
    from rfcalc.network import Network

__all__ = ["draw"]


def draw(
    kind: str,
    networks: "Sequence[Network]",
    asked: "Asked",
    look: dict[str, Any],
    picture: str | None,
) -> "Figure":
    """Return the figure that an option asks for.

    Parameters
    ----------
    kind : the option: ``--connections``, ``--all-layers``, ``--compare`` or ``--overlay``.
    picture : the file that is drawn on, for ``--overlay``.
    """
    from rfcalc import plots
    from rfcalc.figures.outputs import draw_outputs
    from rfcalc.plots.fields import ASKED

    network = networks[0]
    if kind == "--connections":
        return _connections(network, asked, look)
    if kind == "--all-layers":
        what, layer, source = asked[:3]
        return plots.all_layers(network, what=what, layer=layer, source=source, **look)
    if kind == "--compare":
        return plots.compare([ASKED[asked.what](one, *asked[1:]) for one in networks], **look)
    return draw_outputs(network, asked, look, picture)[0]


def _connections(network: "Network", asked: "Asked", look: dict[str, Any]) -> "Figure":
    """Return the connections of a stack, which have neither counts, nor colours, nor panels.

    Raises
    ------
    RfcalcError
        RF406: what only other pictures have is asked for.
    """
    from rfcalc import plots

    usual = {"spread": "auto", "cmap": "viridis", "letters": False}
    if asked.what != "mask" or any(look.pop(name) != value for name, value in usual.items()):
        fact = "--connections is given with --what, --scale, --cmap or --letters"
        raise fail("RF406", fact, "connections are lines of one colour: omit them")
    return plots.connections(network, asked.layer, asked.source, **look)
