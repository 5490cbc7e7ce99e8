"""How does an output cell answer when input cells change? Forward runs in place of gradients."""

from collections.abc import Callable, Sequence
from itertools import product
from math import frexp, prod
from typing import TYPE_CHECKING, cast

import msgspec

from rfcalc.errors import by, fail
from rfcalc.gradients.addressing import on_grid
from rfcalc.gradients.measuring import Pair
from rfcalc.gradients.places import Place
from rfcalc.gradients.seats import Seat
from rfcalc.importers.axes import Tensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.floating]
    Mask = NDArray[np.bool_]
    Indices = NDArray[np.intp]
else:
    Array = Mask = Indices = object

__all__ = ["NEGLIGIBLE", "Occlusion", "Run", "bound_entries", "first_side"]

NEGLIGIBLE = 1e-4
"""Share of the largest answer of a block below which the cells of a block are taken for 0."""
ENTRIES_LIMIT = 1 << 20
"""Most entries of an input that are changed one by one."""
_STEP = 1 / 64
"""By how much an entry is changed, as a share of the deviation of the input."""
_COARSE = 16
"""Blocks along the longest axis to begin with."""
_BATCH = 64
"""Most changed inputs of one run."""
_SPREAD = 1e-3
"""Largest change of an output by cells outside its mask that rounding makes."""

Run = Callable[[Sequence[Array]], list[Array]]


class Occlusion(msgspec.Struct, frozen=True, eq=False):
    """A model that is run forward, with entries of its input changed one by one.

    Entries are changed by a little, so that the difference of the output over that of the input
    is the gradient: exactly for a linear model, but for rounding. Blocks of cells are changed
    first, all of their entries by random signs, twice; a block that hardly answers is looked at
    no further.

    run : gives the outputs of the model, batches stacked along the first dimension.
    places, seats : what is measured.
    inputs : how the dimensions of each input address its grid.
    stacked : whether several inputs can be stacked.
    """

    run: Run
    places: tuple[Place, ...]
    seats: tuple[Seat, ...]
    inputs: tuple[Tensor, ...]
    stacked: bool

    def __call__(self, sample: Sequence[Array]) -> list[Pair]:
        """Return the pair of every place at a sample, changed within the masks alone."""
        found: list[Pair | None] = [None] * len(self.places)
        for source in sorted({place.source for place in self.places}):
            numbers = [n for n, place in enumerate(self.places) if place.source == source]
            for number, pair in zip(numbers, self._of(sample, source, numbers), strict=True):
                found[number] = pair
        return [pair for pair in found if pair is not None]

    def _of(self, sample: Sequence[Array], source: int, numbers: Sequence[int]) -> list[Pair]:
        """Return the pairs of the places on one input."""
        import numpy as np

        held, whole = self.inputs[source], sample[source]
        size = self.places[numbers[0]].network.nodes[source].size
        assert size is not None
        inside = np.zeros(size, bool)
        for number in numbers:
            mask = _on_source(self.places[number], size)
            inside |= mask
            self._check(sample, source, number, mask)
        step = 2.0 ** frexp(float(whole.std()) * _STEP or _STEP)[1]
        change = _Changes(self, sample, source, numbers, np.float32(step))
        entries = _entries(held, whole.shape, size)
        flat = entries[change.coarse(inside, entries)].reshape(-1).tolist()
        bound_entries(len(flat), self.places[numbers[0]].layer)
        answers = change.answers([[index] for index in flat])
        pairs: list[Pair] = []
        for row, number in enumerate(numbers):
            slopes = np.zeros(whole.size)
            slopes[flat] = answers[:, row]
            shaped = slopes.reshape(whole.shape)
            place = self.places[number]
            absolute, squared = (
                place.framed(on_grid(one, held, size, np.mean)) * place.inside()
                for one in (np.abs(shaped), np.square(shaped))
            )
            pairs.append((absolute, squared))
        return pairs

    def totals(self, outputs: Sequence[Array], numbers: Sequence[int], count: int) -> Array:
        """Return the sum over the channels of the cell of each place, shape (count, places)."""
        import numpy as np

        found = np.zeros((count, len(numbers)))
        for column, number in enumerate(numbers):
            seat, place = self.seats[number], self.places[number]
            assert seat.output is not None
            value = outputs[seat.output]
            if seat.part is not None:
                dim, low, high = seat.part
                value = value[(*[slice(None)] * dim, slice(low, high))]
            found[:, column] = _cell_sums(value, seat.held, place.cells[0], count)
        return found

    def _check(self, sample: Sequence[Array], source: int, number: int, mask: Mask) -> None:
        """Change all cells outside a mask at once: the output stays.

        Raises
        ------
        RfcalcError
            RF453: it does not.
        """
        import numpy as np

        held, whole = self.inputs[source], sample[source]
        outside = _entries(held, whole.shape, mask.shape)[~mask].reshape(-1)
        if not len(outside):
            return
        changed = whole.copy().reshape(-1)
        changed[outside] = np.random.default_rng(0).permutation(changed[outside]) + 1
        other = [*sample]
        other[source] = changed.reshape(whole.shape)
        before, after = (
            self.totals(self.run(given), [number], 1)[0, 0] for given in (list(sample), other)
        )
        if abs(after - before) > _SPREAD * max(1.0, abs(before)):
            place = self.places[number]
            fact = (
                f"cell {place.cells[0]} of '{place.layer}' changes with cells of "
                f"'{place.origin}' outside its exact mask"
            )
            help = "this is an error of rfcalc, not of the model: please report it with the model"
            raise fail("RF453", fact, help)


class _Changes:
    """Runs of a model with changed inputs, against one without."""

    def __init__(
        self,
        probe: Occlusion,
        sample: Sequence[Array],
        source: int,
        numbers: Sequence[int],
        step: "np.floating",
    ) -> None:
        self.probe, self.sample, self.source, self.numbers = probe, list(sample), source, numbers
        self.step = step
        self.before = probe.totals(probe.run(self.sample), numbers, 1)[0]

    def answers(self, groups: Sequence[Sequence[int]], signs: Array | None = None) -> Array:
        """Return the slope of each place by each group of entries, shape (groups, places)."""
        import numpy as np

        whole = self.sample[self.source]
        found = np.zeros((len(groups), len(self.numbers)))
        room = _BATCH if self.probe.stacked else 1
        for low in range(0, len(groups), room):
            part = groups[low : low + room]
            stack = np.repeat(whole.reshape(1, -1), len(part), axis=0)
            wide = np.zeros(len(part))
            for row, group in enumerate(part):
                listed = list(group)
                turn = self.step if signs is None else self.step * signs[listed]
                changed = stack[row, listed] + turn
                # What is added is not always what was to be: floats are coarse.
                wide[row] = float(changed[0]) - float(stack[row, listed[0]]) if signs is None else 1
                stack[row, listed] = changed
            given = [self._several(one, len(part)) for one in self.sample]
            given[self.source] = stack.reshape(len(part) * whole.shape[0], *whole.shape[1:])
            made = self.probe.totals(self.probe.run(given), self.numbers, len(part))
            found[low : low + room] = (made - self.before) / wide[:, None]
        return found

    def _several(self, one: Array, count: int) -> Array:
        import numpy as np

        return np.repeat(one, count, axis=0) if self.probe.stacked else one

    def coarse(self, inside: Mask, entries: Indices) -> Mask:
        """Return which cells of a mask are looked at one by one."""
        import numpy as np

        generator = np.random.default_rng(0)
        shape = inside.shape
        signs = [generator.choice([-1.0, 1.0], self.sample[self.source].size) for _ in range(2)]
        side = first_side(shape)
        corners = list(product(*(range(0, n, side) for n in shape)))
        while side > 1:
            cuts = [tuple(slice(c, c + side) for c in corner) for corner in corners]
            blocks = [entries[cut][inside[cut]].reshape(-1).tolist() for cut in cuts]
            held = [(c, b) for c, b in zip(corners, blocks, strict=True) if b]
            listed = [block for _, block in held]
            loud = np.max([np.abs(self.answers(listed, s)) for s in signs], axis=0)
            kept = (loud > NEGLIGIBLE * loud.max(axis=0, initial=0)).any(axis=1)
            half = side // 2
            corners = [
                tuple(c + half * t for c, t in zip(corner, turn, strict=True))
                for (corner, _), keep in zip(held, kept, strict=True)
                if keep
                for turn in product((0, 1), repeat=len(shape))
            ]
            side = half
        loudest = np.zeros(shape, bool)
        for corner in corners:
            loudest[tuple(slice(c, c + 1) for c in corner)] = True
        return loudest & inside


def first_side(shape: Sequence[int]) -> int:
    """Return the side of the blocks that are changed first: 1 where no cell is dropped unseen.

    >>> first_side((31, 20)), first_side((100, 20))
    (1, 4)
    """
    side = 1
    while 2 * side * _COARSE <= max(shape):
        side *= 2
    return side


def bound_entries(count: int, layer: str) -> None:
    """Raise RF409 where more entries are to be changed one by one than can be.

    Raises
    ------
    RfcalcError
        RF409: they are more than ``ENTRIES_LIMIT``.
    """
    if count > ENTRIES_LIMIT:
        fact = f"the field of '{layer}' has {count:,} entries to be changed one by one"
        raise fail("RF409", fact, f"at most {ENTRIES_LIMIT:,} are: name an earlier `layer=`")


def _on_source(place: Place, size: Sequence[int]) -> Mask:
    """Return the mask of a place's cell on the whole grid of the source."""
    import numpy as np

    found = np.zeros(tuple(size), bool)
    frame = place.inside()
    pairs = list(zip(place.starts[0], place.shape, size, strict=True))
    ours = tuple(slice(max(0, s), max(0, min(s + n, whole))) for s, n, whole in pairs)
    theirs = tuple(slice(max(0, -s), max(0, min(n, whole - s))) for s, n, whole in pairs)
    found[ours] = frame[theirs]
    return found


def _entries(held: Tensor, shape: Sequence[int], size: Sequence[int]) -> Indices:
    """Return the entries of an input, as places in its memory, shape (*size, entries of a cell)."""
    import numpy as np

    axes = [dim[0].axis if dim else None for dim in held.dims]
    order = sorted(range(len(axes)), key=lambda d: len(size) if (a := axes[d]) is None else a)
    return np.arange(prod(shape)).reshape(tuple(shape)).transpose(order).reshape(*size, -1)


def _cell_sums(value: Array, held: Tensor, cell: Sequence[int], count: int) -> Array:
    """Return the sum of the entries of a cell, for each of several stacked inputs."""
    import numpy as np

    value = np.asarray(value, np.float64)
    if value.shape[0] % count or (count > 1 and held.dims[0] and held.dims[0][0].axis is not None):
        raise fail("RF441", f"outputs of {by(value.shape)} do not stack", "measure it in PyTorch")
    return np.array([_cell_sum(part, held, cell) for part in np.split(value, count)])


def _cell_sum(value: Array, held: Tensor, cell: Sequence[int]) -> float:
    """Return the sum of the entries of a cell, as ``addressing.cell_sum`` does of a tensor."""
    import numpy as np

    for d, dim in enumerate(held.dims):
        rest = cast("Indices", np.arange(value.shape[d]))
        keep = cast("Mask", np.ones(value.shape[d], bool))
        for factor in reversed(dim):
            if factor.axis is not None:
                digit = cell[factor.axis] // factor.stride % factor.size
                keep = keep & (rest % factor.size == digit)
            rest = rest // factor.size
        value = np.compress(keep, value, axis=d)
    return float(value.sum())
