"""Which figure does `heatmap` draw? One function for each kind of picture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from rfcalc.cli import options
from rfcalc.cli.announcing import beside_announced, is_unbounded
from rfcalc.cli.every_output import each, outputs
from rfcalc.errors import fail

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rfcalc.network import Network
    from rfcalc.plots.fields import Result

__all__ = ["Asked", "draw", "draw_outputs"]


class Asked(NamedTuple):
    """What is drawn, of which layer on which source, at which position or phase."""

    what: options.What
    layer: str | None
    source: str | None
    at: tuple[int, ...] | None
    phase: tuple[int, ...] | None

    @property
    def plain(self) -> bool:
        """Whether it is the mask of the network, with nothing else said."""
        return self.what == "mask" and self[1:] == (None,) * 4


def draw(
    kind: str,
    networks: "Sequence[Network]",
    asked: Asked,
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

    network = networks[0]
    if kind == "--connections":
        return _connections(network, asked, look)
    if kind == "--all-layers":
        what, layer, source = asked[:3]
        return plots.all_layers(network, what=what, layer=layer, source=source, **look)
    if kind == "--compare":
        return plots.compare([_answer(one, asked) for one in networks], **look)
    assert picture is not None
    found = _answer(network, asked._replace(at=asked.at or _middle(network, asked.layer)))
    if asked.at is None:
        _check_fit(found)
    return plots.overlay(found, plots.picture(picture), **look)


def draw_outputs(network: "Network", asked: Asked, look: dict[str, Any], quiet: bool) -> "Figure":
    """Return the figure of a layer, or of every output; beside what the verdict names."""
    from rfcalc import plots

    single = asked.plain and (len(outputs(network, None)) == 1 or is_unbounded(network))
    also = plots.announced(network) if single else None
    if also:
        return beside_announced(network, also, look, quiet)
    names = [asked.layer] if asked.layer else outputs(network, asked.source)
    seen, left = each(network, asked.what, names, asked.source, asked.at, asked.phase)
    if len(names) > 1:
        return plots.outputs(seen, left=left, **look)
    return plots.heatmap(seen[0], **look)


def _connections(network: "Network", asked: Asked, look: dict[str, Any]) -> "Figure":
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


def _answer(network: "Network", asked: Asked) -> "Result":
    from rfcalc.plots.fields import ASKED

    return ASKED[asked.what](network, *asked[1:])


def _middle(network: "Network", layer: str | None) -> tuple[int, ...]:
    """Return the middle of the layer's output."""
    node = network.nodes[network.index(layer, network.output)]
    assert node.size is not None
    return tuple((cells - 1) // 2 for cells in node.size)


def _check_fit(found: "Result") -> None:
    """Refuse a field that is larger than the picture when no position was asked for.

    Raises
    ------
    RfcalcError
        RF424: the field is larger than the picture on some axis.
    """
    from rfcalc.plots.fields import field

    box, grid = field(found).box, found.question.grid
    if box is None or grid is None:
        return
    if any(span.extent > n for span, n in zip(box, grid, strict=True)):
        ours = " x ".join(str(span.extent) for span in box)
        fact = f"the field of {ours} cells does not fit on an image of {' x '.join(map(str, grid))}"
        raise fail("RF424", fact, "ask for one position with --at, or for an earlier --layer")
