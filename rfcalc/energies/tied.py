"""Where do fixed coefficients meet, so that squaring them one by one is not exact?"""

from collections.abc import Iterator, Sequence

from rfcalc.energies.lags import NONE, Lags, collide, passed
from rfcalc.energies.weights import keeps
from rfcalc.footprint import Axis
from rfcalc.layers.frame import Pad
from rfcalc.layers.pointwise import Add, Mul
from rfcalc.layers.whole import Linear
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.masks.questions import Question
from rfcalc.network import BROADCAST, Network, Node
from rfcalc.taps import IDENTITY

__all__ = ["RANDOM", "doubled", "tied"]

RANDOM = (Conv, ConvTranspose, Linear)
"""Layers with a random weight for every tap."""


def doubled(
    network: Network, source: int, reads: Sequence[tuple[int, Sequence[int]]]
) -> Iterator[int]:
    """Yield the sums to which two paths without a random layer lead from one node.

    Their coefficients add before they are squared. What hangs together by paths without random
    layers is kept as one set, so some exact sums may be reported.
    """
    parent = {source: source}

    def root(position: int) -> int:
        while parent[position] != position:
            parent[position] = parent[parent[position]]
            position = parent[position]
        return position

    for position, wanted in reads:
        layer = network.nodes[position].layer
        parent[position] = position
        if isinstance(layer, RANDOM):
            continue
        roots = [root(i) for i in wanted]
        if isinstance(layer, (Add, Mul)) and len({*roots}) < len(roots):
            yield position
        for one in roots:
            parent[root(one)] = position


def tied(question: Question, reads: Sequence[tuple[int, Sequence[int]]]) -> Iterator[int]:
    """Yield the layers that pass on correlated gradients by fixed coefficients to one cell.

    Averages and interpolation hand one gradient to several cells; every random layer before them
    treats those cells alike, however many there are, and so they are correlated still where an
    average, an interpolation or nearest upsampling adds them up.
    """
    nodes, dims = question.network.nodes, question.network.dims
    lags: dict[int, list[Lags]] = {question.target: [NONE] * dims}
    for position, wanted in reversed(reads):
        node, here = nodes[position], lags.pop(position)
        meet = False
        for i in wanted:
            taps = _taps(node, i)
            meet = meet or _meet(node, taps, here, question.bordered)
            size = nodes[i].size or (None,) * dims
            before = [
                passed(node.layer, axis, lag, n)
                for axis, lag, n in zip(taps, here, size, strict=True)
            ]
            lags[i] = [a | b for a, b in zip(lags.get(i, before), before, strict=True)]
        if meet:
            yield position


def _taps(node: Node, given: int) -> tuple[Axis, ...]:
    taps = node.reading(given)
    return (IDENTITY,) * len(taps) if keeps(node.layer) else taps


def _meet(node: Node, taps: Sequence[Axis], lags: Sequence[Lags], bordered: bool) -> bool:
    """Whether correlated gradients are added up, by a layer, or where its padding folds back."""
    if not any(lag.most for lag in lags):
        return False
    folds = bordered and isinstance(node.layer, (Conv, Pad)) and node.layer.border != "zeros"
    return (
        folds
        or BROADCAST in taps
        or any(collide(node.layer, axis, lag) for axis, lag in zip(taps, lags, strict=True))
    )
