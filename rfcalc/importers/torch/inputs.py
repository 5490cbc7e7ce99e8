"""Which dimensions of an example input are space? What the first window runs over tells."""

import re
from collections.abc import Sequence

from rfcalc.importers.inputs import letters_of
from rfcalc.importers.torch.program import Call, Program, Ref

__all__ = ["layouts"]

LOOK = 64
"""Most calls behind an input that are asked how its dimensions lie."""

_WINDOW = re.compile(r"(?:conv|conv_transpose|(?:adaptive_)?(?:max|avg)_pool)([123])d")

Places = tuple[int | None, ...]
"""Which dimension of the input each dimension of a value is; ``None`` for a new one."""


def layouts(program: Program, said: Sequence[str | None]) -> list[str | None]:
    """Return one letter per dimension of each input; ``None`` for batch, channels, space.

    A convolution over a tensor without a batch, or over one that was permuted before it, makes
    other dimensions space.

    >>> shapes = {"x": (3, 32, 32), "w": (8, 3, 5, 5)}
    >>> conv = Call("aten.conv2d", "", False, {"input": Ref("x"), "weight": Ref("w")}, ("y",))
    >>> layouts(Program("net", ("x",), ("y",), (conv,), shapes), [])
    ['CHW']
    """
    readers: dict[str, list[Call]] = {}
    for call in program.calls:
        for name in call.refs[:1]:
            readers.setdefault(name, []).append(call)
    found: list[str | None] = []
    for number, name in enumerate(program.inputs):
        given = said[number] if number < len(said) else None
        found.append(given or _found(program, readers, name))
    return found


def _found(program: Program, readers: dict[str, list[Call]], start: str) -> str | None:
    rank = len(program.shapes.get(start, ()))
    queue: list[tuple[str, Places]] = [(start, tuple(range(rank)))]
    seen = 0
    while queue and seen < LOOK:
        name, places = queue.pop(0)
        for call in readers.get(name, ()):
            seen += 1
            count = _window(call, program)
            if count is not None:
                return _letters(places, rank, count)
            moved = _moved(call, places, program)
            if moved is not None and call.outputs[0]:
                queue.append((call.outputs[0], moved))
    return None


def _window(call: Call, program: Program) -> int | None:
    """Return over how many dimensions a call slides a window, ``None`` if it slides none."""
    named = _WINDOW.match(call.op)
    if named is not None:
        return int(named[1])
    weight = call.args.get("weight")
    if call.op in ("convolution", "_convolution") and isinstance(weight, Ref):
        return len(program.shapes.get(weight.name, ())) - 2
    return None


def _letters(places: Places, rank: int, count: int) -> str | None:
    """Return the letters of an input that a window runs over, ``None`` for the usual ones."""
    space = places[-count:]
    if len(places) <= count or None in space or not 1 <= count <= 3:
        return None
    held = sorted(d for d in space if d is not None)
    if held == list(range(2, rank)):
        return None
    letters = ["N"] * rank
    channel = places[-count - 1]
    if channel is not None:
        letters[channel] = "C"
    for d, letter in zip(held, letters_of(count), strict=True):
        letters[d] = letter
    return "".join(letters)


def _moved(call: Call, places: Places, program: Program) -> Places | None:
    """Return where the dimensions are after a call, ``None`` where that is another matter."""
    first, rank = call.refs[0], len(places)
    if call.op in ("permute", "transpose", "unsqueeze"):
        try:
            return _turned(call, places)
        except (LookupError, TypeError, ValueError):
            return None
    name = call.outputs[0] if len(call.outputs) == 1 else None
    same = name is not None and program.shapes.get(name) == program.shapes.get(first)
    return places if same and rank and call.op not in ("view", "reshape", "flatten") else None


def _turned(call: Call, places: Places) -> Places | None:
    rank, args = len(places), call.args
    if call.op == "permute":
        dims: list[int] = args["dims"]
        return tuple(places[d] for d in dims)
    if call.op == "unsqueeze":
        moved = list(places)
        moved.insert(int(args["dim"]) % (rank + 1), None)
        return tuple(moved)
    order = list(range(rank))
    one, two = args["dim0"], args["dim1"]
    order[one], order[two] = order[two], order[one]
    return tuple(places[d] for d in order)
