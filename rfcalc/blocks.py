"""What does a coarse picture of a region show? Blocks of cells: empty, partly or wholly sampled."""

from collections.abc import Sequence

from rfcalc.cells import EMPTY, Cells
from rfcalc.overlaps import parted
from rfcalc.region import Region

__all__ = ["EMPTY_BLOCK", "FULL_BLOCK", "PART_BLOCK", "blocks", "section"]

EMPTY_BLOCK, PART_BLOCK, FULL_BLOCK = 0, 1, 2


def blocks(region: Region, frame: Sequence[Cells], step: Sequence[int]) -> list[bytes]:
    r"""Return one byte per block of ``step`` cells, row by row, over a frame of one or two axes.

    A block is full only when every one of its cells inside the frame is in the region, so a
    hole shows at any step; with a step of 1 the answer is the mask itself. No array of cells
    is ever built: rows that are held by the same boxes are looked at once.

    Raises
    ------
    LimitExceeded
        The boxes of a union are too wide for bitsets.

    Examples
    --------
    >>> every_second = Region.of([(Cells.of([0, 2, 4, 5]),)])
    >>> blocks(every_second, [Cells.run(0, 6)], [2])
    [b'\x01\x01\x02']
    """
    if len(frame) == 1:
        line = EMPTY
        for box in region.boxes:
            line |= box[0]
        return [_line(line, frame[0], step[0])]
    lines: dict[int, bytes] = {}
    drawn: dict[tuple[int, ...], bytes] = {}
    rows: list[bytes] = []
    for kinds in _kinds(region, frame[0], step[0]):
        if kinds not in drawn:
            for kind in kinds:
                if kind not in lines:
                    held = EMPTY
                    for number, box in enumerate(region.boxes):
                        if kind >> number & 1:
                            held |= box[1]
                    lines[kind] = _line(held, frame[1], step[1])
            drawn[kinds] = _mixed([lines[kind] for kind in kinds])
        rows.append(drawn[kinds])
    return rows


def section(region: Region, axis: int, index: int) -> Region:
    """Return the region of one axis less that lies at an index of that axis."""
    return Region.of(box[:axis] + box[axis + 1 :] for box in region.boxes if index in box[axis])


def _line(cells: Cells, frame: Cells, step: int) -> bytes:
    """Return the state of every block on one axis."""
    states = bytearray()
    for start in range(frame.start, frame.stop, step):
        block = Cells.run(start, min(step, frame.stop - start))
        count = (cells & block).count
        states.append(FULL_BLOCK if count == block.extent else PART_BLOCK if count else EMPTY_BLOCK)
    return bytes(states)


def _kinds(region: Region, frame: Cells, step: int) -> list[tuple[int, ...]]:
    """Return for every block of rows which kinds of row are in it, by the boxes that hold them."""
    parts = parted([box[0] for box in region.boxes], frame)
    found: list[tuple[int, ...]] = []
    for start in range(frame.start, frame.stop, step):
        block = Cells.run(start, min(step, frame.stop - start))
        found.append(tuple(dict.fromkeys(kind for kind, cells in parts if cells & block)))
    return found


def _mixed(lines: Sequence[bytes]) -> bytes:
    """Return the states of rows taken together: where they differ a block is partly sampled."""
    if len(lines) == 1:
        return lines[0]
    return bytes(
        states[0] if states.count(states[0]) == len(states) else PART_BLOCK
        for states in zip(*lines, strict=True)
    )
