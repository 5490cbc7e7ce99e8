"""Which layer stands for a step of a model, and what does the step cost?"""

from collections.abc import Callable, Mapping, Sequence
from math import prod

import msgspec

from rfcalc.importers.axes import Pieces, Tensor
from rfcalc.importers.graph import Graph
from rfcalc.network import Draft, Work

__all__ = ["Weights", "book", "drafts_with_work", "uncounted_work", "weights_among"]

Weights = dict[str, int]
"""Learned tensors by what tells them apart, with their numbers of elements."""


def weights_among(
    read: Sequence[str], own: Mapping[str, Weights], made: Mapping[str, Weights]
) -> Weights:
    """Return the learned tensors among what a step reads, and those behind what was made of them.

    >>> weights_among(["x", "w", "folded"], {"w": {"w": 3}}, {"folded": {"g": 8, "v": 72}})
    {'w': 3, 'g': 8, 'v': 72}
    """
    if not own and not made:
        return {}
    found: Weights = {}
    for name in read:
        found |= own.get(name) or made.get(name) or {}
    return found


def book(graph: Graph, before: int, results: Sequence[object], count: Callable[[], Work]) -> None:
    """Let the layer that a step came to bear what it costs.

    That is the layer of its one result, else the last that it emitted. A step that emitted none,
    as a transpose, costs nothing unless it reads weights or multiplies: then what it was given
    bears it. ``count`` says what it costs; settings that it cannot make anything of are those of
    a damaged file.
    """
    try:
        work = count()
    except (ArithmeticError, LookupError, StopIteration, TypeError, ValueError):
        work = Work(None, None, None, "its settings do not say what it costs")
    first = results[0] if results else None
    node = first.node if isinstance(first, Tensor) else None
    emitted = len(graph.drafts)
    if node is None or not before <= node < emitted:
        if emitted > before:
            node = emitted - 1
        elif isinstance(first, Pieces):
            node = max((i.node for i in first.items if i.node is not None), default=None)
    if node is None:
        return
    held = graph.works.get(node)
    if emitted == before:
        if work.weights == () and work.macs == 0:
            return
        work = msgspec.structs.replace(work, values=held.values if held else 0)
    graph.works[node] = work if held is None else held.and_then(work)


def uncounted_work(op: str, out: Sequence[Sequence[int]], weights: Weights | None = None) -> Work:
    """Return what a step costs that is taken for element-wise: nobody knows what it multiplies."""
    held = None if weights is None else tuple(weights.items())
    return Work(held, None, sum(map(prod, out)), f"{op} was taken for element-wise")


def drafts_with_work(graph: Graph) -> list[Draft]:
    """Return the drafts of a graph with what each costs, and on which axes its size is fixed.

    What no step came to costs nothing.
    """
    none = Work()
    return [
        Draft(
            *(draft.name, draft.layer, draft.inputs, draft.at),
            work=graph.works.get(position, none),
            fixed=tuple(sorted(graph.fixed[position])) if position in graph.fixed else (),
        )
        for position, draft in enumerate(graph.drafts)
    ]
