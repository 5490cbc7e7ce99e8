"""Which published networks ship with rfcalc? One network file each, named by its file."""

from pathlib import Path

__all__ = ["zoo_names", "zoo_text"]

_FOLDER = Path(__file__).parent


def zoo_names() -> list[str]:
    """Return the names of the shipped networks, in alphabetical order."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def zoo_text(name: str) -> str:
    """Return the network file of a shipped network."""
    return (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
