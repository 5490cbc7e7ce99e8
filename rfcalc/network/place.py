"""Where does a layer stand? On the common grid of its inputs, with a size and jump of its own."""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from rfcalc.errors import Diagnostic, ImpossibleSize, LimitExceeded, NeedsSize, by
from rfcalc.footprint import Axis
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
    size = grid.size
    taps: list[Axis] = []
    sizes: list[int] = []
    jumps: list[Fraction | None] = []
    for axis in range(dims):
        n = None if size is None else size[axis]
        try:
            if n is not None:
                sizes.append(layer.size(n, axis))
            here = layer.taps(n, axis)
            # Axes that are alike hold one value, by which it is seen at a glance that they are.
            taps.append(taps[0] if taps and here == taps[0] else here)
            step, before = layer.jump(n, axis), grid.jump[axis]
            jumps.append(before if step == 1 else _times(before, step))
            _check_range(sizes[-1] if sizes else 0, jumps[-1])
        except ImpossibleSize as fault:
            _report(faults, draft, "RF301", str(fault), "enlarge the input or shrink the layer")
        except NeedsSize as fault:
            _report(faults, draft, "RF304", str(fault), "give the input size: `input=(H, W)`")
        except LimitExceeded as fault:
            _report(faults, draft, "RF305", str(fault), "")
        else:
            continue
        return broken(draft, dims)
    known = tuple(sizes) if size is not None else None
    resized = grid.resized or layer.resized
    return Node(
        *(draft.name, layer, draft.inputs, tuple(taps), known, tuple(jumps), resized, draft.at),
        work=draft.work,
        fixed=draft.fixed,
    )


def broken(draft: Draft, dims: int) -> Node:
    """Return the node that stands for a layer whose fault is reported already."""
    here, none = (IDENTITY,) * dims, (None,) * dims
    return Node(draft.name, Broken(), draft.inputs, here, None, none, False, draft.at)


def _check_range(size: int, jump: Fraction | None) -> None:
    """Refuse a grid whose numbers are beyond the limit."""
    given = (size,) if jump is None else (size, jump.numerator, jump.denominator)
    if any(number.bit_length() > RANGE_LIMIT for number in given):
        what = "size" if size.bit_length() > RANGE_LIMIT else "jump"
        raise LimitExceeded(f"its {what} is a number of more than {RANGE_LIMIT} bits")


def _times(before: Fraction | None, step: Fraction | None) -> Fraction | None:
    return None if before is None or step is None else before * step


def _report(faults: list[Diagnostic], draft: Draft, code: str, fact: str, cure: str) -> None:
    faults.append(Diagnostic(code, f"'{draft.name}' ({draft.layer.op}): {fact}", cure, draft.at))
