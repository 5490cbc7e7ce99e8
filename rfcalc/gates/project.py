"""Which networks does a project hold to its gates, and which failures does it accept?"""

import fnmatch
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

from rfcalc.arguments import shape
from rfcalc.durations import rate_of
from rfcalc.errors import RfcalcError
from rfcalc.gates import GATES, Failure, Gates
from rfcalc.gates.judges import Limit
from rfcalc.loading.kinds import code_file

__all__ = ["Entry", "Ignore", "entries", "ignores", "wanted_of"]

TEXTS = ("layer", "source", "submodule")
"""Keys of an entry that take a name."""
GLOB = "*?["


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Networks that a project holds to its gates, and what goes for them alone.

    ``net`` is a NET as on the command line, or a pattern of files such as ``nets/*.net.yaml``,
    from the folder of the configuration. ``gates`` go before those of all networks, a gate that is
    ``False`` among them is off.
    """

    net: str
    gates: Mapping[str, Limit] = {}
    layer: str | None = None
    source: str | None = None
    submodule: str | None = None
    ignore_global: bool | None = None
    axis: int | None = None
    rate: float | str | None = None
    input: tuple[tuple[int, ...], ...] = ()
    kwargs: Mapping[str, object] | None = None

    def nets(self, folder: Path) -> list[str]:
        """Return the networks, files as paths from the working folder.

        A pattern gives the files that match it, in order of name, and none if there are none.
        """
        if any(sign in self.net for sign in GLOB):
            found = sorted(path for path in folder.glob(self.net) if path.is_file())
            return [os.path.relpath(path) for path in found]
        file = code_file(self.net) or self.net
        path = folder / file
        return [os.path.relpath(path) + self.net[len(file) :] if path.exists() else self.net]

    def limits(self, gates: Gates) -> Gates:
        """Return the gates of all networks as this entry changes them, ``False`` if off."""
        return {**gates, **self.gates}


class Ignore(msgspec.Struct, frozen=True, kw_only=True):
    """Failures that are accepted, and why; ``layer`` and ``net`` may be patterns."""

    code: str
    reason: str
    layer: str = "*"
    net: str = "*"

    def matches(self, net: str, failure: Failure) -> bool:
        """Whether a failure of a network is one of them."""
        return (
            failure.code == self.code
            and fnmatch.fnmatchcase(failure.layer, self.layer)
            and fnmatch.fnmatchcase(net, self.net)
        )


def entries(value: object, limit: Callable[[str, object], Limit]) -> tuple[Entry, ...]:
    """Return the networks of a configuration.

    Parameters
    ----------
    value : a list of networks, each a text or a table with ``net``.
    limit : returns the limit of a gate, or raises a ValueError that says what it takes.

    Raises
    ------
    ValueError
        The value is of another form; the text says what it takes.
    """
    if not isinstance(value, list):
        raise ValueError("it takes a list of networks, as in ['nets/*.net.yaml']")
    return tuple(_entry(one, limit) for one in cast("list[object]", value))


def wanted_of(key: str, value: object) -> str:
    """Return what a key takes that goes for all networks or for one, empty if it is the value."""
    if key == "ignore-global" and not isinstance(value, bool):
        return "true or false"
    if key == "axis" and (type(value) is not int or value not in range(3)):
        return "the number of an axis, from 0"
    if key == "rate" and not _is_rate(value):
        return "samples per second, as in 16000 or '16k'"
    return ""


def _is_rate(value: object) -> bool:
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return False
        return rate_of(value) is not None
    except RfcalcError:
        return False


def _entry(value: object, limit: Callable[[str, object], Limit]) -> Entry:
    if isinstance(value, str):
        return Entry(net=value)
    table = _table(
        value, "net", (*GATES, *TEXTS, "ignore-global", "axis", "rate", "input", "kwargs")
    )
    gates: dict[str, Limit] = {}
    others: dict[str, Any] = {}
    for key, to in table.items():
        if key in GATES:
            try:
                gates[key] = limit(key, to)
            except ValueError as fault:
                raise ValueError(f"'{key}' of '{table['net']}': {fault}") from None
        elif key == "input":
            others[key] = _shapes(to)
        elif wanted := wanted_of(key, to):
            raise ValueError(f"'{key}' of '{table['net']}' takes {wanted}")
        elif key == "kwargs" and not isinstance(to, dict):
            raise ValueError(f"'{key}' of '{table['net']}' takes a table, as in {{classes = 3}}")
        elif key in TEXTS and not isinstance(to, str):
            raise ValueError(f"'{key}' of '{table['net']}' takes a name")
        else:
            others[key.replace("-", "_")] = to
    return Entry(gates=gates, **others)


def ignores(value: object) -> tuple[Ignore, ...]:
    """Return the failures that a configuration accepts.

    Raises
    ------
    ValueError
        The value is of another form; the text says what it takes.
    """
    if not isinstance(value, list):
        raise ValueError("it takes a list of tables, as in [{code = 'RG206', reason = '..'}]")
    return tuple(Ignore(**_texts(one)) for one in cast("list[object]", value))


def _texts(value: object) -> dict[str, str]:
    table = _table(value, "code", ("reason", "layer", "net"))
    texts = {key: to for key, to in table.items() if isinstance(to, str)}
    for key in table:
        if key not in texts:
            raise ValueError(f"'{key}' takes a text")
    codes = sorted({gate.code for gate in GATES.values()})
    if texts["code"] not in codes:
        raise ValueError(f"there is no code '{texts['code']}' of a gate: {', '.join(codes)}")
    if not texts.get("reason", "").strip():
        raise ValueError(f"'{texts['code']}' is ignored without a reason: add reason = '..'")
    return texts


def _table(value: object, needed: str, known: Sequence[str]) -> dict[str, object]:
    if not isinstance(value, dict) or not isinstance(value.get(needed), str):  # pyright: ignore[reportUnknownMemberType]
        raise ValueError(f"each takes a table with '{needed}', as in {{{needed} = '..'}}")
    table = cast("dict[str, object]", value)
    for key in table:
        if key != needed and key not in known:
            raise ValueError(f"a table with '{needed}' has no key '{key}': {', '.join(known)}")
    return table


def _shapes(value: object) -> tuple[tuple[int, ...], ...]:
    """Return one shape per input, each a text or a list of numbers."""
    given = cast("list[object]", value if isinstance(value, list) else [value])
    if given and all(type(n) is int for n in given):
        given = [given]
    return tuple(_shape(one) for one in given)


def _shape(value: object) -> tuple[int, ...]:
    numbers = cast("list[object]", value if isinstance(value, list) else [])
    whole = numbers and all(type(n) is int for n in numbers)
    text = ",".join(map(str, numbers)) if whole else cast("object", value)
    wanted = "'input' takes a shape, or one per input, as in [1, 3, 224, 224]"
    if not isinstance(text, str):
        raise ValueError(wanted)
    try:
        return shape(text)
    except RfcalcError:
        raise ValueError(wanted) from None
