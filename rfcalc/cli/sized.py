"""Which network do the arguments name, and which size could it take instead of the one given?"""

from collections.abc import Sequence

from rfcalc.cli.reading import Reading
from rfcalc.errors import RfcalcError, by, fail
from rfcalc.network import Network

__all__ = ["sized"]

PROBES = (64, 128, 256, 512, 1024, 2048, 572, 224, 299, 33, 65, 97, 129, 513)
"""Input sizes tried to learn the rule of a network whose own size is not one that it takes."""
SIZE_CODES = {"RF301", "RF302", "RF303"}
MODEL_CODES = {"RF502", "RF507"}
"""What the reader of a model says where its own layers do not fit together, and of much else."""
MODEL_PROBES = 3
"""Input sizes at which a model is read again."""


def sized(net: str, reading: Reading, whole: Sequence[int] | None = None) -> Network:
    """Return the network; where it cannot take its size, say the nearest that it can.

    A model that leaves its size open is read at that of the ``whole`` that is asked about, or at
    another where it does not take that one.

    Raises
    ------
    RfcalcError
        RF462: the network cannot take this size, whichever reader found it.
    """
    try:
        return reading.load(net)
    except RfcalcError as fault:
        codes = {diagnostic.code for diagnostic in fault.diagnostics}
        if whole is not None and not reading.input and codes == {"RF512"}:
            for axes in (1, 2, 3) if len(whole) == 1 else (1,):
                found = _at_some_size(net, reading.at([*whole] * axes), model=False)
                if found is not None:
                    return found
        model = codes <= MODEL_CODES
        if len(reading.input) != 1 or net == "-" or not (model or codes <= SIZE_CODES):
            raise
        network = _at_some_size(net, reading, model)
        size = None if network is None else _space(network, reading.input[0])
        if network is None or size is None:
            raise
        reason = _reason(network, size) if model else fault.diagnostics[0].message
        if reason is None:
            raise
        fact = f"the network cannot take {by(size)}: {reason}"
        raise fail("RF462", fact, _help(network, size)) from None


def _at_some_size(net: str, reading: Reading, model: bool) -> Network | None:
    """Return the network on some size that it takes."""
    given = reading.input[0]
    probes = [reading, *(reading.at([n] * len(given)) for n in PROBES)]
    if model:
        held = 2 if len(given) > 2 else 0  # batch and channels, where the whole shape is given
        shapes = ([*given[:held], *[n] * (len(given) - held)] for n in PROBES[:MODEL_PROBES])
        probes = [reading.at(shape) for shape in shapes]
    for probe in (reading._replace(input=()), *probes):
        try:
            return probe.load(net)
        except RfcalcError:
            continue
    return None


def _space(network: Network, given: Sequence[int]) -> tuple[int, ...] | None:
    """Return the size per axis of an input that is given by its size or its whole shape."""
    layout = network.layouts[0] if network.layouts else ""
    if len(layout) == len(given):
        given = [n for n, letter in zip(given, layout, strict=True) if letter not in "NC"]
    return tuple(given) if len(given) == network.dims else None


def _reason(network: Network, size: Sequence[int]) -> str | None:
    """Return why a network does not take a size, ``None`` if it does."""
    from rfcalc.errors import ImpossibleSize
    from rfcalc.tiling.sizes import taker

    for axis, n in enumerate(size):
        try:
            taker(network, axis).sizes(n)
        except ImpossibleSize as fault:
            return str(fault)
    return None


def _help(network: Network, size: Sequence[int]) -> str:
    from rfcalc.tiling.sizes import nearest, taker

    found = [nearest(taker(network, axis), n) for axis, n in enumerate(size)]
    below, above = [b for b, _ in found if b is not None], [a for _, a in found if a is not None]
    ends = [by(values) for values in (below, above) if len(values) == len(size)]
    if not ends:
        return "no size near it is taken"
    return f"the nearest that it can: {' below, '.join(ends)}{' above' if len(ends) > 1 else ''}"
