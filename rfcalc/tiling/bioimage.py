"""What does a bioimage.io model description say so that its tiles come out as the whole?"""

from fractions import Fraction
from math import ceil, floor, nextafter

import msgspec

from rfcalc.errors import ImpossibleSize, fail
from rfcalc.tiling.grids import Grids
from rfcalc.tiling.halo import Halo

__all__ = ["Description", "below", "described"]


class Description(msgspec.Struct, frozen=True):
    """The spatial axes of a bioimage.io description, model spec 0.5; one entry per axis.

    A consumer runs the network on tiles of ``minimum + k * step`` cells, takes ``halo`` outputs
    off both sides and lays the rest side by side. So the halo is the larger of both sides, in
    outputs, rounded up so that the tiles' origins stay on the alignment; what a network without
    padding cuts off by itself is no part of it but the ``offset``.

    Source: https://github.com/bioimage-io/spec-bioimage-io, ``halo``, ``size``.
    """

    halo: tuple[int, ...]
    minimum: tuple[int, ...]
    step: tuple[int, ...]
    scale: tuple[float, ...]
    offset: tuple[int, ...]

    def text(self) -> str:
        """Return the axes as YAML."""
        names = "zyx"[-len(self.halo) :]
        inputs = [
            f"      - {{type: space, id: {name}, size: {{min: {least}, step: {step}}}}}"
            for name, least, step in zip(names, self.minimum, self.step, strict=True)
        ]
        outputs: list[str] = []
        for axis, name in enumerate(names):
            # The description knows no halo of 0: the key is left out.
            around = f"halo: {self.halo[axis]}, " if self.halo[axis] else ""
            scale = f"scale: {self.scale[axis]!r}, " if self.scale[axis] != 1 else ""
            size = f"size: {{tensor_id: input, axis_id: {name}, offset: {self.offset[axis]}}}"
            outputs.append(f"      - {{type: space, id: {name}, {scale}{around}{size}}}")
        lines = ["inputs:", "  - id: input", "    axes:", *inputs]
        return "\n".join([*lines, "outputs:", "  - axes:", *outputs]) + "\n"


def described(moving: Grids, around: Halo) -> Description:
    """Return the description of a network's tiles.

    Raises
    ------
    RfcalcError
        RF461: the tiles that the network takes never lie side by side on the alignment.
    """
    if len(moving.targets) > 1:
        names = ", ".join(f"'{one.name}'" for one in moving.each)
        raise fail("RF461", f"the outputs {names} are described one by one", "name one: `layer=`")
    if any(moving.causes):
        whole = [str(axis) for axis, cause in enumerate(moving.causes) if cause is not None]
        fact = f"axis {', '.join(whole)} is read without end: its tiles are as long as the input"
        raise fail(
            "RF461", fact, "give the input size: `rfcalc.tile(tile=...)` plans the other axes"
        )
    rows = [_axis(moving, around, axis) for axis in range(moving.network.dims)]
    halo, minimum, offset = zip(*rows, strict=True)
    scale = tuple(below(jump) for jump in moving.jump)
    return Description(halo, minimum, around.alignment, scale, offset)


def below(jump: Fraction) -> float:
    """Return the largest float that is not above a jump.

    Consumers divide by it and cut off: a float above would lose a whole cell.
    """
    found = float(jump)
    return nextafter(found, 0) if Fraction(found) > jump else found


def _axis(moving: Grids, around: Halo, axis: int) -> tuple[int, int, int]:
    """Return the halo in outputs, the smallest tile, and the outputs that are missing."""
    step, jump, (before, after) = around.alignment[axis], moving.jump[axis], around.aligned[axis]
    turn = int(step / jump)
    base = (1 << 20) * step
    for rest in range(step):
        try:
            outputs = moving.sizes(base + rest, axis)[moving.target]
        except ImpossibleSize:
            continue
        lost = base + rest - jump * outputs
        if lost % step != rest:
            continue
        steps = -(-max(before, after - floor(lost), 0) // step)
        least = _least(moving, axis, rest, ceil(lost) + (2 * steps + 1) * step)
        size = moving.sizes(least, axis)[moving.target]
        return steps * turn, least, size - floor(least / jump)
    fact = (
        f"on axis {axis} no tile that the network takes leaves a multiple of {step} cells: tiles "
        "laid side by side fall out of step"
    )
    raise fail("RF461", fact, "take the windows of the plan: `rfcalc.tile(format='json')`")


def _least(moving: Grids, axis: int, rest: int, room: int) -> int:
    """Return the smallest size of a rest that the network takes and that has at least this room."""
    step = moving.alignment[axis]
    size = rest + max(0, -(-(room - rest) // step)) * step
    while True:
        try:
            moving.sizes(size, axis)
        except ImpossibleSize:
            size += step
        else:
            return size
