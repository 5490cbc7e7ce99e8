"""What of a model could not be read, and how far was it read before?"""

from typing import ClassVar

import msgspec

from rfcalc.errors import RfcalcError, argument
from rfcalc.layers.pointwise import Pointwise
from rfcalc.network.graph import Network, Node
from rfcalc.taps import IDENTITY

__all__ = ["PartlyRead", "Unknown", "unknown_node"]


class Unknown(Pointwise, frozen=True, kw_only=True):
    """Stands for a step of a model of which nothing is known."""

    op: ClassVar[str] = "unknown"


class PartlyRead(RfcalcError):
    """A model with an output that cannot be read.

    ``network`` holds the layers before what was refused, with the outputs that are known, or the
    last layers where none is. Its ``unread`` lists the steps from there on.
    """

    def __init__(self, fault: RfcalcError, network: Network) -> None:
        self.network = network
        super().__init__(fault.diagnostics)

    def naming_a_layer(self) -> "PartlyRead":
        """Return the fault with the last layer before it in its help."""
        last = self.network.nodes[self.network.output].name
        help = f"ask for a layer before it (`{argument('layer', last)}`)"
        told = [
            msgspec.structs.replace(one, help=f"{help}; or {one.help}" if one.help else help)
            for one in self.diagnostics
        ]
        return PartlyRead(RfcalcError(told), self.network)


def unknown_node(network: Network, name: str) -> Node:
    """Return a node for the row of a step that was not read; it is none of the network's."""
    here, none = (IDENTITY,) * network.dims, (None,) * network.dims
    return Node(name, Unknown(), (), here, None, none, False)
