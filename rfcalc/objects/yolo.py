"""Which objects do YOLO labels hold? One line each, in shares of the image."""

from decimal import Decimal, InvalidOperation
from pathlib import Path

from rfcalc.errors import fail, many
from rfcalc.objects.counted import Objects, Tally, in_range
from rfcalc.objects.files import LABELS_LIMIT, LINE_LIMIT, bytes_of, text_of, wrong
from rfcalc.objects.scaling import Scaling

__all__ = ["read_yolo"]

BLOCK = 512
"""Bytes that a file of a folder counts for at the least, so that empty ones have an end too."""
_ROOM = Decimal("1.000001")
"""What rounding to six digits makes of the whole image."""
_HELP = "a line is: class x_center y_center width height, in shares of the image from 0 to 1"
_NAMES = "classes.txt"
"""The names of the classes, which some tools write beside the labels."""


def read_yolo(path: Path, scaling: Scaling, dims: int) -> Objects:
    """Return the objects of a label file, or of all those below a folder.

    A sixth number is a confidence; an odd count of seven or more is an outline, ``class x1 y1 x2
    y2 ..``, of which the box around it is taken. Sides are shares of the image: its size is that of
    the scaling, or where images are stretched the input's own. Source: Ultralytics, dataset
    formats.

    Raises
    ------
    RfcalcError
        RF470: a line that is none, a folder without labels; RF471: the size of the images is not
        known.
    """
    if dims != 2:
        fact = f"YOLO labels are boxes of 2 axes, and the network has {dims}"
        raise fail("RF470", fact, "give the sizes as numbers, or as a table (.csv)")
    image = scaling.image or (scaling.target if scaling.rule == "stretch" else None)
    if image is None:
        fact = f"{path}: YOLO labels are shares of the image, whose size is not known"
        raise fail(
            "RF471",
            fact,
            "say the size of all images: `image=(H, W)`, or stretch them: `resize=(H, W)`",
        )
    found, ratios, left = Tally(), scaling.ratios(image), LABELS_LIMIT
    files = _files(path)
    outlines = 0
    for one in files:
        # A file without a line says that its image shows no object.
        data = b"" if path.is_dir() and _empty(one) else bytes_of(one, left)
        left -= max(len(data), BLOCK)
        for number, line in enumerate(text_of(one, data).splitlines(), start=1):
            if not line.strip():
                continue
            box = _box(one, number, line)
            outlines += len(line.split()) > 6
            sides = tuple(share * n for share, n in zip(box, image, strict=True))
            if not found.add(sides, ratios):
                raise wrong(one, number, line, f"a box of {box[1]} x {box[0]}", _HELP)
    if not found.sides:
        raise fail("RF470", f"{path} holds no object", _HELP)
    said = [f"boxes around {many(outlines, 'outline')}"] if outlines else []
    return Objects(
        sides=found.counted,
        form=", ".join(["YOLO", *said]),
        name=str(path),
        scaled=str(scaling) or f"images of {image[0]} x {image[1]}",
        images=len(files),
        omitted=tuple(sorted(found.omitted.items())),
    )


def _files(path: Path) -> list[Path]:
    """Return the label files that a path names."""
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    for one in path.rglob("*.txt"):
        if one.name == _NAMES:
            continue
        found.append(one)
        if len(found) > LABELS_LIMIT // BLOCK:
            fact = f"{path} holds more than {LABELS_LIMIT // BLOCK:,} label files"
            raise fail("RF470", fact, "name a folder below it")
    if not found:
        raise fail("RF470", f"{path} holds no label file, *.txt", "name the folder of the labels")
    return sorted(found)


def _empty(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size == 0
    except OSError:
        return False


def _box(path: Path, number: int, line: str) -> tuple[Decimal, Decimal]:
    """Return the height and width of a line's object, in shares of the image.

    Raises
    ------
    RfcalcError
        RF470: it is no label.
    """
    if len(line) > LINE_LIMIT:
        fact = f"a line of {len(line):,} characters; the limit is {LINE_LIMIT:,}"
        raise wrong(path, number, line[:80], fact, _HELP)
    words = line.split()
    if len(words) not in (5, 6) and not (len(words) >= 7 and len(words) % 2):
        raise wrong(path, number, line, f"{many(len(words), 'value')} in a label", _HELP)
    try:
        values = [Decimal(word) for word in words[1:]]
    except InvalidOperation:
        raise wrong(path, number, line, "a value that is no number", _HELP) from None
    if not all(in_range(value) and value <= _ROOM for value in values):
        fact = "a value below 0 or above 1: a share of the image is neither"
        raise wrong(path, number, line, fact, _HELP)
    if len(words) in (5, 6):
        return values[3], values[2]
    across, down = values[0::2], values[1::2]
    return max(down) - min(down), max(across) - min(across)
