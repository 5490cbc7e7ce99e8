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
        RF406: a network without weights, or without its global layers; and as ``erf``.
    """
    from rfcalc.effective.beyond import measure_effects
    from rfcalc.effective.measuring import SAMPLES, inputs_of
    from rfcalc.effective.running import is_run, runner_of
    from rfcalc.effective.samples import Images

    if not is_run(net):
        fact = f"--measured is given, and '{net}' is no model that rfcalc runs"
        help = "name a PyTorch model, package.module:factory, an .onnx or a .keras file"
        raise fail("RF406", fact, help)
    if reading.ignore_global:
        fact = "--ignore-global is given, and a model is measured as it is"
        raise fail("RF406", fact, "omit --measured")
    with running(net, quiet):
        given = reading.options_of_model()
        runner = runner_of(net, reading.input or None, None, weights, None, given)
    assert runner is not None
    inputs = inputs_of(runner, images)
    usual = len(inputs.paths) if isinstance(inputs, Images) else SAMPLES
    count = usual if samples is None else samples

    def beyond(moving: "Grids", around: "Halo") -> "Effects":
        with bar(net, quiet) as progress, redirect_stdout(sys.stderr):
            return measure_effects(runner, inputs, count, progress)(moving, around)

    return runner.network, beyond
