"""How does a figure become a file? In its own pixels, the same bytes every time, whole or not."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import re
import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfcalc import files
from rfcalc.parameters import expect
from rfcalc.plots.pgf import as_pgf

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["SUFFIXES", "render", "save"]

SUFFIXES = (".png", ".svg", ".pdf", ".eps", ".pgf")
_UNDATED: dict[str, dict[str, Any]] = {
    "png": {"Software": "rfcalc"},
    "svg": {"Date": None, "Creator": "rfcalc"},
    "pdf": {"CreationDate": None, "Creator": "rfcalc"},
    "eps": {"Creator": "rfcalc"},
}


def render(figure: "Figure", kind: str) -> bytes:
    """Return a figure as ``png``, ``svg``, ``pdf``, ``eps`` or ``pgf``, in bytes that are its own.

    Raises
    ------
    RfcalcError
        RF422: a picture of more cells than PGF holds.
    """
    from matplotlib import rc_context

    buffer = BytesIO()
    # What is in a user's matplotlibrc (a tight box, another resolution) must not move a pixel.
    fixed: dict[Any, Any] = {
        "svg.hashsalt": "rfcalc",
        "svg.fonttype": "path",
        "svg.image_inline": True,
        "pdf.fonttype": 42,
        "savefig.bbox": None,
        "savefig.facecolor": "white",
        "path.snap": True,
    }
    more: dict[str, Any] = {"pil_kwargs": {"compress_level": 4}} if kind == "png" else {}
    with rc_context(fixed), warnings.catch_warnings():
        # Of signs that the font lacks, and of figures too small for their plots.
        warnings.simplefilter("ignore", UserWarning)
        if kind == "pgf":
            return as_pgf(figure)
        figure.savefig(buffer, format=kind, dpi=figure.dpi, metadata=_UNDATED[kind], **more)
    data = buffer.getvalue()
    # PostScript takes no date from its metadata; the line is a comment.
    return re.sub(rb"%%CreationDate: .*\n", b"", data) if kind == "eps" else data


def save(figure: "Figure", path: str | Path) -> None:
    """Write a figure; the suffix says the format, and the same figure gives the same bytes.

    Parameters
    ----------
    figure : a ``matplotlib.figure.Figure``, of rfcalc or of anybody.
    path : a ``.png``, ``.svg``, ``.pdf``, ``.eps`` or ``.pgf`` file; written whole or not at all.

    Raises
    ------
    RfcalcError
        RF407 a path that cannot be written, RF408 an unknown suffix.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> import rfcalc, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(rfcalc.heatmap("k3,k3d2"), f"{folder}/mask.png")
    """
    if not hasattr(figure, "savefig"):
        kind = type(figure).__name__
        raise TypeError(f"figure is of type {kind}; it takes a matplotlib.figure.Figure")
    expect(path=path)
    target = files.target(path, SUFFIXES)
    files.write(target, render(figure, target.suffix[1:].lower()))
