"""On which grid do tensors meet whose dimensions carry labels, and what is kept of each?"""

from collections.abc import Sequence
from typing import NamedTuple

from rfcalc.importers.aligning import Label, Live, aligned
from rfcalc.importers.axes import Factor, Tensor, constant, normal
from rfcalc.importers.claims import claimed_by, crossed_in, hidden_from
from rfcalc.importers.digits import Whole, spread
from rfcalc.importers.graph import Graph
from rfcalc.layers.base import Layer
from rfcalc.layers.whole import Attention

__all__ = ["Union", "unite"]


class Union(NamedTuple):
    """A product of tensors, as if all indices of each read alike.

    ``crossed`` are labels whose cells the result keeps as channels, ``live`` the operands that
    are no constants, on the grids on which they met.
    """

    done: Tensor
    crossed: set[Label]
    live: Sequence[Live]


def unite(
    graph: Graph,
    layer: Layer,
    operands: Sequence[tuple[Tensor, Sequence[Label]]],
    out: Sequence[Label],
    whole: Whole = Attention,
) -> Union:
    """Return the product of tensors each on one grid; the parameters are those of ``combine``."""
    live: Sequence[Live] = [(v, tuple(ls)) for v, ls in operands if v.node is not None]
    sizes: dict[Label, int] = {}
    for value, labels in operands:
        for label, size in zip(labels, value.shape, strict=True):
            sizes[label] = max(size, sizes.get(label, 1))
    if not live:
        return Union(constant(sizes[label] for label in out), set(), live)
    live = aligned(graph, live, out)
    digits, result = claimed_by(graph, live, out, sizes)
    nodes: dict[int, list[tuple[Factor, ...]]] = {}
    for value, held in zip((v for v, _ in live), digits, strict=True):
        assert value.node is not None
        hidden = hidden_from(graph, held, result, out)
        nodes.setdefault(value.node, []).append(hidden)
    inputs: list[int] = []
    alone = len(nodes) == 1
    for node, reads in nodes.items():
        wide = [r for r in dict.fromkeys(reads) if r]
        if not wide:
            inputs.append(node)
        single = alone and len(wide) == 1
        inputs += [spread(graph, node, r, whole, "" if single else "read") for r in wide]
    node = inputs[0]
    if not (alone and len(inputs) == 1 and any(any(r) for r in nodes.values())):
        node = graph.merge(layer, inputs)
    done = Tensor(node, tuple(normal(result[label]) for label in out))
    return Union(done, crossed_in(digits, result), live)
