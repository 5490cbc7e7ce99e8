"""What does each code mean? From `rfcalc.codes`, as `rfcalc explain` tells it."""

from rfcalc.cli.flags import translate
from rfcalc.codes import CODES

from .markdown import anchor

__all__ = ["diagnostics", "findings", "gates"]

FLOORS = {
    "RF1": "The network file",
    "RF2": "The graph",
    "RF3": "Sizes and geometry",
    "RF4": "Questions and options",
    "RF5": "Models of other frameworks",
}


def diagnostics() -> str:
    """Return every code of an error, by floor."""
    return "\n".join(f"## {title}\n\n{_listed(floor)}" for floor, title in FLOORS.items())


def findings() -> str:
    """Return every finding of an analysis."""
    return _listed("RG1")


def gates() -> str:
    """Return every code of a gate."""
    return _listed("RG2")


def _listed(start: str) -> str:
    told = [
        f"{anchor(f'### `{code}` {entry.title}', code.lower())}\n\n"
        f"{translate(entry.meaning, '`')}\n\n*Cure:* {translate(entry.cure, '`')}\n"
        for code, entry in CODES.items()
        if code.startswith(start)
    ]
    return "\n".join(told)
