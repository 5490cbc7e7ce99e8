"""Which objects does a COCO file hold? Boxes of its annotations, crowds left out."""

from decimal import Decimal
from pathlib import Path

import msgspec

from rfcalc.errors import fail
from rfcalc.objects.counted import Objects, Tally
from rfcalc.objects.files import bytes_of
from rfcalc.objects.scaling import Scaling

__all__ = ["read_coco"]

_HELP = "a COCO file has annotations, each with a bbox [x, y, width, height] in pixels"

Key = int | str | None


class _Image(msgspec.Struct):
    id: Key = None
    width: int | None = None
    height: int | None = None


class _Annotation(msgspec.Struct):
    bbox: list[Decimal] | None = None
    image_id: Key = None
    iscrowd: int | bool = 0


class _File(msgspec.Struct):
    annotations: list[_Annotation]
    images: list[_Image] = []


def read_coco(path: Path, scaling: Scaling, dims: int) -> Objects:
    """Return the objects of a COCO file of detections; a bare list of results will do as well.

    Crowds are left out, as in COCO's own measures, and so are annotations without a box.
    Source: cocodataset.org, data format.

    Raises
    ------
    RfcalcError
        RF470: it is no such file, or a box is none; RF471: the size of an image is not known, and
        the scaling depends on it.
    """
    if dims != 2:
        fact = f"a COCO file holds boxes of 2 axes, and the network has {dims}"
        raise fail("RF470", fact, "give the sizes as numbers, or as a table (.csv)")
    held = _decode(path, bytes_of(path))
    # A file that says the size of none of its images leaves it to be said.
    sizes = {
        image.id: (image.height, image.width)
        for image in held.images
        if image.height and image.width and min(image.height, image.width) > 0
    }
    found = Tally()
    for number, one in enumerate(held.annotations):
        if one.iscrowd:
            found.omitted["crowds"] += 1
            continue
        if not one.bbox:
            found.omitted["without a box"] += 1
            continue
        size = sizes.get(one.image_id)
        if scaling.needs_images and size is None and scaling.image is None:
            fact = f"{path}: annotations[{number}] is of image {one.image_id!r}, of unknown size"
            raise fail("RF471", fact, "say the size of all images: `image=(H, W)`")
        if len(one.bbox) != 4 or not found.add((one.bbox[3], one.bbox[2]), scaling.ratios(size)):
            told = ", ".join(map(str, one.bbox[:8]))
            raise fail("RF470", f"{path}: annotations[{number}].bbox is [{told}]", _HELP)
    if not found.sides:
        raise fail("RF470", f"{path} holds no object that counts", _HELP)
    return Objects(
        sides=found.counted,
        form="COCO",
        name=str(path),
        scaled=str(scaling),
        images=len(held.images) or None,
        omitted=tuple(sorted(found.omitted.items())),
    )


def _decode(path: Path, data: bytes) -> _File:
    """Return what a file holds, as far as it is asked about."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        if data.lstrip()[:1] == b"[":
            return _File(msgspec.json.decode(data, type=list[_Annotation]))
        return msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        told = str(fault) or type(fault).__name__
        raise fail("RF470", f"{path} is no COCO file: {told}", _HELP) from None
