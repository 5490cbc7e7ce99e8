"""What came of a check? The gates, and for every network what it misses."""

from pathlib import Path

import msgspec

from rfcalc.errors import Diagnostic
from rfcalc.gates import Failure, Gates
from rfcalc.loading import is_target

__all__ = ["Checked", "Checks", "is_file"]


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One argument of the command: what it misses, or why it could not be judged.

    ``assumed`` is what was taken for granted of it, ``gates`` what it was held to, and
    ``accepted`` the number of failures that are ignored or known.
    """

    net: str
    failures: tuple[Failure, ...] = ()
    faults: tuple[Diagnostic, ...] = ()
    assumed: tuple[str, ...] = ()
    gates: Gates = {}
    accepted: int = 0

    @property
    def exact(self) -> bool:
        """Whether it was judged, and nothing was taken for granted."""
        return not self.faults and not self.assumed


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """All that were judged, by which gates, and when; ``time`` as ``2024-05-01T12:00:00``.

    ``notes`` are said of the configuration.
    """

    gates: Gates
    nets: tuple[Checked, ...]
    time: str
    notes: tuple[str, ...] = ()

    @property
    def accepted(self) -> int:
        """Number of failures that are ignored or known."""
        return sum(net.accepted for net in self.nets)

    @property
    def missed(self) -> int:
        """Number of networks that miss a gate."""
        return sum(bool(net.failures) for net in self.nets)

    @property
    def unread(self) -> int:
        """Number of arguments that could not be judged."""
        return sum(bool(net.faults) for net in self.nets)


def is_file(name: str) -> bool:
    """Whether an argument is a path that others can open: no chain, zoo name or Python code."""
    return not (name.startswith(("zoo:", "<", "-")) or is_target(name)) and Path(name).suffix != ""
