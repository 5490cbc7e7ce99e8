"""Which window of the input must a network be run on to compute a run of its outputs?"""

from fractions import Fraction
from math import ceil, floor

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import ImpossibleSize, fail
from rfcalc.masks.borders import fold_cells
from rfcalc.taps import Taps
from rfcalc.tiling.grids import Grids

__all__ = ["Windows", "windows"]

_Span = tuple[int, int]


class Windows(msgspec.Struct):
    """The windows of one axis of an input of ``n`` cells.

    A window starts on a multiple of the alignment and ends on one counted from the input's end,
    so that every grid inside it is a part of the whole network's grid.
    """

    grids: Grids
    axis: int
    n: int
    sizes: dict[int, int]
    inner: dict[tuple[Fraction, int], _Span] = {}
    checked: dict[int, bool] = {}

    @property
    def outputs(self) -> int:
        """Number of outputs on this axis."""
        return self.sizes[self.grids.target]

    def window(self, start: int, stop: int) -> _Span:
        """Return the smallest window that computes outputs ``start .. stop - 1`` as the whole does.

        Raises
        ------
        RfcalcError
            RF463: a layer does not shrink with the window.
        """
        step = self.grids.alignment[self.axis]
        low, high = self.needed(start, stop)
        low, high = low // step * step, self.n - (self.n - high) // step * step
        while not self._takes(high - low):
            # Outputs may read padding alone, and padding that folds needs a larger window.
            high, low = (high + step, low) if high < self.n else (high, low - step)
        return low, high

    def cut(self, start: int, stop: int, halo: tuple[int, int]) -> _Span:
        """Return the window of outputs ``start .. stop - 1`` with a halo that is given.

        It is larger where a smaller one would not compute these outputs at all.
        """
        step, jump = self.grids.alignment[self.axis], self.grids.jump[self.axis]
        low = max(0, floor(jump * start) - halo[0]) // step * step
        high = self.n if stop == self.outputs else min(self.n, ceil(jump * stop) + halo[1])
        high = self.n - (self.n - high) // step * step
        while not self._computes(low, high, stop):
            high, low = (high + step, low) if high < self.n else (high, low - step)
        return low, high

    def needed(self, start: int, stop: int) -> _Span:
        """Return the span of input cells that has to be inside the window, before alignment.

        The outputs are pulled back through every node, cut and folded at its own borders. What a
        node must compute has to be on its grid in the window. Where padding is read, the window
        has to end at that border.
        """
        origin = self.grids.jumps[self.grids.target][self.axis] * start
        turn = origin // self.grids.alignment[self.axis] * self.grids.alignment[self.axis]
        key = (origin - turn, stop - start)
        if key in self.inner:
            low, high = (int(turn) + side for side in self.inner[key])
            if low >= 0 and high <= self.n:
                return low, high
        low, high, bordered = self._pulled(Cells.run(start, stop - start))
        if not bordered:
            self.inner[key] = (low - int(turn), high - int(turn))
        return low, high

    def end(self, start: int, stop: int) -> int:
        """Return the first input cell behind all that outputs ``start .. stop - 1`` read."""
        found = self._demand(Cells.run(start, stop - start), fold=True)
        return max((found[i].stop for i in self.grids.sources if found.get(i)), default=0)

    def copied(self, start: int, stop: int) -> _Span | None:
        """Return the span of input cells read where padding folds back, if it reaches further.

        ``None`` when the outputs read nothing by way of padding that they, or those between
        them, do not read anyway.
        """
        nodes = self.grids.network.nodes
        if all(nodes[position].layer.border == "zeros" for position in self.grids.order):
            return None
        outputs = Cells.run(start, stop - start)
        plain, whole = (
            [found[i] for i in self.grids.sources if found.get(i)]
            for found in (self._demand(outputs, fold=False), self._demand(outputs, fold=True))
        )
        ends = [
            (min((c.start for c in cells), default=self.n), max((c.stop for c in cells), default=0))
            for cells in (plain, whole)
        ]
        return None if ends[0] == ends[1] else ends[1]

    def _demand(self, outputs: Cells, *, fold: bool) -> dict[int, Cells]:
        """Return which cells of every node outputs depend on, with or without folded padding."""
        demand = {self.grids.target: outputs}
        for position in reversed(self.grids.order):
            cells = demand.get(position)
            if not cells:
                continue
            node = self.grids.network.nodes[position]
            taps, border = node.taps[self.axis], node.layer.beyond(self.axis) if fold else "zeros"
            assert isinstance(taps, Taps)
            for i in self.grids.inputs[position]:
                read = fold_cells(taps.image(cells), self.sizes[i], border)
                demand[i] = demand[i] | read if i in demand else read
        return demand

    def _pulled(self, outputs: Cells) -> tuple[int, int, bool]:
        """Return the span that is needed, and whether it ends at a border for padding's sake."""
        n, low, high, bordered = self.n, self.n, 0, False
        for position, cells in self._demand(outputs, fold=True).items():
            if not cells:
                continue
            jump, node = self.grids.jumps[position][self.axis], self.grids.network.nodes[position]
            low = min(low, floor(jump * cells.start))
            high = max(high, ceil(n - jump * (self.sizes[position] - cells.stop)))
            taps, circular = node.taps[self.axis], node.layer.border == "circular"
            assert isinstance(taps, Taps)
            read = taps.image(cells)
            for i in self.grids.inputs[position]:
                before, after = read.start < 0, read.stop > self.sizes[i]
                if before or (after and circular):
                    low, bordered = 0, True
                if after or (before and circular):
                    high, bordered = n, True
        return max(0, low), min(n, high), bordered

    def _takes(self, cells: int) -> bool:
        """Whether the network can be run on a window of so many cells."""
        if cells not in self.checked:
            self.checked[cells] = cells == self.n or (cells > 0 and self._shrinks(cells))
        return self.checked[cells]

    def _computes(self, low: int, high: int, stop: int) -> bool:
        """Whether a window has the outputs before ``stop``."""
        if not self._takes(high - low):
            return False
        found = self.grids.sizes(high - low, self.axis)[self.grids.target]
        return low / self.grids.jump[self.axis] + found >= stop

    def _shrinks(self, cells: int) -> bool:
        try:
            found = self.grids.sizes(cells, self.axis)
        except ImpossibleSize:
            return False
        for position, size in found.items():
            lost = (self.n - cells) / self.grids.jumps[position][self.axis]
            if self.sizes[position] - size != lost:  # pragma: no cover - no layer is known that
                # moves with its input by one step, which has been asked, and not by several.
                node = self.grids.network.nodes[position]
                fact = (
                    f"'{node.name}' ({node.layer.op}) has {self.sizes[position]} cells in the "
                    f"whole and {size} in a window smaller by {self.n - cells}"
                )
                raise fail("RF463", fact, "it does not move with its input: it cannot be tiled")
        return True


def windows(grids: Grids, axis: int, n: int) -> Windows:
    """Return the windows of one axis of an input of ``n`` cells.

    Raises
    ------
    RfcalcError
        RF462: the network cannot take that size.
    """
    try:
        return Windows(grids, axis, n, grids.sizes(n, axis))
    except ImpossibleSize as fault:
        raise fail("RF462", f"no input of {n} cells on axis {axis}: {fault}", "") from None
