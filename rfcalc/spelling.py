"""Which word did somebody mean who wrote one that is not known?"""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

__all__ = ["nearest"]


def nearest(word: str, known: Sequence[str]) -> str:
    """Return the help that names the closest known word, or all of them when they are few."""
    # Over more words, or a longer one, the search takes longer than its answer is worth.
    close = _closest(word, tuple(known[:500])) if len(word) <= 100 else None
    if close is not None:
        return f"did you mean '{close}'?"
    shown = ", ".join(known[:12])
    return f"there is {shown}{' ..' if len(known) > 12 else ''}" if known else ""


@lru_cache(1 << 10)
def _closest(word: str, known: tuple[str, ...]) -> str | None:
    """Return the closest of the words; a fault inside a repetition is asked about every time."""
    lowered = {one.lower(): one for one in reversed(known)}
    return lowered.get(next(iter(get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)), ""))
