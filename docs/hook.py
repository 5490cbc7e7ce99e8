"""What happens while the site is built? The parts of pages that come from the code are made."""

from typing import Any

from made import expanded


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill the places of a page."""
    return expanded(markdown)
