"""How does a value show itself where it is looked at? And what of a text is shown?"""

from importlib import import_module
from typing import Any, cast

__all__ = ["AsArray", "AsData", "AsPage", "AsPicture", "visible"]

_ROOM = "rfcalc.notebook"


class AsPage:
    """A value that Jupyter shows as HTML, and rich prints."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return import_module(_ROOM).html(self)

    def __rich__(self) -> Any:
        return import_module(_ROOM).text(self)


class AsArray:
    """A value that NumPy takes for its ``array()``."""

    __slots__ = ()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """Return the array, of another type where one is asked for."""
        import numpy as np

        found = cast("Any", self).array()
        wanted = found.dtype if dtype is None else np.dtype(dtype)
        if copy is False and wanted != found.dtype:
            raise ValueError(f"an array of {found.dtype} is copied to become one of {wanted}")
        return found.astype(wanted, copy=bool(copy))


class AsData:
    """A value whose data is that of its command's ``--format json``."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as the data of ``--format json``."""
        return import_module(_ROOM).data(self)


class AsPicture:
    """A value that Jupyter shows as a picture, and rich draws in the terminal."""

    __slots__ = ()

    def _repr_png_(self) -> bytes | None:
        return import_module(_ROOM).png(self)

    def __rich__(self) -> Any:
        return import_module(_ROOM).text(self)


def visible(text: str, instead: str = "?") -> str:
    """Return a text without what a terminal would obey: controls and changes of direction."""
    if text.isprintable():
        return text
    # A space that does not break is none of Python's printable characters.
    return "".join(c if c.isprintable() or c == "\xa0" else instead for c in text)
