"""What does a file of labels hold? Bytes within a limit, or lines of text that tell their place."""

import stat
from pathlib import Path

from rfcalc.errors import Location, RfcalcError, fail

__all__ = ["LABELS_LIMIT", "LINE_LIMIT", "bytes_of", "text_of", "wrong"]

LABELS_LIMIT = 1 << 29
"""Largest file of labels, and largest sum of the files of a folder, in bytes."""
LINE_LIMIT = 1 << 16
"""Longest line of a text of labels, in characters."""


def bytes_of(path: Path, left: int = LABELS_LIMIT) -> bytes:
    """Return the bytes of a file, of which there may be as many as are left.

    Raises
    ------
    RfcalcError
        RF470: it is no file, cannot be opened, is empty or too large.
    """
    try:
        mode = path.stat()
        if not stat.S_ISREG(mode.st_mode):
            raise fail("RF470", f"{path} is not a file", "name a file of labels")
        if mode.st_size > left:
            fact = f"{path} holds {mode.st_size:,} bytes; the limit is {LABELS_LIMIT:,} in all"
            raise fail("RF470", fact, "name a part of the labels")
        data = path.read_bytes()
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise fail("RF470", f"{path} cannot be read: {reason}", "check the path") from None
    if not data or data.isspace():
        raise fail("RF470", f"{path} is empty", "name labels that hold objects")
    return data


def text_of(path: Path, data: bytes) -> str:
    """Return bytes as the text that they are.

    Raises
    ------
    RfcalcError
        RF470: it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise fail("RF470", f"{path} is not text", "labels are UTF-8 text") from None


def wrong(path: Path, number: int, line: str, message: str, help: str) -> RfcalcError:
    """Return the error of a line, to be raised."""
    at = Location(str(path), number, 1, max(1, len(line)), line)
    return fail("RF470", message, help, at)
