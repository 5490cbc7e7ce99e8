"""At which place of the input does output ``o`` of an ONNX resize lie?"""

from fractions import Fraction
from math import ceil, floor

from rfcalc.importers.onnx.operators import Op
from rfcalc.importers.resizing import HALF, Line

__all__ = ["line_of"]


def line_of(
    op: Op,
    word: str,
    n: int,
    m: int,
    scale: Fraction,
    span: tuple[Fraction, Fraction] | None,
) -> Line:
    """Return the line of a coordinate mode, from ``n`` cells to ``m``.

    Source: ``coordinate_transformation_mode`` of the ONNX operator Resize.
    """
    step = 1 / scale
    length = scale * n
    if word == "asymmetric":
        return Line(step, Fraction(0))
    if word in ("half_pixel", "tf_half_pixel_for_nn"):
        return Line(step, step / 2 - (HALF if word == "half_pixel" else 0))
    if word == "pytorch_half_pixel":
        return Line(step, step / 2 - HALF if length > 1 else Fraction(0))
    if word == "half_pixel_symmetric":
        return Line(step, Fraction(n, 2) * (1 - m / length) + step / 2 - HALF)
    if word == "align_corners":
        return Line(Fraction(n - 1) / (length - 1) if length > 1 else Fraction(0), Fraction(0))
    if word == "tf_crop_and_resize" and span is not None:
        low, high = span
        if length <= 1:
            return _framed(Line(Fraction(0), (low + high) / 2 * (n - 1)), n, m)
        return _framed(Line((high - low) * (n - 1) / (length - 1), low * (n - 1)), n, m)
    raise op.lost(f"a resize in coordinates '{word}' is not known")


def _framed(line: Line, n: int, m: int) -> Line:
    """Return the line with the outputs that lie within the input; others read nothing."""
    step, start, _ = line
    if step == 0:
        return line if 0 <= start <= n - 1 else Line(step, start, (0, 0))
    if step < 0:
        raise ValueError("a region that runs backwards")
    first = max(0, ceil(-start / step))
    stop = min(m, floor((n - 1 - start) / step) + 1)
    return line if (first, stop) == (0, m) else Line(step, start, (first, max(first, stop)))
