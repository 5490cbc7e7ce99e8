"""What do products of tensors read: element by element, matrices, einsum, attention?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.importers.axes import Pieces, Tensor, Value, live, normal, spatial
from rfcalc.importers.channels import linear
from rfcalc.importers.combining import combine
from rfcalc.importers.digits import Whole
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.mixing import reduce
from rfcalc.importers.pairing import unhide
from rfcalc.importers.pieces import items_of
from rfcalc.importers.sights import differing, sight
from rfcalc.importers.uneven import unlike_along
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import Add, Mul
from rfcalc.layers.whole import Attention

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["attention", "broadcast", "einsum", "letters", "product", "scaled"]


def broadcast(graph: Graph, values: Sequence[Value], layer: Layer) -> Value:
    """Return an element-wise function of tensors, broadcast from the last dimension."""
    found = _alike(values)
    if found:
        nodes = [x.node for x in found if x.node is not None]
        return Tensor(graph.merge(layer, nodes), tuple(map(normal, found[0].dims)))
    labelled = [(v, range(-len(v.shape), 0)) for v in values]
    rank = max(len(v.shape) for v in values)
    return combine(graph, layer, labelled, range(-rank, 0))


def _alike(values: Sequence[Value]) -> list[Tensor]:
    """Return the tensors that depend on an input, if they are laid out alike; else none.

    The others may not make them larger. Most steps of most programs are of this kind: nothing
    has to be aligned.
    """
    found = [v for v in values if isinstance(v, Tensor) and v.node is not None]
    if not found or any(v.uneven is not None or v.pairs is not None for v in found):
        return []
    dims, shape = found[0].dims, found[0].shape
    if any(v.dims != dims for v in found):
        return []
    for value in values if len(found) < len(values) else ():
        if isinstance(value, Pieces):
            return []
        other = value.shape
        behind = shape[len(shape) - len(other) :] if len(other) <= len(shape) else ()
        if len(behind) < len(other) or any(
            n not in (1, m) for n, m in zip(other, behind, strict=True)
        ):
            return []
    return found


def scaled(graph: Graph, x: Value, by: Value) -> Value:
    """Return a tensor each cell of which also reads all of another, as of a computed weight."""
    if not live(by):
        return x
    flat = reduce(graph, by, list(range(len(by.shape))), keep=False)
    labels = range(len(x.shape))
    return combine(graph, Mul(), [(x, labels), (flat, [])], labels)


def product(graph: Graph, one: Value, two: Value) -> Value:
    """Return a matrix product over the last dimensions, those before them broadcast."""
    ones, twos = len(one.shape), len(two.shape)
    if isinstance(two, Tensor) and two.node is None and twos == 2:
        return linear(graph, one, two.shape[1])
    if isinstance(two, Tensor) and two.node is None and twos == 1:
        return linear(graph, one, None)
    left = [*range(-ones, -2), "i", "k"] if ones > 1 else ["k"]
    right = [*range(-twos, -2), "k", "j"] if twos > 1 else ["k"]
    batch = list(range(-max(ones, twos), -2))
    out = [*batch, *(["i"] if ones > 1 else []), *(["j"] if twos > 1 else [])]
    return combine(graph, Mul(), [(one, left), (two, right)], out)


def einsum(graph: Graph, equation: str, values: Sequence[Value]) -> Value:
    """Return the sums over the letters that are missing in the result."""
    terms, arrow, result = equation.replace(" ", "").partition("->")
    if not arrow:
        named = terms.replace(",", "").replace(".", "")
        single = sorted(c for c in set(named) if named.count(c) == 1)
        result = ("..." if "..." in terms else "") + "".join(single)
    labelled = [
        (value, letters(term, len(value.shape)))
        for term, value in zip(terms.split(","), values, strict=True)
    ]
    for value, labels in labelled:
        _undivided(graph, value, labels)
    dots = max(sum(isinstance(label, int) for label in labels) for _, labels in labelled)
    rank = len(result.replace(".", "")) + dots * ("..." in result)
    return combine(graph, Mul(), labelled, letters(result, rank))


def _undivided(graph: Graph, value: Value, labels: Sequence[object]) -> None:
    """Refuse a letter that an operand has twice where it is space: that takes a diagonal."""
    twice = [d for d, label in enumerate(labels) if labels.count(label) > 1]
    if any(spatial(item.dims[d]) for item in items_of(value) for d in twice):
        raise lost(graph.here, f"it takes the diagonal along '{labels[twice[0]]}'")


def letters(term: str, rank: int) -> list[object]:
    """Return one label per dimension; those of an ellipsis are numbers from its end."""
    before, dots, after = term.partition("...")
    if not dots:
        return list[object](term)
    count = rank - len(before) - len(after)
    return [*before, *range(-count, 0), *after]


def attention(
    graph: Graph,
    query: Value,
    key: Value,
    value: Value,
    mask: Value | None,
    *,
    causal: bool = False,
    hidden: "Array | None" = None,
) -> Value:
    """Return attention of batches of rows; ``mask`` is added to the scores, broadcast.

    Causal, a row reads those up to its own. Where rows are no whole axis it is taken to read
    both ways, and the network is marked. ``hidden`` says which keys a constant mask leaves out.
    """
    whole: Whole = Attention
    if causal and any(spatial(i.dims[-2]) for v in (query, key) for i in items_of(v)):
        if len(_same_axes(graph, query, key)) == 1:
            whole = (Attention(side="before"),)
        else:
            graph.assume(f"{graph.here}: causal attention taken to read both ways")
    if hidden is not None and hidden.any():
        found = _seen(graph, query, key, hidden, causal)
        if found is None:
            unhide(graph)
        whole = found or whole
    batch = list(range(len(query.shape) - 2))
    operands = [
        (query, [*batch, "i", "c"]),
        (key, [*batch, "j", "c"]),
        (value, [*batch, "j", "v"]),
    ]
    if mask is not None:
        rank = len(mask.shape)
        operands.append((mask, [*batch[len(batch) - rank + 2 :], "i", "j"]))
    done = combine(graph, Add(), operands, [*batch, "i", "v"], whole)
    if hidden is None or not isinstance(done, Tensor) or whole is Attention:
        return done
    behind = len(query.shape) - hidden.ndim
    return unlike_along(done, [d + behind for d in differing(hidden)])


def _seen(graph: Graph, query: Value, key: Value, hidden: "Array", causal: bool) -> Whole | None:
    """Return the layer that reads the keys which a mask leaves, ``None`` where there is none."""
    import numpy as np

    if not isinstance(query, Tensor) or not _same_axes(graph, query, key):
        return None
    shape = (*query.shape[:-1], key.shape[-2])
    every: Any = np.broadcast_to(hidden, shape)
    if causal:
        every = every | np.triu(np.ones(shape[-2:], bool), 1)
    return sight(graph, query.dims[-2], every, alike=any(spatial(dim) for dim in query.dims[:-2]))


def _same_axes(graph: Graph, query: Value, key: Value) -> tuple[int, ...]:
    """Return the axes whose cells the rows of queries and keys are, in order; none if not so."""
    if isinstance(query, Pieces) or isinstance(key, Pieces):
        return ()
    axes = [graph.axes_of(v, len(v.shape) - 2) for v in (query, key)]
    return axes[0] if axes[0] == axes[1] and query.shape[-2] == key.shape[-2] else ()
