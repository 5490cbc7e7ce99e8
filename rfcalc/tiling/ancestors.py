"""Which nodes does a target depend on, and how large are they for an input of a given size?"""

from collections.abc import Mapping, Sequence

from rfcalc.errors import ImpossibleSize, fail
from rfcalc.network import Input, Network, Node

__all__ = ["check_sources", "depends", "sizes_at"]


def sizes_at(
    nodes: Sequence[Node],
    order: Sequence[int],
    inputs: Mapping[int, Sequence[int]],
    n: int,
    axis: int,
) -> dict[int, int]:
    """Return the size on one axis of the nodes in ``order``, for inputs of ``n`` cells.

    A node without a grid of its own (global pooling) is spread over what it meets.

    Raises
    ------
    ImpossibleSize
        A layer cannot take what it is given, or branches meet with different sizes.
    """
    found: dict[int, int] = {}
    for position in order:
        read = inputs[position]
        if not read:
            found[position] = n
            continue
        gridded = [i for i in read if nodes[i].jump[axis] is not None or found[i] > 1] or list(read)
        here = found[gridded[0]]
        for other in gridded[1:]:
            if found[other] != here:
                raise ImpossibleSize(
                    f"'{nodes[position].name}' merges sizes that differ: "
                    f"'{nodes[gridded[0]].name}' has {here}, '{nodes[other].name}' has "
                    f"{found[other]}"
                )
        try:
            found[position] = nodes[position].layer.size(here, axis)
        except ImpossibleSize as fault:
            raise ImpossibleSize(f"'{nodes[position].name}': {fault}") from None
    return found


def depends(
    network: Network, targets: Sequence[int], source: int | None = None
) -> tuple[tuple[int, ...], dict[int, tuple[int, ...]]]:
    """Return the nodes from the inputs (or a source) to any target, and what each reads of them.

    Targets without a path from there are left out.

    Raises
    ------
    RfcalcError
        RF405: no path leads from there to any target.
    """
    live: list[bool] = []
    last = max(targets)
    for position, node in enumerate(network.nodes[: last + 1]):
        starts = isinstance(node.layer, Input) if source is None else position == source
        live.append(starts or (position != source and any(live[i] for i in node.inputs)))
    needed = {target for target in targets if live[target]}
    if not needed:
        raise network.unjoined(source or 0, targets[-1])
    for position in range(last, -1, -1):
        if position in needed and position != source:
            needed |= {i for i in network.nodes[position].inputs if live[i]}
    order = tuple(sorted(needed))
    return order, {
        p: () if p == source else tuple(i for i in network.nodes[p].inputs if live[i])
        for p in order
    }


def check_sources(
    network: Network, order: Sequence[int], inputs: Mapping[int, Sequence[int]]
) -> None:
    """Refuse inputs of different sizes, whose sizes are no single one.

    Raises
    ------
    RfcalcError
        RF463
    """
    first, *others = (network.nodes[p] for p in order if not inputs[p])
    for other in others:
        if other.size != first.size:
            fact = f"the inputs '{first.name}' and '{other.name}' have different sizes"
            raise fail("RF463", fact, "tiles and sizes are those of inputs of one size", other.at)
