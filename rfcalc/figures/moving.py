"""How does the field grow layer by layer, as a moving picture?"""

from os import PathLike, fspath
from typing import Any, Literal

from rfcalc import plots
from rfcalc.files import target, write
from rfcalc.library.questions import check_choice
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.parameters import expect
from rfcalc.plots.animation import SUFFIXES
from rfcalc.plots.fields import ASKED

__all__ = ["animation"]


def animation(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    *,
    what: Literal["mask", "paths", "erf"] = "mask",
    format: Literal["gif", "apng"] = "gif",
    scale: Literal["auto", "linear", "log"] = "auto",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 110,
    size: float | None = None,
    out: "str | PathLike[str] | None" = None,
    input: "Sizes | None" = None,
) -> bytes:
    """Return an animation of the field, layer by layer, on one scale, or write it.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : the last layer, by default the output.
    source : the layer whose cells are drawn, by default the input.
    what : ``"mask"``, ``"paths"``, or ``"erf"``, the expected effective field.
    format : of the bytes, where no file says it.
    scale : of counts; by default decades where they span two.
    cmap : the colour map of counts, by a name that matplotlib knows.
    title : the first line of the heading, ``""`` for no heading.
    dpi, size : dots per inch, and the largest width, inches.
    out : a ``.gif`` or ``.apng`` file to write.
    input : input size, cells per axis, or the shape of a module's example input.

    Raises
    ------
    RfcalcError
        As ``rfcalc.heatmap``, and RF407, RF408 a path that cannot be written.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> animation("k3,k3d2")[:3]
    b'GIF'
    """
    expect(layer=layer, source=source, what=what, format=format, scale=scale, cmap=cmap)
    expect(title=title, dpi=dpi, size=size, out=out)
    check_choice("what", what, tuple(ASKED))
    check_choice("format", format, ("gif", "apng"))
    check_choice("scale", scale, ("auto", "linear", "log"))
    path = None if out is None else target(fspath(out), (*SUFFIXES, ".png"))
    kind = format if path is None else "gif" if path.suffix.lower() == ".gif" else "apng"
    look: dict[str, Any] = {"spread": scale, "cmap": cmap, "title": title, "dpi": dpi, "size": size}
    network = as_network(net, input)
    data = plots.animation(network, kind, what=what, layer=layer, source=source, **look)
    if path is not None:
        write(path, data)
    return data
