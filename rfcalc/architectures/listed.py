"""What does the header of a shipped network say of it? Its answers, without reading the network."""

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import prod
from typing import cast

import msgspec

from rfcalc.footprint import Side, Unbounded

__all__ = ["Listed", "Sight", "line", "listed"]


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What one layer sees of another; axes without end have neither ``rf`` nor ``largest_hole``.

    ``cells`` is ``None``, and so is every ``largest_hole``, where the mask has too many boxes.
    """

    source: str
    target: str
    rf: tuple[int | None, ...]
    jump: tuple[Fraction | None, ...]
    cells: int | None
    largest_hole: tuple[int | None, ...]
    unbounded: tuple[Unbounded | None, ...] | None = None

    @property
    def bounded(self) -> bool:
        """Whether any axis has two ends."""
        return any(extent is not None for extent in self.rf)

    @property
    def holes(self) -> bool:
        """Whether a cell of the box is not read."""
        return self.bounded and self.cells is not None and self.cells < self._volume

    @property
    def density(self) -> float | None:
        """Cells that are read over cells of the box, ``None`` where there is no box or no count."""
        if self.cells is None or not self.bounded:
            return None
        return self.cells / self._volume

    @property
    def verdict(self) -> str:
        """What the mask is: hole-free, holes, corners missing, not counted, or unbounded."""
        if not self.bounded:
            return "unbounded"
        if self.cells is None:
            return "cells not counted"
        if not self.holes:
            return "hole-free"
        return "holes" if any(self.largest_hole) else "corners missing"

    @property
    def _volume(self) -> int:
        return prod(extent for extent in self.rf if extent is not None)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A shipped network: its header, what its output sees of the input, its dilated stages."""

    name: str
    title: str
    source: str
    published: str
    input: tuple[int, ...] | None
    layers: int
    seen: Sight
    stages: tuple[Sight, ...]


_SIGHT = (
    r"(\S+) -> (\S+): rf (.+), jump (.+), cells (\d+|unknown), largest hole (.+?)(?:, by (.+))?"
)


def listed(name: str, text: str) -> Listed:
    """Return what the comments at the top of a network file say of it."""
    sights = re.findall(rf"^# (?:output|stage) {_SIGHT}$", text, re.MULTILINE)
    seen, *stages = [_sight(found) for found in sights]
    size = _header(text, "input")
    return Listed(
        name=name,
        title=text.partition("\n")[0].lstrip("# "),
        source=_header(text, "source"),
        published=_header(text, "published"),
        input=tuple(map(int, size.split())) if size != "any" else None,
        layers=int(_header(text, "layers")),
        seen=seen,
        stages=tuple(stages),
    )


def line(kind: str, sight: Sight) -> str:
    """Return the comment that says what is seen: of the output, or of a stage."""
    cells = "unknown" if sight.cells is None else str(sight.cells)
    said = (
        f"# {kind} {sight.source} -> {sight.target}: rf {_words(sight.rf, 'all')}, "
        f"jump {_words(sight.jump, '-')}, cells {cells}, "
        f"largest hole {_words(sight.largest_hole, '-')}"
    )
    if sight.unbounded is None:
        return said
    by = [f"{cause.by} {cause.side}" if cause else "-" for cause in sight.unbounded]
    return f"{said}, by {' | '.join(by)}"


def _words(values: Iterable[object], missing: str) -> str:
    return " ".join(missing if value is None else str(value) for value in values)


def _sight(found: Sequence[str]) -> Sight:
    source, target, rf, jump, cells, holes, by = found
    causes = tuple(_cause(word) for word in by.split(" | ")) if by else None
    return Sight(
        source=source,
        target=target,
        rf=tuple(None if word == "all" else int(word) for word in rf.split()),
        jump=tuple(None if word == "-" else Fraction(word) for word in jump.split()),
        cells=None if cells == "unknown" else int(cells),
        largest_hole=tuple(None if word == "-" else int(word) for word in holes.split()),
        unbounded=causes,
    )


def _cause(words: str) -> Unbounded | None:
    if words == "-":
        return None
    name, side = words.split()
    return Unbounded(name, cast("Side", side))


def _header(text: str, key: str) -> str:
    """Return what the comment at the top of a network file says under a key."""
    found = re.search(rf"^# {key}: *(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else ""
