"""Which strides reach a field by the least change?"""

from collections.abc import Iterator
from itertools import combinations_with_replacement

from rfcalc.errors import RfcalcError
from rfcalc.layers.window import Conv
from rfcalc.network import Network, without_global
from rfcalc.repair.candidates import candidates
from rfcalc.repair.fields import Fields
from rfcalc.repair.kernels import READ_LIMIT, Grown, grown
from rfcalc.spec import read_text
from rfcalc.spec.frame import Given

__all__ = ["STRIDE_CHANGE", "strided"]

STRIDE_CHANGE = 3
"""Largest total change of strides that is tried."""


def strided(
    text: str, file: str, size: Given, network: Network, wanted: int
) -> Iterator[tuple[int, Grown | None]]:
    """Yield ways to raise strides so that every output has a field, least change first.

    Each comes with its total change; ``None`` follows every total that was gone through. Where
    there are more strides than texts may be read, none is tried.
    """
    open = {
        (node.at.line, node.at.column)
        for node in network.nodes
        if node.at is not None and isinstance(node.layer, Conv) and max(node.layer.kernel) > 1
    }
    some = candidates(text, open, "stride")
    if len(some) > READ_LIMIT:
        return
    usable = [
        one
        for one in some
        if (other := _read(text, file, size, Grown(((one, 1),), 1))) is not None
        and grown(network, other, "stride")
    ]
    left = READ_LIMIT
    for total in range(1, STRIDE_CHANGE + 1):
        for chosen in combinations_with_replacement(usable, total):
            left -= 1
            if left < 0:
                return
            growths = tuple((one, chosen.count(one)) for one in dict.fromkeys(chosen))
            made = Grown(growths, total)
            other = _read(text, file, size, made)
            if other is None:
                continue
            local = without_global(other)
            if all(field >= wanted for field in Fields.of(local, (), local.outputs).was if field):
                yield total, made
        yield total, None


def _read(text: str, file: str, size: Given, made: Grown) -> Network | None:
    try:
        return read_text(made.text(text), file, size)
    except RfcalcError:
        return None
