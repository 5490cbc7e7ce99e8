"""What is the answer of ``rfcalc fit``? The heads, and the changes that cover more."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from rfcalc import __version__
from rfcalc.coverage.heads import Head
from rfcalc.documents import Json
from rfcalc.objects import Objects
from rfcalc.shown import AsPage, AsTable, brief

__all__ = ["Fit", "LayerChange", "Way"]


class LayerChange(msgspec.Struct, frozen=True):
    """One parameter of one layer, per axis, before and after."""

    layer: str
    parameter: str
    before: tuple[int, ...]
    after: tuple[int, ...]


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the network after which every head covers the share that is wanted.

    Attributes
    ----------
    kind : what is changed, ``"dilations"``, ``"kernels"`` or ``"strides"``.
    change : sum of the differences of the numbers of the network file.
    multiply_adds : those of all convolutions, as a share of those before.
    layers : what changes, layer by layer.
    lines : the lines of the network file that change, empty where the network is none.
    heads : the heads of the changed network, in the order of those before.
    """

    kind: str
    change: int
    multiply_adds: float
    layers: tuple[LayerChange, ...]
    lines: tuple[int, ...]
    heads: tuple[Head, ...]

    def __repr__(self) -> str:
        return brief(f"Way({self.kind!r}, change={self.change}, layers={len(self.layers)})")


class Fit(msgspec.Struct, AsPage, AsTable, frozen=True, kw_only=True):
    """Which share of the objects each head's field covers.

    Attributes
    ----------
    network : its name.
    objects : the objects, in cells of the input.
    heads : one entry per pair of an output and an input that it reads.
    share : the share that every head is to cover, ``None`` where none is wanted.
    needed : the field, equally wide on every axis, that covers it.
    ways : the smallest changes that reach it, least change first; of each kind some.
    reason : how far changes were looked for, empty where none had to be.
    """

    network: str
    objects: Objects
    heads: tuple[Head, ...]
    share: Fraction | None = None
    needed: int | None = None
    ways: tuple[Way, ...] = ()
    reason: str = ""
    assumed: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return not self.assumed

    @property
    def too_small(self) -> tuple[Head, ...]:
        """The heads that cover less than the share that is wanted, by default less than all."""
        wanted = Fraction(1) if self.share is None else self.share
        return tuple(head for head in self.heads if head.covered < wanted)

    @property
    def covered_by_any(self) -> Fraction:
        """The share of the objects that some head covers."""
        return self.objects.covered_by_any([head.field for head in self.heads])

    @property
    def reached(self) -> bool:
        """Whether every head covers the wanted share, as the network is or by some way."""
        return self.share is None or not self.too_small or bool(self.ways)

    def __repr__(self) -> str:
        few = f", too_small={len(self.too_small)}" if self.too_small else ""
        return brief(
            f"Fit({self.network!r}, heads={len(self.heads)}, objects={self.objects.count}{few})"
        )

    def to_dict(self) -> dict[str, Json]:
        """Return the answer as the data of its command's JSON."""
        return {
            "rfcalc": __version__,
            "network": self.network,
            "sizes": [_plain(sides) for sides in self.objects.given] or None,
            "objects": _objects(self.objects),
            "heads": [_head(head) for head in self.heads],
            "share": None if self.share is None else float(self.share),
            "needed": self.needed,
            "covered_by_any": float(self.covered_by_any),
            "too_small": [{"layer": head.layer, "source": head.source} for head in self.too_small],
            "changes": [_way(way) for way in self.ways],
            "reason": self.reason or None,
            "exact": self.exact,
            "assumed": list(self.assumed),
        }


def _plain(sides: Sequence[Decimal]) -> Json:
    """Return the sides of a size as JSON numbers, alone where there is one for all axes."""
    numbers = [int(side) if side == side.to_integral_value() else float(side) for side in sides]
    return numbers[0] if len(numbers) == 1 else numbers


def _objects(objects: Objects) -> dict[str, Json]:
    return {
        "count": objects.count,
        "form": objects.form,
        "name": objects.name or None,
        "images": objects.images,
        "scaled": objects.scaled or None,
        "largest": list(objects.largest),
        "sides": {f"{n}": objects.needed(Fraction(n, 100)) for n in (5, 25, 50, 75, 95, 100)},
        "omitted": dict(objects.omitted),
    }


def _head(head: Head) -> dict[str, Json]:
    causes = head.unbounded
    return {
        "layer": head.layer,
        "source": head.source,
        "field": list(head.field),
        "effective": None if head.effective is None else list(head.effective),
        "covered": float(head.covered),
        "covered_effective": (
            None if head.covered_effective is None else float(head.covered_effective)
        ),
        "least": list(head.least),
        "covered_least": float(head.covered_least),
        "unbounded": (
            None
            if causes is None
            else [None if c is None else {"by": c.by, "side": c.side} for c in causes]
        ),
        "reason": head.reason or None,
    }


def _way(way: Way) -> dict[str, Json]:
    return {
        "kind": way.kind,
        "change": way.change,
        "multiply_adds": way.multiply_adds,
        "layers": [
            {
                "layer": one.layer,
                "parameter": one.parameter,
                "from": list(one.before),
                "to": list(one.after),
            }
            for one in way.layers
        ],
        "lines": list(way.lines),
        "heads": [_head(head) for head in way.heads],
    }
