"""Which shape has each input of an ONNX model, and which of its dimensions are space?"""

from collections.abc import Sequence

from rfcalc.errors import fail
from rfcalc.importers.onnx.model import Given, Program, Step

__all__ = ["layouts", "shapes_of"]

SIZE_LIMIT = 1 << 22
LOOK = 64
"""Most nodes behind an input that are asked how its dimensions lie."""

_FIRST = ("Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "Resize")


def layouts(
    program: Program, given: Sequence[Sequence[int]], said: Sequence[str | None]
) -> list[str]:
    """Return one letter per dimension of each input: batch ``N``, channels ``C``, else space.

    ONNX has the channels before space. Where the first thing that becomes of an input is to be
    transposed into that order, its channels come last.
    """
    readers: dict[str, list[Step]] = {}
    for step in program.steps:
        for name in step.inputs:
            readers.setdefault(name, []).append(step)
    found: list[str] = []
    for number, one in enumerate(program.inputs):
        rank = len(one.dims if one.dims is not None else _nth(given, number))
        letters = said[number] if number < len(said) else None
        found.append(letters or _layout(rank, _turned(one.name, rank, readers)))
    if found and all(set(one) <= set("NC") for one in found):
        # Nothing but rows of numbers: their last dimension is the only space there is.
        found = ["NW" if one == "NC" else one for one in found]
    return found


def _layout(rank: int, last: bool) -> str:
    if rank <= 2:
        return "NC"[:rank]
    # Of more than three axes the first go with the channels.
    space = "C" * max(0, rank - 5) + "DHW"[max(0, 5 - rank) :]
    return f"N{space}C" if last else f"NC{space}"


def _turned(name: str, rank: int, readers: dict[str, list[Step]]) -> bool:
    """Whether an input is transposed from channels last before anything slides over it."""
    order = [0, rank - 1, *range(1, rank - 1)]
    names, seen = [name], 0
    while names and seen < LOOK:
        for step in readers.get(names.pop(0), ()):
            seen += 1
            if step.op in _FIRST:
                return False
            if step.op == "Transpose":
                return rank > 2 and step.attrs.get("perm") == order
            names += step.outputs[:1]
    return False


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
    names = [one.name for one in program.inputs]
    if len(given) > len(names):
        fact = f"{len(given)} inputs are given, the model has {len(names)}: {', '.join(names)}"
        raise fail("RF512", fact, "give one shape per input")
    found: list[tuple[int, ...]] = []
    for number, (one, layout) in enumerate(zip(program.inputs, letters, strict=True)):
        found.append(_shape(one, tuple(_nth(given, number)), layout))
    return found


def _shape(one: Given, given: tuple[int, ...], layout: str) -> tuple[int, ...]:
    written = one.dims
    if written is None:
        if not given:
            fact = f"the input '{one.name}' is written without a shape"
            raise fail("RF512", fact, "give it, batch and channels too: --input 1,3,224,224")
        written = given
    full: list[int | None] = [n if isinstance(n, int) and n > 0 else None for n in written]
    space = [d for d, letter in enumerate(layout) if letter not in "NC"]
    if given and len(given) == len(full):
        full = list(given)
    elif given and len(given) == len(space):
        for d, n in zip(space, given, strict=True):
            full[d] = n
    elif given:
        fact = f"the input '{one.name}' of shape {_shown(written)} is given {len(given)} sizes"
        raise fail("RF512", fact, f"give {len(full)} sizes, or the {len(space)} spatial ones")
    # What lies along the batch never meets.
    full = [1 if n is None and letter == "N" else n for n, letter in zip(full, layout, strict=True)]
    known = [n for n in full if n is not None]
    if len(known) < len(full):
        example = ",".join(str(n or (224 if d in space else 3)) for d, n in enumerate(full))
        alone = ",".join(["224"] * len(space))
        fact = f"the input '{one.name}' has the shape {_shown(written)}: not every size is written"
        help = f"give it: --input {example}, or the spatial sizes alone: --input {alone}"
        raise fail("RF512", fact, help if space else f"give it: --input {example}")
    if any(not 1 <= n <= SIZE_LIMIT for n in known):
        fact = f"the input '{one.name}' of shape {known} has sizes that no map has"
        raise fail("RF512", fact, f"a size is between 1 and {SIZE_LIMIT:,}")
    return tuple(known)


def _nth(given: Sequence[Sequence[int]], number: int) -> Sequence[int]:
    return given[number] if number < len(given) else ()


def _shown(shape: Sequence[int | str]) -> str:
    return "[" + ", ".join(str(n or "?") for n in shape) + "]"
