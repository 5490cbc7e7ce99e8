"""What is an ONNX program, once it is read from its file? Steps in order, as data."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

__all__ = [
    "DEFAULT",
    "Call",
    "Given",
    "Program",
    "Stack",
    "Step",
    "operators_of",
    "qualified",
    "read_outside",
]

DEFAULT = ("", "ai.onnx")
"""Names of the standard operator set."""


Stack = tuple[tuple[str, str], ...]
"""The module path and class around a node, outermost first."""


class Call(NamedTuple):
    """What holds for the nodes of the whole graph, or of one call of a function.

    ``imports`` are the versions of the operators; ``given`` are the attributes of the call that
    a node may pass on, ``None`` outside functions; ``depth`` counts the calls around.
    """

    imports: Mapping[str, int]
    given: Mapping[str, Any] | None = None
    depth: int = 0


class Step(msgspec.Struct):
    """One node: values by their names in the whole program, ``""`` for an input left out.

    ``op`` is the operator, with its domain unless that is the standard one; ``stack`` holds the
    module path and class around the node, outermost first, as far as the file tells. For the
    graphs among the attributes ``scope`` renames what they read from outside, and ``call`` tells
    where they stand.
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
    call: Call | None = None

    @property
    def refs(self) -> Sequence[str]:
        """Names of the values that the step reads, in order, its branches included."""
        if not self.scope and "" not in self.inputs:
            return self.inputs
        return [name for name in (*self.inputs, *self.scope.values()) if name]

    @property
    def branching(self) -> bool:
        """Whether there are graphs among the attributes, as of ``If``."""
        return bool(self.branches)

    @property
    def branches(self) -> list[Any]:
        """The graphs among the attributes."""
        return [value for value in self.attrs.values() if hasattr(value, "initializer")]


class Given(msgspec.Struct, frozen=True):
    """An input of the program: a size, or the name of an unknown one, per dimension."""

    name: str
    dims: tuple[int | str, ...] | None


class Program(msgspec.Struct):
    """The nodes of a model in order, its constants as the file holds them, and its folder."""

    name: str
    inputs: list[Given]
    outputs: list[str]
    steps: list[Step]
    tensors: dict[str, Any]
    model: Any
    folder: Path | None = None


def qualified(node: Any) -> str:
    """Return the operator of a node, with its domain unless that is the standard one."""
    domain = node.domain
    return node.op_type if domain in DEFAULT else f"{domain}.{node.op_type}"


def operators_of(steps: Iterable[Step]) -> set[str]:
    """Return the operators of steps and of their branches."""
    found, graphs = set[str](), list[Any]()
    for step in steps:
        found.add(step.op)
        graphs += step.branches
    while graphs:
        for node in graphs.pop().node:
            found.add(qualified(node))
            graphs += [item.g for item in node.attribute if item.HasField("g")]
    return found


def read_outside(step: Step) -> list[str]:
    """Return the names of the values that the graphs of a step read from around it."""
    return list(dict.fromkeys(name for graph in step.branches for name in _outside(graph)))


def _outside(graph: Any) -> list[str]:
    own = {one.name for one in (*graph.initializer, *graph.input)}
    read: dict[str, None] = {}
    for node in graph.node:
        own.update(node.output)
        read.update(dict.fromkeys(node.input))
        for item in node.attribute:
            if item.HasField("g"):
                read.update(dict.fromkeys(_outside(item.g)))
    read.update(dict.fromkeys(one.name for one in graph.output))
    return [name for name in read if name and name not in own]
