"""Which layout has an input that convolutions alone read? It needs no walk of the program."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from rfcalc.importers.inputs import letters_of
from rfcalc.importers.onnx.program import Program, Step
from rfcalc.importers.scouting import MOST_AXES, Layout

__all__ = ["stems"]


def stems(
    program: Program,
    shapes: Sequence[Sequence[int]],
    steps: Sequence[Step],
    assume: Collection[str] = (),
) -> list[Layout] | None:
    """Return the layouts of inputs that convolutions alone read, ``None`` where another step does.

    A convolution of one group runs over all dimensions behind the channels, and nothing of the
    channels is left in what it gives: whatever comes after, no later window runs over them. So
    this is what ``scouting.layouts`` finds by walking the whole program once per dimension.
    """
    if "Conv" in assume or "Transpose" in assume:
        return None
    readers: dict[str, list[Step]] = {one.name: [] for one in program.inputs}
    turned: dict[str, tuple[str, list[int]]] = {}
    for step in steps:
        for name in step.refs:
            if name in readers:
                readers[name].append(step)
        read = next(iter(step.inputs), "")
        perm: Any = step.attrs.get("perm")
        if step.op == "Transpose" and read in readers and isinstance(perm, list):
            turned |= dict.fromkeys(step.outputs, (read, cast("list[int]", perm)))
            readers |= {name: list[Step]() for name in step.outputs}
    found: list[Layout] = []
    for one, shape in zip(program.inputs, shapes, strict=True):
        names, order = [one.name], list(range(len(shape)))
        if all(step.op == "Transpose" for step in readers[one.name]):
            held = [(name, perm) for name, (given, perm) in turned.items() if given == one.name]
            if not held or len(held) != len(readers[one.name]):
                return None
            if any(perm != held[0][1] for _, perm in held):
                return None
            names, order = [name for name, _ in held], held[0][1]
        told = _layout(program, [s for name in names for s in readers[name]], names, shape, order)
        if told is None or any(name in program.outputs for name in names):
            return None
        found.append(told)
    return found


def _layout(
    program: Program,
    readers: Sequence[Step],
    names: Collection[str],
    shape: Sequence[int],
    order: Sequence[int],
) -> Layout | None:
    """Return the layout of an input whose dimensions are read in an order, if it is plain."""
    rank = len(shape)
    if not 3 <= rank <= 2 + MOST_AXES or sorted(order) != list(range(rank)) or not readers:
        return None
    batch, channels, *space = order
    plain = batch == 0 and shape[0] == 1 and all(shape[d] > 1 for d in space)
    if not plain or (channels != 1 and shape[channels] == 1):
        return None
    for step in readers:
        if step.op != "Conv" or step.attrs.get("group", 1) != 1:
            return None
        x, kernel, *_ = (*step.inputs, "", "")
        weight = program.tensors.get(kernel)
        if x not in names or weight is None or len(weight.dims) != rank:
            return None
        if sum(name in names for name in step.refs) != 1:
            return None
    # The axes are named in the order of the input's own dimensions, as everywhere.
    if space != sorted(space):
        return None
    letters = ["N"] * rank
    letters[channels] = "C"
    for d, letter in zip(space, letters_of(len(space)), strict=True):
        letters[d] = letter
    return Layout("".join(letters))
