"""How does a figure become PGF, which LaTeX draws in the fonts of the document?

matplotlib's own backend asks a LaTeX for the size of each text and writes images as files beside
the picture. Here texts are measured in the font of the screen, and cells are filled rectangles: one
file, for which no LaTeX has to be there.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rfcalc.errors import fail
from rfcalc.shown import as_tex

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["RECTANGLES", "as_pgf", "rectangles"]

RECTANGLES = 20_000
"""Rectangles of one colour an image is written with at the most, which LaTeX sets in seconds."""
_PATH = 200
"""Rectangles of a path: TeX holds a path in memory before it draws it."""

Rectangle = tuple[int, int, int, int]


def as_pgf(figure: "Figure") -> bytes:
    r"""Return a figure as PGF, for ``\input``; equal figures give equal bytes.

    Raises
    ------
    RfcalcError
        RF422: more rectangles than LaTeX holds.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.backends.backend_pgf import RendererPgf

    wide, high = figure.get_size_inches()
    measure = RendererAgg(wide * figure.dpi, high * figure.dpi, figure.dpi)

    class Renderer(RendererPgf):
        """matplotlib's, but for what a LaTeX or a second file would have to be there."""

        def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> Any:
            return measure.get_text_width_height_descent(s, prop, ismath)

        def draw_text(self, gc: Any, x: float, y: float, s: str, *rest: Any, **more: Any) -> None:
            super().draw_text(gc, x, y, as_tex(s), *rest, **more)

        def draw_image(self, gc: Any, x: float, y: float, im: Any, transform: Any = None) -> None:
            _fill(self, gc, x, y, im, transform)

    text = StringIO()
    text.write("% Creator: rfcalc\n% needs \\usepackage{pgf}; \\input{FILE.pgf} sets the figure\n")
    text.write("\\begingroup%\n\\makeatletter%\n\\begin{pgfpicture}%\n")
    corner = f"\\pgfqpoint{{{wide:f}in}}{{{high:f}in}}"
    text.write(f"\\pgfpathrectangle{{\\pgfpointorigin}}{{{corner}}}%\n")
    text.write("\\pgfusepath{use as bounding box, clip}%\n")
    with rc_context({"pgf.rcfonts": False, "image.composite_image": False}):
        figure.draw(Renderer(figure, text))
    text.write("\\end{pgfpicture}%\n\\makeatother%\n\\endgroup%\n")
    return text.getvalue().encode()


def rectangles(codes: "NDArray[np.int64]") -> list[tuple[int, Rectangle]]:
    """Return rectangles (left, bottom, right, top) that tile an array, each of one value.

    Rows that repeat and runs within a row are one.

    >>> import numpy as np
    >>> rectangles(np.array([[1, 1, 2], [1, 1, 2]]))
    [(1, (0, 0, 2, 2)), (2, (2, 0, 3, 2))]
    """
    import numpy as np

    found: list[tuple[int, Rectangle]] = []
    rows = [0, *(1 + np.flatnonzero((codes[1:] != codes[:-1]).any(axis=1))), len(codes)]
    for low, high in pairwise(rows):
        row = codes[low]
        ends = [0, *(1 + np.flatnonzero(row[1:] != row[:-1])), len(row)]
        for left, right in pairwise(ends):
            found.append((int(row[left]), (int(left), int(low), int(right), int(high))))
        if len(found) > RECTANGLES:
            fact = f"the picture needs more than {RECTANGLES:,} rectangles, too many for LaTeX"
            raise fail("RF422", fact, "write .pdf, which \\includegraphics takes")
    return found


def _fill(renderer: Any, gc: Any, x: float, y: float, im: "NDArray[np.uint8]", turn: Any) -> None:
    """Draw an image, whose first row is the lowest, as one path per colour."""
    import numpy as np
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    high, wide = im.shape[:2]
    # Red, green, blue and opacity as one number are sorted many times faster than as four.
    packed = np.ascontiguousarray(im).view(">u4").astype(np.uint32)
    values, codes = np.unique(packed, return_inverse=True)
    colours = values.astype(">u4").view(np.uint8).reshape(-1, 4)
    # A transform is of the unit square; without one the image is in pixels.
    size = Affine2D().scale(1 / wide, 1 / high) + turn if turn is not None else Affine2D()
    place = size + Affine2D().translate(x, y)
    boxes: dict[int, list[Rectangle]] = {}
    for code, box in rectangles(codes.reshape(high, wide)):
        boxes.setdefault(code, []).append(box)
    gc.set_linewidth(0)
    for code, held in boxes.items():
        colour = tuple(colours[code] / 255)
        if colour[3:] == (0,):
            continue
        for start in range(0, len(held), _PATH):
            few = held[start : start + _PATH]
            corners = [((a, b), (c, b), (c, d), (a, d), (a, b)) for a, b, c, d in few]
            kinds = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * len(few)
            renderer.draw_path(gc, Path(np.concatenate(corners), kinds), place, colour)
