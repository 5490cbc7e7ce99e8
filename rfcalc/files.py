"""How does a result reach a user's path? Checked before the work, then whole or not at all."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rfcalc.errors import RfcalcError, fail

__all__ = ["target", "write"]


def target(path: str | Path, suffixes: Sequence[str] = ()) -> Path:
    """Return the path when a file can be written there; nothing is left behind.

    Parameters
    ----------
    suffixes : those that exist, as in ``(".png", ".svg")``; any when empty.

    Raises
    ------
    RfcalcError
        RF408 a suffix that is not one of them, RF407 a folder that is missing or read-only, a
        path that is a folder or a file that may not be changed.
    """
    if not str(path):
        raise fail("RF407", "the output path is empty", "name a file: -o FILE")
    given = Path(path)
    if suffixes and given.suffix.lower() not in suffixes:
        fact = f"'{given}' has no suffix" if not given.suffix else f"no format '{given.suffix}'"
        raise fail("RF408", fact, f"the suffix says the format: {', '.join(suffixes)}")
    try:
        folder_there = given.is_dir()
    except OSError as fault:
        raise _refused(given, fault) from None
    if folder_there:
        raise fail("RF407", f"'{given}' is a folder", "name a file in it")
    if given.exists() and not os.access(given, os.W_OK):
        raise fail("RF407", f"'{given}' is read-only", "choose another path with -o")
    if _special(given):
        return given
    folder = _settled(given).parent
    if not folder.is_dir():
        raise fail(
            "RF407",
            f"the folder '{folder}' does not exist",
            f"make it: mkdir -p {folder}",
        )
    try:
        handle, name = tempfile.mkstemp(prefix=".rfcalc-", dir=folder)
    except OSError as fault:
        raise _refused(given, fault) from None
    os.close(handle)
    os.unlink(name)
    return given


def write(path: str | Path, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    The bytes go to a temporary name in the same folder, which then takes the place of the path.

    Raises
    ------
    RfcalcError
        RF407: the system refuses; what was at the path is still there.
    """
    given = Path(path)
    settled = _settled(given)
    try:
        if _special(given):
            given.write_bytes(data)
            return
        handle, name = tempfile.mkstemp(prefix=".rfcalc-", dir=settled.parent)
    except OSError as fault:
        raise _refused(given, fault) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, _mode(settled))
        os.replace(name, settled)
    except BaseException as fault:
        os.unlink(name)
        if isinstance(fault, OSError):
            raise _refused(given, fault) from None
        raise


def _settled(path: Path) -> Path:
    """Return where the path leads, so that a link stays a link."""
    return Path(os.path.realpath(path))


def _special(path: Path) -> bool:
    """Whether the path is a device or a pipe, which cannot be replaced."""
    return path.exists() and not path.is_file()


def _mode(path: Path) -> int:
    """Return the permissions of the file that is replaced, or those of a new one."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _refused(path: Path, fault: OSError) -> RfcalcError:
    reason = fault.strerror or type(fault).__name__
    return fail("RF407", f"'{path}' cannot be written: {reason}", "choose another path with -o")
