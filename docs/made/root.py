"""What do the files at the root of the repository say? Their text, with links from here."""

from pathlib import Path

__all__ = ["changelog", "contributing"]

ROOT = Path(__file__).parents[2]


def changelog() -> str:
    """Return the changelog below its title."""
    return _below_title("CHANGELOG.md")


def contributing() -> str:
    """Return what contributors read, below its title."""
    return _below_title("CONTRIBUTING.md")


def _below_title(name: str) -> str:
    text = (ROOT / name).read_text(encoding="utf-8")
    return text.partition("\n")[2].replace("](docs/", "](")
