"""What does ``load`` take beside a network and its input size, in the hands of other functions?"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from rfcalc.parameters import as_list, expect

__all__ = ["LoadOptions", "load_options"]


class LoadOptions(TypedDict):
    """What ``load`` takes beside a network, its input size and ``ignore_global``."""

    set: Mapping[str, int] | None
    kwargs: Mapping[str, object] | None
    submodule: str | None
    assume_pointwise: Sequence[str]
    dims: int | None
    take_values: bool
    layout: Sequence[str]
    value: Mapping[str, float | Sequence[float]] | None
    max_offset: int | None


def load_options(
    *,
    set: Mapping[str, int] | None = None,
    kwargs: Mapping[str, object] | None = None,
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    dims: int | None = None,
    take_values: bool = False,
    layout: Sequence[str] = (),
    value: Mapping[str, float | Sequence[float]] | None = None,
    max_offset: int | None = None,
) -> LoadOptions:
    """Return the arguments of ``load``, once their types are those that it takes.

    Raises
    ------
    TypeError
        A value of a type that its parameter does not take.
    """
    expect(set=set, kwargs=kwargs, submodule=submodule, assume_pointwise=assume_pointwise)
    expect(dims=dims, take_values=take_values, layout=layout, value=value, max_offset=max_offset)
    return {
        "set": set,
        "kwargs": kwargs,
        "submodule": submodule,
        "assume_pointwise": as_list(assume_pointwise),
        "dims": dims,
        "take_values": take_values,
        "layout": as_list(layout),
        "value": value,
        "max_offset": max_offset,
    }
