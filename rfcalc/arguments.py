"""What do the values of options say that are written alike everywhere? Integers, sizes, JSON."""

import re
from typing import cast

from rfcalc.documents import Json
from rfcalc.errors import fail

__all__ = ["INPUT_LIMIT", "integers", "keywords", "shape"]

INPUT_LIMIT = 1 << 31
"""Most cells of an input on one axis."""


def integers(name: str, text: str) -> tuple[int, ...]:
    """Return the integers of a comma-separated value; brackets and ``x`` will do as well.

    Raises
    ------
    RfcalcError
        RF406: something that is no integer.

    Examples
    --------
    >>> integers("at", "3, -5")
    (3, -5)
    >>> integers("input", "224x224"), integers("input", "(1, 3, 64, 64)")
    ((224, 224), (1, 3, 64, 64))
    """
    plain = text.strip().strip("[]()").strip()
    parts = re.split(r"\s*[,;xX\u00d7*]\s*|\s+", plain)
    for part in parts:
        if not re.fullmatch(r"[-+]?[0-9]{1,18}", part):
            fact = f"`{name}=` is '{text}': '{part}' is not an integer"
            raise fail("RF406", fact, f"write integers with commas, as in `{name}=(3, 5)`")
    return tuple(map(int, parts))


def shape(text: str) -> tuple[int, ...]:
    """Return the size, or the whole shape, that ``input`` gives.

    Raises
    ------
    RfcalcError
        RF406: something that is no integer, or no size.
    """
    size = integers("input", text)
    if not all(1 <= n <= INPUT_LIMIT for n in size):
        raise fail("RF406", f"`input=` is '{text}'", f"a size is from 1 to {INPUT_LIMIT:,}")
    return size


def keywords(text: str) -> dict[str, Json]:
    """Return the arguments of a factory that ``kwargs`` gives.

    Raises
    ------
    RfcalcError
        RF406: it is no JSON object.
    """
    import json

    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        help = """write a JSON object, as in `kwargs={"pretrained": False}`"""
        raise fail("RF406", f"`kwargs=` is '{text}'", help)
    return cast("dict[str, Json]", found)
