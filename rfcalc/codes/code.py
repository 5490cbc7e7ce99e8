"""What does every code have?"""

from typing import NamedTuple

__all__ = ["Code"]


class Code(NamedTuple):
    """The meaning of a code, and its cure."""

    title: str
    meaning: str
    cure: str
