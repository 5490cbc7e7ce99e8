"""Is the choice of a question one of those that there are?"""

from collections.abc import Sequence

from rfcalc.errors import fail
from rfcalc.spelling import nearest

__all__ = ["check_choice"]


def check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Refuse a value that is none of those that a parameter takes.

    Raises
    ------
    RfcalcError
        RF406.
    """
    if value not in choices:
        listed = ", ".join(f"'{one}'" for one in choices)
        raise fail(
            "RF406", f"`{name}=` is '{value}'", nearest(str(value), choices) or f"it is {listed}"
        )
