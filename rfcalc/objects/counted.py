"""How many objects are there of each size, and how many does a field cover?"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

import msgspec

from rfcalc.arguments import INPUT_LIMIT
from rfcalc.objects.scaling import Ratio

__all__ = ["Objects", "Tally", "in_range"]

Sides = tuple[int, ...]


class Objects(msgspec.Struct, frozen=True, kw_only=True):
    """Objects by their sides in cells of the network's input.

    A field covers an object whose sides are none longer than the field's, each on its own axis:
    ``side <= field``, wherever the object lies. Fields are whole numbers of cells, so a side is
    held as the smallest whole number that is not less than it.

    Attributes
    ----------
    sides : the sides per axis and how many objects have them, in order.
    form : ``"sizes"``, ``"COCO"``, ``"YOLO"`` or ``"CSV"``.
    name : file or folder, empty for sizes that are typed.
    given : the sizes as they were typed, empty for labels.
    scaled : how the images become the input, empty where they are not resized.
    images : how many images, or label files, there are; ``None`` for other forms.
    omitted : why some objects are left out of the count, and how many.
    """

    sides: tuple[tuple[Sides, int], ...]
    form: str
    name: str = ""
    given: tuple[tuple[Decimal, ...], ...] = ()
    scaled: str = ""
    images: int | None = None
    omitted: tuple[tuple[str, int], ...] = ()

    @property
    def count(self) -> int:
        """Number of objects."""
        return sum(number for _, number in self.sides)

    @property
    def largest(self) -> Sides:
        """The sides of the object whose longest side is the longest."""
        return max((sides for sides, _ in self.sides), key=lambda sides: (max(sides), sides))

    def covered(self, field: Sequence[int | None]) -> Fraction:
        """Return the share of the objects that a field covers; ``None`` is an axis without end.

        >>> two = Objects(sides=(((12, 30), 1), ((40, 20), 3)), form="sizes")
        >>> two.covered((31, 31)), two.covered((None, 30))
        (Fraction(1, 4), Fraction(1, 1))
        """
        return self.covered_by_any([field])

    def covered_by_any(self, fields: Sequence[Sequence[int | None]]) -> Fraction:
        """Return the share of the objects that at least one of some fields covers."""
        held = sum(
            number
            for sides, number in self.sides
            if any(
                all(end is None or side <= end for side, end in zip(sides, field, strict=True))
                for field in fields
            )
        )
        return Fraction(held, self.count)

    def needed(self, share: Fraction) -> int:
        """Return the smallest field, equally wide on every axis, that covers a share.

        >>> Objects(sides=(((12, 30), 1), ((40, 20), 3)), form="sizes").needed(Fraction(1, 4))
        30
        """
        lengths = Counter[int]()
        for sides, number in self.sides:
            lengths[max(sides)] += number
        wanted, held = ceil(share * self.count), 0
        for length in sorted(lengths):
            held += lengths[length]
            if held >= wanted:
                return length
        raise ValueError(f"a share of {share} is more than all")


def in_range(side: Decimal) -> bool:
    """Whether a number can be the side of an object; one without extent has 0."""
    return side == 0 or (side.is_finite() and side > 0 and -30 <= side.adjusted() <= 12)


class Tally:
    """Objects while they are counted: their sides scaled and rounded up, and what is left out."""

    def __init__(self) -> None:
        self.sides = Counter[Sides]()
        self.omitted = Counter[str]()

    def add(self, sides: Sequence[Decimal], ratios: Sequence[Ratio]) -> bool:
        """Count an object, and return whether its sides are in the range that is counted.

        One without extent is left out: no field could miss it.
        """
        found: list[int] = []
        for side, (over, under) in zip(sides, ratios, strict=True):
            if not in_range(side):
                return False
            top, bottom = side.as_integer_ratio()
            found.append(-(-top * over // (bottom * under)))
        if max(found) > INPUT_LIMIT:
            return False
        if min(found) == 0:
            self.omitted["without extent"] += 1
        else:
            self.sides[tuple(found)] += 1
        return True

    @property
    def counted(self) -> tuple[tuple[Sides, int], ...]:
        """The sides in order, and how many objects have them."""
        return tuple(sorted(self.sides.items()))
