"""What does ``rfcalc erf -o`` draw, in Python? Measured and expected fields with their profiles."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from rfcalc.effective import Effective, erf
from rfcalc.figures.shown import shown
from rfcalc.library.questions import check_choice
from rfcalc.loading.networks import NetworkLike
from rfcalc.parameters import expect
from rfcalc.plots.effective import effective_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["effective"]


def effective(
    found: "Effective | Sequence[Effective] | NetworkLike",
    *,
    squared: bool = False,
    scale: Literal["log", "linear"] = "log",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    **asked: Any,
) -> "Figure":
    """Return the picture of effective fields: a row per network and layer, maps and profiles.

    Parameters
    ----------
    found : what ``rfcalc.erf`` returned, one or several; or a network, of which it is asked.
    squared : draw squares and the energy, in place of absolute values and its square root.
    scale : of colours and profiles.
    cmap : the colour map, by a name that matplotlib knows.
    title : heading of the figure, ``""`` for none.
    dpi, size : dots per inch, and the width of the figure, inches.
    asked : of a network, the keywords of ``rfcalc.erf``.

    Raises
    ------
    RfcalcError
        RF406 more rows than a figure has, RF421 an unknown colour map, RF422 a size out of
        range; and what ``erf`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> len(effective("k3,k3d2").axes) > 1
    True
    """
    expect(squared=squared, scale=scale, cmap=cmap, title=title, dpi=dpi, size=size)
    check_choice("scale", scale, ("log", "linear"))
    held: Any = found
    if isinstance(found, Sequence) and found and all(isinstance(one, Effective) for one in found):
        several = list(held)
    else:
        several = [found if isinstance(found, Effective) else erf(held, **asked)]
    look: dict[str, Any] = {"scale": scale, "cmap": cmap, "title": title, "dpi": dpi, "size": size}
    return shown(effective_figure(several, squared=squared, **look))
