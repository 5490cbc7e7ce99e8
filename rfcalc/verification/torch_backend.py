"""Does a PyTorch module read what its masks say? Its own gradient against every mask."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.footprint import Footprint
from rfcalc.gradients.addressing import cell_sum, cells
from rfcalc.masks import mask
from rfcalc.verification.exchanged import HIDDEN
from rfcalc.verification.places import interiors, kind, outputs
from rfcalc.verification.result import Check, Difference, Refutation, Verification
from rfcalc.verification.sources import gradient_sources
from rfcalc.verification.staging import Staged, staged

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["verify_module"]

SHOWN = 5
"""Cells listed in a refutation."""
LIMITS = ("RF305", "RF409")
"""Codes by which a mask is declined, not wrong."""

Place = tuple[int, int, tuple[int, ...]]
"""A node, a source, and a position on the node's grid."""


def verify_module(
    module: "torch.nn.Module",
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None = None,
    *,
    layer: str | None = None,
    source: str | None = None,
    seed: int = 0,
    positions: int = 5,
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Run a PyTorch module and compare masks with the gradients of its inputs.

    The module runs in float64, in evaluation mode, with positive random weights. Twice: with
    what saturates or picks exchanged for sums that read the same, where the gradient is not 0
    exactly on the mask; and as it stands, where the gradient lies inside the mask.

    Parameters
    ----------
    module : its weights are overwritten.
    args, kwargs : the example inputs it is called with.
    layer : compare this one only, by default every output and some layers on the way.
    source : one of the inputs, by default all of them.
    positions : outputs compared per layer: the middle, an edge, two corners, then random ones.
    progress : called with the gradients done and the number of all.

    Raises
    ------
    RfcalcError
        RF401 unknown layer, RF406 a source that is no input, RF441 a layer that cannot be found
        in the module or nothing to compare, RF507 the module raised; and as ``from_torch``.
    """
    import numpy as np

    if positions < 1:
        raise fail("RF406", f"positions is {positions}", "compare at least one output per layer")
    stage = staged(module, args, kwargs, layer, seed, assume_pointwise, layout)
    network = stage.network
    sources, whole = gradient_sources(network, stage.inputs, source)
    state = _State(stage, sources, np.random.default_rng(seed), skipped=whole)
    chosen = stage.compared
    total, done = 2 * sum(len(state.places(node, positions)) for node in chosen), 0
    for compare, running in ((_compared, stage.exchanged), (_contained, stage.standing)):
        with running() as values:
            for node, value in values.items():
                compare(state, node, value)
                done += len(state.places(node, positions))
                if progress is not None:
                    progress(done, total)
    if not state.checks:
        reasons = "; ".join(f"'{name}': {reason}" for name, reason in state.skipped.items())
        fact = "no output of the module could be compared" + (f": {reasons}" if reasons else "")
        raise fail("RF441", fact, "name a layer on the way: `layer=NAME`")
    order = {node.name: position for position, node in enumerate(network.nodes)}
    skipped = sorted({**stage.skipped, **state.skipped}.items(), key=lambda s: order.get(s[0], -1))
    return Verification(
        network=network.name,
        source=", ".join(network.nodes[i].name for i in state.sources),
        input=network.nodes[state.sources[0]].size or (),
        checks=tuple(sorted(state.checks.values(), key=lambda check: order[check.layer])),
        refutations=tuple(sorted(state.refuted, key=lambda found: order[found.layer])),
        skipped=tuple(skipped),
        exact=not network.assumed and not skipped,
        assumed=network.assumed,
        backend="torch",
        notes=stage.notes(),
        layouts=network.layouts,
    )


class _State(msgspec.Struct, eq=False):
    """What is compared, and what has come of it so far."""

    stage: Staged
    sources: list[int]
    generator: Any
    checks: dict[Place, Check] = {}
    refuted: list[Refutation] = []
    skipped: dict[str, str] = {}
    chosen: dict[int, list[tuple[int, ...]]] = {}
    inside: dict[int, dict[int, Footprint]] = {}

    def places(self, node: int, most: int) -> list[tuple[int, ...]]:
        """Return the positions of a node that are compared."""
        if node not in self.chosen:
            size = self.stage.network.nodes[node].size or ()
            self.chosen[node] = outputs(size, most, self.generator)
        return self.chosen[node]

    def refute(self, place: Place, what: str, differs: Array, said: Array) -> None:
        """Record that a mask and a gradient disagree on some cells."""
        import numpy as np

        where = [tuple(map(int, cell)) for cell in np.argwhere(differs)]
        shown = tuple(Difference(c, int(said[c]), int(not said[c])) for c in where[:SHOWN])
        node, source = (self.stage.network.nodes[i].name for i in place[:2])
        self.refuted.append(Refutation(node, place[2], what, len(where), shown, source))

    def interior(self, source: int) -> dict[int, Footprint]:
        """Return what every layer reads of a source where nothing is cut."""
        if source not in self.inside:
            self.inside[source] = interiors(self.stage.network, source)
        return self.inside[source]


def _compared(state: _State, node: int, value: "torch.Tensor") -> None:
    """Compare that the gradient with exchanged operators is not 0 exactly on the masks."""
    network = state.stage.network
    name, doubt = network.nodes[node].name, _doubt(state.stage, node)
    for at in state.chosen[node]:
        for source, reached in _reached(state, node, value, at):
            said = _said(state, node, source, at)
            if said is None:
                continue
            narrow = bool(doubt) and bool((said & ~reached).any())
            if narrow:
                state.skipped[name] = (
                    f"{doubt}: it was only compared that the gradient lies inside the mask"
                )
            differs = (reached & ~said) if doubt else (reached != said)
            if differs.any():
                state.refute((node, source, at), "mask", differs, said)
            count = int(said.sum())
            state.checks[node, source, at] = Check(
                layer=name,
                kind=kind(network, state.interior(source), (node, at), count),
                position=at,
                cells=count,
                paths=None,
                mask=False if differs.any() else None if narrow else True,
                inside=0,
                holes=0,
                outside=0,
                flooded=0,
                impulses=None,
                source=network.nodes[source].name,
            )


def _doubt(stage: Staged, node: int) -> str:
    """Return why a mask may be wider than the gradient and right; empty where it may not."""
    if through := stage.doubt(node):
        return f"no derivative passes {through}, which reads"
    return "what it reads is assumed" if node in stage.assumed else ""


def _contained(state: _State, node: int, value: "torch.Tensor") -> None:
    """Compare that the gradient of the module as it stands lies inside the masks."""
    for at in state.chosen[node]:
        for source, reached in _reached(state, node, value, at):
            place = (node, source, at)
            if place not in state.checks:
                continue
            said = _said(state, node, source, at)
            assert said is not None
            beyond = reached & ~said
            if beyond.any():
                state.refute(place, "contained", beyond, said)
            check = state.checks[place]
            state.checks[place] = msgspec.structs.replace(check, contained=not beyond.any())


def _reached(
    state: _State, node: int, value: "torch.Tensor", at: tuple[int, ...]
) -> Iterable[tuple[int, Array]]:
    """Yield for every source the cells on which one cell of a layer has a gradient."""
    import torch

    network = state.stage.network
    # A score that a mask hides is read by nobody, whatever its derivative.
    value = torch.where(value.detach() > HIDDEN, value, 0)
    total = cell_sum(value, state.stage.held(node), at)
    inputs = [state.stage.inputs[i] for i in state.sources]
    gradients = torch.autograd.grad(total, inputs, retain_graph=True, allow_unused=True)
    for source, given, found in zip(state.sources, inputs, gradients, strict=True):
        # Without a path there is no gradient, whatever the annotation of torch says.
        gradient = torch.zeros_like(given) if found is None else found  # pyright: ignore[reportUnnecessaryComparison]
        if torch.isfinite(gradient).all():
            size = network.nodes[source].size or ()
            yield source, cells((gradient != 0).numpy(), state.stage.given(source), size)
        else:
            state.skipped[network.nodes[node].name] = "its gradient is not finite"


def _said(state: _State, node: int, source: int, at: tuple[int, ...]) -> Array | None:
    """Return the mask, empty where there is no path, ``None`` where rfcalc declines."""
    import numpy as np

    network = state.stage.network
    if not network.between(source, node)[node]:
        return np.zeros(network.nodes[source].size or (), np.bool_)
    name = network.nodes[node].name
    try:
        return mask(network, name, network.nodes[source].name, at).array()
    except RfcalcError as fault:
        if fault.diagnostics[0].code not in LIMITS:
            raise
        state.skipped[name] = fault.diagnostics[0].message
        return None
