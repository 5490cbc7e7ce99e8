"""At which inputs is a model measured, and at how many? At images, or at noise."""

from collections.abc import Sequence
from pathlib import Path

from rfcalc.effective.runner import Runner
from rfcalc.effective.samples import Images, Noise
from rfcalc.errors import fail

__all__ = ["count_of", "inputs_of"]

SAMPLES = 32
"""Inputs over which gradients are averaged by default."""
_AS_IS = None, "center", None, None


def count_of(given: Images | Noise, samples: int | None) -> int:
    """Return how many inputs are averaged: so many, else every image, or 32 of noise.

    Raises
    ------
    RfcalcError
        RF406: none.
    """
    usual = len(given.paths) if isinstance(given, Images) else SAMPLES
    total = usual if samples is None else samples
    if total < 1:
        raise fail("RF406", f"samples is {total}", "average at least one input")
    return total


def inputs_of(
    runner: Runner,
    images: str | Path | None,
    look: tuple[int | None, str, Sequence[float] | None, Sequence[float] | None] = _AS_IS,
    seed: int = 0,
) -> Images | Noise:
    """Return the inputs that are measured."""
    resize, crop, mean, std = look
    if images is None:
        for name, value in (("resize", resize), ("mean", mean), ("std", std)):
            if value is not None:
                fact = f"{name} is given without images"
                raise fail("RF406", fact, "name them: `images=DIR`")
        return Noise(runner.shapes, seed)
    if len(runner.shapes) != 1:
        fact = f"the model has {len(runner.shapes)} inputs, and images are for one"
        raise fail("RF406", fact, "omit `images=`: it is measured at noise")
    if crop not in ("center", "random"):
        raise fail("RF406", f"crop is '{crop}'", "one of 'center' and 'random'")
    if resize is not None and resize < 1:
        raise fail("RF406", f"resize is {resize}", "give pixels, as in `resize=256`")
    if std is not None and not all(std):
        raise fail("RF406", "std has a 0, by which numbers are divided", "omit `std=`, or give 1")
    return Images(
        paths=Images.listed(images),
        shape=runner.shapes[0],
        layout=runner.network.layouts[0],
        resize=resize,
        crop=crop,
        mean=None if mean is None else tuple(mean),
        std=None if std is None else tuple(std),
        seed=seed,
    )
