"""Which objects does a table hold? One row each: its sides, or the corners of its box."""

import csv
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import msgspec

from rfcalc.errors import fail
from rfcalc.objects.counted import Objects, Tally
from rfcalc.objects.files import LINE_LIMIT, bytes_of, text_of, wrong
from rfcalc.objects.scaling import Scaling

__all__ = ["read_csv"]

_NAMES = {
    "size": ("size", "side", "length", "diameter"),
    "depth": ("depth", "d", "bbox_depth"),
    "height": ("height", "h", "bbox_height", "bbox_h"),
    "width": ("width", "w", "bbox_width", "bbox_w"),
    "x1": ("x1", "xmin", "x_min", "left"),
    "y1": ("y1", "ymin", "y_min", "top"),
    "x2": ("x2", "xmax", "x_max", "right"),
    "y2": ("y2", "ymax", "y_max", "bottom"),
    "image height": ("image_height", "img_height", "image_h", "img_h"),
    "image width": ("image_width", "img_width", "image_w", "img_w"),
}
"""What a column is called, in small letters."""
_HELP = (
    "name the columns in a first line: size; width,height (depth,height,width in 3-D); or "
    "xmin,ymin,xmax,ymax; image_width,image_height beside them where images are resized"
)


class _Columns(msgspec.Struct, frozen=True):
    """Where a row has its sides, or two corners, and the size of its image."""

    sides: tuple[int, ...]
    corners: tuple[tuple[int, int], ...] = ()
    image: tuple[int, ...] = ()


def read_csv(path: Path, scaling: Scaling, dims: int) -> Objects:
    """Return the objects of a table with commas, semicolons or tabs, whose first line names them.

    Sides are in pixels of the image: ``size`` for all axes, or one column per axis.

    Raises
    ------
    RfcalcError
        RF470: a row that is none, columns that do not say the sides; RF471: the size of an image
        is not known, and the scaling depends on it.
    """
    text = text_of(path, bytes_of(path))
    lines = text.splitlines()
    long = next((n for n, line in enumerate(lines) if len(line) > LINE_LIMIT), None)
    if long is not None:
        fact = f"a line of {len(lines[long]):,} characters; the limit is {LINE_LIMIT:,}"
        raise wrong(path, long + 1, lines[long][:80], fact, _HELP)
    delimiter = max("\t;,", key=lines[0].count)
    rows = csv.reader(lines, delimiter=delimiter)
    found, columns = Tally(), None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            number, line = rows.line_num, lines[rows.line_num - 1]
            if columns is None:
                columns = _columns(path, number, line, row, dims, scaling)
                continue
            try:
                sides, image = _read(columns, row)
            except (InvalidOperation, IndexError, ValueError):
                fact = "a row whose sides are not numbers"
                raise wrong(path, number, line, fact, _HELP) from None
            if not found.add(sides, scaling.ratios(image)):
                told = " x ".join(map(str, sides))
                help = "sides are from 0 to 2^31 cells, and a box ends behind its beginning"
                raise wrong(path, number, line, f"an object of {told}", help)
    except csv.Error as fault:
        raise fail("RF470", f"{path}, line {rows.line_num}: {fault}", _HELP) from None
    if not found.sides:
        raise fail("RF470", f"{path} holds no object", _HELP)
    return Objects(
        sides=found.counted,
        form="CSV",
        name=str(path),
        scaled=str(scaling),
        omitted=tuple(sorted(found.omitted.items())),
    )


def _columns(
    path: Path, number: int, line: str, row: Sequence[str], dims: int, scaling: Scaling
) -> _Columns:
    """Return where the columns are that a first line names."""
    heads = [head.strip().lower() for head in row]
    places = {
        name: heads.index(word)
        for name, words in _NAMES.items()
        for word in reversed(words)
        if word in heads
    }

    def all_of(*names: str) -> tuple[int, ...]:
        return tuple(places[name] for name in names) if {*names} <= {*places} else ()

    axes = ("depth", "height", "width")[3 - dims :] if dims > 1 else ("size",)
    image = all_of("image height", "image width") if dims == 2 else ()
    sides, (low, high) = all_of(*axes), (all_of("y1", "x1"), all_of("y2", "x2"))
    if dims == 2 and low and high:
        # Beside corners, width and height are those of the image, as in Pascal VOC's tables.
        found = _Columns((), tuple(zip(low, high, strict=True)), image or sides)
    else:
        found = _Columns(sides or all_of("size") * dims, image=image)
    if not found.sides and not found.corners:
        fact = f"no column says the sides of an object on {dims} {'axis' if dims == 1 else 'axes'}"
        raise wrong(path, number, line, fact, _HELP)
    if scaling.needs_images and not found.image and scaling.image is None:
        fact = f"{path}: resize needs the sizes of the images"
        raise fail("RF471", fact, "add image_width and image_height, or say `image=(H, W)`")
    return found


def _read(
    columns: _Columns, row: Sequence[str]
) -> tuple[tuple[Decimal, ...], tuple[int, ...] | None]:
    """Return the sides of a row's object, and the size of its image where that is given."""
    if columns.corners:
        sides = tuple(Decimal(row[high]) - Decimal(row[low]) for low, high in columns.corners)
    else:
        sides = tuple(Decimal(row[place]) for place in columns.sides)
    image = tuple(int(row[place]) for place in columns.image) if columns.image else None
    if image is not None and min(image) < 1:
        raise ValueError
    return sides, image
