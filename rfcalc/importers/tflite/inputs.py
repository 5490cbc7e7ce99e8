"""Which shape has each input of a TFLite model, and which of its dimensions are space?"""

from collections.abc import Sequence

from rfcalc.importers import inputs
from rfcalc.importers.tflite.program import Program

__all__ = ["by_rank", "shapes_of", "trials"]


def by_rank(rank: int) -> str:
    """Return the layout that TensorFlow gives a tensor: space between batch and channels.

    >>> by_rank(4), by_rank(2)
    ('NHWC', 'NC')
    """
    return "NC"[:rank] if rank <= 2 else f"N{inputs.letters_of(rank - 2)}C"


def trials(program: Program, given: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Return shapes of the inputs at which their layouts are found.

    Raises
    ------
    RfcalcError
        RF512: there are more shapes than inputs.
    """
    held = [program.tensors[name] for name in program.inputs]
    inputs.counted(given, [one.name for one in held])
    given = inputs.deal(given, [one.sizes for one in held])
    return [
        inputs.trial(one.sizes, inputs.nth(given, number), by_rank(len(one.sizes)))
        for number, one in enumerate(held)
    ]


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
    held = [program.tensors[name] for name in program.inputs]
    given = inputs.deal(given, [one.sizes for one in held])
    found: list[tuple[int, ...]] = []
    for number, (one, layout) in enumerate(zip(held, letters, strict=True)):
        space = inputs.space_of(layout)
        written = inputs.Written(one.name, inputs.shown(one.sizes), one.sizes, space)
        found.append(inputs.shape_of(written, inputs.nth(given, number), layout))
    return found
