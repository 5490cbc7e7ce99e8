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
    found: list[tuple[int, ...]] = []
    for number, (one, layout) in enumerate(zip(held, letters, strict=True)):
        known = inputs.shown(one.sizes)
        written = inputs.Written(one.name, known, one.sizes, inputs.space_of(layout))
        full = inputs.filled(written, inputs.nth(given, number))
        # What lies along the batch never meets.
        full = [1 if n is None and at == "N" else n for n, at in zip(full, layout, strict=True)]
        sizes = tuple(n for n in full if n is not None)
        if len(sizes) < len(full):
            raise inputs.incomplete(written, full, channels=3, alone=bool(written.space))
        inputs.bounded(one.name, sizes)
        found.append(sizes)
    return found
