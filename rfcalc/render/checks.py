"""What came of a check? The gates, and for every network what it misses."""

from pathlib import Path

import msgspec

from rfcalc.errors import Diagnostic
from rfcalc.gates import Failure, Gates
from rfcalc.loading import is_target
from rfcalc.shown import AsPage, AsTable, brief

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


class Checks(msgspec.Struct, AsPage, AsTable, frozen=True, kw_only=True):
    """All that were judged, by which gates, and when; ``time`` as ``2024-05-01T12:00:00``.

    ``notes`` are said of the configuration.
    """

    gates: Gates
    nets: tuple[Checked, ...]
    time: str
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every network was judged, and keeps to every gate."""
        return not self.missed and not self.unread

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The gates that are missed, network by network."""
        return tuple(failure for net in self.nets for failure in net.failures)

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return all(net.exact for net in self.nets)

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted of the networks."""
        return tuple(dict.fromkeys(fact for net in self.nets for fact in net.assumed))

    def __bool__(self) -> bool:
        return self.ok

    def __getitem__(self, net: str) -> Checked:
        """Return what came of a network by its name."""
        for one in self.nets:
            if one.net == net:
                return one
        raise KeyError(net)

    def __repr__(self) -> str:
        word = "passed" if self.ok else f"failures={len(self.failures)}"
        return brief(f"Checks(networks={len(self.nets)}, gates={len(self.gates)}, {word})")

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
