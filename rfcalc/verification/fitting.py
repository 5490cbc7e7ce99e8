"""At which input size is a network verified? The one given, or one that shows its interior."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, prod

from rfcalc.errors import RfcalcError, by, fail
from rfcalc.interior import growth
from rfcalc.network import Draft, Input, Network, build
from rfcalc.tiling.sizes import Taker, nearest

__all__ = ["CELLS_LIMIT", "TOTAL_LIMIT", "at_size", "fitted", "resized"]

CELLS_LIMIT = 1 << 22
"""Most cells of a layer that is run."""
TOTAL_LIMIT = 1 << 25
"""Most cells of all layers that are run."""

LARGEST = {1: 1 << 13, 2: 192, 3: 40}
"""Largest size chosen for a network without one, cells per axis, by number of axes."""


def resized(network: Network, size: Sequence[int]) -> Network:
    """Return the network with inputs of another size.

    Every input takes the size: all inputs of a network stand on one grid.

    Raises
    ------
    RfcalcError
        RF406: another number of values than axes, or a value below 1; RF301 to RF305: the
        network does not take inputs of this size.
    """
    if len(size) != network.dims or min(size) < 1:
        fact = f"`input=` is {by(size)}; the network has {network.dims} axes"
        raise fail("RF406", fact, "give one positive size per axis, as in 224,224")
    if prod(size) > CELLS_LIMIT:
        raise too_large("input", size)
    drafts = [Draft(node.name, node.layer, node.inputs, node.at) for node in network.nodes]
    inputs = [tuple(size) for node in network.nodes if isinstance(node.layer, Input)]
    # The network was built once already: what was allowed to meet then may meet again.
    return build(
        *(network.name, network.dims, drafts, inputs),
        outputs=network.outputs,
        aliases=network.aliases,
        assumed=network.assumed,
        lenient=True,
    )


def at_size(
    network: Network, size: Sequence[int] | None, source: str | None
) -> tuple[Network, tuple[str, ...]]:
    """Return the network at a size it can be run at, and what was assumed to get there.

    Raises
    ------
    RfcalcError
        RF440: a layer would have too many cells; RF403: no size was found that fits, or a layer
        was cut off from what it reads and has no other size.
    """
    assumed: tuple[str, ...] = ()
    unsized = any(node.size is None for node in network.nodes)
    if size is not None or unsized:
        _whole(network)
    if size is not None:
        network = resized(network, size)
    elif unsized:
        network, assumed = fitted(network, source)
    for node in network.nodes:
        if node.size is not None and prod(node.size) > CELLS_LIMIT:
            raise too_large(node.name, node.size)
    total = sum(prod(node.size or ()) for node in network.nodes)
    if total > TOTAL_LIMIT:
        raise fail(
            "RF440",
            f"the layers have {total:,} cells together; the limit is {TOTAL_LIMIT:,}",
            "verify at a smaller `input=`: the layers are the same",
        )
    return network, assumed


def fitted(network: Network, source: str | None) -> tuple[Network, tuple[str, ...]]:
    """Return the network with an input just large enough for interior outputs, while that is small.

    The largest size per axis is bounded; where the bound is met, deep layers have no interior.
    """
    wanted = _wanted(network, source)
    most = LARGEST[network.dims]
    size: list[int] = []
    inputs = {position: node.inputs for position, node in enumerate(network.nodes)}
    for axis, cells in enumerate(wanted):
        # All layers have to take the size, also those behind the ones that are compared.
        takes = Taker(network.nodes, tuple(inputs), inputs, network.outputs, axis)
        below, above = nearest(takes, min(cells, most))
        found = above if above is not None and above <= 2 * most else below
        if found is None:
            raise _unfit(network)
        size.append(found)
    try:
        made = resized(network, size)
    except RfcalcError:
        raise _unfit(network) from None
    note = f"the input is {by(size)} cells: the network has no size of its own"
    if any(n < cells for n, cells in zip(size, wanted, strict=True)):
        note += f", and no interior below {by(wanted)}"
    return made, (note,)


def _whole(network: Network) -> None:
    """Refuse a network that cannot be made anew: one without its global layers."""
    for node in network.nodes:
        if not node.inputs and not isinstance(node.layer, Input):
            fact = f"'{node.name}' reads nothing: the network cannot be made at another size"
            raise fail("RF403", fact, "give the size before its global layers are set aside")


def _wanted(network: Network, source: str | None) -> list[int]:
    """Return the size at which the widest bounded field fits, with a few outputs to spare."""
    try:
        rows = growth(network, source).rows
    except RfcalcError:
        return [LARGEST[network.dims]] * network.dims
    wanted: list[int] = []
    for axis in range(network.dims):
        fields = [n for row in rows if row.rf is not None and (n := row.rf[axis]) is not None]
        jumps = [jump for row in rows if (jump := row.jump[axis]) is not None]
        # Padding is at most half a field on either side of the outputs' centres.
        step = ceil(max((abs(jump) for jump in jumps), default=Fraction(1)))
        scale = ceil(rows[0].node.jump[axis] or 1)
        wanted.append(max(8, scale * (max(fields, default=1) + 4 * step)))
    return wanted


def too_large(name: str, size: Sequence[int]) -> RfcalcError:
    """Return the error for a layer with more cells than are run."""
    return fail(
        "RF440",
        f"'{name}' has {by(size)} = {prod(size):,} cells; the limit is {CELLS_LIMIT:,}",
        "verify at a smaller `input=`: the layers are the same",
    )


def _unfit(network: Network) -> RfcalcError:
    fact = f"no input size was found at which '{network.name}' fits together"
    return fail("RF403", fact, "give one: `input=(H, W)`")
