"""Is what a parameter is given of a type that it takes? Else the error names it, and what it takes.

Functions of one kind name their parameters alike, so a name stands for one type everywhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from operator import index
from os import PathLike
from typing import SupportsIndex, TypeGuard, cast

__all__ = ["as_list", "expect"]


def expect(**given: object) -> None:
    """Refuse a value of a type that no parameter of its name takes.

    ``None`` is taken, unless all parameters of the name have another default.

    Raises
    ------
    TypeError
        Names the parameter, the type of the value, and what the parameter takes.

    Examples
    --------
    >>> expect(layer="conv1", at=(3, 5), stage=None)
    >>> expect(layer=3)
    Traceback (most recent call last):
    TypeError: layer is of type int; it takes the name of a layer
    """
    for name, value in given.items():
        is_taken, words = _KINDS[name]
        if (value is not None or name in _NEVER_NONE) and not is_taken(value):
            raise TypeError(f"{name} is {_told(value)}; it takes {words}")


def as_list(given: Sequence[str] | None) -> Sequence[str]:
    """Return texts that were given alone, as a list or as nothing.

    >>> as_list("NCHW"), as_list(None)
    (['NCHW'], [])
    """
    return [given] if isinstance(given, str) else [] if given is None else given


def _told(value: object) -> str:
    """Return the type of a value, and of several values where one of them is the matter."""
    if isinstance(value, list | tuple):
        held = dict.fromkeys(type(one).__name__ for one in cast("Iterable[object]", value))
        return (
            f"a {'list' if isinstance(value, list) else 'tuple'} of {', '.join(held) or 'nothing'}"
        )
    return f"of type {type(value).__name__}"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_path(value: object) -> bool:
    return isinstance(value, str | PathLike)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool) or type(value).__name__ in ("bool_", "bool")


def _is_integer(value: object) -> bool:
    if not isinstance(value, SupportsIndex) or isinstance(value, bool):
        return False
    if getattr(value, "ndim", 0):
        return False
    try:
        index(value)
    except TypeError:
        return False
    return True


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and str(value) not in ("True", "False")


def _are_integers(value: object) -> bool:
    """Whether a value is an integer, or a sequence of them."""
    if _is_integer(value):
        return True
    if isinstance(value, str | bytes):
        return False
    if not isinstance(value, Sequence) and getattr(value, "ndim", 0) != 1:
        return False
    return all(map(_is_integer, cast("Iterable[object]", value)))


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    """Whether a value holds others in order; an array without axes has a length of none."""
    if isinstance(value, str | bytes | Mapping) or getattr(value, "ndim", 1) == 0:
        return False
    return hasattr(value, "__len__") and hasattr(value, "__getitem__")


def _are_sizes(value: object) -> bool:
    """Whether a value is a sequence of integers, or one of such sequences."""
    if not _is_sequence(value):
        return False
    held = list(value)
    several = all(_is_sequence(one) and len(one) and _are_integers(one) for one in held)
    return several or all(map(_is_integer, held))


def _are_numbers(value: object) -> bool:
    """Whether a value is a sequence of numbers."""
    if not _is_sequence(value):
        return False
    return all(map(_is_number, value))


def _are_texts(value: object) -> bool:
    """Whether a value is a text, or a sequence of them."""
    if isinstance(value, str):
        return True
    several = isinstance(value, Sequence) and not isinstance(value, bytes)
    return several and all(isinstance(one, str) for one in cast("Sequence[object]", value))


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_rate(value: object) -> bool:
    return _is_number(value) or isinstance(value, str)


def _is_callable(value: object) -> bool:
    return callable(value)


_Kind = tuple[Callable[[object], bool], str]
_TEXT: _Kind = (_is_text, "a text")
_FLAG: _Kind = (_is_flag, "True or False")
_INTEGER: _Kind = (_is_integer, "an integer")
_NUMBER: _Kind = (_is_number, "a number")
_INTEGERS: _Kind = (_are_integers, "an integer, or one per axis")

_NEVER_NONE = frozenset(
    (
        *("cmap", "count", "crop", "dpi", "jump", "kernel", "per_level", "positions", "predict"),
        *("prefer", "seed", "stacks", "stride", "thresholds", "timeout", "what"),
    )
)
_KINDS: dict[str, _Kind] = {
    "layer": (_is_text, "the name of a layer"),
    "source": (_is_text, "the name of a layer"),
    "submodule": (_is_text, "the name of a module"),
    "baseline": (_is_path, "the path of a file"),
    "image": (_is_path, "the path of a picture"),
    "overlay": (_is_path, "the path of a picture"),
    "out": (_is_path, "the path of a file"),
    "path": (_is_path, "the path of a file"),
    "place": (_is_path, "the path of a folder or a list"),
    "name": _TEXT,
    "code": _TEXT,
    "what": _TEXT,
    "cmap": _TEXT,
    "scale": _TEXT,
    "title": _TEXT,
    "format": _TEXT,
    "backend": _TEXT,
    "dask": _TEXT,
    "input": (_are_sizes, "a size, one integer per axis, or one size per input"),
    "crop": _TEXT,
    "prefer": _TEXT,
    "device": _TEXT,
    "text": _TEXT,
    "weights": (_is_path, "the path of a file"),
    "images": (_is_path, "the path of a folder, or a pattern"),
    "resume": (_is_path, "the path of a file"),
    "progress": (_is_callable, "a function of two numbers"),
    "mean": (_are_numbers, "a number per channel"),
    "std": (_are_numbers, "a number per channel"),
    "thresholds": (_are_numbers, "percentages"),
    **dict.fromkeys(
        ("axes", "out_axes"), (_are_integers, "the dimensions that are axes, an integer for each")
    ),
    "names": (_are_texts, "a text per network"),
    "predict": (_is_callable, "a function of an array"),
    "layout": (_are_texts, "a text per input, a letter per dimension: 'NCHW'"),
    "assume_pointwise": (_are_texts, "the names of operators"),
    "set": (_is_mapping, "a mapping from names to integers"),
    "kwargs": (_is_mapping, "a mapping from names to values"),
    "value": (_is_mapping, "a mapping from names to numbers"),
    "rate": (_is_rate, "samples per second, as 16000 or '16k'"),
    "dilations": (
        # What is in a schedule is reported layer by layer, with RF410.
        lambda value: _is_integer(value) or isinstance(value, str | Sequence),
        "an integer per layer: [1, 2, 5] or '1,2,5'",
    ),
    **dict.fromkeys(
        ("kernel", "stride"),
        (lambda value: _are_integers(value) or _is_text(value), "an integer, or one per layer"),
    ),
    **dict.fromkeys(("at", "pixel", "phase", "tile", "whole", "halo"), _INTEGERS),
    **dict.fromkeys(("min_rf", "max_rf", "max_jump"), _INTEGERS),
    **dict.fromkeys(
        ("frame", "max_latency", "max_look_ahead", "max_look_back"),
        (lambda value: _is_integer(value) or _is_text(value), "samples, or a time: '10ms'"),
    ),
    **dict.fromkeys(
        (
            "axis",
            "count",
            "dims",
            "dpi",
            "itemsize",
            "jobs",
            "jump",
            "keep",
            "layers",
            "max_dilation",
            "max_offset",
            "max_pixels",
            "memory",
            "per_level",
            "positions",
            "powers",
            "rf",
            "resize",
            "samples",
            "seed",
            "stacks",
            "stage",
        ),
        _INTEGER,
    ),
    **dict.fromkeys(("effect", "max_cost", "min_density", "size", "timeout"), _NUMBER),
    **dict.fromkeys(
        (
            "all_layers",
            "at_least",
            "bare",
            "causal",
            "connections",
            "every",
            "flat",
            "hdc",
            "ignore_global",
            "keep_layers",
            "letters",
            "measured",
            "no_checkerboard",
            "no_gridding",
            "no_holes",
            "no_unseen",
            "own_scale",
            "pointwise",
            "squared",
            "take_values",
            "unroll",
            "verify",
        ),
        _FLAG,
    ),
}
"""What is taken under each name."""
