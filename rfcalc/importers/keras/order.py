"""In which order are the calls of a Keras model made? Each after those that it reads."""

from collections.abc import Collection
from heapq import heapify, heappop, heappush

from rfcalc.importers.keras.model import Call, Layer, Model, wrong

__all__ = ["needed", "ordered", "weight"]

Node = tuple[str, int]
"""A layer's name, and which of its calls."""


def ordered(model: Model, held: Collection[Node]) -> list[tuple[Layer, int]]:
    """Return the calls that the outputs need, each after those it reads, else as written.

    Raises
    ------
    RfcalcError
        RF504: a call reads what no layer gives, or calls read each other in a circle.
    """
    wanted = needed(model, held)
    rows: list[tuple[Layer, int, Call]] = [
        (layer, index, call)
        for layer in model.layers.values()
        for index, call in enumerate(layer.calls)
        if (layer.name, index) in wanted and (layer.name, index) not in held
    ]
    place = {(layer.name, index): i for i, (layer, index, _) in enumerate(rows)}
    waiting = [0] * len(rows)
    readers: list[list[int]] = [[] for _ in rows]
    for i, (_, _, call) in enumerate(rows):
        for ref in {(ref.layer, ref.node) for ref in call.refs}:
            if ref in held:
                continue
            waiting[i] += 1
            readers[place[ref]].append(i)
    ready = [i for i, count in enumerate(waiting) if not count]
    heapify(ready)
    done: list[tuple[Layer, int]] = []
    while ready:
        i = heappop(ready)
        done.append(rows[i][:2])
        for reader in readers[i]:
            waiting[reader] -= 1
            if not waiting[reader]:
                heappush(ready, reader)
    if len(done) < len(rows):
        stuck = next(row[0].name for i, row in enumerate(rows) if waiting[i])
        raise wrong(model.name, f"calls read each other in a circle, '{stuck}' among them")
    return done


def needed(model: Model, held: Collection[Node]) -> set[Node]:
    """Return the calls that a model's outputs depend on, those in ``held`` without their own."""
    stack = [(ref.layer, ref.node, model.name) for ref in model.results]
    found: set[Node] = set()
    while stack:
        name, index, reader = stack.pop()
        if (name, index) in found:
            continue
        found.add((name, index))
        if (name, index) in held:
            continue
        layer = model.layers.get(name)
        if layer is None or index >= len(layer.calls):
            raise wrong(model.name, f"'{reader}' reads call {index} of '{name}', and there is none")
        stack += [(ref.layer, ref.node, name) for ref in layer.calls[index].refs]
    return found


def weight(model: Model) -> int:
    """Return how many calls of layers a model makes, those in nested models each time."""
    return sum(
        len(layer.calls) * (1 if layer.model is None else weight(layer.model))
        for layer in model.layers.values()
    )
