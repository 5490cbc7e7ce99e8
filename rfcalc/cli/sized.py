"""Which network do the arguments name, and which size could it take instead of the one given?"""

from collections.abc import Sequence

from rfcalc.cli import options
from rfcalc.errors import RfcalcError, by, fail
from rfcalc.network import Network

__all__ = ["sized"]

PROBES = (64, 128, 256, 512, 1024, 2048, 572, 224, 299, 33, 65, 97, 129, 513)
"""Input sizes tried to learn the rule of a network whose own size is not one that it takes."""
SIZE_CODES = {"RF301", "RF302", "RF303"}


def sized(net: str, input: str | None, set: Sequence[str] | None) -> Network:
    """Return the network; where it cannot take its size, say the nearest that it can.

    Raises
    ------
    RfcalcError
        RF462: the network cannot take this size.
    """
    try:
        return options.network(net, input, set)
    except RfcalcError as fault:
        codes = {diagnostic.code for diagnostic in fault.diagnostics}
        size = options.integers("--input", input)
        if size is None or net == "-" or not codes <= SIZE_CODES:
            raise
        network = _learned(net, len(size), set)
        if network is None:
            raise
        fact = f"the network cannot take {by(size)}: {fault.diagnostics[0].message}"
        raise fail("RF462", fact, _help(network, size)) from None


def _learned(net: str, dims: int, set: Sequence[str] | None) -> Network | None:
    """Return the network on some size that it takes."""
    for probe in (None, *(",".join([str(n)] * dims) for n in PROBES)):
        try:
            return options.network(net, probe, set)
        except RfcalcError:
            continue
    return None


def _help(network: Network, size: Sequence[int]) -> str:
    from rfcalc.tiling.sizes import nearest, taker

    found = [nearest(taker(network, axis), n) for axis, n in enumerate(size)]
    below, above = [b for b, _ in found if b is not None], [a for _, a in found if a is not None]
    ends = [by(values) for values in (below, above) if len(values) == len(size)]
    if not ends:
        return "no size near it is taken"
    return f"the nearest that it can: {' below, '.join(ends)}{' above' if len(ends) > 1 else ''}"
