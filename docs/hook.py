"""What happens while the site is built? Parts of pages are made from the code; formulas are set."""

from typing import Any

from made import expanded
from made.formulas import typeset
from made.sessions import widened


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill the places of a page."""
    return expanded(markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Set the formulas of a page, and mark what is wide."""
    return widened(typeset(html))
