"""Which network does an argument name? A file, a chain, a shipped network, a model."""

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rfcalc.errors import fail
from rfcalc.network import Network, nearest
from rfcalc.spec import chain_text, is_chain, read_inline, read_text
from rfcalc.spec.text import SIZE_LIMIT
from rfcalc.zoo import zoo_names, zoo_text

__all__ = ["load", "source_text"]

SUFFIXES = (".yaml", ".yml", ".json")
_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


def load(
    net: str | Path,
    *,
    input: Sequence[int] | None = None,
    set: Mapping[str, int] | None = None,
) -> Network:
    """Return the network that an argument names.

    Parameters
    ----------
    net : a network file (``.yaml``, ``.yml``, ``.json``), ``-`` for one on standard input, a
        chain such as ``"k3,k3d2,k3d5"``, ``"zoo:NAME"`` for a network that ships with rfcalc, a
        ``.pt2`` program saved by ``torch.export.save``, or ``"package.module:factory"``.
    input : input size, cells per axis; goes before the file's own. For a Python target the shape
        of the example input, batch and channels included.
    set : values for the file's ``vars``.

    Raises
    ------
    RfcalcError
        Every fault of the file, each with its place.

    Examples
    --------
    >>> load("k3,k3d2,k3d5").dims
    2
    """
    name = str(net)
    if isinstance(net, str):
        if name == "-":
            return read_text(_stdin(), "<stdin>", input, set)
        if name.startswith("zoo:"):
            return read_text(_zoo(name[4:]), name, input, set)
        if is_chain(name) and not _exists(name):
            for variable in set or ():
                raise fail("RF111", f"a chain has no variable '{variable}'", "write a network file")
            return read_inline(name, input)
        if _TARGET.fullmatch(name) and not _exists(name):
            return _imported(name, input)
    path = Path(name)
    if path.suffix.lower() == ".pt2":
        from rfcalc.importers import read_pt2

        return read_pt2(path)
    if path.suffix.lower() not in SUFFIXES:
        help = (
            f"a network is a file ({', '.join(SUFFIXES)}, .pt2), a chain (k3,k3d2), zoo:NAME or '-'"
        )
        raise fail("RF112", f"'{name}' does not name a network", help)
    return read_text(_text(path), name, input, set)


def _imported(target: str, input: Sequence[int] | None) -> Network:
    """Return the network of a Python target, which runs the user's code.

    Raises
    ------
    RfcalcError
        RF403: no example input is given.
    """
    from rfcalc.importers import from_target

    if input is None:
        fact = f"'{target}' is run on an example input, and none is given"
        raise fail("RF403", fact, "give its shape, channels and all: --input 1,3,224,224")
    return from_target(target, [tuple(input)])


def source_text(net: str) -> tuple[str, str]:
    """Return the text of a network file, and the name that diagnostics show.

    A chain is written out as a file, one layer a line.

    Raises
    ------
    RfcalcError
        RF112, RF113, RF115, RF117: as for ``load``.
    """
    if net == "-":
        return _stdin(), "<stdin>"
    if net.startswith("zoo:"):
        return _zoo(net[4:]), net
    if is_chain(net) and not _exists(net):
        return chain_text(net), net
    return _text(Path(net)), net


def _zoo(name: str) -> str:
    names = zoo_names()
    if name not in names:
        help = nearest(name, names) if name else "list them: rfcalc zoo"
        raise fail("RF117", f"the zoo has no network '{name}'", help)
    return zoo_text(name)


def _exists(name: str) -> bool:
    """Whether a file has that name; a name that no file can have is none."""
    try:
        return Path(name).exists()
    except OSError:
        return False


def _stdin() -> str:
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


def _text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    RfcalcError
        RF112: the file cannot be opened or is not text, RF113: it is too large.
    """
    try:
        if path.stat().st_size > 4 * SIZE_LIMIT:
            fact = f"{path} is larger than {4 * SIZE_LIMIT:,} bytes"
            raise fail("RF113", fact, "a network file holds layers, not weights")
        # Line ends stay as they are, so that a repaired file differs in its numbers only.
        return path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise fail("RF112", f"{path} is not text", "a network file is UTF-8 text") from None
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise fail("RF112", f"{path} cannot be read: {reason}", "check the path") from None
