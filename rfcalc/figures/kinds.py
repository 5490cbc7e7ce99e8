"""Which kind of heatmap is asked for, what excludes what, and which figure is it?"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rfcalc import plots
from rfcalc.errors import fail
from rfcalc.figures.outputs import Asked, draw_outputs
from rfcalc.network import Network
from rfcalc.plots.fields import ASKED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["check_kind", "choose_kind", "draw_kind"]


def choose_kind(given: Mapping[str, object]) -> str:
    """Return the kind that is asked for, empty for the field of a layer.

    Parameters
    ----------
    given : ``connections``, ``all_layers``, ``compare``, ``overlay`` and ``animation``, each true
        where it is asked for.

    Raises
    ------
    RfcalcError
        RF406: several are.
    """
    chosen = [kind for kind, value in given.items() if value]
    if len(chosen) > 1:
        names = " and ".join(map(_word, chosen))
        raise fail("RF406", f"{names} are given together", "choose one of them")
    return chosen[0] if chosen else ""


def check_kind(kind: str, asked: Asked, **given: object) -> None:
    """Refuse parameters that a kind of picture has no use for.

    Parameters
    ----------
    given : ``bare``, ``letters``, ``rate``, ``own_scale`` and ``stage``, false or ``None`` where
        they are not given.

    Raises
    ------
    RfcalcError
        RF406: the first of them.
    """
    if kind not in ("", "overlay") and (asked.at is not None or asked.phase is not None):
        fact = f"`at=` and `phase=` are given with {_word(kind)}"
        raise fail("RF406", fact, f"{_word(kind)} draws interior fields: omit them")
    for name in _USELESS.get(kind, ()):
        if given[name]:
            fact = f"`{name}=` and {_word(kind)} are given together"
            raise fail("RF406", fact, "choose one of them")
    if given["own_scale"] and kind != "compare":
        raise fail("RF406", "`own_scale=` is given without `compare=`", "name another network")
    if given["stage"] is not None and kind == "compare":
        help = "name the pair: `source=` and `layer=`"
        raise fail("RF406", "`stage=` and `compare=` are given together", help)


_USELESS = {"animation": ("bare", "letters", "rate"), "overlay": ("letters", "rate")}
"""Of each kind of picture the parameters of panels and headings that it has no use for."""


def draw_kind(
    kind: str,
    networks: Sequence[Network],
    asked: Asked,
    look: dict[str, Any],
    overlay: str | None = None,
) -> tuple["Figure", str]:
    """Return the figure of a kind, and what is drawn in place of the output, if anything.

    Parameters
    ----------
    look : every keyword of ``plots.heatmap``, and ``own`` for ``compare``; each kind takes those
        that it has a use for.
    overlay : the picture that is drawn on.

    Raises
    ------
    RfcalcError
        RF406: connections in colours; and as ``heatmap``.
    """
    what, layer, source = asked[:3]
    network = networks[0]
    look = {**look}
    own = look.pop("own")
    if kind == "connections":
        usual = {"spread": "auto", "cmap": "viridis", "letters": False}
        if any(look.pop(name) != value for name, value in usual.items()) or what != "mask":
            fact = "`connections=` is given with `what=`, `scale=`, `cmap=` or `letters=`"
            raise fail("RF406", fact, "connections are lines of one colour: omit them")
        return plots.connections(network, layer, source, **look), ""
    if kind == "all_layers":
        return plots.all_layers(network, what=what, layer=layer, source=source, **look), ""
    if kind == "compare":
        found = [ASKED[what](one, *asked[1:]) for one in networks]
        return plots.compare(found, own=own, **look), ""
    if kind == "overlay":
        del look["letters"], look["rate"]
    return draw_outputs(network, asked, look, overlay)


def _word(kind: str) -> str:
    return kind if kind == "animation" else f"`{kind}=`"
