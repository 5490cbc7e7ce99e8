"""How do formulas become part of a page? As MathML, which browsers set without a script."""

import re
from html import unescape

from latex2mathml.converter import convert

__all__ = ["typeset"]

INLINE = re.compile(r'<span class="arithmatex">\\\((.*?)\\\)</span>([.,;:)]*)', re.DOTALL)
DISPLAYED = re.compile(r'<div class="arithmatex">\\\[(.*?)\\\]</div>', re.DOTALL)


def typeset(html: str) -> str:
    r"""Return a page with every formula, ``\(..\)`` and ``\[..\]``, as MathML.

    A formula within a line keeps the punctuation behind it; one on lines of its own scrolls where
    the page is narrower than it is.
    """
    html = INLINE.sub(lambda found: _within(found[1], found[2]), html)
    return DISPLAYED.sub(lambda found: _displayed(found[1]), html)


def _within(formula: str, behind: str) -> str:
    return f'<span class="formula">{convert(unescape(formula))}{behind}</span>'


def _displayed(formula: str) -> str:
    return f'<div class="formula">{convert(unescape(formula).strip(), display="block")}</div>'
