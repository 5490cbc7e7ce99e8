"""When can each cell of a network that is fed a stream be computed?"""

import msgspec

from rfcalc.endless import ends
from rfcalc.tiling.grids import Grids

__all__ = ["Clock", "clocks"]


class Clock(msgspec.Struct, frozen=True):
    """When the cells of a node can be computed.

    ``ready[i]`` is the sample that cell ``i`` waits for; ``ready[i + U] = ready[i] + A`` for the
    ``U`` cells of an alignment ``A``, which is ``step``.
    """

    ready: tuple[int, ...]
    step: int

    def at(self, cell: int) -> int:
        """Return the sample that a cell waits for."""
        turn, phase = divmod(cell, len(self.ready))
        return self.ready[phase] + turn * self.step

    def last(self, sample: int) -> int:
        """Return the last cell that is computed once a sample has arrived."""
        return max(
            (sample - ready) // self.step * len(self.ready) + phase
            for phase, ready in enumerate(self.ready)
        )


def clocks(moving: Grids, axis: int) -> dict[int, Clock | None]:
    """Return the clock of every node; cells come out in their order.

    ``None`` for one that waits for the end of the stream, and for all that reads it.
    """
    step = moving.alignment[axis]
    found: dict[int, Clock | None] = {}
    for position in moving.order:
        jump = moving.jumps[position][axis]
        cells = int(step / jump)
        read = moving.inputs[position]
        if not read:
            found[position] = Clock(tuple(range(step)), step)
            continue
        taps = ends(moving.network.nodes[position].taps[axis])[1]
        waits = [clock for i in read if (clock := found[i]) is not None]
        if taps is None or len(waits) < len(read):
            found[position] = None
            continue
        ready: list[int | None] = []
        for cell in range(cells):
            reads = taps.read(cell)
            ready.append(max(clock.at(reads.stop - 1) for clock in waits) if reads else None)
        known = [at for at in ready if at is not None]
        # A cell that reads nothing comes out with the one before it.
        latest = max(known) - step if known else -step
        ordered: list[int] = []
        for at in ready:
            latest = latest if at is None else max(latest, at)
            ordered.append(latest)
        found[position] = Clock(tuple(ordered), step)
    return found
