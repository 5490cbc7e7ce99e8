"""What is an ONNX program, once it is read from its file? Steps in order, as data."""

from typing import Any

import msgspec

__all__ = ["Given", "Program", "Stack", "Step"]

Stack = tuple[tuple[str, str], ...]
"""The module path and class around a node, outermost first."""


class Step(msgspec.Struct):
    """One node: values by their names in the whole program, ``""`` for an input left out.

    ``op`` is the operator, with its domain unless that is the standard one; ``stack`` holds the
    module path and class around the node, outermost first, as far as the file tells; ``scope``
    renames what a graph among the attributes reads from outside.
    """

    op: str
    opset: int
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attrs: dict[str, Any]
    stack: Stack
    scope: dict[str, str]
    prefix: str = ""

    @property
    def refs(self) -> list[str]:
        """Names of the values that the step reads, in order, its branches included."""
        return [name for name in (*self.inputs, *self.scope.values()) if name]

    @property
    def branching(self) -> bool:
        """Whether there are graphs among the attributes, as of ``If``."""
        return any(hasattr(value, "initializer") for value in self.attrs.values())


class Given(msgspec.Struct, frozen=True):
    """An input of the program: a size, or the name of an unknown one, per dimension."""

    name: str
    dims: tuple[int | str, ...] | None


class Program(msgspec.Struct):
    """The nodes of a model in order, and its constants as the file holds them."""

    name: str
    inputs: list[Given]
    outputs: list[str]
    steps: list[Step]
    tensors: dict[str, Any]
    model: Any
