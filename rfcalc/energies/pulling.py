"""How much energy of one output reaches every cell of the source? Pulled back node by node."""

from collections.abc import Collection, Sequence
from math import prod
from typing import TYPE_CHECKING

from rfcalc.energies.adding import added
from rfcalc.energies.axes import Passage, pulled
from rfcalc.energies.merging import inputs_of
from rfcalc.energies.sums import Box, Sum
from rfcalc.energies.weights import Shares, keeps, shares
from rfcalc.footprint import Axis
from rfcalc.layers.base import Layer
from rfcalc.masks.questions import Question
from rfcalc.network import BROADCAST, Node
from rfcalc.taps import IDENTITY, Taps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["energies", "energies_at"]

_BOXES = 1024
"""Most products of lines in a sum that is not written out cell by cell."""
_COST = 10_000
"""Cells of an array that take as long as one product of lines."""


def energies(question: Question, frame: Sequence[int]) -> Sum:
    """Return the energy of the source's cells; ``frame`` is about as large as their field."""
    source = question.source
    return energies_at(question, [source], _boxes(frame)).get(source, Sum(()))


def energies_at(question: Question, ends: Collection[int], most: int) -> dict[int, Sum]:
    """Return the energy of the cells of some nodes; what has reached one of them stops there.

    Parameters
    ----------
    ends : the source, and nodes before the target.
    most : products of lines that a sum may hold before it is written out cell by cell.
    """
    network = question.network
    nodes = network.nodes
    between = network.between(question.source, question.target)
    widths: dict[int, int | None] = {}
    demand: dict[int, list[Sum]] = {question.target: [Sum.one(question.output)]}
    for position in range(question.target, question.source, -1):
        if position not in demand or position in ends:
            continue
        part = added(demand.pop(position), most)
        node = nodes[position]
        wanted = [i for i in node.inputs if between[i]]
        for i, share in inputs_of(network, position, wanted, widths):
            found = _through(part, node, nodes[i], node.reading(i), question.bordered).times(share)
            demand.setdefault(i, []).append(found)
    return {position: added(parts, most) for position, parts in demand.items()}


def _boxes(frame: Sequence[int]) -> int:
    """Return how many products of lines on a frame are cheaper than an array of its cells."""
    return min(_BOXES, prod(frame) // (sum(frame) + _COST))


def _through(part: Sum, node: Node, given: Node, taps: Sequence[Axis], bordered: bool) -> Sum:
    """Return what a node passes on to one of its inputs, axis by axis."""
    if all(relation is IDENTITY for relation in taps) and (not bordered or given.size == node.size):
        return part
    boxes = part.boxes
    for axis, relation in enumerate(taps):
        boxes = _along(boxes, axis, _passage(node.layer, axis, relation, given, bordered))
    return Sum(boxes, part.exponent)


def _passage(layer: Layer, axis: int, relation: Axis, given: Node, bordered: bool) -> Passage:
    n = None if given.size is None else given.size[axis]
    if not isinstance(relation, Taps) and keeps(layer):
        relation = IDENTITY
    weights: Shares = (1.0,)
    if isinstance(relation, Taps) and relation is not BROADCAST:
        weights = shares(layer, relation, n, axis)
    return Passage(layer, axis, relation, weights, n if bordered else None)


def _along(boxes: Sequence[Box], axis: int, by: Passage) -> tuple[Box, ...]:
    """Pull boxes back along one axis; lines that they share are pulled back once."""
    done: dict[tuple[int, int], tuple[int, Array]] = {}

    def change(values: Array, inner: int, start: int) -> tuple[int, Array]:
        key = id(values), start
        if key not in done:
            done[key] = pulled(values, inner, start, by)
        return done[key]

    return tuple(box.along(axis, change) for box in boxes if 0 not in box.shape)
