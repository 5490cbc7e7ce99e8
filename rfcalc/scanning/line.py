"""What is asked of a scan, and what does it say of each item? One line."""

import os
from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from rfcalc.documents import Json
from rfcalc.scanning.said import FindingSaid, LocalSaid, OutputSaid, StageSaid
from rfcalc.shown import brief

__all__ = ["MEMORY", "STATUSES", "Item", "Limits", "Line", "Status", "readable"]

Status = Literal["exact", "unbounded", "assumed", "refused", "timeout", "memory", "crashed"]
STATUSES: tuple[Status, ...] = get_args(Status)
"""Every status: three answers, a refusal with its code, and three ways to get none."""

MEMORY = 4096
"""Most megabytes for one item where nothing else is said."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One network to be analysed; ``path`` is what its line is known by.

    ``net`` is what ``rfcalc.loading.load`` takes, ``folder`` where relative names begin.
    ``code`` says that reading it may run code of its own.
    """

    path: str
    net: str
    folder: str
    input: tuple[tuple[int, ...], ...] = ()
    kwargs: Mapping[str, Json] | None = None
    submodule: str | None = None
    code: bool = False


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What an item may cost: ``timeout`` in seconds, ``memory`` in bytes (0: any).

    ``threads`` are those of each library in its process. ``scan`` tells the scans apart that share
    a process; ``ignore_global`` leaves layers aside that read their whole input.
    """

    timeout: float
    memory: int
    threads: int = 1
    scan: str
    ignore_global: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one item; sizes are in input cells per axis, ``None`` where there are none.

    An axis without end has none in ``rf``.
    ``code`` and ``message`` say why an item is refused, ``message`` alone why it is unbounded,
    taken for granted or lost. A ``jump`` is ``None`` on an axis where it is not uniform.
    ``parameters`` and ``macs`` are ``None`` where those of a layer are not known. ``local`` is the
    main output with layers ignored that read the whole input, ``None`` without such layers.
    ``rf`` and ``jump`` are those of the main output; ``outputs`` has every one. ``counts`` says how
    many outputs, stages, runs and findings there are, of which a line holds the first.
    """

    path: str
    status: Status
    code: str | None = None
    message: str | None = None
    rf: tuple[int | None, ...] | None = None
    jump: tuple[int | float | None, ...] | None = None
    nodes: int | None = None
    parameters: int | None = None
    macs: int | None = None
    gridded: bool | None = None
    seconds: float | None = None
    layout: tuple[str, ...] | None = None
    input: tuple[int, ...] | None = None
    local: LocalSaid | None = None
    outputs: tuple[OutputSaid, ...] | None = None
    stages: tuple[StageSaid, ...] | None = None
    findings: tuple[FindingSaid, ...] | None = None
    counts: dict[str, int] | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return the line as data."""
        return msgspec.to_builtins(self)

    def __repr__(self) -> str:
        what = self.code or f"rf={self.rf}, gridded={self.gridded}"
        return brief(f"Line({self.path[-60:]!r}, {self.status}, {what})")


def readable(name: str) -> str:
    r"""Return a name as text that every reader of JSON takes.

    Bytes that are not UTF-8 are written out.

    >>> import os
    >>> print(readable(os.fsdecode(b"caf\xe9.yaml")))
    caf\xe9.yaml
    """
    try:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return name.encode("utf-8", "backslashreplace").decode()
