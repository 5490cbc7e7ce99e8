"""Which lines has an earlier scan written, and how does a new one go on? Whole lines only."""

import os
from pathlib import Path

import msgspec

from rfcalc.errors import fail
from rfcalc.files import target
from rfcalc.scan.line import Line

__all__ = ["Results", "opened"]


class Results:
    """A file of lines, open for more; ``done`` holds those that it has, by their path."""

    def __init__(self, path: Path, done: dict[str, Line]) -> None:
        self.done = done
        # Unbuffered: a line is in the file, whole, as soon as it is known.
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - it is closed by __exit__

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, line: Line) -> None:
        """Write a line."""
        self.done[line.path] = line
        self._file.write(msgspec.json.encode(line) + b"\n")


def opened(path: str) -> Results:
    """Return the results in a file, ready for more; a last line that was cut short is taken away.

    Raises
    ------
    RfcalcError
        RF407: the file cannot be written, or holds something else than results.
    """
    place = target(path)
    if not place.exists():
        return Results(place, {})
    if not place.is_file():
        raise fail("RF407", f"'{path}' is no plain file", "a scan goes on from the lines in it")
    try:
        done, whole, size = _read(place)
        if whole < size:
            os.truncate(place, whole)
        return Results(place, done)
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise fail("RF407", f"'{path}' cannot be used: {reason}", "choose another path") from None


def _read(place: Path) -> tuple[dict[str, Line], int, int]:
    """Return the lines of a file, how many bytes whole lines have, and all of them."""
    done: dict[str, Line] = {}
    whole = size = 0
    with place.open("rb") as file:
        for number, text in enumerate(file, 1):
            size += len(text)
            if not text.endswith(b"\n"):
                _ours(place, number, text)
                break
            try:
                line = msgspec.json.decode(text, type=Line)
            except (ValueError, RecursionError):
                raise _foreign(place, number) from None
            done[line.path] = line
            whole = size
    return done, whole, size


_BEGINNING = b'{"path":'


def _ours(place: Path, number: int, text: bytes) -> None:
    """Refuse an unfinished line that no scan began."""
    if not text.startswith(_BEGINNING) and not _BEGINNING.startswith(text):
        raise _foreign(place, number)


def _foreign(place: Path, number: int) -> Exception:
    fact = f"line {number} of '{place}' is not a result of `rfcalc scan`"
    return fail("RF407", fact, "choose another path with -o, so that nothing is lost")
