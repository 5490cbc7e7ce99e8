"""Which outputs are drawn where no layer is named, and which of them have an end?"""

from typing import TYPE_CHECKING

from rfcalc.cli import options
from rfcalc.errors import RfcalcError

if TYPE_CHECKING:
    from rfcalc.network import Network
    from rfcalc.plots.fields import Result

__all__ = ["each", "outputs"]


def outputs(network: "Network", source: str | None) -> list[str]:
    """Return the outputs that depend on the source, or the last, which says that it does not."""
    behind = network.behind(network.index(source, 0))
    names = [network.nodes[i].name for i in network.outputs if behind[i]]
    return names or [network.nodes[network.output].name]


def each(
    network: "Network",
    what: options.What,
    names: list[str],
    source: str | None,
    at: tuple[int, ...] | None,
    phase: tuple[int, ...] | None,
) -> "tuple[list[Result], list[str]]":
    """Return the answer for each output, and of several the outputs that have no end.

    Raises
    ------
    RfcalcError
        RF404: none of them has an end, and others as for ``mask``.
    """
    from rfcalc.masks import Mask
    from rfcalc.plots.fields import ASKED

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
