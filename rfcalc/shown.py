"""How does a value show itself where it is looked at? And what of a text is shown?"""

from importlib import import_module
from typing import TYPE_CHECKING

from rfcalc.documents import Json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import DTypeLike, NDArray
    from pandas import DataFrame
    from rich.text import Text

__all__ = ["AsArray", "AsData", "AsPage", "AsPicture", "AsTable", "as_tex", "brief", "visible"]

_ROOM = "rfcalc.notebook"
_LINE = 199
"""Most characters of a value where it is looked at."""
_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\char34{}",  # by its name it is in none of LaTeX's own fonts
    **{sign: f"\\{sign}" for sign in "&%$#_"},
    "\xa0": "~",
    "\u00b7": r"\ensuremath{\cdot}",
    "\u00d7": r"\ensuremath{\times}",
    "\u2212": r"\ensuremath{-}",
    "\u2192": r"\ensuremath{\to}",
    "\u03c3": r"\ensuremath{\sigma}",
}
"""What LaTeX would obey, or has in no font by that character."""


class AsPage:
    """A value that Jupyter shows as HTML, and rich prints."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return import_module(_ROOM).html(self)

    def __rich__(self) -> "Text":
        return import_module(_ROOM).text(self)


class AsArray:
    """A value that NumPy takes for its ``array()``."""

    __slots__ = ()

    def array(self) -> "NDArray[np.generic]":
        """Return the array."""
        raise NotImplementedError

    def __array__(
        self, dtype: "DTypeLike | None" = None, copy: bool | None = None
    ) -> "NDArray[np.generic]":
        """Return the array, of another type where one is asked for."""
        import numpy as np

        found = self.array()
        wanted = found.dtype if dtype is None else np.dtype(dtype)
        if copy is False and wanted != found.dtype:
            raise ValueError(f"an array of {found.dtype} is copied to become one of {wanted}")
        return found.astype(wanted, copy=bool(copy))


class AsData:
    """A value whose data is that of its command's JSON."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Json]:
        """Return the answer as the data of its command's JSON."""
        return import_module(_ROOM).data(self)


class AsTable(AsData):
    """A value whose rows are those of a table."""

    __slots__ = ()

    def to_dataframe(self) -> "DataFrame":
        """Return the rows as a ``pandas.DataFrame``, a column per key of ``to_dict``.

        What has one entry per axis stays a list.

        Raises
        ------
        RfcalcError
            RF505: pandas is missing.
        """
        return import_module(_ROOM).dataframe(self)


class AsPicture:
    """A value that Jupyter shows as a picture, and rich draws in the terminal."""

    __slots__ = ()

    def _repr_png_(self) -> bytes | None:
        return import_module(_ROOM).png(self)

    def __rich__(self) -> "Text":
        return import_module(_ROOM).text(self)


def brief(text: str) -> str:
    """Return what stands for a value as one line of fewer than 200 characters.

    >>> len(brief("Mask(" + "x" * 999 + ")"))
    199
    """
    line = visible(text)
    return line if len(line) <= _LINE else f"{line[: _LINE - 3]}..{line[-1]}"


def visible(text: str, instead: str = "?") -> str:
    """Return a text without what a terminal would obey: controls and changes of direction."""
    if text.isprintable():
        return text
    # A space that does not break is none of Python's printable characters.
    return "".join(c if c.isprintable() or c == "\xa0" else instead for c in text)


def as_tex(text: str) -> str:
    r"""Return a text that LaTeX sets as it is.

    >>> as_tex("conv_1: 3 \u00d7 3, 50%")
    'conv\\_1: 3 \\ensuremath{\\times} 3, 50\\%'
    """
    found = "".join(_SIGNS.get(sign, sign) for sign in visible(text))
    # Two signs of minus would be set as one dash.
    return found.replace("--", "-{}-").replace("--", "-{}-")
