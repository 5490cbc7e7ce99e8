"""Which text does an argument name? A file's, standard input, a shipped network's."""

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from rfcalc.architectures import zoo_names, zoo_text
from rfcalc.errors import fail
from rfcalc.spec.text import SIZE_LIMIT
from rfcalc.spelling import nearest

__all__ = ["check_kept", "exists", "file_text", "shipped", "standard_input"]


def shipped(name: str) -> str:
    """Return the text of a network of the zoo.

    Raises
    ------
    RfcalcError
        RF117: the zoo has no such network.
    """
    names = zoo_names()
    if name not in names:
        plain = name.removesuffix(".yaml").removesuffix(".yml")
        help = nearest(plain, _family(plain.lower(), names)) if name else "list them: `rfcalc.zoo`"
        raise fail("RF117", f"the zoo has no network '{name}'", help)
    return zoo_text(name)


def _family(name: str, names: Sequence[str]) -> Sequence[str]:
    """Return the networks that begin as the name does, or with its first word, or all."""
    first = name.replace("_", "-").split("-")[0]
    begun = [one for one in names if one.startswith(name)]
    return begun or [one for one in names if one.split("-")[0] == first] or names


def exists(name: str) -> bool:
    """Whether a file or a link has that name, even one that leads nowhere."""
    return os.path.lexists(name)


def check_kept(path: Path) -> None:
    """Refuse a device or a pipe, which may have no end or never begin.

    Raises
    ------
    RfcalcError
        RF112: the path is one.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return  # Opening it tells what is wrong.
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        fact = f"{path} is a device or a pipe, not a file"
        raise fail("RF112", fact, "copy what it gives to a file; a network file may come as '-'")


def standard_input() -> str:
    """Return the text on standard input.

    Raises
    ------
    RfcalcError
        RF112: standard input is closed, or what comes is not text.
    """
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison]
        raise fail("RF112", "standard input is closed", "name a file")
    try:
        return sys.stdin.read(SIZE_LIMIT + 1).encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        raise fail("RF112", "<stdin> is not text", "a network file is UTF-8 text") from None


def file_text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    RfcalcError
        RF112: the file cannot be opened or is not text, RF113: it is too large.
    """
    check_kept(path)
    try:
        if path.stat().st_size > 4 * SIZE_LIMIT:
            fact = f"{path} is larger than {4 * SIZE_LIMIT:,} bytes"
            raise fail("RF113", fact, "a network file holds layers, not weights")
        # Line ends stay as they are, so that a repaired file differs in its numbers only.
        return path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise fail("RF112", f"{path} is not text", "a network file is UTF-8 text") from None
    except (OSError, ValueError) as fault:
        # A name that no file can have is an OSError where it is long, else a ValueError.
        from rfcalc.loading.hints import file_beside

        reason = getattr(fault, "strerror", None) or type(fault).__name__
        close = file_beside(path, (".yaml", ".yml", ".json"))
        help = f"did you mean '{close}'?" if close else "check the path"
        raise fail("RF112", f"{path} cannot be read: {reason}", help) from None
