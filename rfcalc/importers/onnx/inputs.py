"""Which shape has each input of an ONNX model?"""

from collections.abc import Sequence

from rfcalc.importers import inputs
from rfcalc.importers.onnx.program import Given, Program
from rfcalc.importers.scouting import usual

__all__ = ["shapes_of", "trials"]


def trials(program: Program, given: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Return shapes of the inputs at which their layouts are found.

    Raises
    ------
    RfcalcError
        RF512: there are more shapes than inputs, or an input has none.
    """
    inputs.counted(given, [one.name for one in program.inputs])
    given = inputs.deal(given, [one.dims for one in program.inputs])
    found: list[tuple[int, ...]] = []
    for number, one in enumerate(program.inputs):
        sizes = inputs.nth(given, number)
        if one.dims is None and not sizes:
            raise inputs.shapeless(one.name, "1, 3, 224, 224")
        written = sizes if one.dims is None else one.dims
        known = [n if isinstance(n, int) and n > 0 else None for n in written]
        found.append(inputs.trial(known, sizes, usual(len(known))))
    return found


def shapes_of(
    program: Program, given: Sequence[Sequence[int]], letters: Sequence[str]
) -> list[tuple[int, ...]]:
    """Return the shape of each input.

    Parameters
    ----------
    given : one per input, in order: a whole shape, or the spatial sizes alone.

    Raises
    ------
    RfcalcError
        RF512: a size is neither written nor given, or does not fit.
    """
    given = inputs.deal(given, [one.dims for one in program.inputs])
    return [
        _shape(one, inputs.nth(given, number), layout)
        for number, (one, layout) in enumerate(zip(program.inputs, letters, strict=True))
    ]


def _shape(one: Given, given: tuple[int, ...], layout: str) -> tuple[int, ...]:
    written = [n or None for n in (given if one.dims is None else one.dims)]
    sizes = [n if isinstance(n, int) and n > 0 else None for n in written]
    found = inputs.Written(one.name, inputs.shown(written), tuple(sizes), inputs.space_of(layout))
    return inputs.shape_of(found, given, layout)
