"""Where does a layer stand? On the common grid of its inputs, with a size and jump of its own."""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

import msgspec

from rfcalc.errors import Diagnostic, ImpossibleSize, LimitExceeded, NeedsSize, by
from rfcalc.layers.pointwise import Pointwise
from rfcalc.network.draft import Broken, Draft
from rfcalc.network.graph import Node, lone_cells
from rfcalc.taps import IDENTITY

__all__ = ["RANGE_LIMIT", "broken", "merged", "placed"]

RANGE_LIMIT = 512
"""Most bits of a size or of a jump: what follows from them still fits a float, and prints."""


class Grid(msgspec.Struct, frozen=True, gc=False):
    """The grid on which a layer finds its input."""

    size: tuple[int, ...] | None
    jump: tuple[Fraction | None, ...]
    resized: bool


def merged(draft: Draft, inputs: Sequence[Node], faults: list[Diagnostic], lenient: bool) -> Grid:
    """Return the common grid of a layer's inputs, or report where they differ.

    An input without a grid of its own (global pooling) is spread over the others.
    """
    first = inputs[0]
    if len(inputs) == 1:
        return Grid(first.size, first.jump, first.resized)
    gridded = [node for node in inputs if None not in node.jump] or list(inputs)
    # A jump that follows from the sizes at hand yields to one that is a fixed ratio.
    main = next((node for node in gridded if not node.resized), gridded[0])
    for node in inputs:
        if node is main or (node.jump.count(None) and node.size == (1,) * len(node.jump)):
            continue
        if main.size is not None and node.size is not None and node.size != main.size:
            faults.append(
                Diagnostic(
                    "RF302",
                    f"'{draft.name}' merges sizes that differ: '{main.name}' has "
                    f"{by(main.size)}, '{node.name}' has {by(node.size)}",
                    "crop or pad one of them, or choose an input size at which they agree",
                    draft.at,
                )
            )
        elif (
            None not in node.jump
            and node.jump != main.jump
            and (main.size is None or not (lenient or node.resized or main.resized))
        ):
            faults.append(
                Diagnostic(
                    "RF303",
                    f"'{draft.name}' merges branches whose jumps differ: '{main.name}' has "
                    f"{by(main.jump)}, '{node.name}' has {by(node.jump)}",
                    "give the branches the same product of strides",
                    draft.at,
                )
            )
    return Grid(main.size, main.jump, all(node.resized for node in gridded))


def placed(
    draft: Draft, inputs: Sequence[Node], grid: Grid, dims: int, faults: list[Diagnostic]
) -> Node:
    """Return the node of a draft on its input's grid, or report why it has no place there."""
    layer = draft.layer
    if type(layer).taps is Pointwise.taps:
        here = (IDENTITY,) * dims
        lone = lone_cells(grid.size, [node.size for node in inputs])
        return Node(
            *(draft.name, layer, draft.inputs, here, grid.size, grid.jump, grid.resized, draft.at),
            work=draft.work,
            lone=lone,
            fixed=draft.fixed,
        )
    try:
        made = layer.stance((None,) * dims if grid.size is None else grid.size)
        size = None if grid.size is None else cast("tuple[int, ...]", made.sizes)
        jump = grid.jump
        if size != grid.size or any(step != 1 for step in made.steps):
            jump = tuple(map(_times, jump, made.steps))
            _check_range(size or (), jump)
    except ImpossibleSize as fault:
        _report(faults, draft, "RF301", str(fault), "enlarge the input or shrink the layer")
    except NeedsSize as fault:
        _report(faults, draft, "RF304", str(fault), "give the input size: `input=(H, W)`")
    except LimitExceeded as fault:
        _report(faults, draft, "RF305", str(fault), "")
    else:
        resized = grid.resized or layer.resized
        return Node(
            *(draft.name, layer, draft.inputs, made.taps, size, jump, resized, draft.at),
            work=draft.work,
            fixed=draft.fixed,
        )
    return broken(draft, dims)


def broken(draft: Draft, dims: int) -> Node:
    """Return the node that stands for a layer whose fault is reported already."""
    here, none = (IDENTITY,) * dims, (None,) * dims
    return Node(draft.name, Broken(), draft.inputs, here, None, none, False, draft.at)


def _check_range(size: Sequence[int], jump: Sequence[Fraction | None]) -> None:
    """Refuse a grid whose numbers are beyond the limit."""
    ratios = [number for one in jump if one is not None for number in one.as_integer_ratio()]
    for what, given in (("size", size), ("jump", ratios)):
        if any(number.bit_length() > RANGE_LIMIT for number in given):
            raise LimitExceeded(f"its {what} is a number of more than {RANGE_LIMIT} bits")


def _times(before: Fraction | None, step: Fraction | None) -> Fraction | None:
    if before is None or step is None:
        return None
    return before if step == 1 else before * step


def _report(faults: list[Diagnostic], draft: Draft, code: str, fact: str, cure: str) -> None:
    faults.append(Diagnostic(code, f"'{draft.name}' ({draft.layer.op}): {fact}", cure, draft.at))
