"""How is the effect beyond a halo measured, where a model is run for it?"""

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from rfcalc.effective.beyond import measure_effects
from rfcalc.effective.drawn import count_of, inputs_of
from rfcalc.effective.runner import Runner
from rfcalc.effective.running import not_run, runner_of
from rfcalc.errors import fail
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.loading.options import LoadOptions
from rfcalc.parameters import expect
from rfcalc.tiling.effect import Effects
from rfcalc.tiling.grids import Grids
from rfcalc.tiling.halo import Halo

__all__ = ["check_measured", "measure_beyond", "runner_for"]


def check_measured(
    effect: float | None,
    measured: bool,
    ignore_global: bool,
    weights: "str | PathLike[str] | None",
    images: "str | PathLike[str] | None",
    samples: int | None,
) -> None:
    """Refuse what is said of measuring where nothing is measured, or nothing to be measured.

    Raises
    ------
    RfcalcError
        RF406.
    """
    expect(measured=measured, weights=weights, images=images, samples=samples)
    if measured and effect is None:
        fact = "`measured=` is given without `effect=`"
        raise fail("RF406", fact, "give `effect=`, or omit what is measured")
    if measured and ignore_global:
        fact = "`ignore_global=` is given, and a model is measured as it is"
        raise fail("RF406", fact, "omit `measured=`")
    for name, value in (("weights", weights), ("images", images), ("samples", samples)):
        if value is not None and not measured:
            fact = f"`{name}=` is given without `measured=`"
            raise fail("RF406", fact, f"give `measured=True`, or omit `{name}=`")


def runner_for(
    net: NetworkLike,
    input: "Sizes | None",
    weights: "str | PathLike[str] | None",
    reading: LoadOptions,
) -> Runner:
    """Return the model that is measured.

    Raises
    ------
    RfcalcError
        RF406: a network without weights; and as ``erf``.
    """
    held = None if weights is None else Path(weights)
    runner = runner_of(net, input, None, held, None, reading)
    if runner is None:
        raise not_run("measured", net)
    return runner


def measure_beyond(
    runner: Runner,
    images: "str | PathLike[str] | None",
    samples: int | None,
    progress: Callable[[int, int], None] | None = None,
) -> Callable[[Grids, Halo], Effects]:
    """Return what measures the effect of a model beyond halos.

    Raises
    ------
    RfcalcError
        RF406 no samples, RF455 images that cannot be read.
    """
    inputs = inputs_of(runner, None if images is None else Path(images))
    return measure_effects(runner, inputs, count_of(inputs, samples), progress)
