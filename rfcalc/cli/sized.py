"""Which network do the arguments name, and which size could it take instead of the one given?"""

from collections.abc import Sequence

from rfcalc.cli.reading import Reading
from rfcalc.errors import RfcalcError, by, fail
from rfcalc.network import Network

__all__ = ["sized"]

PROBES = (64, 128, 256, 512, 1024, 2048, 572, 224, 299, 33, 65, 97, 129, 513)
"""Input sizes tried to learn the rule of a network whose own size is not one that it takes."""
SIZE_CODES = {"RF301", "RF302", "RF303"}


def sized(net: str, reading: Reading) -> Network:
    """Return the network; where it cannot take its size, say the nearest that it can.

    Raises
    ------
    RfcalcError
        RF462: the network cannot take this size.
    """
    try:
        return reading.load(net)
    except RfcalcError as fault:
        codes = {diagnostic.code for diagnostic in fault.diagnostics}
        if len(reading.input) != 1 or net == "-" or not codes <= SIZE_CODES:
            raise
        size = reading.input[0]
        network = _learned(net, reading)
        if network is None:
            raise
        fact = f"the network cannot take {by(size)}: {fault.diagnostics[0].message}"
        raise fail("RF462", fact, _help(network, size)) from None


def _learned(net: str, reading: Reading) -> Network | None:
    """Return the network on some size that it takes."""
    dims = len(reading.input[0])
    for probe in (reading._replace(input=()), *(reading.at([n] * dims) for n in PROBES)):
        try:
            return probe.load(net)
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
