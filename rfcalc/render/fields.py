"""How are the extents of a field shown that may have no end on some axis?"""

from collections.abc import Sequence

from rfcalc.documents import Data
from rfcalc.footprint import Unbounded
from rfcalc.render.document import by_axis

__all__ = ["causes", "extents", "unbounded_data"]

Causes = Sequence[Unbounded | None] | None


def extents(rf: Sequence[int | None] | None, unbounded: Causes) -> str:
    """Return the extents in short, ``all`` on an axis without end.

    >>> extents((None, 11), (Unbounded("mean", "both"), None))
    'allx11'
    """
    if not rf:
        return "all" if unbounded else "-"
    return by_axis(["all" if n is None else n for n in rf])


def causes(unbounded: Causes) -> str:
    """Return the layers that leave an axis without end, each with its side where it is one.

    >>> causes((Unbounded("mean", "both"), Unbounded("lstm", "before")))
    'mean, lstm (before)'
    """
    found = dict.fromkeys(cause for cause in unbounded or () if cause is not None)
    sides = [c.by if c.side == "both" else f"{c.by} ({c.side})" for c in found]
    return ", ".join(sides) or "-"


def unbounded_data(unbounded: Causes) -> list[Data] | None:
    """Return who leaves each axis without end and on which side; ``None`` where none is."""
    if unbounded is None or not any(unbounded):
        return None
    return [None if c is None else {"by": c.by, "side": c.side} for c in unbounded]
