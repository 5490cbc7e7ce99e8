"""Which input sizes fit, and who sees padding? What ``rfcalc sizes`` answers, in Python."""

import msgspec

from rfcalc.gridding.valid_taps import ValidTaps, dilated_taps
from rfcalc.library.reading import read_at_size
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.loading.options import load_options
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.shown import AsPage, AsTable, brief
from rfcalc.tiling.padding import Share, shares, unpadded
from rfcalc.tiling.sizes import AxisSizes, strictest
from rfcalc.tiling.sizes import sizes as rules_of

__all__ = ["InputSizes", "sizes"]


class InputSizes(msgspec.Struct, AsPage, AsTable, frozen=True, kw_only=True):
    """The answer of ``rfcalc sizes``.

    Attributes
    ----------
    rules : per axis, the sizes that the network takes, cells.
    free : per axis, the smallest size with an output that sees no padding, ``None`` without one.
    shares : the outputs that see padding, ``None`` where the input size is not known.
    by : per axis, the output that asks the most.
    taps : the taps of dilated layers that lie on their input, where its size is known.
    """

    network: Network
    rules: tuple[AxisSizes, ...]
    free: tuple[int | None, ...]
    shares: tuple[Share, ...] | None
    by: tuple[str, ...]
    taps: tuple[ValidTaps, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return not self.network.assumed

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted of the network."""
        return self.network.assumed

    def __repr__(self) -> str:
        least = tuple(rule.smallest for rule in self.rules)
        return brief(f"InputSizes({self.network.name[:60]!r}, smallest={least})")


def sizes(
    net: "NetworkLike", layer: str | None = None, *, input: "Sizes | None" = None
) -> InputSizes:
    """Return the input sizes that a network takes, and which outputs see padding.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : the output that is asked about, by default all of them.
    input : input size, cells per axis, or the shape of a module's example input; with a size the
        shares of the outputs that see padding are known.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer; and what ``load`` raises.

    Examples
    --------
    >>> [rule.step for rule in sizes("zoo:unet-same").rules]
    [16, 16]
    """
    expect(layer=layer)
    network = read_at_size(net, input, load_options(), layer)
    seen = None if network.input is None else tuple(shares(network, layer))
    return InputSizes(
        network=network,
        rules=rules_of(network, layer),
        free=tuple(unpadded(network, layer)),
        shares=seen,
        by=strictest(network) if layer is None else (layer,) * network.dims,
        taps=() if seen is None else tuple(dilated_taps(network)),
    )
