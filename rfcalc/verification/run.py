"""Do masks and path counts hold? Every layer against the NumPy backend, which knows neither."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.footprint import Footprint
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.masks import Mask, mask
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.path_counts import paths
from rfcalc.verification.fitting import at_size
from rfcalc.verification.places import behind, interiors, kind, outputs
from rfcalc.verification.probes import Probe, answers, probes
from rfcalc.verification.result import Check, Difference, Refutation, Verification

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["Verification", "verify"]

SHOWN = 5
"""Cells listed in a refutation."""

HELD = 1 << 24
"""Cells of masks kept until their impulses are run."""

LIMITS = ("RF305", "RF409")
"""Codes by which a mask is declined, not wrong."""

Place = tuple[int, tuple[int, ...]]


def verify(
    net: "NetworkLike",
    *,
    layer: str | None = None,
    source: str | None = None,
    input: "Sizes | None" = None,
    seed: int = 0,
    positions: int = 5,
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Run the network in NumPy and compare every layer's masks and path counts.

    Path counts are held against the adjoint of the network of ones; masks against its support
    and against a forward pass with random positive weights, of impulses inside the mask, in its
    holes and just outside, and of all cells outside at once.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : compare this one only; by default all layers that depend on the source.
    source : an earlier layer whose cells are asked for, by default the input.
    input : input size, before the network's own, or the shape of a module's example input; where
        there is none, one is chosen.
    positions : outputs compared per layer: the middle, an edge, two corners, then random ones.
    progress : called with the comparisons done and the number of all.

    Raises
    ------
    RfcalcError
        RF401 unknown layer, RF403 no input size fits, RF405 nothing depends on the source, RF406
        a wrong option, RF440 a layer has too many cells to be run.
    """
    import numpy as np

    from rfcalc.numpy_backend import sizes_of

    expect(layer=layer, source=source, input=input, seed=seed, positions=positions)
    expect(progress=progress)
    if positions < 1:
        raise fail("RF406", f"positions is {positions}", "compare at least one output per layer")
    if isinstance(net, Network):
        network, size = net, cast("Sequence[int] | None", input)
    else:
        network, size = as_network(net, input), None
    target = None if layer is None else network.index(layer, 0)
    origin = network.index(source, 0)
    if not behind(network, origin, target):
        raise network.unjoined(origin, network.output if target is None else target)
    network, assumed = at_size(network, size, source)
    generator = np.random.default_rng(seed)
    refuted = [
        _size_refuted(network, position, found)
        for position, found in enumerate(sizes_of(network))
        if network.nodes[position].size != found
    ]
    # Behind a wrong size the same position means different cells to the two.
    last = min((network.index(r.layer, 0) for r in refuted), default=len(network.nodes))
    places = {
        position: outputs(network.nodes[position].size or (), positions, generator)
        for position in behind(network, origin, target)
        if position < last
    }
    state = _State(network, origin, interiors(network, origin), generator, refuted)
    total, done = sum(map(len, places.values())), 0
    for number in range(positions):
        starts = [(p, chosen[number]) for p, chosen in places.items() if number < len(chosen)]
        for compared in _compared(state, starts):
            done += compared
            if progress is not None:
                progress(done, total)
    order = {node.name: position for position, node in enumerate(network.nodes)}
    return Verification(
        network=network.name,
        source=network.nodes[origin].name,
        input=network.input or (),
        checks=tuple(sorted(state.checks, key=lambda check: order[check.layer])),
        refutations=tuple(sorted(refuted, key=lambda found: order[found.layer])),
        skipped=tuple(sorted(state.skipped.items(), key=lambda item: order[item[0]])),
        exact=not network.assumed and not state.skipped,
        assumed=(*network.assumed, *assumed),
        layouts=network.layouts,
    )


class _State(msgspec.Struct, eq=False):
    """What is compared, and what has come of it so far."""

    network: Network
    origin: int
    interiors: dict[int, Footprint]
    generator: Any
    refuted: list[Refutation]
    checks: list[Check] = []
    skipped: dict[str, str] = {}


class _Asked(msgspec.Struct, eq=False):
    """An output whose counts are compared, with the impulses that are still to be run."""

    place: Place
    mask: Mask
    drawn: Array
    paths: bool
    support: bool
    probes: list[Probe]


def _compared(state: _State, starts: Sequence[Place]) -> Iterator[int]:
    """Compare one output each of several layers; yield how many were done at a time."""
    import numpy as np

    from rfcalc.numpy_backend import counts

    waiting: list[_Asked] = []
    for number, found in counts(state.network, starts, state.origin):
        node, at = starts[number]
        names = state.network.nodes[node].name, state.network.nodes[state.origin].name
        try:
            claimed = mask(state.network, *names, at)
            expected = paths(state.network, *names, at).array()
        except RfcalcError as fault:
            if fault.diagnostics[0].code not in LIMITS:
                raise
            state.skipped[names[0]] = fault.diagnostics[0].message
            yield 1
            continue
        drawn = claimed.array()
        agreed = _agreed(state, (node, at), "paths", expected, found)
        support = _agreed(state, (node, at), "mask", drawn, np.asarray(found > 0, np.bool_))
        tried = probes(drawn, state.generator)
        waiting.append(_Asked((node, at), claimed, drawn, agreed, support, tried))
        if len(waiting) * drawn.size > HELD:
            yield _run(state, waiting)
            waiting = []
    yield _run(state, waiting)


def _agreed(state: _State, place: Place, what: str, expected: "Array", found: "Array") -> bool:
    """Return whether two arrays agree; otherwise say where they do not."""
    import numpy as np

    differs = np.argwhere(expected != found)
    if not len(differs):
        return True
    cells = [tuple(map(int, cell)) for cell in differs[:SHOWN]]
    shown = tuple(Difference(cell, int(expected[cell]), int(found[cell])) for cell in cells)
    name = state.network.nodes[place[0]].name
    state.refuted.append(Refutation(name, place[1], what, len(differs), shown))
    return False


def _run(state: _State, waiting: Sequence[_Asked]) -> int:
    """Run the impulses of several outputs, and close their checks."""
    asked = [(*one.place, probe, one.drawn) for one in waiting for probe in one.probes]
    noticed = iter(answers(state.network, asked, state.origin, state.generator))
    for one in waiting:
        name = state.network.nodes[one.place[0]].name
        tried = [probe.where for probe in one.probes]
        wrong = [probe for probe in one.probes if next(noticed) != probe.noticed]
        for probe in wrong:
            cell = probe.place(one.drawn.shape)
            differs = (
                (Difference(cell, int(probe.noticed), int(not probe.noticed)),) if cell else ()
            )
            state.refuted.append(Refutation(name, one.place[1], probe.where, 1, differs))
        dark = one.drawn.size - one.mask.cells if "flood" in tried else 0
        state.checks.append(
            Check(
                layer=name,
                kind=kind(state.network, state.interiors, one.place, one.mask.cells),
                position=one.place[1],
                cells=one.mask.cells,
                paths=one.paths,
                mask=one.support,
                inside=tried.count("inside"),
                holes=tried.count("hole"),
                outside=tried.count("outside"),
                flooded=dark,
                impulses=not wrong,
            )
        )
    return len(waiting)


def _size_refuted(network: Network, position: int, found: tuple[int, ...]) -> Refutation:
    node = network.nodes[position]
    sizes = zip(node.size or (), found, strict=False)
    wrong = [(axis, a, b) for axis, (a, b) in enumerate(sizes) if a != b]
    differences = tuple(Difference((axis,), a, b) for axis, a, b in wrong)
    return Refutation(node.name, (), "size", len(wrong), differences)
