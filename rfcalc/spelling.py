"""Which word did somebody mean who wrote one that is not known?"""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

__all__ = ["nearest"]

_NEARLY = 0.85
"""Share of the letters that agree, 1 for the same word: a letter too few or wrong in seven."""


def nearest(word: str, known: Sequence[str], lead: str = "") -> str:
    """Return the help that names the closest known word, or those that there are, the first few.

    Where several contain the word and none is nearly it, nothing says which of them was meant.

    Parameters
    ----------
    lead : what every word begins with, which tells nothing of which is near.

    >>> nearest("__log", ["__layout", "__logs"], "__"), nearest("__time", ["__dims"], "__")
    ("did you mean '__logs'?", 'there is __dims')
    """
    bare = word.removeprefix(lead)
    few = {one.removeprefix(lead): one for one in known[:500]}
    holding = [few[one] for one in few if len(bare) > 2 and bare.lower() in one.lower()]
    # Over more words, or a longer one, the search takes longer than its answer is worth.
    cutoff = _NEARLY if len(holding) > 1 else 0.6
    close = _closest(bare, tuple(few), cutoff) if len(word) <= 100 else None
    if close is not None:
        return f"did you mean '{few[close]}'?"
    return _listed(holding if len(holding) > 1 else known) if known else ""


def _listed(words: Sequence[str]) -> str:
    return f"there is {', '.join(words[:12])}{' ..' if len(words) > 12 else ''}"


@lru_cache(1 << 10)
def _closest(word: str, known: tuple[str, ...], cutoff: float) -> str | None:
    """Return the closest of the words; a fault inside a repetition is asked about every time."""
    lowered = {one.lower(): one for one in reversed(known)}
    return lowered.get(next(iter(get_close_matches(word.lower(), lowered, n=1, cutoff=cutoff)), ""))
