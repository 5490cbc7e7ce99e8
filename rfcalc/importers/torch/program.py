"""What is a PyTorch program, wherever it was read from? Calls of operators by name, as data."""

from typing import Any, cast

import msgspec

__all__ = ["Call", "Program", "Ref"]


class Ref(msgspec.Struct, frozen=True, gc=False):
    """The name of an earlier value, where an argument is a tensor."""

    name: str


class Call(msgspec.Struct, frozen=True):
    """One call of an operator.

    ``target`` is the operator without its overload and without the underscore of the in-place
    form (``aten.add`` for ``aten.add_.Tensor``); ``args`` are its arguments by the names of the
    operator's schema, those at their default left out; ``outputs`` names each value, ``None``
    for one that nobody can use; ``stack`` holds the module path and class around the call,
    outermost first.
    """

    target: str
    overload: str
    inplace: bool
    args: dict[str, Any]
    outputs: tuple[str | None, ...]
    stack: tuple[tuple[str, str], ...] = ()
    trace: str = ""

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
    """The calls of a program in order; ``shapes`` by the name of a value."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    calls: tuple[Call, ...]
    shapes: dict[str, tuple[int, ...]]
