"""Which tensors hold an entry for each two cells of an axis, as the scores of attention do?"""

from collections.abc import Sequence

import msgspec

from rfcalc.importers.aligning import Label
from rfcalc.importers.axes import Pairs, Product, Tensor, Value, spatial
from rfcalc.importers.digits import Whole
from rfcalc.importers.graph import Graph
from rfcalc.layers.base import Layer

__all__ = ["paired", "sight_of", "softened"]


def paired(
    graph: Graph,
    done: Tensor,
    live: Sequence[tuple[Tensor, tuple[Label, ...]]],
    out: Sequence[Label],
    crossed: set[Label],
    product: Product,
) -> Tensor:
    """Return a product that says whether its entries are pairs of cells, of rows and of keys.

    Parameters
    ----------
    crossed : labels whose cells the result keeps as channels.
    product : the product itself, to make it with another layer in the place of attention.
    """
    if len(crossed) == 1:
        (key,) = crossed
        axes = {graph.whole(v, ls.index(key)) for v, ls in live if _holds(v, ls, key)}
        rows = [d for d in range(len(out)) if graph.whole(done, d) in axes - {None}]
        if len(axes) == len(rows) == 1:
            axis = graph.whole(done, rows[0])
            assert axis is not None
            pairs = Pairs(axis, rows[0], list(out).index(key), product)
            return msgspec.structs.replace(done, pairs=pairs)
        return done
    found = [
        (out.index(ls[v.pairs.rows]), out.index(ls[v.pairs.keys]), v.pairs)
        for v, ls in live
        if v.pairs is not None and {ls[v.pairs.rows], ls[v.pairs.keys]} <= set(out)
    ]
    same = {(rows, keys, pairs.whole, pairs.fill) for rows, keys, pairs in found}
    if len(found) < len(live) or len(same) != 1:
        return done
    rows, keys, pairs = found[0]
    held = msgspec.structs.replace(pairs, rows=rows, keys=keys, product=None)
    return msgspec.structs.replace(done, pairs=held)


def _holds(x: Tensor, labels: Sequence[Label], label: Label) -> bool:
    return label in labels and bool(spatial(x.dims[labels.index(label)]))


def sight_of(
    operands: Sequence[tuple[Value, Sequence[Label]]], out: Sequence[Label]
) -> Whole | None:
    """Return the layer that reads the keys which weights leave, ``None`` where they leave all."""
    for value, labels in operands:
        pairs = value.pairs if isinstance(value, Tensor) else None
        if pairs is not None and pairs.fill == "zero" and labels[pairs.keys] not in out:
            return pairs.whole
    return None


def softened(done: Tensor, x: Tensor, dims: Sequence[int], layer: Layer) -> Tensor:
    """Return a softmax of scores over keys: those that are too low to count are left out."""
    pairs = x.pairs
    if pairs is None or layer.op != "softmax" or list(dims) != [pairs.keys]:
        return done
    least = pairs.fill == "low"
    whole, fill = (pairs.whole, "zero") if least else ((), "")
    held = msgspec.structs.replace(pairs, product=None, whole=whole, fill=fill)
    return msgspec.structs.replace(done, pairs=held)
