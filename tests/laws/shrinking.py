"""What is the smallest network that still fails? Layers left out, numbers made small."""

from collections.abc import Iterator
from typing import Any

import msgspec

from rfcalc.errors import LimitExceeded, NeedsSize, RfcalcError
from rfcalc.network import Draft, Input, build

__all__ = ["smallest"]

ROUNDS = 400
"""Most steps of shrinking."""


def smallest(network, fails):
    """Return a network of which no smaller one fails, and what it failed with.

    ``fails(network)`` gives a fault or ``None``. A step leaves out a layer, what only it read
    with it; or makes an input smaller; or a parameter.
    """
    fault = fails(network)
    assert fault is not None
    for _ in range(ROUNDS):
        for other in _smaller(network):
            found = fails(other)
            if found is not None:
                network, fault = other, found
                break
        else:
            break
    return network, fault


def _smaller(network) -> Iterator[Any]:
    """Yield valid networks that are a step smaller, large steps first."""
    drafts = [Draft(node.name, node.layer, node.inputs) for node in network.nodes]
    sizes = [node.size for node in network.nodes if isinstance(node.layer, Input)]
    for position in reversed(range(len(drafts))):
        yield from _built(network, *_without(drafts, sizes, position))
    for axis in range(network.dims):
        if network.dims > 1:
            yield from _flat(network, drafts, sizes, axis)
    for axis in range(network.dims):
        for less in (lambda n: 1 + n // 2, lambda n: n - 1):
            made = [(*s[:axis], less(s[axis]), *s[axis + 1 :]) for s in sizes if s[axis] > 1]
            if len(made) == len(sizes) and made != sizes:
                yield from _built(network, drafts, made)
    for position, draft in enumerate(drafts):
        for layer in _simpler(draft.layer):
            other = [*drafts]
            other[position] = Draft(draft.name, layer, draft.inputs)
            yield from _built(network, other, sizes)


def _built(network, drafts, sizes) -> Iterator[Any]:
    if not drafts:
        return
    try:
        yield build(network.name, network.dims, drafts, sizes, lenient=True)
    except (RfcalcError, LimitExceeded, NeedsSize, IndexError):
        return


def _without(drafts, sizes, position):
    """Return the drafts without one of them: what read it reads what it read."""
    gone = drafts[position]
    if isinstance(gone.layer, Input):
        if position == 0 or any(position in draft.inputs for draft in drafts):
            return [], []
        order = [i for i, draft in enumerate(drafts) if isinstance(draft.layer, Input)]
        sizes = [size for i, size in zip(order, sizes, strict=True) if i != position]
    made = []
    for number, draft in enumerate(drafts):
        if number == position:
            continue
        inputs = [gone.inputs[0] if i == position else i for i in draft.inputs]
        moved = tuple(i - (i > position) for i in inputs)
        made.append(Draft(draft.name, draft.layer, moved))
    return made, sizes


def _flat(network, drafts, sizes, axis) -> Iterator[Any]:
    """Yield the network without an axis."""
    made = []
    for draft in drafts:
        given = {}
        for field in draft.layer.__struct_fields__:
            value = getattr(draft.layer, field)
            if isinstance(value, tuple) and value:
                value = (*value[:axis], *value[axis + 1 :])
            given[field] = value
        made.append(Draft(draft.name, type(draft.layer)(**given), draft.inputs))
    cut = [(*size[:axis], *size[axis + 1 :]) for size in sizes]
    yield from _built(msgspec.structs.replace(network, dims=network.dims - 1), made, cut)


def _simpler(layer) -> Iterator[Any]:
    """Yield the layer with one parameter at its default, or one number smaller."""
    for field in msgspec.structs.fields(type(layer)):
        value = getattr(layer, field.name)
        changes = []
        if not field.required and value != field.default:
            changes.append(field.default)
        if isinstance(value, tuple):
            for axis, one in enumerate(value):
                changes += [(*value[:axis], new, *value[axis + 1 :]) for new in _less(one)]
        for change in changes:
            try:
                yield msgspec.structs.replace(layer, **{field.name: change})
            except ValueError:
                continue


def _less(value):
    """Yield smaller numbers in place of a number, or of one end of a pair."""
    if isinstance(value, tuple):
        for end, one in enumerate(value):
            yield from ((*value[:end], new, *value[end + 1 :]) for new in _less(one))
    elif isinstance(value, int) and not isinstance(value, bool) and value > 1:
        yield 1
        yield value - 1
    elif isinstance(value, int) and value < 0:
        yield 0
