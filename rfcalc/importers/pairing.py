"""Which tensors hold an entry for each two cells of an axis, as the scores of attention do?"""

from collections.abc import Sequence

import msgspec

from rfcalc.importers.aligning import Label
from rfcalc.importers.axes import Pairs, Product, Recipe, Tensor, Value, spatial
from rfcalc.importers.digits import Whole
from rfcalc.importers.graph import Graph
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import Add

__all__ = ["covers", "join_pairs", "move_pairs", "paired", "sight_of", "softened", "unhide"]

LOOK = 8
"""Most element-wise layers over scores before a mask is met that are made anew with it."""


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
        axes = {graph.axes_of(v, ls.index(key)) for v, ls in live if _holds(v, ls, key)}
        rows = [d for d in range(len(out)) if graph.axes_of(done, d) in axes - {()}]
        if len(axes) == len(rows) == 1:
            pairs = Pairs(axes.pop(), rows[0], list(out).index(key), product)
            return msgspec.structs.replace(done, pairs=pairs)
        return done
    for value, labels in live:
        pairs = value.pairs
        if pairs is not None and pairs.fill == "low" and labels[pairs.keys] not in out:
            unhide(graph)  # summed without a softmax
    found = [
        (out.index(ls[v.pairs.rows]), out.index(ls[v.pairs.keys]), v.pairs)
        for v, ls in live
        if v.pairs is not None and {ls[v.pairs.rows], ls[v.pairs.keys]} <= set(out)
    ]
    if not found:
        return done
    rows, keys, pairs = max(found, key=lambda one: bool(one[2].fill))
    same = len({(r, k, p.whole, p.fill) for r, k, p in found}) == 1 and not any(
        v.pairs is None and out[keys] in ls and v.shape[ls.index(out[keys])] > 1 for v, ls in live
    )
    if not _stays(graph, product.layer, pairs.fill, same, [v for v, _ in live]):
        return done
    known = all(p.product is not None for _, _, p in found) and _depth(product) <= LOOK
    again = product if known and not pairs.fill else None
    held = msgspec.structs.replace(pairs, rows=rows, keys=keys, product=again, steps=())
    return msgspec.structs.replace(done, pairs=held)


def _stays(graph: Graph, layer: Layer, fill: str, same: bool, live: Sequence[Tensor]) -> bool:
    """Whether hidden entries hold what they held, after a sum or product of each entry.

    Of one operand they do: what functions make of them is known before (``functions``).

    Parameters
    ----------
    same : the same entries of all operands are hidden; but of those that have one for all keys.
    live : the operands that are no constants.
    """
    if not fill:
        return same
    if len(live) == 1:
        kept = layer.op != "batchnorm"
    elif fill == "low":
        # What is far below 0 stays so, whatever is added.
        kept = same or (isinstance(layer, Add) and sum(map(_hides, live)) == 1)
    elif isinstance(layer, Add):
        return same and all(map(_hides, live))
    else:
        # Zero times anything is zero: of several masks the entries that one leaves are taken.
        kept = True
        if len({v.pairs.whole for v in live if v.pairs is not None and v.pairs.fill}) > 1:
            unhide(graph)
    if not kept:
        unhide(graph)
    return kept


def _hides(x: Tensor) -> bool:
    return x.pairs is not None and x.pairs.fill != ""


def covers(x: Value, shape: Sequence[int]) -> bool:
    """Whether numbers of a shape, broadcast to a value, differ for each pair of its cells."""
    if not isinstance(x, Tensor) or x.pairs is None:
        return False
    behind = [len(x.shape) - d for d in (x.pairs.rows, x.pairs.keys)]
    return all(d <= len(shape) and shape[-d] > 1 for d in behind)


def unhide(graph: Graph) -> None:
    """Mark a network in which it is no longer known which entries a mask hides."""
    graph.assume(f"{graph.here}: a constant mask is taken to hide nothing")


def move_pairs(
    graph: Graph,
    x: Tensor,
    done: Tensor,
    at: Sequence[int | None],
    step: Recipe,
    moves: bool,
    sums: bool,
) -> Tensor:
    """Return what a step made of a tensor, its entries for pairs of cells where they are now.

    Parameters
    ----------
    at : where rows and keys stand now, ``None`` for those that are gone.
    moves : the entries are what they were; ``sums``: those that are gone were summed over.
    """
    pairs, (rows, keys) = x.pairs, at
    if pairs is None or done.pairs is not None:
        return done
    if rows is None or keys is None or not moves or graph.axes_of(done, rows) != pairs.axes:
        summed = sums and None in at
        if pairs.fill and not summed:
            unhide(graph)
        return done
    steps = pairs.steps if pairs.product is None else (*pairs.steps, step)
    held = msgspec.structs.replace(pairs, rows=rows, keys=keys, steps=steps)
    return msgspec.structs.replace(done, pairs=held)


def _depth(product: Product | None) -> int:
    """Return of how many products, one upon another, pairs are made."""
    if product is None:
        return 0
    held = [v.pairs for v, _ in product.operands if isinstance(v, Tensor) and v.pairs is not None]
    return 1 + max((_depth(pairs.product) for pairs in held), default=0)


def _holds(x: Tensor, labels: Sequence[Label], label: Label) -> bool:
    return label in labels and bool(spatial(x.dims[labels.index(label)]))


def join_pairs(graph: Graph, done: Tensor, items: Sequence[Tensor], d: int) -> Tensor:
    """Return tensors side by side along ``d``: entries that are hidden in all of them are so."""
    held = [item.pairs for item in items]
    if not any(map(_hides, items)):
        return done
    first = held[0]
    if first is None or any(one != first for one in held) or d in (first.rows, first.keys):
        unhide(graph)
        return done
    return msgspec.structs.replace(done, pairs=first)


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
    held = msgspec.structs.replace(pairs, product=None, steps=(), whole=whole, fill=fill)
    return msgspec.structs.replace(done, pairs=held)
