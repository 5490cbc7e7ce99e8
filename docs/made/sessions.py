"""Which sessions of commands hold tables that are too wide to go on below? They scroll."""

import re
from html import unescape

__all__ = ["widened"]

_BLOCK = re.compile(r'<div class="([^"]*\bhighlight)">(?=(.*?)</div>)', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_MOST = 132
"""Most characters of a line that a page of 1280 pixels has room for."""


def widened(html: str) -> str:
    """Mark the blocks with a row of a table that is wider than the page.

    >>> widened('<div class="highlight"><pre>' + "a   b" * 40 + "</pre></div>")[:27]
    '<div class="highlight wide"'
    """
    return _BLOCK.sub(_mark, html)


def _mark(block: re.Match[str]) -> str:
    lines = unescape(_TAG.sub("", block[2])).splitlines()
    wide = any(len(line) > _MOST and "   " in line.strip() for line in lines)
    return f'<div class="{block[1]} wide">' if wide else block[0]
