"""What is a line that stays one line, however narrow the terminal? Without rich until it prints."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["Plain"]


class Plain(msgspec.Struct, frozen=True):
    """A line without colours that is neither wrapped nor cut.

    >>> Plain("0 ███··██ 6").plain
    '0 ███··██ 6'
    """

    plain: str

    def __rich__(self) -> "Text":
        """Return the line as rich prints it."""
        from rich.text import Text

        return Text(self.plain, no_wrap=True, overflow="ignore")
