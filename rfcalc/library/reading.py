"""How is a network read by functions that run its model, too? As ``load`` reads it."""

from collections.abc import Sequence
from typing import Literal

from rfcalc.errors import RfcalcError, by, fail
from rfcalc.loading import load, shapes_of
from rfcalc.loading.models import is_module
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.loading.options import LoadOptions
from rfcalc.network import Network, PartlyRead

__all__ = ["as_far", "read_as_far", "read_at_size"]

PROBES = (64, 128, 256, 512, 1024, 2048, 572, 224, 299, 33, 65, 97, 129, 513)
"""Input sizes tried to learn the rule of a network whose own size is not one that it takes."""
SIZE_CODES = {"RF301", "RF302", "RF303"}
MODEL_CODES = {"RF502", "RF507"}
"""What the reader of a model says where its own layers do not fit together, and of much else."""
MODEL_PROBES = 3
"""Input sizes at which a model is read again."""


def read_as_far(
    net: NetworkLike,
    input: "Sizes | None",
    reading: LoadOptions,
    layer: str | Literal[False] | None = False,
) -> Network:
    """Return the network, of a model that cannot be read whole what comes up to a layer.

    Parameters
    ----------
    layer : what is asked about; ``False`` where nothing but the whole will do.

    Raises
    ------
    RfcalcError
        As ``load``; where a layer would do, its help names one.
    """
    try:
        return load(net, input=input, **reading)
    except RfcalcError as fault:
        return as_far(fault, layer)


def as_far(fault: RfcalcError, layer: str | Literal[False] | None) -> Network:
    """Return what was read of a model up to the layer that is asked about.

    Raises
    ------
    RfcalcError
        The fault, where it tells of no such model or layer.
    """
    if not isinstance(fault, PartlyRead) or layer is False:
        raise fault
    if layer is None or not fault.network.holds(layer):
        raise fault.naming_a_layer()
    return fault.network


def read_at_size(
    net: NetworkLike,
    input: "Sizes | None",
    reading: LoadOptions,
    layer: str | Literal[False] | None = False,
    whole: Sequence[int] | None = None,
) -> Network:
    """Return the network; where it cannot take its size, say the nearest that it can.

    A model that leaves its size open is read at that of the ``whole`` that is asked about, or at
    another where it does not take that one.

    Raises
    ------
    RfcalcError
        RF462: the network cannot take this size, whichever reader found it; and as ``load``.
    """
    try:
        return read_as_far(net, input, reading, layer)
    except RfcalcError as fault:
        probe = _Probe(net, reading, layer)
        codes = {diagnostic.code for diagnostic in fault.diagnostics}
        if whole is not None and input is None and codes == {"RF512"}:
            for axes in (1, 2, 3) if len(whole) == 1 else (1,):
                found = probe.at([[*whole] * axes, *([n] * len(whole) * axes for n in PROBES)])
                if found is not None:
                    return found
        model = codes <= MODEL_CODES
        shapes = () if input is None else shapes_of(input)
        if len(shapes) != 1 or net == "-" or not (model or codes <= SIZE_CODES):
            raise
        network = probe.beside(shapes[0], model)
        size = None if network is None else _space(network, shapes[0])
        if network is None or size is None:
            raise
        reason = _reason(network, size) if model else fault.diagnostics[0].message
        if reason is None:
            raise
        fact = f"the network cannot take {by(size)}: {reason}"
        raise fail("RF462", fact, _help(network, size)) from None


class _Probe:
    """A network that is read again at other sizes of its input."""

    def __init__(
        self, net: NetworkLike, reading: LoadOptions, layer: str | Literal[False] | None
    ) -> None:
        self.net, self.reading = net, reading
        self.layer: str | Literal[False] | None = layer

    def at(self, sizes: Sequence[Sequence[int] | None]) -> Network | None:
        """Return the network at the first size that it takes."""
        for size in sizes:
            try:
                return read_as_far(self.net, size, self.reading, self.layer)
            except RfcalcError:
                continue
        return None

    def beside(self, given: Sequence[int], model: bool) -> Network | None:
        """Return the network at some size that it takes, in place of one that it does not."""
        if not model:
            return self.at([None, given, *([n] * len(given) for n in PROBES)])
        held = 2 if len(given) > 2 else 0  # batch and channels, where the whole shape is given
        shapes = [[*given[:held], *[n] * (len(given) - held)] for n in PROBES[:MODEL_PROBES]]
        return self.at(shapes if is_module(self.net) else [None, *shapes])


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
