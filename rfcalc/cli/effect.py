"""What does --effect ask for? The share, and the picture of what lies beyond each halo."""

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from rfcalc.cli.output import own_style
from rfcalc.cli.outputs import SUFFIXES, unwritable
from rfcalc.cli.reading import Reading
from rfcalc.cli.running import bar, running
from rfcalc.errors import fail

if TYPE_CHECKING:
    from rfcalc.network import Network
    from rfcalc.tiling.answer import Answer
    from rfcalc.tiling.effect import Effects
    from rfcalc.tiling.grids import Grids
    from rfcalc.tiling.halo import Halo

__all__ = ["PICTURES", "check_picture", "draw_curve", "measure_model", "read_share"]

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


def measure_model(
    net: str,
    reading: Reading,
    weights: str | None,
    images: str | None,
    samples: int | None,
    quiet: bool,
) -> "tuple[Network, Callable[[Grids, Halo], Effects]]":
    """Return the network of a model, and what measures the effect beyond halos; its code is run.

    Raises
    ------
    RfcalcError
        RF406: a network without weights; and as ``erf``.
    """
    from rfcalc.library.beyond import measure_beyond, runner_for

    with running(net, quiet):
        runner = runner_for(net, reading.input or None, weights, reading.options_of_model())

    def beyond(moving: "Grids", around: "Halo") -> "Effects":
        with bar(net, quiet) as progress, redirect_stdout(sys.stderr):
            return measure_beyond(runner, images, samples, progress)(moving, around)

    return runner.network, beyond
