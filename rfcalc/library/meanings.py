"""What does a code of a diagnostic or finding mean? What ``rfcalc explain`` answers, in Python."""

from collections.abc import Iterator

import msgspec

from rfcalc.codes import CODES
from rfcalc.errors import fail
from rfcalc.parameters import expect
from rfcalc.shown import AsPage, AsTable, brief
from rfcalc.spelling import nearest

__all__ = ["Explanation", "Meaning", "about", "explain"]


class Meaning(msgspec.Struct, frozen=True):
    """What one code means: its title, the whole of it, and the cure."""

    code: str
    title: str
    meaning: str
    cure: str

    def __repr__(self) -> str:
        return brief(f"Meaning({self.code}: {self.title})")


class Explanation(msgspec.Struct, AsPage, AsTable, frozen=True):
    """The answer of ``rfcalc explain``: what one code means, or each of several.

    ``single`` says that one code was asked for.
    """

    entries: tuple[Meaning, ...]
    single: bool = False

    @property
    def code(self) -> str:
        """The first code."""
        return self.entries[0].code

    @property
    def title(self) -> str:
        """The first code in a few words."""
        return self.entries[0].title

    @property
    def meaning(self) -> str:
        """What the first code means."""
        return self.entries[0].meaning

    @property
    def cure(self) -> str:
        """How the first code is cured."""
        return self.entries[0].cure

    def __iter__(self) -> Iterator[Meaning]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, code: str) -> Meaning:
        """Return what a code means."""
        for one in self.entries:
            if one.code == code:
                return one
        raise KeyError(code)

    def __repr__(self) -> str:
        if self.single:
            return brief(f"Explanation({self.code}: {self.title})")
        return brief(f"Explanation(of {len(self)} codes)")


def explain(code: str | None = None) -> Explanation:
    """Return what a diagnostic or finding means, and how to cure it.

    Parameters
    ----------
    code : a code such as ``"RF102"`` or ``"RG101"``, in letters of any case, or a word of three
        letters or more that its text holds; by default every code.

    Raises
    ------
    RfcalcError
        RF406: there is no such code, and no text holds the word.
    TypeError
        ``code`` is no text.

    Examples
    --------
    >>> explain("RF102").title
    'unknown parameter or key'
    """
    expect(code=code)
    found = list(CODES) if code is None else about(code)
    if code is not None and code.upper() in CODES:
        return Explanation((Meaning(code.upper(), *CODES[code.upper()]),), single=True)
    if code is not None and not found:
        raise fail("RF406", f"there is no code '{code}'", nearest(code.upper(), list(CODES)))
    return Explanation(tuple(Meaning(name, *CODES[name]) for name in found))


def about(word: str) -> list[str]:
    """Return the codes whose text holds a word, those of findings first; none for a code.

    >>> about("dilation")[0][:2], about("RF102")
    ('RG', [])
    """
    if word.upper() in CODES or len(word) < 3:
        return []
    root = word.lower().removesuffix("ing")
    texts = {name: " ".join(entry).lower() for name, entry in CODES.items()}
    found = [name for name, text in texts.items() if root in text or root in name.lower()]
    return sorted(found, key=lambda name: (not name.startswith("RG"), name))
