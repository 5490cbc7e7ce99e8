"""What is a network file made of? Layers, forks, repetitions and uses of blocks, in lists."""

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from rfcalc.documents import Data

__all__ = ["Block", "Call", "Fork", "Item", "Loop", "Seq", "Step", "exit_of", "members", "parts"]


class Step(msgspec.Struct):
    """One layer. ``reads`` is what ``from`` names, ``None`` for the item before."""

    node: int
    op: str
    values: dict[str, Data]
    reads: tuple[int, ...] | None


class Fork(msgspec.Struct):
    """A residual unit (body, shortcut) or parallel branches, and the merge that ends it."""

    node: int
    word: str
    merge: str
    branches: "list[Seq]"
    reads: tuple[int, ...] | None


class Loop(msgspec.Struct):
    """A repetition: its first turn, all of its layers, and the name that makes their names.

    ``prefix`` is what the names of the first turn begin with; ``None`` when it makes none.
    """

    times: int | str
    body: "Seq"
    nodes: list[int]
    name: str | None = None
    first: int = 0
    prefix: str | None = None
    was: str = ""


class Call(msgspec.Struct):
    """A use of a block with its parameters; ``name`` as in the file, before it is made relative."""

    block: int
    args: dict[str, int | str]
    nodes: list[int]
    name: str | None


class Block(msgspec.Struct):
    """A reusable list of layers; ``prefix`` is what the names in it begin with in its first use."""

    name: str
    params: dict[str, int]
    body: "Seq"
    prefix: str | None


Item: TypeAlias = Step | Fork | Loop | Call
Seq: TypeAlias = list[Item]


def members(items: "Seq | Item") -> Iterator[int]:
    """Yield the layers that items unfold into, in order."""
    for item in items if isinstance(items, list) else [items]:
        if isinstance(item, Loop | Call):
            yield from item.nodes
            continue
        if isinstance(item, Fork):
            for branch in item.branches:
                yield from members(branch)
        yield item.node


def exit_of(item: Item) -> int:
    """Return the layer that an item puts out."""
    return item.nodes[-1] if isinstance(item, Loop | Call) else item.node


def parts(items: Seq) -> Iterator[Seq]:
    """Yield a list and every list inside it, inner ones first."""
    for item in items:
        if isinstance(item, Fork):
            for branch in item.branches:
                yield from parts(branch)
        elif isinstance(item, Loop):
            yield from parts(item.body)
    yield items
