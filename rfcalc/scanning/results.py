"""Which lines has an earlier scan written, and how does a new one go on? Whole lines only."""

import re
from contextlib import suppress
from io import FileIO
from pathlib import Path

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.files import target
from rfcalc.scanning.line import STATUSES, Line
from rfcalc.scanning.lock import taken

__all__ = ["Results", "opened"]


class Results:
    """A file of lines, open for more; ``done`` holds those that it has, by their path."""

    def __init__(self, path: str, file: FileIO, size: int, done: dict[str, Line]) -> None:
        self.done = done
        self._path = path
        self._file = file
        self._size = size

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._file.close()
        except OSError as fault:
            raise _unwritten(self._path, fault) from None

    def add(self, line: Line) -> None:
        """Write a line, all of it; where that fails, nothing of it is left.

        Raises
        ------
        RfcalcError
            RF407: the system refuses, as a full disk does.
        """
        text = memoryview(msgspec.json.encode(line) + b"\n")
        try:
            written = 0
            while written < len(text):
                written += self._file.write(text[written:]) or 0
        except OSError as fault:
            with suppress(OSError):
                self._file.truncate(self._size)
            raise _unwritten(self._path, fault) from None
        self._size += len(text)
        self.done[line.path] = line


def opened(path: str) -> Results:
    """Return the results in a file, ready for more; a last line that was cut short is taken away.

    Raises
    ------
    RfcalcError
        RF407: the file cannot be written, holds something else than results, or another scan
        writes to it.
    """
    place = target(path)
    if place.exists() and not place.is_file():
        fact = f"'{path}' is not a regular file"
        raise fail("RF407", fact, "a scan continues from the lines in it")
    try:
        # Unbuffered: a line is in the file, whole, as soon as it is known.
        file = FileIO(place, "ab")
    except OSError as fault:
        raise _unusable(path, fault) from None
    try:
        if not taken(file):
            help = "wait for it, or choose another path: `out=FILE`"
            raise fail("RF407", f"another scan is writing to '{path}'", help)
        done, whole, size = _read(place)
        if whole < size:
            file.truncate(whole)
    except BaseException as fault:
        file.close()
        raise (_unusable(path, fault) if isinstance(fault, OSError) else fault) from None
    return Results(path, file, whole, done)


def _read(place: Path) -> tuple[dict[str, Line], int, int]:
    """Return the lines of a file, how many bytes whole lines have, and all of them."""
    done: dict[str, Line] = {}
    whole = size = 0
    with place.open("rb") as file:
        for number, text in enumerate(file, 1):
            size += len(text)
            if not text.endswith(b"\n"):
                if not _begun(text):
                    raise _foreign(place, number)
                break
            try:
                line = msgspec.json.decode(text, type=Line)
            except (ValueError, RecursionError):
                raise _foreign(place, number) from None
            done[line.path] = line
            whole = size
    return done, whole, size


_PATH = re.compile(rb'"path":"(?:[^"\\]|\\.)*(?:"|\\$)?')
_AFTER = [b',"status":"%s","code":' % status.encode() for status in STATUSES]


def _begun(text: bytes) -> bool:
    """Whether a scan may have begun a line so; what is whole but for its end is no such line.

    >>> _begun(b'{"path":"nets/a.ya'), _begun(b'{"path":"/usr/bin"}')
    (True, False)
    """
    start = b'{"path":"'
    if len(text) < len(start):
        return start.startswith(text)
    found = _PATH.match(text, 1)
    if not text.startswith(start) or found is None:
        return False
    rest = text[found.end() :]
    return any(after.startswith(rest) or rest.startswith(after) for after in _AFTER)


def _foreign(place: Path, number: int) -> RfcalcError:
    fact = f"line {number} of '{place}' is not a result of `rfcalc scan`"
    return fail("RF407", fact, "choose another path, so that nothing is lost: `out=FILE`")


def _unusable(path: str, fault: OSError) -> RfcalcError:
    reason = fault.strerror or type(fault).__name__
    return fail("RF407", f"'{path}' cannot be used: {reason}", "choose another path")


def _unwritten(path: str, fault: OSError) -> RfcalcError:
    reason = fault.strerror or type(fault).__name__
    help = "make room and run it again: the lines that are written are kept"
    return fail("RF407", f"'{path}' cannot be written: {reason}", help)
