"""Which network does a mapping or a list hold, as a network file would?"""

from collections.abc import Mapping, Sequence
from operator import index
from typing import Protocol, SupportsIndex, cast, runtime_checkable

from rfcalc.network import Network
from rfcalc.spec import read_text

__all__ = ["NAME", "is_held", "read_held", "written"]

NAME = "network"
"""What diagnostics call the file that a value stands for, and the network where it has no name."""


@runtime_checkable
class _Listed(Protocol):
    """A number or an array of NumPy."""

    def tolist(self) -> object:
        """Return it as Python's own."""
        ...


def is_held(net: object) -> bool:
    """Whether a value holds a network as a file does: a mapping, or a list of layers.

    >>> is_held({"layers": ["relu"]}), is_held([{"kernel": 3}]), is_held("k3"), is_held(b"k3")
    (True, True, False, False)
    """
    return isinstance(net, Mapping | Sequence) and not isinstance(net, str | bytes | bytearray)


def read_held(
    net: Mapping[str, object] | Sequence[object],
    size: Sequence[int] | Sequence[Sequence[int]] | None = None,
    overrides: Mapping[str, int] | None = None,
) -> Network:
    """Return the network of a mapping or a list that says what a network file would say.

    Parameters
    ----------
    size, overrides : as for ``read_text``.

    Raises
    ------
    TypeError
        A value that no network file could hold.
    RfcalcError
        Every fault, with its place in the value written out as JSON.

    Examples
    --------
    >>> read_held({"dims": 1, "layers": [{"kernel": 3}, {"kernel": 3, "dilation": 2}]}).dims
    1
    """
    return read_text(written(net), NAME, size, overrides)


def written(net: Mapping[str, object] | Sequence[object]) -> str:
    """Return a mapping or a list as the text of a network file, which is JSON.

    Raises
    ------
    TypeError
        A value that no network file could hold.
    """
    import json

    try:
        text = json.dumps(net, indent=1, ensure_ascii=False, default=_plain)
    except (ValueError, RecursionError):
        raise TypeError("net holds itself, or is nested too deeply") from None
    except TypeError as fault:
        raise TypeError(f"net cannot be written as a network file: {fault}") from None
    # YAML folds the further line ends that JSON leaves as they are.
    return "".join(c if c.isprintable() or c == "\n" else f"\\U{ord(c):08x}" for c in text)


def _plain(value: object) -> object:
    """Return a value of no type of JSON as one: numbers and arrays of NumPy, other containers.

    Raises
    ------
    TypeError
        There is none.
    """
    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", value))
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return list(cast("Sequence[object]", value))
    if isinstance(value, _Listed):
        return value.tolist()
    try:
        return index(cast("SupportsIndex", value))
    except TypeError:
        pass
    raise TypeError(f"it holds a value of type {type(value).__name__}")
