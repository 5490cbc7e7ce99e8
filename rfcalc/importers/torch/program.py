"""What is a PyTorch program, wherever it was read from? Calls of operators by name, as data."""

from collections.abc import Set
from typing import Any, cast

import msgspec

from rfcalc.errors import RfcalcError, fail

__all__ = ["UNKNOWN", "Call", "Program", "Ref", "whole"]

UNKNOWN = -1
"""A size that is not known before the program has run: it depends on values."""


class Ref(msgspec.Struct, frozen=True, gc=False):
    """The name of an earlier value, where an argument is a tensor."""

    name: str


class Call(msgspec.Struct, frozen=True):
    """One call of an operator.

    ``target`` is the operator without its overload and without the underscore of the in-place
    form (``aten.add`` for ``aten.add_.Tensor``); ``args`` are its arguments by the names of the
    operator's schema, those at their default left out; ``outputs`` names each value, ``None``
    for one that nobody can use; ``stack`` holds the module path and class around the call,
    outermost first; ``shares`` tells whether the outputs share the memory of the first argument,
    ``None`` where that is not known.
    """

    target: str
    overload: str
    inplace: bool
    args: dict[str, Any]
    outputs: tuple[str | None, ...]
    stack: tuple[tuple[str, str], ...] = ()
    shares: bool | None = False

    @property
    def refs(self) -> list[str]:
        """Names of the values that the call reads, in order."""
        return [
            item.name
            for arg in self.args.values()
            for item in (cast("list[Any]", arg) if isinstance(arg, list) else [arg])
            if isinstance(item, Ref)
        ]

    @property
    def op(self) -> str:
        """The operator's name without its namespace."""
        return self.target.rpartition(".")[2]


class Program(msgspec.Struct, frozen=True):
    """The calls of a program in order; ``shapes`` by the name of a value.

    A size in them may be ``UNKNOWN``, one of an input may not. ``labels`` has what the model
    calls each output, empty for one without a name. ``numbers`` has those of constants that may
    hide cells, ``None`` where they were not looked at. ``weights`` are the values that are
    parameters, each by what tells it from any other, with its number of elements.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    calls: tuple[Call, ...]
    shapes: dict[str, tuple[int, ...]]
    labels: tuple[str, ...] = ()
    numbers: dict[str, Any] | None = None
    weights: dict[str, dict[str, int]] = {}


def whole(program: Program, constants: Set[str]) -> Program:
    """Return the program, or refuse one that reads a value which nothing in it makes.

    A value taken for a constant by mistake would be a path lost in silence.

    Raises
    ------
    RfcalcError
        RF508: a call or an output reads an unknown value.
    """
    known = {*program.inputs, *constants}
    for call in program.calls:
        for name in call.refs:
            if name not in known:
                raise _unknown(call.target, name)
        known.update(name for name in call.outputs if name)
    for name in program.outputs:
        if name not in known:
            raise _unknown("the output", name)
    return program


def _unknown(who: str, name: str) -> RfcalcError:
    fact = f"{who} reads '{name}', which nothing in the program makes"
    return fail("RF508", fact, "ask for a part of the model (`submodule=`)")
