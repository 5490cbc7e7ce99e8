"""Which gates has a project set? `[tool.rfcalc]` of the nearest pyproject.toml that has one."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import msgspec

from rfcalc.durations import seconds_of
from rfcalc.errors import FAULT_LIMIT, Diagnostic, Location, RfcalcError, fail
from rfcalc.gates import GATES, Gates
from rfcalc.gates.judges import Limit
from rfcalc.gates.project import Entry, Ignore, entries, ignores, wanted_of
from rfcalc.loading.kinds import code_file
from rfcalc.spelling import nearest

__all__ = ["Settings", "contradictions", "limit", "settings"]

TEXTS = ("layer", "source", "baseline")
"""Keys beside the gates that take a name."""
KEYS = (*GATES, *TEXTS, "ignore-global", "axis", "rate", "networks", "ignore")
EXTENT_LIMIT = 1 << 62
SIZE_LIMIT = 1 << 20
"""Largest configuration file, in characters."""

_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?<![\w-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{100}}")


class Settings(msgspec.Struct, frozen=True):
    """What a configuration file says: gates, and which layer of which network they judge.

    ``networks`` are those that a project holds to them, ``ignore`` the failures that it accepts,
    ``baseline`` a file of those that were there before; ``folder`` is where paths begin.
    """

    gates: Gates = {}
    layer: str | None = None
    source: str | None = None
    ignore_global: bool = False
    networks: tuple[Entry, ...] = ()
    ignore: tuple[Ignore, ...] = ()
    baseline: str | None = None
    axis: int | None = None
    rate: float | str | None = None
    file: str | None = None
    folder: Path = Path()

    def entries(self, nets: Iterable[str]) -> dict[str, Entry]:
        """Return what goes for each network, which need not be among those that are named."""
        named: dict[str, Entry] = {}
        for entry in self.networks:
            for one in (entry.net, *entry.nets(self.folder)):
                named.setdefault(_place_of(one), entry)
        return {net: named.get(_place_of(net)) or Entry(net=net) for net in nets}

    def name(self, net: str) -> str:
        """Return a network's name in a baseline and for what is ignored.

        A file's begins at the folder of the configuration, wherever the command is run.
        """
        file = code_file(net) or net
        try:
            if not Path(file).exists():
                return net
            return os.path.relpath(file, self.folder).replace(os.sep, "/") + net[len(file) :]
        except (OSError, ValueError):
            return net


def settings(folder: Path) -> Settings:
    """Return the settings of the nearest ``pyproject.toml`` with a table ``[tool.rfcalc]``.

    The folder is searched first, then those above it; without such a file nothing is set.

    Raises
    ------
    RfcalcError
        RF430: invalid TOML, an unknown key, a value of the wrong kind; all of them, with places.
    """
    here = folder.resolve()
    for place in (here, *here.parents):
        path = place / "pyproject.toml"
        if path.is_file():
            table, text = _table(path)
            if table is not None:
                found = _read(table, text, _shown(path, here))
                return msgspec.structs.replace(found, folder=place)
    return Settings()


def limit(name: str, value: object) -> Limit:
    """Return the limit of a gate from a value of the command line or of TOML.

    Raises
    ------
    ValueError
        The value is of the wrong kind or out of range; the text says what it takes.
    """
    kind = GATES[name].kind
    if kind == "flag":
        if isinstance(value, bool):
            return value
        raise ValueError("it takes true or false")
    if kind == "share":
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
        if 0 < number <= 1:
            return float(number)
        raise ValueError("it takes a share above 0 and up to 1, as in 0.9")
    if kind == "count":
        plain = value.strip() if isinstance(value, str) else ""
        number = int(plain) if re.fullmatch(r"[0-9]{1,18}", plain) else value
        if type(number) is int and 0 <= number <= EXTENT_LIMIT:
            return number
        if plain and seconds_of(plain) is not None:
            return plain
        raise ValueError("it takes samples, 0 or more, or with a rate a time: 160 or '20ms'")
    values = list(cast("list[object]", value)) if isinstance(value, list | tuple) else [value]
    whole = [n for n in values if type(n) is int and 1 <= n <= EXTENT_LIMIT]
    if 1 <= len(values) <= 3 and len(whole) == len(values):
        return tuple(whole)
    raise ValueError("it takes a positive integer, or one per axis, as in 224 or [224, 112]")


def contradictions(gates: Gates) -> Iterator[str]:
    """Yield what no network could satisfy at once."""
    low, high = gates.get("min-rf"), gates.get("max-rf")
    if not isinstance(low, tuple) or not isinstance(high, tuple):
        return
    if min(len(low), len(high)) > 1 and len(low) != len(high):
        yield f"min-rf has {len(low)} axes and max-rf has {len(high)}"
    elif any(low[i % len(low)] > high[i % len(high)] for i in range(max(len(low), len(high)))):
        shown = [",".join(map(str, values)) for values in (low, high)]
        yield f"min-rf is {shown[0]} and max-rf is {shown[1]}: no field satisfies both"


def _table(path: Path) -> tuple[object, str]:
    """Return ``[tool.rfcalc]``, ``None`` when there is none, and the text of the file."""
    import tomllib

    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(SIZE_LIMIT + 1)
    except (OSError, UnicodeDecodeError) as fault:
        raise fail("RF430", f"{path} cannot be read: {fault}") from None
    # Over nested keys tomllib takes quadratic time.
    if len(text) > SIZE_LIMIT or _LONG_KEY.search(text):
        fact = f"{path} has more than {SIZE_LIMIT:,} characters, or a key of more than 100 parts"
        raise fail("RF430", fact)
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise fail("RF430", f"{path} nests too deep") from None
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(fault))
        number, column = (int(n) for n in found.groups()) if found else (1, 1)
        line = (text.splitlines() or [""])[min(number, text.count("\n") + 1) - 1]
        reason = str(fault).partition(" (at ")[0]
        at = Location(str(path), number, min(column, len(line) + 1), 1, line)
        raise fail("RF430", f"not valid TOML: {reason}", at=at) from None
    except ValueError:
        # A number of more digits than Python turns into an integer.
        fact = f"{path} holds a number of too many digits"
        raise fail("RF430", fact) from None
    tool = data.get("tool")
    return (tool.get("rfcalc") if isinstance(tool, dict) else None), text  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _read(table: object, text: str, file: str) -> Settings:
    """Check every key of the table and return the settings, or all faults at once."""
    if not isinstance(table, dict):
        raise fail("RF430", f"{file}: tool.rfcalc is not a table", "write [tool.rfcalc]")
    gates: Gates = {}
    others: dict[str, Any] = {}
    faults: list[Diagnostic] = []
    for key, value in cast("dict[str, object]", table).items():
        if len(faults) >= FAULT_LIMIT:
            break
        at = _place(text, file, key)
        where = "" if at else f"{file}: "
        if key not in KEYS:
            # An underscore is the likeliest slip, and too far for the spelling alone.
            dashed = key.replace("_", "-")
            help = f"did you mean '{dashed}'?" if dashed in KEYS else nearest(key, KEYS)
            fact = f"{where}[tool.rfcalc] has no key '{key}'"
            faults.append(Diagnostic("RF430", fact, help, at))
            continue
        try:
            if key in GATES:
                gates[key] = limit(key, value)
            elif key in TEXTS and not isinstance(value, str):
                kind = "a file" if key == "baseline" else "a layer"
                raise ValueError(f"it takes the name of {kind}")
            elif wanted := wanted_of(key, value):
                raise ValueError(f"it takes {wanted}")
            elif key == "networks":
                others[key] = entries(value, limit)
            elif key == "ignore":
                others[key] = ignores(value)
            else:
                others[key.replace("-", "_")] = value
        except ValueError as fault:
            fact = f"{where}'{key}' is {_told(value)}"
            faults.append(Diagnostic("RF430", fact, str(fault), at))
    if faults:
        raise RfcalcError(faults)
    on = {name: to for name, to in gates.items() if to is not False}
    return Settings(gates=on, file=file, **others)


def _place_of(net: str) -> str:
    """Return a path as all ways of writing it have it, another text as it is."""
    try:
        return str(Path(net).resolve())
    except (OSError, RuntimeError, ValueError):
        return net


def _told(value: object) -> str:
    try:
        return repr(value)
    except ValueError:
        return "a number of too many digits"


def _place(text: str, file: str, key: str) -> Location | None:
    """Return where a key of the table stands, found by its line; tomllib keeps no places."""
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line)
        if header:
            inside = header[1].replace(" ", "").replace('"', "") == "tool.rfcalc"
        elif inside and (found := re.match(rf"\s*[\"']?({re.escape(key)})[\"']?\s*[=.]", line)):
            return Location(file, number, found.start(1) + 1, len(key), line)
    return None


def _shown(path: Path, here: Path) -> str:
    """Return the path from the working folder, in full when it lies above."""
    return path.name if path.parent == here else str(path)
