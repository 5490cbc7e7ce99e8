"""How does a text from a file stay text where it is shown? In CSV, Markdown and HTML."""

import re

__all__ = ["csv_cell", "html_page", "markdown", "markdown_line"]

_NUMBER = r"(?:-|[-+]?[0-9.]+(?:e[-+]?[0-9]+)?)"
_NUMBERS = re.compile(rf"(?:{_NUMBER}(?:[x:, ]+{_NUMBER})*)?")
"""What begins as a formula does, and is a number, several of them or the sign for none."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may take for the beginning of a formula. Source: OWASP, CSV Injection."""
_SECOND = re.compile(rf";('*)(?=[{re.escape(''.join(_FORMULA))}])")
_MARKED = re.compile(r"[\[\]*`~]|(?<![^\W_])_|_(?![^\W_])")
"""What may mark a text up: a line between two letters does not."""
_OPENING = re.compile(r"^(\s*(?:[0-9]{1,9})?)(>|[-+#=.)](?=[-+#=\s]|$))")
"""What may begin another list, a heading, a quotation or a rule."""
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
    # Where a spreadsheet takes a semicolon for the end of a cell, what follows is a cell too.
    text = _SECOND.sub(r";'\1", text)
    bare = text.lstrip("'")
    return f"'{text}" if bare.startswith(_FORMULA) and not _NUMBERS.fullmatch(bare) else text


def markdown(text: str) -> str:
    r"""Return a text in which Markdown finds no link, image, address, HTML, code or emphasis.

    >>> print(markdown("![x](http://a.b) <b> &lt; __init__ a_b *"))
    !\[x\](http:\//a.b) &lt;b> &amp;lt; \_\_init\_\_ a_b \*
    """
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text.replace("\\", "\\\\")).replace("<", "&lt;")
    text = _MARKED.sub(r"\\\g<0>", text)
    return re.sub(r"(?i)\b(www)\.", r"\1\\.", text).replace("://", ":\\//")


def markdown_line(text: str) -> str:
    r"""Return a text as ``markdown`` does, that begins nothing where it begins a line.

    >>> print(markdown_line("# a"), markdown_line("1. a"), markdown_line("-3"))
    \# a 1\. a -3
    """
    return _OPENING.sub(r"\1\\\2", markdown(text))


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
