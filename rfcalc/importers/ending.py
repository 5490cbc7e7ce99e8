"""On which grid does an output lie, and what is it called?"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from rfcalc.errors import by, fail
from rfcalc.importers.axes import Factor, Pieces, Tensor, Value, extent, normal
from rfcalc.importers.digits import removed
from rfcalc.importers.graph import Graph
from rfcalc.importers.pieces import items_of, merged, one_axis
from rfcalc.importers.rows import is_of_rows
from rfcalc.importers.works import drafts_with_work
from rfcalc.layers.whole import Linear
from rfcalc.network import Network, Piece, Result, build

__all__ = ["delivered", "entitled", "finish", "piece_of"]


def entitled(
    aliases: Mapping[str, int], taken: Collection[str], titles: Iterable[tuple[str, int]]
) -> dict[str, int]:
    """Return the further names of a network: of its modules, then of its outputs.

    >>> entitled({"head": 3}, {"x", "conv"}, [("head", 5), ("out", 6)])
    {'head': 3, 'output:head': 5, 'output:out': 6, 'out': 6}
    """
    found = {name: node for name, node in aliases.items() if name not in taken}
    for label, node in titles:
        if f"output:{label}" not in taken:
            found.setdefault(f"output:{label}", node)
        if label not in taken and label != "input":
            found.setdefault(label, node)
    return found


def finish(
    graph: Graph, name: str, outputs: Sequence[Value], labels: Sequence[str | None] = ()
) -> Network:
    """Return the network of a graph; an output in pieces has one node per piece.

    Frameworks give the main output first and auxiliary heads after it; a network's main output
    is its last, so the first one moves there.

    Parameters
    ----------
    labels : what the model calls each output. The name ``output:LABEL`` stands for it, and the
        label alone where nothing else has that name.

    Raises
    ------
    RfcalcError
        RF509: no output depends on an input.
    """
    graph.here = "output"
    done = [delivered(graph, output) for output in outputs]
    ends = [[item.node for item in items_of(one) if item.node is not None] for one in done]
    nodes = list(dict.fromkeys(node for end in ends for node in end))
    if not nodes:
        raise fail("RF509", "no output depends on an input", "check the model's inputs")
    titles = [
        (label, end[0]) for label, end in zip(labels, ends, strict=False) if label and len(end) == 1
    ]
    nodes = nodes[1:] + nodes[:1]
    _presume(graph, nodes)
    network = build(
        name,
        graph.dims,
        drafts_with_work(graph),
        graph.given,
        nodes,
        entitled(graph.aliases, graph.names, titles),
        graph.assumed,
        lenient=True,
        layouts=graph.layouts,
    )
    results = tuple(
        Result(
            tuple(piece_of(item, graph.sizes[item.node or 0]) for item in items_of(one)),
            one.dim if isinstance(one, Pieces) else 0,
        )
        for one in done
    )
    return msgspec.structs.replace(network, results=results)


def piece_of(x: Tensor, sizes: Sequence[int]) -> Piece:
    """Return where the cells of a tensor's grid lie in it, as far as whole axes say it."""
    held = [f for dim in x.dims for f in dim if f.axis is not None]
    whole = all(f.axis is not None and f.stride == 1 and f.size == sizes[f.axis] for f in held)
    if not whole or len({f.axis for f in held}) < len(held):
        return Piece(x.node, None)
    return Piece(x.node, tuple(tuple((f.size, f.axis) for f in dim) for dim in x.dims))


def _presume(graph: Graph, outputs: Sequence[int]) -> None:
    """Record what was taken for granted about the inputs on which outputs depend."""
    needed = set(outputs)
    for node in reversed(range(len(graph.drafts))):
        if node in needed:
            needed.update(graph.drafts[node].inputs)
    for node, fact in graph.presumed.items():
        if node in needed:
            graph.assume(fact)


def delivered(graph: Graph, x: Value) -> Value:
    """Return an output on a grid of its own size; pieces of one axis are joined.

    Cells that were laid out as channels belong to the cell that they came to: a block of them is
    read. Axes that stand in another order keep the order that they have in the network. Where the
    cells of one lie otherwise than on the grid (windows along the batch), the grid stays and the
    network says so.
    """
    if isinstance(x, Pieces) and not one_axis(graph, x):
        x = Pieces(x.dim, tuple(_delivered(graph, item) for item in x.items))
    if isinstance(x, Pieces) and one_axis(graph, x):
        x = merged(graph, x)
    return x if isinstance(x, Pieces) else _delivered(graph, x)


def _delivered(graph: Graph, x: Tensor) -> Tensor:
    x = graph.settled(x)
    if x.node is None:
        return x
    if is_of_rows(graph, x.uneven):
        fact = "holds cells that were cut from one axis and laid side by side"
        graph.assume(
            f"the output of shape {list(x.shape)} {fact}: each is taken to read all of them"
        )
    main = _main(graph, x)
    if main is None and _is_transposed(graph, x):
        return x
    if main is None:
        grid = by(graph.sizes[x.node])
        fact = f"the output of shape {list(x.shape)} holds the cells of a grid of {grid} in another"
        graph.assume(f"{fact} order; the grid is shown")
        return x
    inner = [f for d, dim in enumerate(x.dims) for f in dim if f.axis is not None and d not in main]
    if not inner:
        return x
    done = removed(graph, x, inner, Linear)
    dims = tuple(
        dim if d in main else normal([Factor(extent(was))])
        for d, (dim, was) in enumerate(zip(done.dims, x.dims, strict=True))
    )
    return Tensor(done.node, dims)


def _is_transposed(graph: Graph, x: Tensor) -> bool:
    """Whether the cells of every axis lie in order, and the axes in another one than the grid's."""
    held = [f for dim in x.dims for f in dim if f.axis is not None]
    return len({f.axis for f in held}) == len(held) == graph.dims


def _main(graph: Graph, x: Tensor) -> set[int] | None:
    """Return the dimensions along which the cells of the grid lie in order, ``None`` if not so.

    What of an axis lies in another dimension has to be its inner digits, in one dimension of
    channels.
    """
    main: dict[int, int] = {}
    inner: list[int] = []
    for axis in range(graph.dims):
        held = [(f, d) for d, dim in enumerate(x.dims) for f in dim if f.axis == axis]
        if not held:
            continue
        d = main[axis] = max(held, key=lambda one: one[0].stride)[1]
        inner += [other for _, other in held if other != d]
        if sum(other == d for _, other in held) > 1:
            return None
    order = list(main.values())
    places = [(d, [f.axis for f in x.dims[d]].index(axis)) for axis, d in main.items()]
    if order != sorted(order) or places != sorted(places) or len(set(inner)) > 1:
        return None
    apart = len(set(order)) == len(order) and not set(inner) & set(order) and 0 not in order
    if inner and not (apart and len(x.dims) <= len(order) + 2):
        return None
    return set(order)
