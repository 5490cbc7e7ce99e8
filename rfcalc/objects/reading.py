"""Which objects does an argument name? Sides that are typed, a label file, or a folder of them."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from rfcalc.errors import fail
from rfcalc.objects.coco import read_coco
from rfcalc.objects.counted import Objects, Tally
from rfcalc.objects.rows import read_csv
from rfcalc.objects.scaling import Scaling
from rfcalc.objects.yolo import read_yolo

__all__ = ["TYPED_LIMIT", "Sizes", "read_objects"]

Sizes = str | Path | Sequence[float | Decimal | Fraction | Sequence[float | Decimal | Fraction]]
"""Sides, each one number for all axes or one per axis; or a path; or a text that says either."""

TYPED_LIMIT = 100_000
"""Most sizes that are given as they are, in place of a file."""
_TYPED = re.compile(r"[-+0-9.,;xXeE\u00d7\s]+")
_FORMS = (
    "write sides, 12,30,96x300, or name labels: COCO (.json), YOLO (.txt or a folder), a table "
    "(.csv, .tsv)"
)


def read_objects(sizes: Sizes, scaling: Scaling, dims: int) -> Objects:
    """Return the objects that are typed or named, as the network's input shows them.

    Parameters
    ----------
    sizes : sides in cells, one number for all axes or one per axis in the order of the axes, as a
        sequence or as a text (``"12,30,96x300"``); or the path of labels.
    scaling : how images become the input.
    dims : axes of the network.

    Raises
    ------
    RfcalcError
        RF406: sides that are none; RF470: labels that cannot be read; RF471: a label that needs
        the size of its image, which is not known.
    """
    if isinstance(sizes, Path):
        return _labels(sizes, scaling, dims)
    if isinstance(sizes, str) and not sizes.strip():
        raise fail("RF406", "sizes is empty", _FORMS)
    if isinstance(sizes, str):
        if not _TYPED.fullmatch(sizes.strip()):
            return _labels(Path(sizes), scaling, dims)
        return _typed_sizes([_side(part) for part in re.split(r"[,;]", sizes)], scaling, dims)
    return _typed_sizes([_sides(one) for one in sizes], scaling, dims)


def _labels(path: Path, scaling: Scaling, dims: int) -> Objects:
    """Return the objects of a file or a folder, by its suffix."""
    suffix = path.suffix.lower()
    try:
        folder, there = path.is_dir(), path.exists()
    except (OSError, ValueError):
        folder = there = False
    if folder or suffix == ".txt":
        return read_yolo(path, scaling, dims)
    if suffix == ".json":
        return read_coco(path, scaling, dims)
    if suffix in (".csv", ".tsv"):
        return read_csv(path, scaling, dims)
    if there:
        raise fail("RF470", f"'{path}' has no suffix of labels", _FORMS)
    raise fail("RF470", f"sizes is '{path}', neither numbers nor a file", _FORMS)


def _typed_sizes(given: Sequence[tuple[Decimal, ...]], scaling: Scaling, dims: int) -> Objects:
    """Return the objects whose sides are given."""
    if not given:
        raise fail("RF406", "sizes is empty", _FORMS)
    if len(given) > TYPED_LIMIT:
        fact = f"{len(given):,} sizes are given; the limit is {TYPED_LIMIT:,}"
        raise fail("RF406", fact, "write them to a table, .csv, and name that")
    if scaling.needs_images and scaling.image is None:
        fact = "resize needs the size of the images that the sizes were measured in"
        raise fail("RF471", fact, "give it: `image=(H, W)`; or a factor: `scale=0.5`")
    found, ratios = Tally(), scaling.ratios(None)
    for sides in given:
        if len(sides) not in (1, dims):
            fact = f"a size has {len(sides)} sides, and the network {dims} axes"
            raise fail("RF406", fact, "give one side for all axes, or one per axis, as in 96x300")
        each = sides if len(sides) == dims else sides * dims
        if not all(side > 0 for side in each) or not found.add(each, ratios):
            told = "x".join(map(str, sides))
            raise fail("RF406", f"a size is {told}", "sides are above 0 and below 2^31 cells")
    return Objects(sides=found.counted, form="sizes", given=tuple(given), scaled=str(scaling))


def _side(part: str) -> tuple[Decimal, ...]:
    """Return the sides of one size of a text."""
    try:
        return tuple(_number(side) for side in re.split(r"[xX\u00d7]", part))
    except InvalidOperation:
        raise fail("RF406", f"sizes: '{part.strip()}' is not a size", _FORMS) from None


def _sides(
    one: float | Decimal | Fraction | Sequence[float | Decimal | Fraction],
) -> tuple[Decimal, ...]:
    """Return the sides of one size of a sequence."""
    try:
        if isinstance(one, Sequence) and not isinstance(one, str):
            return tuple(_number(side) for side in one)
        return (_number(one),)
    except InvalidOperation:
        raise fail("RF406", f"sizes: {one!r} is not a size", _FORMS) from None


def _number(side: object) -> Decimal:
    """Return a side; a fraction is rounded up to whole cells, which no field tells from it."""
    if isinstance(side, Fraction):
        return Decimal(-(-side.numerator // side.denominator))
    number = Decimal(str(side).strip())
    if not number.is_finite():
        raise InvalidOperation
    return number
