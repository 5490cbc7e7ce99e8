"""Does a network that is fed chunk by chunk give what it gives on the whole?"""

from collections.abc import Callable
from math import floor
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from rfcalc.errors import ImpossibleSize, fail
from rfcalc.network import Network
from rfcalc.tiling.clocks import clocks
from rfcalc.tiling.grids import Grids, grids
from rfcalc.tiling.one_channel import PRIME, STEPS, runner
from rfcalc.tiling.proof import check_cells
from rfcalc.tiling.streams import Stream, stream
from rfcalc.tiling.windows import windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]
    Run: TypeAlias = Callable[[list[Array]], list[Array]]

__all__ = ["Chunked", "Difference", "Model", "compare", "verify"]

MOST = 40
"""Most steps of a stream that are run: the first, the last, and a spread of the others."""


class Difference(msgspec.Struct, frozen=True):
    """A step after which outputs differ from those of the whole: how many, and by how much."""

    layer: str
    samples: int
    cells: int
    most: float


class Chunked(msgspec.Struct, frozen=True):
    """What the comparison found.

    steps : those that were run, ``of`` all that the stream has.
    cells : outputs compared along the axis of time.
    late : outputs that padding at the front makes wait beyond their latency.
    most : the largest difference over the largest value; ``tolerance`` what rounding explains.
    within : values inside a model that were compared in place of its outputs.
    """

    backend: str
    frame: int
    steps: int
    of: int
    cells: int
    late: int
    most: float
    tolerance: float
    differences: tuple[Difference, ...]
    within: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every output is what it is on the whole."""
        return not self.differences


class Model(msgspec.Struct, frozen=True):
    """What is run: a function of the inputs that gives every target, the axis of time first.

    whole, other : inputs of the full length, and others of the same shape whose values differ.
    tolerance : largest difference over the largest value that is taken for rounding.
    """

    backend: str
    run: "Run"
    whole: "list[Array]"
    other: "list[Array]"
    tolerance: float = 0.0


def verify(
    network: Network,
    layer: str | None = None,
    *,
    frame: int | None = None,
    axis: int | None = None,
    ignore_global: bool = False,
    look_back: int | None = None,
    seed: int = 0,
) -> Chunked:
    """Return the comparison in the NumPy backend, bit for bit; arguments as for ``stream``.

    Raises
    ------
    RfcalcError
        RF403: no input size, RF409: a layer has too many cells to be run; and as ``compare``.
    """
    import numpy as np

    told = stream(network, layer, frame=frame, axis=axis, ignore_global=ignore_global)
    time = 0 if axis is None else axis
    moving = grids(network, layer, time=time, ignore_global=ignore_global)
    size = moving.size
    if size is None:
        raise fail("RF403", "verification needs the input size", "give it: `input=(H, W)`")
    check_cells(moving)
    generator = np.random.default_rng(seed)
    runs = [runner(one, generator) for one in moving.each]

    def drawn(low: int, high: int) -> "list[Array]":
        shape = (1, *size)
        return [generator.integers(low, high, shape) / STEPS for _ in moving.sources]

    def run(inputs: "list[Array]") -> "list[Array]":
        given = [np.moveaxis(one, 0, 1 + time) for one in inputs]
        each = [
            [one for one, p in zip(given, moving.sources, strict=True) if p in single.inputs]
            for single in moving.each
        ]
        return [np.moveaxis(r(x)[0], time, 0) for r, x in zip(runs, each, strict=True)]

    kinds = (drawn(0, PRIME // 2), drawn(PRIME // 2, PRIME))
    first, noise = ([np.moveaxis(one, 1 + time, 0) for one in kind] for kind in kinds)
    model = Model("numpy", run, first, noise)
    return compare(moving, time, told, model, look_back)


def compare(
    moving: Grids, time: int, told: Stream, model: Model, look_back: int | None = None
) -> Chunked:
    """Return the comparison of a model on chunks with the model on the whole.

    At each step the model is run on what the stream has brought, from as far back as the outputs
    that have become ready read; cells of the window that lie further back are overwritten.

    Parameters
    ----------
    look_back : samples that are kept in place of those that the outputs read.

    Raises
    ------
    RfcalcError
        RF406: a frame that is no multiple of the alignment, RF464: an output that waits for the
        end of the stream.
    """
    import numpy as np

    step, n = moving.alignment[time], len(model.whole[0])
    if told.frame % step:
        fact = f"`verify=True` is given with a frame of {told.frame} samples"
        fits = " or ".join(map(str, dict.fromkeys(told.fitting)))
        raise fail("RF406", fact, f"take a multiple of {step}, as `frame={fits}`")
    steps = [*range(n % step + told.frame, n, told.frame), n]
    chosen = _spread(len(steps))
    whole = model.run(model.whole)
    scales = [float(np.abs(one).max()) or 1.0 for one in whole]
    clock = clocks(moving, time)
    back = {stage.name: stage.look_back for stage in told.stages}
    found: list[Difference] = []
    cells = late = 0
    most = 0.0
    for number, one in enumerate(moving.each):
        ready, outputs = clock[one.target], len(whole[number])
        if ready is None:
            fact = f"'{one.name}' waits for the end of the stream"
            raise fail("RF464", fact, "ask for an earlier `layer=`")
        jump = one.jump[time]
        kept = back[one.name] if look_back is None else look_back
        line = None if back[one.name] is None else windows(one, time, n)
        begin = 0
        for turn, there in enumerate(steps):
            end = outputs if there == n else min(outputs, ready.last(there - 1) + 1)
            # Padding that repeats what comes later lets the first outputs wait.
            while line and begin < end and there < n and line.needed(begin, end)[1] > there:
                end, late = end - 1, late + 1
            low = 0
            if line and begin < end:
                low = min(line.needed(begin, end)[0], there - 1) // step * step
            while low > 0 and not _fits(one, time, n, there - low):
                low -= step
            if end <= begin or (there < n and not _fits(one, time, n, there - max(0, low))):
                continue
            if turn in chosen:
                first = max(0, low)
                parts = [given[first:there].copy() for given in model.whole]
                noise = max(0, floor(jump * begin) - kept) - first if kept is not None else 0
                for part, other in zip(parts, model.other, strict=True):
                    if noise > 0:
                        part[:noise] = other[first : first + noise]
                at = int(first / jump)
                part = model.run(parts)[number][begin - at : end - at]
                wanted = whole[number][begin:end]
                apart = np.abs(part - wanted) / scales[number]
                cells += end - begin
                most = max(most, float(apart.max()))
                wrong = int((apart > model.tolerance).reshape(end - begin, -1).any(axis=1).sum())
                if wrong:
                    found.append(Difference(one.name, there, wrong, float(apart.max())))
            begin = end
    return Chunked(
        model.backend,
        told.frame,
        len(chosen),
        len(steps),
        cells,
        late,
        most,
        model.tolerance,
        tuple(found),
    )


def _spread(steps: int) -> set[int]:
    """Return which steps are run."""
    if steps <= MOST:
        return set(range(steps))
    third = MOST // 4
    inner = [third + k * (steps - 2 * third) // (2 * third) for k in range(2 * third)]
    return {*range(third), *inner, *range(steps - third, steps)}


def _fits(one: Grids, axis: int, n: int, cells: int) -> bool:
    """Whether the network takes a window of so many cells, as a part of the whole."""
    try:
        here, whole = one.sizes(cells, axis), one.sizes(n, axis)
    except ImpossibleSize:
        return False
    return all(whole[p] - here[p] == (n - cells) / one.jumps[p][axis] for p in one.order)
