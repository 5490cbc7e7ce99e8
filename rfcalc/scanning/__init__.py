"""What do all the networks and models of a folder or a list see? One line each, whatever happens.

``listed`` finds what there is to scan, ``opened`` the lines that an earlier scan has written,
``lines`` has the rest analysed by an executor: in processes with a limit of time and one of memory,
each item that runs code in one of its own.
"""

from rfcalc.scanning.items import Listing, listed
from rfcalc.scanning.line import MEMORY, STATUSES, Item, Limits, Line
from rfcalc.scanning.results import Results, opened
from rfcalc.scanning.run import lines
from rfcalc.scanning.tree import measurable
from rfcalc.scanning.workers import close

__all__ = [
    "MEMORY",
    "STATUSES",
    "Item",
    "Limits",
    "Line",
    "Listing",
    "Results",
    "close",
    "lines",
    "listed",
    "measurable",
    "opened",
]
