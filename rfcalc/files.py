"""How does a result reach a user's path? Checked before the work, then whole or not at all."""

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfcalc.errors import RfcalcError, argument, fail

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["npz", "special", "target", "write"]


def npz(arrays: "Mapping[str, NDArray[np.generic]]") -> bytes:
    """Return the bytes of a ``.npz`` file with arrays by their names."""
    import numpy as np

    out = BytesIO()
    # By its types it might be given a parameter of its own, which no array is called after.
    given: dict[str, Any] = dict(arrays)
    np.savez_compressed(out, **given)
    return out.getvalue()


def target(path: str | Path, suffixes: Sequence[str] = ()) -> Path:
    """Return the path when a file can be written there; nothing is left behind.

    Parameters
    ----------
    suffixes : those that exist, as in ``(".png", ".svg")``; any when empty.

    Raises
    ------
    RfcalcError
        RF408 a suffix that is not one of them, RF407 ``-``, a folder that is missing or read-only,
        a path that is a folder, a link to itself or a file that may not be changed.
    """
    if not str(path):
        raise fail("RF407", "the output path is empty", "name a file: `out=FILE`")
    if str(path) == "-":
        help = "omit `out=` for standard output, where the command has one; ./- is a file"
        raise fail("RF407", "'-' is not the name of a file", help)
    given = Path(path)
    if suffixes and given.suffix.lower() not in suffixes:
        raise _without_format(given, suffixes)
    try:
        if given.is_dir():
            raise fail("RF407", f"'{given}' is a folder", "name a file in it")
        if given.exists() and not os.access(given, os.W_OK):
            raise fail("RF407", f"'{given}' is read-only", "choose another path: `out=FILE`")
        if special(given):
            return given
        folder = _settled(given).parent
        if not folder.is_dir():
            fact = f"the folder '{folder}' does not exist"
            raise fail("RF407", fact, f"make it: mkdir -p {folder}")
        trial = _beside(folder)
        try:
            os.close(os.open(trial, _NEW, 0o600))
        finally:
            trial.unlink(missing_ok=True)
    except OSError as fault:
        raise _refused(given, fault) from None
    return given


def _without_format(given: Path, suffixes: Sequence[str]) -> RfcalcError:
    """Return the error of a suffix that is none of those that exist."""
    fact = f"'{given}' has no suffix" if not given.suffix else f"no format '{given.suffix}'"
    help = f"the suffix says the format: {', '.join(suffixes)}"
    suffix = given.suffix.lower()
    if suffix in (".tex", ".tikz") and ".pgf" in suffixes:
        help = f"LaTeX reads {given.with_suffix('.pgf')}; {help}"
    if suffix == ".pdf" and ".html" in suffixes:
        page = argument("out", str(given.with_suffix(".html")))
        help = f"a browser prints the page: `{page}`"
    return fail("RF408", fact, help)


def write(path: str | Path, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    The bytes go to a temporary name in the same folder, which then takes the place of the path;
    permissions stay, and of a link the file it leads to is replaced. An error and a signal leave no
    temporary file; only what kills the process at once may leave one, ``.rfcalc-*``.

    Raises
    ------
    RfcalcError
        RF407: the system refuses; what was at the path is still there.
    """
    given = Path(path)
    try:
        if special(given):
            given.write_bytes(data)
            return
        settled = _settled(given)
        before = settled.stat() if settled.exists() else None
        mode = 0o666 if before is None else before.st_mode & 0o777
        temporary = _beside(settled.parent)
        try:
            with open(temporary, "xb", opener=lambda name, _: os.open(name, _NEW, mode)) as file:
                file.write(data)
                file.flush()
                if before is not None:
                    _keep(file.fileno(), before)
                # Some systems tell only now that the disk is full.
                os.fsync(file.fileno())
            os.replace(temporary, settled)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise _refused(given, fault) from None


_NEW = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)


def _beside(folder: Path) -> Path:
    """Return a name in a folder that nothing has."""
    return folder / f".rfcalc-{os.urandom(8).hex()}"


def _keep(handle: int, before: os.stat_result) -> None:
    """Give a new file the permissions of the old one, and as far as allowed its owner."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.fchown(handle, before.st_uid, before.st_gid)
        os.fchmod(handle, before.st_mode & 0o777)


def _settled(path: Path) -> Path:
    """Return where the path leads, so that a link stays a link.

    Raises
    ------
    RfcalcError
        RF407: it leads to itself, or no file can have that name.
    """
    try:
        found = Path(os.path.realpath(path))
        circle = found.is_symlink()
    except ValueError as fault:
        raise fail("RF407", f"'{path}' is no path: {fault}", "name a file: `out=FILE`") from None
    if circle:
        raise fail("RF407", f"'{path}' is a link that leads to itself", "choose another path")
    return found


def special(path: Path) -> bool:
    """Whether the path leads to something other than a file: a folder, a device or a pipe."""
    return path.exists() and not path.is_file()


def _refused(path: Path, fault: OSError) -> RfcalcError:
    reason = fault.strerror or type(fault).__name__
    return fail("RF407", f"'{path}' cannot be written: {reason}", "choose another path: `out=FILE`")
