"""Which networks and models are below a folder, or in a list of ``module:factory`` lines?"""

import os
import shlex
import stat
from collections.abc import Sequence
from pathlib import Path

import msgspec

from rfcalc.arguments import keywords, shape
from rfcalc.documents import Json
from rfcalc.errors import Diagnostic, Location, RfcalcError, fail
from rfcalc.loading import MODELS, SUFFIXES, runs_code
from rfcalc.loading.foreign import FOREIGN, told_of
from rfcalc.loading.texts import file_text
from rfcalc.scanning.content import LOOK, is_network
from rfcalc.scanning.line import Item, readable

__all__ = ["Listing", "listed"]


class Listing(msgspec.Struct, kw_only=True):
    """What there is to scan, how many files are no networks, and the folders that did not open.

    ``foreign`` are the models in a form that is not read, each with what it is and the way that
    works.
    """

    items: list[Item]
    others: int = 0
    closed: list[str]
    foreign: list[str]


def listed(place: str, sizes: Sequence[Sequence[int]] = ()) -> Listing:
    """Return what a folder or a list names, in order of name or of line, each once.

    A link to a folder is not followed, so that no walk is endless. A file that cannot be looked
    into is an item, and its line says why.

    Parameters
    ----------
    place : a folder, a network or model file, or a text file of lines
        ``NET [--input 1,3,224,224].. [--kwargs JSON] [--submodule PATH]``; ``#`` begins a remark.
    sizes : the input of those that say none of their own; a ``.pt2`` always does.

    Raises
    ------
    RfcalcError
        RF112 the place cannot be read, RF406 a line that cannot be parsed, RF413 nothing to scan.
    """
    given = tuple(tuple(size) for size in sizes)
    path = Path(place)
    found = Listing(items=[], closed=[], foreign=[])
    if path.is_dir():
        _below(place, given, found)
    elif path.suffix.lower() in SUFFIXES + MODELS and path.exists():
        found.items.append(_file(place, given))
    else:
        found.items += _lines(path, given)
    found.items = list({item.path: item for item in found.items}.values())
    if not found.items and not found.closed:
        besides = f"; {found.others:,} are something else" if found.others else ""
        besides += f"; {found.foreign[0]}" if found.foreign else ""
        fact = f"'{readable(place)}' holds no network and no model{besides}"
        help = f"those are files ({', '.join(SUFFIXES + MODELS)}), or lines package.module:factory"
        raise fail("RF413", fact, help)
    return found


_UNSURE = (".bin", ".xml", ".plan")
"""Suffixes of other files as well."""


def _below(folder: str, given: tuple[tuple[int, ...], ...], found: Listing) -> None:
    """Add the networks and models below a folder."""

    def closed(fault: OSError) -> None:
        reason = fault.strerror or type(fault).__name__
        found.closed.append(f"{readable(str(fault.filename))} cannot be opened: {reason}")

    for place, folders, names in os.walk(folder, onerror=closed):
        folders.sort()
        for name in sorted(names):
            path = os.path.normpath(os.path.join(place, name))
            suffix = os.path.splitext(name)[1].lower()
            if suffix in SUFFIXES + MODELS:
                if _meant(path, suffix):
                    found.items.append(_file(path, given))
                else:
                    found.others += 1
            elif suffix in FOREIGN and suffix not in _UNSURE:
                told = told_of(path) or FOREIGN[suffix]
                found.foreign.append(f"{readable(path)} is {told[0]}, which is not read: {told[1]}")


def _meant(path: str, suffix: str) -> bool:
    """Whether a file is meant as a network; no pipe or device is ever opened."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        if suffix in MODELS:
            return True
        with open(path, "rb") as file:
            return is_network(file.read(LOOK))
    except OSError:
        return True


def _file(path: str, given: tuple[tuple[int, ...], ...]) -> Item:
    own = path.lower().endswith(".pt2")
    here = os.getcwd()
    net = os.path.join(here, path)
    return Item(path=readable(path), net=net, folder=here, input=() if own else given)


def _lines(path: Path, given: tuple[tuple[int, ...], ...]) -> list[Item]:
    """Return the items of a list, one per line."""
    here = os.getcwd()
    items: list[Item] = []
    faults: list[Diagnostic] = []
    for number, text in enumerate(file_text(path).splitlines(), 1):
        text = text.strip()
        if not text or text.startswith("#"):
            continue
        try:
            items.append(_item(text, here, given))
            continue
        except RfcalcError as fault:
            fact = fault.diagnostics[0].message
        except ValueError as fault:
            fact = str(fault)
        at = Location(readable(str(path)), number, 1, len(text), text)
        help = "write package.module:factory --input 1,3,224,224 --kwargs '{\"depth\": 3}'"
        faults.append(Diagnostic("RF406", fact, help, at))
    if faults:
        raise RfcalcError(faults[:20])
    return items


def _item(text: str, here: str, given: tuple[tuple[int, ...], ...]) -> Item:
    """Return what one line names.

    Raises
    ------
    ValueError
        It cannot be parsed.
    RfcalcError
        RF406: the value of an option does not.
    """
    net, *words = shlex.split(text)
    if net == "-" or net.startswith("--"):
        raise ValueError(f"'{net}' does not name a network")
    if len(words) % 2:
        raise ValueError(f"'{words[-1]}' has no value")
    shapes: list[tuple[int, ...]] = []
    kwargs: dict[str, Json] | None = None
    submodule: str | None = None
    for option, value in zip(words[::2], words[1::2], strict=True):
        if option == "--input":
            shapes.append(shape(value))
        elif option == "--kwargs":
            kwargs = keywords(value)
        elif option == "--submodule":
            submodule = value
        else:
            raise ValueError(f"'{option}' is no option of a line")
    own = net.lower().endswith(".pt2")
    size = tuple(shapes) or (() if own else given)
    return Item(
        path=text,
        net=net,
        folder=here,
        input=size,
        kwargs=kwargs,
        submodule=submodule,
        code=runs_code(net),
    )
