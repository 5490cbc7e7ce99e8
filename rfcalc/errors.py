"""What went wrong, where, and how is it cured? Faults as data: code, place, fact, help.

A message, a help and whatever else is said below the command line names what a caller of the
library types, between backticks: a parameter as ``input=``, an argument as ``input=(H, W)``, a
function as ``rfcalc.fix`` or ``rfcalc.fix(NET, rf=400)``. The command line, and it alone, turns
these into its flags and commands (``rfcalc.cli.flags``); a flag below it is a defect.
"""

from collections.abc import Iterable, Sequence

import msgspec

from rfcalc.shown import brief, visible

__all__ = [
    "FAULT_LIMIT",
    "Diagnostic",
    "ImpossibleSize",
    "LimitExceeded",
    "Location",
    "NeedsSize",
    "RfcalcError",
    "TimeIsUp",
    "argument",
    "by",
    "fail",
    "many",
    "unanswered",
]


FAULT_LIMIT = 100
"""Most faults reported of one network."""
WIDTH = 160
"""Longest source line that is shown whole, in characters."""
LONGEST = 1000
"""Longest message or help that is shown whole, in characters."""


class Location(msgspec.Struct, frozen=True):
    """A span of one line of a source text; line and column count from 1."""

    file: str
    line: int
    column: int
    length: int
    text: str = ""


class Diagnostic(msgspec.Struct, frozen=True):
    """One fault: a stable code, the fact, the cure, and the place when there is one."""

    code: str
    message: str
    help: str = ""
    at: Location | None = None

    def __repr__(self) -> str:
        return brief(f"Diagnostic({self.code}: {self.message[:160]})")

    def to_dict(self) -> dict[str, object]:
        """Return the fault as data for JSON; ``at`` is ``None`` where there is no place."""
        return msgspec.to_builtins(self)

    def __str__(self) -> str:
        """Render as ``file:line:column: CODE message`` with the source line, caret and help."""
        where = "" if self.at is None else f"{self.at.file}:{self.at.line}:{self.at.column}: "
        lines = [_plain(f"{where}{self.code} {_short(self.message)}")]
        margin = "  "
        if self.at is not None and self.at.text:
            number = str(self.at.line)
            margin = " " * (len(number) + 3)
            text, column = _excerpt(self.at)
            caret = " " * (column - 1) + "^" * max(1, min(self.at.length, len(text) - column + 1))
            lines += [f"  {number} | {text}", f"{margin}| {caret}"]
        if self.help:
            lines.append(_plain(f"{margin}= help: {_short(self.help)}"))
        return "\n".join(lines)


def _excerpt(at: Location) -> tuple[str, int]:
    """Return the source line, of a very long one the part around the place, and the column."""
    if len(at.text) <= WIDTH:
        return _plain(at.text), at.column
    low = max(0, min(at.column - 1 - WIDTH // 3, len(at.text) - WIDTH))
    cut = ".. " if low else ""
    return cut + _plain(at.text[low : low + WIDTH]), at.column - low + len(cut)


def _short(text: str) -> str:
    """Return the text, of a very long one its beginning."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} .."


def _plain(text: str) -> str:
    """Return the text with what could steer a terminal left blank: a tab stays one column."""
    return visible(text, " ")


class RfcalcError(Exception):
    """Input that cannot be answered; carries every diagnostic found, in order of place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(d) for d in self.diagnostics))

    def __reduce__(self) -> tuple[type["RfcalcError"], tuple[tuple[Diagnostic, ...]]]:
        """Copy and pickle the diagnostics, of which the text of the exception is made."""
        return RfcalcError, (self.diagnostics,)

    def __repr__(self) -> str:
        first = self.diagnostics[0].message[:120] if self.diagnostics else ""
        more = f" and {len(self.diagnostics) - 1} more" if len(self.diagnostics) > 1 else ""
        code = self.diagnostics[0].code if self.diagnostics else ""
        return brief(f"RfcalcError({code}: {first}{more})")

    def to_dict(self) -> dict[str, object]:
        """Return every fault as data for JSON."""
        return {"errors": [one.to_dict() for one in self.diagnostics]}


class NeedsSize(Exception):
    """A layer's relation depends on the size of its input, and that size is not known."""


class ImpossibleSize(Exception):
    """A layer cannot take an input of this size."""


class LimitExceeded(Exception):
    """A bitset or a period would grow beyond what rfcalc is willing to hold."""


class TimeIsUp(BaseException):
    """The command ran for longer than the user allows; no handler of errors takes it for one."""


def fail(code: str, message: str, help: str = "", at: Location | None = None) -> RfcalcError:
    r"""Return the error that carries one diagnostic, to be raised by the caller.

    >>> str(fail("RF401", "no layer is named 'c9'", "the layers are c1, c2"))
    "RF401 no layer is named 'c9'\n  = help: the layers are c1, c2"
    """
    return RfcalcError([Diagnostic(code, message, help, at)])


def unanswered(fault: LimitExceeded | NeedsSize) -> Diagnostic:
    """Return the diagnostic of a question that is too large, or lacks a size.

    >>> unanswered(NeedsSize("a slice from the end depends on the input size")).code
    'RF304'
    """
    if isinstance(fault, NeedsSize):
        return Diagnostic("RF304", str(fault), "give the input size: `input=(H, W)`")
    return Diagnostic("RF305", str(fault))


def argument(name: str, value: object) -> str:
    r"""Return an argument as a caller writes it, to stand between backticks, which it has none of.

    >>> argument("layer", "it's c1"), argument("layer", "`")
    ('layer="it\'s c1"', "layer='\\x60'")
    """
    return f"{name}={value!r}".replace("`", r"\x60")


def by(values: Sequence[object]) -> str:
    """Return per-axis values as a diagnostic shows them.

    >>> by((65, 65))
    '65 x 65'
    """
    return " x ".join(map(str, values))


def many(count: int, noun: str) -> str:
    """Return a number of things, in the singular for one.

    >>> many(1, "cell"), many(4096, "cell")
    ('1 cell', '4,096 cells')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
