"""Do tiles of the user's own model, with its weights, give what it gives on the whole?"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.footprint import Endless
from rfcalc.network import Network
from rfcalc.tiling.parts import Part, Places, parts
from rfcalc.tiling.plan import Plan, Tile
from rfcalc.tiling.proof import kept
from rfcalc.tiling.windows import windows
from rfcalc.verification.holding import Statistic
from rfcalc.verification.models import INSIDE, Model
from rfcalc.verification.outcomes import Outcome, Sizes, outcome_of, sizes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["Compared", "compared", "per_tile"]

TOLERANCE = {"float64": 1e-12, "float32": 1e-4}
"""Largest difference that the order of sums makes, as a share of the largest value."""

RUNS = 400
"""Most windows that are run to tell layers that read a tile whole apart; then some tiles do."""


class Share(msgspec.Struct, frozen=True):
    """The seam that one layer leaves which reads a tile whole, ``None`` where it is not known."""

    layer: str
    op: str
    seam: float | None


class Compared(msgspec.Struct, frozen=True):
    """The largest differences between the whole and its tiles.

    ``largest`` is the largest value of the outputs. ``seams`` is the difference at outputs next to
    another tile, ``inside`` at all others. ``per_tile`` names the layers that read a tile whole,
    such as norms over space: no halo makes their tiles the whole. ``shares`` has the seam that
    each of them leaves when all others are computed of the whole; ``held`` is the largest
    difference when all of them are, ``None`` where they cannot be. Both are of ``tried`` tiles.
    ``within`` names the values inside the model that were compared in place of its outputs.
    """

    halo: tuple[tuple[int, int], ...]
    tiles: int
    largest: float
    inside: float
    seams: float
    precision: str
    per_tile: tuple[str, ...]
    shares: tuple["Share", ...] = ()
    held: float | None = None
    tried: int = 0
    within: tuple[str, ...] = ()

    @property
    def tolerance(self) -> float:
        """Largest difference that the order of sums makes."""
        return TOLERANCE[self.precision] * self.largest

    @property
    def ok(self) -> bool:
        """Whether the tiles give what the whole gives, but for the order of sums."""
        return max(self.inside, self.seams) <= self.tolerance


def compared(
    model: Model,
    plan: Plan,
    network: Network,
    halo: Sequence[tuple[int, int]] | None = None,
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Compared:
    """Return the comparison of a model on the whole with itself on the tiles of a plan.

    Every cell of a window that lies further from its tile than the halo is another one, drawn
    from the same distribution: normal, with variance 1. Where the model does not give the outputs
    at the size of a tile, values inside it that hold their cells are compared, if it has any.

    Parameters
    ----------
    network : what was read from the model, its layers that read everything included.
    halo : cells before and after, per axis; by default the plan's own.

    Raises
    ------
    RfcalcError
        RF403: the plan has no size; RF441: an output of the model is not one of the plan's.
    """
    asked: dict[str, Any] = {"halo": halo, "seed": seed, "progress": progress}
    try:
        return _compare(model, plan, network, **asked)
    except RfcalcError as fault:
        if model.within is None or fault.diagnostics[0].code not in INSIDE:
            raise
        again = model.within(network, [one.grids.name for one in plan.each])
        if again is None:
            raise
    other, found = again
    made = _compare(other, plan, found.network, **asked)
    return msgspec.structs.replace(made, within=found.values)


def _compare(
    model: Model,
    plan: Plan,
    network: Network,
    *,
    halo: Sequence[tuple[int, int]] | None,
    seed: int,
    progress: Callable[[int, int], None] | None,
) -> Compared:
    """Return the comparison of what a model gives."""
    import numpy as np

    n = plan.grids.size
    todo = list(parts(plan))
    assert n is not None
    if halo is None:
        halo = tuple(plan.cut.of(size, axis) for axis, size in enumerate(plan.tile))
    generator = np.random.default_rng(seed)
    places = [_input(layout, len(n)) for layout in network.layouts]
    shapes = [p.resized(shape, n) for p, shape in zip(places, model.shapes, strict=True)]
    inputs = [generator.normal(size=shape) for shape in shapes]
    values = model.run(inputs)
    targets = [network.index(one.grids.name, network.output) for one in plan.each]
    chosen = [outcome_of(network, target, len(values)) for target in targets]
    wholes = _cells(chosen, values, sizes_of(network, plan.grids, n))
    tiles = list(zip(todo, zip(*(one.tiles for one in plan.each), strict=True), strict=True))

    def windows_of(number: int) -> list[Array]:
        """Return the inputs of a tile: other values beyond its halo."""
        other = np.random.default_rng((seed, number))
        part, own = tiles[number]
        keep, given = _kept(plan, own, halo), list[Array]()
        for whole, place in zip(inputs, places, strict=True):
            window = whole[place.index(part.input, whole.ndim)]
            drawn = other.normal(size=window.shape)
            inner = place.index(keep, whole.ndim)
            drawn[inner] = window[inner]
            given.append(drawn)
        return given

    def apart(number: int, results: Sequence[Array]) -> tuple[float, float]:
        part = tiles[number][0]
        given = [high - low for low, high in part.input]
        return _apart(part, _cells(chosen, results, sizes_of(network, plan.grids, given)), wholes)

    inside = seams = 0.0
    for number in range(len(tiles)):
        found = apart(number, model.run(windows_of(number)))
        inside, seams = max(inside, found[0]), max(seams, found[1])
        if progress is not None:
            progress(number + 1, len(tiles))
    largest = max(float(abs(whole).max(initial=0.0)) for whole in wholes)
    nodes = _per_tile(network, plan)
    names = tuple(f"'{name}' ({op})" for name, op in nodes)
    found = Compared(tuple(halo), len(todo), largest, inside, seams, model.precision, names)
    if not nodes or model.hold is None:
        return found
    held = model.hold(inputs, windows_of(0))
    if held is None:
        return found
    count = min(len(tiles), max(1, RUNS // (1 + len(held.statistics))))
    some = [n * len(tiles) // count for n in range(count)]

    def worst(*free: int) -> float:
        return max(max(apart(n, held.run(windows_of(n), free))) for n in some)

    matched = matching(nodes, held.statistics)
    shares = [
        Share(name, op, worst(*numbers) if numbers else None)
        for (name, op), numbers in zip(nodes, matched, strict=True)
    ]
    told = {number for numbers in matched for number in numbers}
    shares += [
        Share(one.place, one.op, worst(number))
        for number, one in enumerate(held.statistics)
        if number not in told
    ]
    return msgspec.structs.replace(found, shares=tuple(shares), held=worst(), tried=count)


def _cells(chosen: Sequence[Outcome], values: Sequence[Array], sizes: Sizes) -> list[Array]:
    """Return the cells of every output, its axes first."""
    return [one.cells(values, sizes) for one in chosen]


def _apart(part: Part, found: Sequence[Array], wholes: Sequence[Array]) -> tuple[float, float]:
    """Return the largest differences of a tile's outputs, inside and next to another tile."""
    inside = seams = 0.0
    for cells, whole, own, outer in zip(found, wholes, part.inner, part.outer, strict=True):
        differs = abs(cells[_box(own)] - whole[_box(outer)]).max(axis=-1, initial=0.0)
        if differs.size:
            edge = _edge(outer, whole.shape)
            seams = max(seams, float(differs[edge].max(initial=0.0)))
            inside = max(inside, float(differs[~edge].max(initial=0.0)))
    return inside, seams


def _box(spans: Sequence[tuple[int, int]]) -> tuple[slice, ...]:
    return tuple(slice(low, high) for low, high in spans)


def matching(nodes: Sequence[tuple[str, str]], found: Sequence[Statistic]) -> list[list[int]]:
    """Return which statistics are those of each layer; both stand in the order of the model.

    >>> matching([("norm", "instance_norm"), ("se.mean", "global_pool")],
    ...          [Statistic("norm", "x"), Statistic("se", "mean")])
    [[0], [1]]
    """
    matched: list[list[int]] = [[] for _ in nodes]
    places = [[n for n, _ in group] for _, group in groupby(enumerate(found), lambda p: p[1].place)]
    if len(places) == len(nodes):
        return places
    at = 0
    for number, one in enumerate(found):
        alike = [n for n, (name, _) in enumerate(nodes) if _alike(name, one.place)]
        fresh = [n for n in alike if n >= at and not matched[n]]
        if fresh or alike:
            chosen = fresh[0] if fresh else alike[-1]
            matched[chosen].append(number)
            at = max(at, chosen)
    return matched


def _alike(name: str, place: str) -> bool:
    """Whether a layer stands at a module or node of a model."""
    return name == place or name.rpartition(".")[0] == place


def per_tile(network: Network, plan: Plan) -> tuple[str, ...]:
    """Return the layers before the outputs that read on a divided axis all there is."""
    return tuple(f"'{name}' ({op})" for name, op in _per_tile(network, plan))


def _per_tile(network: Network, plan: Plan) -> list[tuple[str, str]]:
    divided = [axis for axis, cause in enumerate(plan.grids.causes) if cause is None]
    reached: set[int] = set()
    for one in plan.each:
        between = network.between(0, network.index(one.grids.name, network.output))
        reached.update(p for p, on in enumerate(between) if on)
    return [
        (node.name, node.layer.op)
        for position, node in enumerate(network.nodes)
        if position in reached and any(isinstance(node.taps[axis], Endless) for axis in divided)
    ]


def _input(layout: str, axes: int) -> Places:
    dims = tuple(d for d, letter in enumerate(layout) if letter not in "NC")
    if len(dims) != axes:
        fact = f"an input of layout {layout} does not hold the {axes} axes as dimensions"
        raise fail("RF441", fact, "verify it in NumPy: omit `backend=`")
    return Places(dims)


def _kept(
    plan: Plan, tiles: Sequence[Tile], halo: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Return the cells of a window, from its first on, that some output keeps as they are."""
    found: list[tuple[int, int]] = []
    for axis, (low, _) in enumerate(tiles[0].input):
        spans = [
            kept(windows(one.grids, axis, (one.grids.size or ())[axis]), tile, halo[axis])
            for one, tile in zip(plan.each, tiles, strict=True)
        ]
        first, last = min(s.start for s in spans), max(s.stop for s in spans)
        found.append((first - low, last - low))
    return tuple(found)


def _edge(outer: Sequence[tuple[int, int]], size: Sequence[int]) -> Array:
    """Return which outputs of a tile lie next to another tile."""
    import numpy as np

    found = np.zeros([high - low for low, high in outer], np.bool_)
    for axis, ((low, high), n) in enumerate(zip(outer, size, strict=False)):
        line = np.moveaxis(found, axis, 0)
        if low > 0:
            line[0] = True
        if high < n:
            line[-1] = True
    return found
