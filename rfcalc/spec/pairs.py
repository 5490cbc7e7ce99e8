"""How does JSON write a character beyond four digits? As a pair of escapes, which YAML has not."""

import re

__all__ = ["joined"]

_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
# The end is optional, so that no quote is looked at twice.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def joined(text: str) -> str:
    r"""Return JSON whose surrogate pairs are the single escapes of YAML; other text as it is.

    What a string loses in length follows it as blanks: all that comes later keeps its place.

    >>> joined(r'{"a": "\ud83c\udf89", "b": 1}')
    '{"a": "\\U0001f389"  , "b": 1}'
    """
    if not text.lstrip().startswith(("{", "[")) or not _PAIR.search(text):
        return text
    return _STRING.sub(_string, text)


def _string(found: re.Match[str]) -> str:
    return _ESCAPE.sub(_character, found[0]).ljust(len(found[0]))


def _character(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[0]
    high, low = int(found[1], 16), int(found[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"
