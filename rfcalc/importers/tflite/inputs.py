"""Which shape has each input of a TFLite model, and which of its dimensions are space?"""

from collections.abc import Sequence

from rfcalc.importers import inputs
from rfcalc.importers.axes import Tensor, spatial
from rfcalc.importers.tflite.program import Program

__all__ = ["by_rank", "layout_of", "shapes_of"]

PROBE = "ABDEFGHIJK"
"""Letters of the axes of an input of which every dimension is taken for space."""


def by_rank(rank: int) -> str:
    """Return the layout that TensorFlow gives a tensor: space between batch and channels.

    >>> by_rank(4), by_rank(2)
    ('NHWC', 'NC')
    """
    return "NC"[:rank] if rank <= 2 else f"N{inputs.letters_of(rank - 2)}C"


def layout_of(rank: int, windowed: Tensor | None) -> str:
    """Return one letter per dimension of an input.

    Parameters
    ----------
    windowed : what the first window runs over, of an input whose dimension ``d`` is axis ``d``;
        ``None`` where no window does.
    """
    if windowed is None:
        return by_rank(rank)
    inner = windowed.dims[1:-1]
    space = sorted({f.axis for dim in inner for f in spatial(dim) if f.axis is not None})
    kept = [f.axis for dim in windowed.dims for f in spatial(dim)]
    if not space or (len(windowed.dims) == rank and kept == sorted(kept, key=lambda a: a or 0)):
        # No dimension was moved, and one of size 1 has no axis to be told by.
        return by_rank(rank)
    letters = inputs.letters_of(len(space))
    named = dict(zip(space, letters, strict=True))
    rest = ["N", *"C" * rank]
    return "".join(named[d] if d in named else rest.pop(0) for d in range(rank))


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
    inputs.counted(given, [one.name for one in held])
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
