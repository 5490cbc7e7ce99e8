"""What do readers and questions meet in? A directed acyclic graph of layers, valid once built."""

from rfcalc.network.building import build
from rfcalc.network.channels import channels
from rfcalc.network.draft import Broken, Draft
from rfcalc.network.graph import BROADCAST, Input, Network, Node, Unread, lone_cells
from rfcalc.network.rest import global_notes, without_global
from rfcalc.network.results import Piece, Result
from rfcalc.network.unread import PartlyRead, Unknown, unknown_node
from rfcalc.network.work import Work

__all__ = [
    "BROADCAST",
    "Broken",
    "Draft",
    "Input",
    "Network",
    "Node",
    "PartlyRead",
    "Piece",
    "Result",
    "Unknown",
    "Unread",
    "Work",
    "build",
    "channels",
    "global_notes",
    "lone_cells",
    "unknown_node",
    "without_global",
]
