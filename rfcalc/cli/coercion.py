"""How does a word of the command line become a number or a choice, without pydantic?

From 0.29 on typer builds an adapter of pydantic's for every option that is given or not, which
doubles the time to start. The types of rfcalc's options are few: they are read here instead, and a
fault reads the same with every typer.
"""

from typing import Any, get_args, get_origin

import typer

__all__ = ["choices", "plain"]


def plain(parameters: list[Any]) -> list[Any]:
    """Return the parameters, each reading its own words where typer would ask pydantic."""
    for parameter in parameters:
        if hasattr(parameter, "get_runtime_param"):
            parameter._runtime_param = _Words()
    return parameters


def choices(parameter: Any) -> tuple[str, ...]:
    """Return the words that a parameter takes, none when it takes any."""
    descriptor = getattr(parameter, "type_descriptor", None)
    found = getattr(parameter.type if descriptor is None else descriptor, "choices", None)
    return tuple(found or ())


class _Words:
    """The reading of one parameter's words: the protocol of typer's ``RuntimeParam``."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value of what was given; nothing given stays nothing."""
        kind, info = param.type_descriptor.annotation, param.type_descriptor.parameter_info
        try:
            if get_origin(kind) is list:
                (item,) = get_args(kind) or (str,)
                return [] if value is None else [_value(word, item, info) for word in value]
            return None if value is None else _value(value, kind, info)
        except ValueError as fault:
            raise typer.BadParameter(str(fault), ctx=ctx, param=param) from None


def _value(word: Any, kind: Any, info: Any) -> Any:
    if kind in (int, float):
        try:
            number = kind(word)
        except ValueError:
            raise ValueError(f"{word!r} is not a valid {kind.__name__}.") from None
        low, high = info.min, info.max
        if not (low is None or low <= number) or not (high is None or number <= high):
            bounds = f"{'' if low is None else f'{low}<='}x{'' if high is None else f'<={high}'}"
            raise ValueError(f"{number} is not in the range {bounds}.")
        return number
    choices = get_args(kind)
    if choices and word not in choices:
        raise ValueError(f"{word!r} is not one of {', '.join(map(repr, choices))}.")
    return word
