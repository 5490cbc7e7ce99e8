"""What does --effect ask for? The share, and the picture of what lies beyond each halo."""

from typing import TYPE_CHECKING

from rfcalc.cli.output import own_style
from rfcalc.cli.outputs import SUFFIXES, unwritable
from rfcalc.errors import fail

if TYPE_CHECKING:
    from rfcalc.tiling.answer import Answer

__all__ = ["PICTURES", "check_picture", "draw_curve", "read_share"]

PICTURES = (".png", ".svg", ".pdf")


def check_picture(path: str, effect: str | None, verify: bool) -> None:
    """Refuse a picture of what is not drawn.

    Raises
    ------
    RfcalcError
        RF406: a proof, which is text; RF408: no curve, as there is no --effect.
    """
    if effect is None:
        fact = f"'{path}' is for the curve of --effect, which is not given"
        raise unwritable(path, SUFFIXES, fact)
    if verify:
        fact = f"--verify is given, and '{path}' is a picture of the curve of --effect"
        raise fail("RF406", fact, "omit one of the two")


def draw_curve(found: "Answer", path: str) -> bytes:
    """Return the bytes of a picture of the effect beyond each halo."""
    from rfcalc.plots import effect_plot, render

    own_style()
    assert found.practical is not None
    return render(effect_plot(found.practical, found.plan), path.lower().rpartition(".")[2])


def read_share(text: str) -> float:
    """Return a share that is written as a number or in percent.

    Raises
    ------
    RfcalcError
        RF406: neither, or not above 0 and below 1.
    """
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        help = "a share above 0 and below 1, as in 0.1% or 0.001"
        raise fail("RF406", f"--effect is '{text}'", help)
    return share
