"""Which outputs are drawn where no layer is named, and which of them have an end?"""

from collections.abc import Sequence

from rfcalc.errors import RfcalcError
from rfcalc.interior import footprint
from rfcalc.masks import Mask
from rfcalc.network import Network
from rfcalc.plots.fields import ASKED, Result, What

__all__ = ["each", "is_unbounded", "outputs"]


def outputs(network: Network, source: str | None) -> list[str]:
    """Return the outputs that depend on the source, or the last, which says that it does not."""
    behind = network.behind(network.index(source, 0))
    names = [network.nodes[i].name for i in network.outputs if behind[i]]
    return names or [network.nodes[network.output].name]


def each(
    network: Network,
    what: What,
    names: Sequence[str],
    source: str | None,
    at: Sequence[int] | int | None,
    phase: Sequence[int] | int | None,
) -> tuple[list[Result], list[str]]:
    """Return the answer for each output, and of several the outputs that have no end.

    Raises
    ------
    RfcalcError
        RF404: none of them has an end, and others as for ``mask``.
    """
    found: list[Result] = []
    left: list[str] = []
    for name in names:
        try:
            found.append(ASKED[what](network, name, source, at, phase))
        except RfcalcError as fault:
            last = not found and name == names[-1]
            if last or fault.diagnostics[0].code != "RF404":
                raise
            left.append(name)
    # A projection has fewer axes than the fields that it would share a figure with.
    whole = [one for one in found if not isinstance(one, Mask) or one.axes is None]
    left += [one.question.layer for one in found if whole and one not in whole]
    return whole or found, left


def is_unbounded(network: Network) -> bool:
    """Whether every output has an axis without end."""
    found = (footprint(network, 0, output) for output in network.outputs)
    return all(one.unbounded is not None for one in found)
