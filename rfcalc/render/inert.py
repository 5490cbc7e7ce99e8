"""How does a text from a file stay text where it is shown? In CSV, Markdown and HTML."""

import re

__all__ = ["csv_cell", "html_page", "markdown"]

_NUMBER = r"(?:-|[-+]?[0-9.]+(?:e[-+]?[0-9]+)?)"
_NUMBERS = re.compile(rf"(?:{_NUMBER}(?:[x:, ]+{_NUMBER})*)?")
"""What begins as a formula does, and is a number, several of them or the sign for none."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may take for the beginning of a formula. Source: OWASP, CSV Injection."""
_CONTROLS = dict.fromkeys(
    (*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0x202A, 0x202F),
     *range(0x2066, 0x206A), 0x200E, 0x200F), "\ufffd",
)  # fmt: skip
"""Controls and changes of direction, which have no place in a page."""


def csv_cell(text: str) -> str:
    r"""Return a cell that a spreadsheet shows as text; different texts stay different.

    What could be a formula has an apostrophe before it, and so has what is one behind its own
    apostrophes; controls are escapes, and then so is the backslash.

    >>> csv_cell("=cmd|'/C calc'!A0"), csv_cell("-3"), csv_cell("a\x1bb")
    ("'=cmd|'/C calc'!A0", '-3', 'a\\x1bb')
    """
    if not text.isprintable() or "\\x" in text or "\\u" in text:
        text = "".join(map(_escaped, text))
    bare = text.lstrip("'")
    return f"'{text}" if bare.startswith(_FORMULA) and not _NUMBERS.fullmatch(bare) else text


def markdown(text: str) -> str:
    r"""Return a text in which Markdown finds no link, image, address or HTML.

    >>> print(markdown("![x](http://a.b) <b> &lt;"))
    !\[x\](http:\//a.b) &lt;b> &amp;lt;
    """
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text.replace("\\", "\\\\")).replace("<", "&lt;")
    text = re.sub(r"([\[\]])", r"\\\1", text)
    return re.sub(r"(?i)\b(www)\.", r"\1\\.", text).replace("://", ":\\//")


def html_page(text: str) -> str:
    """Return HTML whose controls are the sign for what cannot be shown."""
    return text.translate(_CONTROLS)


def _escaped(sign: str) -> str:
    if sign.isprintable() or sign == "\xa0":
        return "\\\\" if sign == "\\" else sign
    code = ord(sign)
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )
