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
from rfcalc.verification.result import LIMITS, Check, Difference, Found, Refutation, Verification
from rfcalc.verification.sizing import refuted_sizes
from rfcalc.verification.stepping import Step, note, steps
from rfcalc.verification.sums import compare_every

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["Verification", "check_amounts", "verify"]

SHOWN = 5
"""Cells listed in a refutation."""

MOST = 1000
"""Most outputs compared per layer."""

HELD = 1 << 24
"""Cells of masks kept until their impulses are run."""

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
    holes and just outside, and of all cells outside at once. In a deep network that is done for
    each layer from what it reads, and from the source for the last layer, the one at half its depth
    and so on; all outputs of every layer are compared from the source by random sums of their path
    counts, and by which of them a cell reaches. Time then grows with the number of layers alone.

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

    expect(layer=layer, source=source, input=input, seed=seed, positions=positions)
    expect(progress=progress)
    check_amounts(seed, positions)
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
    refuted = refuted_sizes(network)
    # Behind a wrong size the same position means different cells to the two.
    last = min((network.index(r.layer, 0) for r in refuted), default=len(network.nodes))
    places = {
        position: tuple(outputs(network.nodes[position].size or (), positions, generator))
        for position in behind(network, origin, target)
        if position < last
    }
    found = Found([], refuted, {})
    plan = steps(network, origin, places)
    total, done = sum(len(chosen) for step in plan for chosen in step.places.values()), 0
    for step in plan:
        for compared in _compare_step(step, generator, found):
            done += compared
            if progress is not None:
                progress(done, total)
    notes: tuple[str, ...] = ()
    if len(plan) > 1:
        notes = (note(plan[0]),)
        compare_every(network, origin, list(places), generator, found)
    order = {node.name: position for position, node in enumerate(network.nodes)}
    return Verification(
        network=network.name,
        source=network.nodes[origin].name,
        input=network.input or (),
        checks=tuple(sorted(found.checks, key=lambda check: order[check.layer])),
        refutations=tuple(sorted(refuted, key=lambda one: order[one.layer])),
        skipped=tuple(sorted(found.skipped.items(), key=lambda item: order[item[0]])),
        exact=not network.assumed and not found.skipped,
        assumed=(*network.assumed, *assumed),
        notes=notes,
        layouts=network.layouts,
    )


def check_amounts(seed: int, positions: int) -> None:
    """Refuse a seed or a number of positions out of range.

    Raises
    ------
    RfcalcError
        RF406.
    """
    if not 1 <= positions <= MOST:
        fact = f"`positions=` is {positions}"
        raise fail("RF406", fact, f"compare 1 to {MOST:,} outputs per layer")
    if not 0 <= seed < 1 << 32:
        raise fail("RF406", f"`seed=` is {seed}", "a seed is 0 to 4,294,967,295")


class _State(msgspec.Struct, eq=False):
    """What is compared, and where it is noted."""

    network: Network
    origin: int
    interiors: dict[int, Footprint]
    generator: Any
    found: Found
    source: str = ""


def _compare_step(step: Step, generator: Any, found: Found) -> Iterator[int]:
    """Compare the layers of a step; yield how many outputs were done at a time."""
    known = interiors(step.network, step.origin)
    state = _State(step.network, step.origin, known, generator, found, step.source)
    if len(step.places) == 1:
        yield from _compared(state, [(p, at) for p, some in step.places.items() for at in some])
        return
    for number in range(max(map(len, step.places.values()), default=0)):
        some = [(p, chosen[number]) for p, chosen in step.places.items() if number < len(chosen)]
        yield from _compared(state, some)


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
            state.found.skipped[names[0]] = fault.diagnostics[0].message
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
    state.found.refuted.append(Refutation(name, place[1], what, len(differs), shown, state.source))
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
            state.found.refuted.append(
                Refutation(name, one.place[1], probe.where, 1, differs, state.source)
            )
        dark = one.drawn.size - one.mask.cells if "flood" in tried else 0
        state.found.checks.append(
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
                source=state.source,
            )
        )
    return len(waiting)
