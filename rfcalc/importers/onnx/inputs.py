"""Which shape has each input of an ONNX model, and which of its dimensions are space?"""

from collections.abc import Sequence

from rfcalc.importers import inputs
from rfcalc.importers.onnx.program import Given, Program, Step

__all__ = ["layouts", "shapes_of"]

LOOK = 64
"""Most nodes behind an input that are asked how its dimensions lie."""

_FIRST = ("Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "Resize")


def layouts(program: Program, given: Sequence[Sequence[int]]) -> list[str]:
    """Return one letter per dimension of each input: batch ``N``, channels ``C``, else space.

    ONNX has the channels before space. Where the first thing that becomes of an input is to be
    transposed into that order, or taken for a signal, its channels come last.
    """
    readers: dict[str, list[Step]] = {}
    for step in program.steps:
        for name in step.inputs:
            readers.setdefault(name, []).append(step)
    found: list[str] = []
    for number, one in enumerate(program.inputs):
        rank = len(one.dims if one.dims is not None else inputs.nth(given, number))
        found.append(_layout(rank, _turned(one.name, rank, readers)))
    return inputs.with_rows(found)


def _layout(rank: int, last: bool) -> str:
    if rank <= 2:
        return "NC"[:rank]
    space = inputs.letters_of(rank - 2)
    return f"N{space}C" if last else f"NC{space}"


def _turned(name: str, rank: int, readers: dict[str, list[Step]]) -> bool:
    """Whether an input has its channels last: it is transposed from there, or is a signal."""
    order = [0, rank - 1, *range(1, rank - 1)]
    names, seen = [name], 0
    if _signal(name, readers):
        return True
    while names and seen < LOOK:
        for step in readers.get(names.pop(0), ()):
            seen += 1
            if step.op in _FIRST:
                return False
            if step.op == "Transpose":
                turned = rank > 2 and step.attrs.get("perm") == order
                return turned and not _signal(step.outputs[0], readers)
            names += step.outputs[:1]
    return False


def _signal(name: str, readers: dict[str, list[Step]]) -> bool:
    """Whether a value is taken for a signal, whose dimension before the last is time."""
    return any(step.op == "STFT" for step in readers.get(name, ()))


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
    inputs.counted(given, [one.name for one in program.inputs])
    return [
        _shape(one, inputs.nth(given, number), layout)
        for number, (one, layout) in enumerate(zip(program.inputs, letters, strict=True))
    ]


def _shape(one: Given, given: tuple[int, ...], layout: str) -> tuple[int, ...]:
    if one.dims is None and not given:
        raise inputs.shapeless(one.name, "1,3,224,224")
    written = [n or None for n in (given if one.dims is None else one.dims)]
    sizes = [n if isinstance(n, int) and n > 0 else None for n in written]
    found = inputs.Written(one.name, inputs.shown(written), tuple(sizes), inputs.space_of(layout))
    full = inputs.filled(found, given)
    # What lies along the batch never meets.
    full = [1 if n is None and letter == "N" else n for n, letter in zip(full, layout, strict=True)]
    known = [n for n in full if n is not None]
    if len(known) < len(full):
        raise inputs.incomplete(found, full, channels=3, alone=bool(found.space))
    inputs.bounded(one.name, known)
    return tuple(known)
