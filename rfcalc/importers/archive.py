"""What does one entry of a model's archive hold? Decompressed up to a limit and no further."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from rfcalc.errors import fail

__all__ = ["DIRECTORY_LIMIT", "JSON_LIMIT", "VALUES_LIMIT", "decoded", "read_entry"]

JSON_LIMIT = 1 << 25
"""Largest graph or configuration that is read, bytes; a network of 2,000 layers has 2 MB."""
VALUES_LIMIT = 1 << 21
"""Most brackets, braces and commas of it, one per value; 15,000 operators have 400,000."""
DIRECTORY_LIMIT = 1 << 24
"""Largest table of contents of an archive, bytes; an entry has about a hundred."""

_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_END_SPAN = (1 << 16) + 22 + 20 + 56
"""Where the end of an archive says how large its table of contents is, bytes from its end."""


def read_entry(
    path: Path, choose: Callable[[Sequence[str]], str | None], wanted: str, help: str
) -> bytes:
    """Return one entry of an archive; no other is opened, so neither pickles nor weights.

    Parameters
    ----------
    choose : which of the names is the graph, ``None`` when none is.
    wanted : what is missing when none is, as in ``"config.json"``.

    Raises
    ------
    RfcalcError
        RF504: it is no archive, is cut short, packed in a way of its own, or beyond a limit.
    OSError
        The file cannot be read.
    """
    if _directory(path) > DIRECTORY_LIMIT:
        fact = f"the table of contents of {path} is larger than {DIRECTORY_LIMIT:,} bytes"
        raise fail("RF504", fact, help)
    try:
        with zipfile.ZipFile(path) as archive:
            name = choose(archive.namelist())
            if name is None:
                raise fail("RF504", f"{path} holds no {wanted}", help)
            entry = archive.getinfo(name)
            if entry.flag_bits & 1:
                raise fail("RF504", f"'{name}' in {path} is encrypted", "decrypt it first")
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                fact = f"'{name}' in {path} is compressed by a method that is not supported"
                raise fail("RF504", fact, help)
            with archive.open(entry) as file:
                text = file.read(JSON_LIMIT + 1)
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
        *(ValueError, struct.error, LookupError),
    ) as fault:
        fact = f"{path} is not a {path.suffix or '.zip'} archive, or is cut short: {fault}"
        raise fail("RF504", fact, help) from None
    if len(text) > JSON_LIMIT:
        raise fail("RF504", f"'{name}' in {path} is larger than {JSON_LIMIT:,} bytes", help)
    return text


def decoded(text: bytes, path: Path, help: str) -> Any:
    """Return what a JSON text holds, unless it would be some hundred bytes for each of its own.

    Raises
    ------
    RfcalcError
        RF504: it has more values than ``VALUES_LIMIT``.
    msgspec.DecodeError
        It is not JSON.
    """
    if sum(map(text.count, (b"[", b"{", b","))) > VALUES_LIMIT:
        fact = f"the graph in {path} has more than {VALUES_LIMIT:,} values"
        raise fail("RF504", fact, help)
    return msgspec.json.decode(text)


def _directory(path: Path) -> int:
    """Return the size that an archive gives for its table of contents, bytes; 0 for no archive."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_SPAN))
        tail = file.read()
    found = 0
    at = tail.rfind(_END)
    if at >= 0 and len(tail) >= at + 22:
        found = struct.unpack_from("<L", tail, at + 12)[0] % 0xFFFFFFFF
    at = tail.rfind(_END_64)
    if at >= 0 and len(tail) >= at + 56:
        found = max(found, struct.unpack_from("<Q", tail, at + 40)[0])
    return found
