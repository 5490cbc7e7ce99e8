"""Has a field an end on every axis? If not: where, and by which layer, in words."""

from collections.abc import Sequence

from rfcalc.errors import fail
from rfcalc.footprint import Footprint, Unbounded

__all__ = ["check_bounded", "told"]


def check_bounded(found: Footprint, name: str, way: str = "") -> Footprint:
    """Return the footprint, or refuse one without end on some axis, with one more way out.

    Raises
    ------
    RfcalcError
        RF404: the layer sees the whole source, or all of it on one side; the message names the
        axes and the layer that causes it.
    """
    if found.bounded:
        return found
    raise fail(
        "RF404",
        f"'{name}' {told(found.unbounded)}",
        f"ask at one position with `at=` and an input size, or for an earlier `layer=`{way}",
    )


_SEES = {"both": "the whole input", "before": "all before it", "after": "all after it"}


def told(unbounded: Sequence[Unbounded | None] | None) -> str:
    """Return in words on which axes and sides a layer sees without end, and through which layer.

    >>> told((None, Unbounded("lstm", "before")))
    "sees all before it on axis 1 through 'lstm'"
    """
    unbounded = unbounded or ()
    causes = dict.fromkeys(cause for cause in unbounded if cause is not None)
    parts: list[str] = []
    for cause in causes:
        axes = [axis for axis, other in enumerate(unbounded) if other == cause]
        where = "" if len(axes) == len(unbounded) else f" on {_axes(axes)}"
        parts.append(f"{_SEES[cause.side]}{where} through '{cause.by}'")
    return f"sees {' and '.join(parts)}"


def _axes(axes: Sequence[int]) -> str:
    return f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}"
