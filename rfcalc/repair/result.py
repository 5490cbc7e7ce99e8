"""What is the answer of a repair? The text, its changes, and how far it is proven."""

import msgspec

from rfcalc.gridding.summaries import FieldSummary
from rfcalc.repair.mending import Change, Mended
from rfcalc.report import Report
from rfcalc.shown import brief

__all__ = ["Repair", "Solution", "solution"]


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """A text without holes, and how it differs.

    ``keeps`` says whose fields are kept, ``"outputs"`` or ``"layers"``; ``unrolled`` that the
    changes are those of a text with one entry per layer. ``pair`` is what the one pair of maps
    sees that was asked about. Where a field is wanted, ``kind`` says what is changed, ``cost`` the
    multiply-adds as a share of those before, and ``rf`` the field of the output in the end.
    """

    text: str
    changes: tuple[Change, ...]
    change: int
    keeps: str
    after: Report
    unrolled: bool = False
    pair: FieldSummary | None = None
    kind: str = "dilations"
    cost: float = 1.0
    rf: tuple[int, ...] = ()

    def __repr__(self) -> str:
        return brief(
            f"Solution(change={self.change}, changes={len(self.changes)}, keeps={self.keeps!r})"
        )


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of ``rfcalc fix``: the new text, or ``None`` with the reason.

    ``repairs`` holds the first answer, and others that keep more or need the text unrolled.
    Every total change up to ``complete`` was tried; ``proven`` says that no smaller change, or
    none at all, does it. ``ties`` is what lets one number decide several layers, ``wanted`` the
    field that was asked for. ``open`` says that a change which keeps every layer's field was not
    looked for to the end, as it was not asked for.
    """

    text: str | None
    repairs: tuple[Solution, ...]
    complete: int
    proven: bool
    reason: str
    before: Report
    ties: tuple[str, ...] = ()
    pair: FieldSummary | None = None
    wanted: int | None = None
    open: bool = False

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of the first repair."""
        return self.repairs[0].changes if self.repairs else ()

    @property
    def change(self) -> int:
        """The total of the changes of the first repair."""
        return self.repairs[0].change if self.repairs else 0

    @property
    def after(self) -> Report | None:
        """The analysis of the first repair."""
        return self.repairs[0].after if self.repairs else None

    def __repr__(self) -> str:
        if self.text is None:
            return brief(f"Repair(none: {self.reason})")
        return brief(f"Repair(change={self.change}, changes={len(self.changes)})")


def solution(found: Mended, keeps: str) -> Solution:
    """Return what a search found as an answer."""
    assert found.text is not None
    assert found.after is not None
    return Solution(
        text=found.text,
        changes=found.changes,
        change=found.change,
        keeps=keeps,
        after=found.after,
    )
