"""Does what holds layer by layer hold from the source? Every output of every layer, in one pass."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.errors import RfcalcError
from rfcalc.masks.pixels import drawn
from rfcalc.masks.reached import reached
from rfcalc.network import Network
from rfcalc.path_counts.pushing import pushes
from rfcalc.tally import Tally
from rfcalc.verification.places import outputs
from rfcalc.verification.result import LIMITS, Check, Difference, Found, Refutation

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = ["compare_every", "compare_reach", "compare_sums"]

CELLS = 3
"""Cells of the source that are followed to all outputs: the middle and two corners."""


def compare_every(
    network: Network,
    origin: int,
    layers: Collection[int],
    generator: "Generator",
    found: Found,
) -> None:
    """Compare all outputs of some layers with the NumPy backend, from the source.

    Path counts are weighed with a random number for each cell of the source, modulo a prime near
    ``2^31``, and added up: where a count is wrong the sum agrees by chance once in ``2^31``
    times. Masks are compared column by column, for some cells of the source. Where rfcalc declines
    that, the last layer is skipped.
    """
    try:
        checks, refuted = _every(network, origin, layers, generator)
    except RfcalcError as fault:
        if fault.diagnostics[0].code not in LIMITS:
            raise
        found.skipped[network.nodes[max(layers)].name] = fault.diagnostics[0].message
        return
    found.checks += checks
    found.refuted += refuted


def _every(
    network: Network, origin: int, layers: Collection[int], generator: "Generator"
) -> tuple[list[Check], list[Refutation]]:
    sums = compare_sums(network, origin, layers, generator)
    cells = outputs(network.nodes[origin].size or (), CELLS, generator)
    reach = compare_reach(network, origin, layers, cells, generator)
    wrong_sums, wrong_reach = {one.layer for one in sums}, {one.layer for one in reach}
    checks = [
        Check(
            layer=name,
            kind="every",
            position=(),
            cells=0,
            paths=name not in wrong_sums,
            mask=name not in wrong_reach,
            inside=len(cells),
            holes=0,
            outside=0,
            flooded=0,
            impulses=name not in wrong_reach,
        )
        for name in (network.nodes[position].name for position in layers)
    ]
    return checks, [*sums, *reach]


def compare_sums(
    network: Network, origin: int, layers: Collection[int], generator: "Generator"
) -> list[Refutation]:
    """Return the layers whose path counts, weighed at random, do not add up to the backend's."""
    import numpy as np

    from rfcalc.numpy_backend import PRIME, responses

    size = network.nodes[origin].size
    assert size is not None
    weights = generator.integers(1, PRIME, size)

    def ones(shape: tuple[int, ...]) -> "Array":
        return np.ones(shape, np.int64)

    wanted = set(layers)
    given = Tally((0,) * len(size), weights[None], PRIME - 1)
    claimed = pushes(network, origin, given, wanted, PRIME)
    ran = (one for one in responses(network, weights[None], ones, origin) if one[0] in wanted)
    found: list[Refutation] = []
    for position, (_, part), (_, y) in zip(sorted(wanted), claimed, ran, strict=True):
        expected = np.zeros(y[0].shape, np.int64)
        box = zip(part.start, part.shape, strict=True)
        expected[tuple(slice(low, low + n) for low, n in box)] = part.words[0]
        found += _differing(network, position, "sums", expected != y[0])
    return found


def compare_reach(
    network: Network,
    origin: int,
    layers: Collection[int],
    cells: Sequence[tuple[int, ...]],
    generator: "Generator",
) -> list[Refutation]:
    """Return the layers of which some cell of the source reaches other outputs than it should."""
    import numpy as np

    from rfcalc.numpy_backend import responses

    size = network.nodes[origin].size
    assert size is not None
    claimed = [reached(network, origin, cell) for cell in cells]
    x = np.zeros((len(cells), *size))
    for row, cell in zip(x, cells, strict=True):
        row[cell] = 1
    found: list[Refutation] = []
    wanted = set(layers)

    def draw(shape: tuple[int, ...]) -> "Array":
        return generator.uniform(1, 2, shape)

    for position, y in responses(network, x, draw, origin):
        if position not in wanted:
            continue
        for cell, regions, row in zip(cells, claimed, y, strict=True):
            grid = network.nodes[position].size or ()
            held = drawn(regions[position], (0,) * len(grid), grid)
            found += _differing(network, position, "reached", held != (row > 0), cell, held)
    return found


def _differing(
    network: Network,
    position: int,
    what: str,
    differs: "Array",
    cell: Sequence[int] = (),
    held: "Array | None" = None,
) -> list[Refutation]:
    """Return the refutation of a layer some outputs of which differ, if any do."""
    import numpy as np

    places = np.argwhere(differs)
    if not len(places):
        return []
    at = tuple(map(int, places[0]))
    said = None if held is None else int(held[at])
    shown = () if said is None else (Difference(tuple(cell), said, 1 - said),)
    return [Refutation(network.nodes[position].name, at, what, len(places), shown)]
