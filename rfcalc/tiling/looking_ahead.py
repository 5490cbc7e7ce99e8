"""Which layers make an output wait for later samples, and for how many each?"""

from collections.abc import Mapping, Sequence

__all__ = ["shares"]


def shares(
    target: int, inputs: Mapping[int, Sequence[int]], ahead: Mapping[int, int | None]
) -> tuple[tuple[int, int | None], ...]:
    """Return the layers that look ahead on the way to a target, each with its samples.

    Of the inputs of a layer the one that looks ahead the furthest counts. What a layer adds to
    it is its share. A layer that moves its input back in time, as padding at the front does, pays
    for those behind it, and what is left of that for those before: so a convolution behind
    padding of its own looks ahead by what the two do together. The shares add up to the
    look-ahead of the target.

    Parameters
    ----------
    inputs : of every layer those that lead back to the samples.
    ahead : samples after those that a layer's cells stand for, negative where they end before;
        ``None`` without end, as is then the share of the layer that makes it so.

    Examples
    --------
    >>> shares(3, {0: (), 1: (0,), 2: (1,), 3: (2,)}, {0: 0, 1: -4, 2: 0, 3: 2})
    ((3, 2),)
    """
    path = [target]
    while inputs[path[-1]]:
        path.append(max(inputs[path[-1]], key=lambda i: _far(ahead[i])))
    path.reverse()
    found: list[tuple[int, int | None]] = []
    paid = 0
    before = ahead[path[0]] or 0
    for position in path[1:]:
        reach = ahead[position]
        if reach is None:
            found.append((position, None))
            break
        more, before = reach - before, reach
        used = min(paid, max(0, more))
        paid += max(0, -more) - used
        if more > used:
            found.append((position, more - used))
    for number in reversed(range(len(found))):
        position, samples = found[number]
        if samples is not None:
            used = min(paid, samples)
            paid -= used
            found[number] = (position, samples - used)
    return tuple(one for one in found if one[1] != 0)


def _far(samples: int | None) -> float:
    return float("inf") if samples is None else samples
