"""How is a figure to look? Resolution, width, colours and heading, checked once."""

from fractions import Fraction

import msgspec

from rfcalc.errors import fail
from rfcalc.plots.colours import colormap

__all__ = ["Style"]

DPI = range(30, 1201)


class Style(msgspec.Struct, frozen=True):
    """How a figure is to look: dots per inch, width in inches, colour map, first line.

    ``bare`` has neither heading nor legend, an empty title no heading. ``letters`` : whether
    panels are called (a), (b), .. ``rate`` : cells of the input per second, for an axis of time.
    """

    dpi: int = 150
    size: float | None = None
    cmap: str = "viridis"
    title: str | None = None
    bare: bool = False
    letters: bool = False
    rate: Fraction | None = None

    @property
    def headless(self) -> bool:
        """Whether no heading is drawn."""
        return self.bare or self.title == ""

    def checked(self) -> "Style":
        """Return the style when it can be drawn.

        Raises
        ------
        RfcalcError
            RF421: an unknown colour map, RF422: a resolution or a size out of range.
        """
        colormap(self.cmap)
        if self.dpi not in DPI:
            fact = f"`dpi=` is {self.dpi}"
            raise fail("RF422", fact, f"from {DPI.start} to {DPI.stop - 1}")
        if self.size is not None and not 0.5 <= self.size * self.dpi / 150 <= 60:
            fact = f"`size=` is {float(self.size):g} inches at {self.dpi} dpi"
            raise fail("RF422", fact, "a figure has 75 to 9000 pixels across")
        return self
