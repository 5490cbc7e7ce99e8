"""How do layers look in a network file? Short ones on a line, longer ones as indented lists."""

import json
import re
from collections.abc import Sequence

import msgspec

from rfcalc.conversion.naming import Names
from rfcalc.conversion.tree import Block, Fork, Item, Loop, Seq, Step
from rfcalc.conversion.values import shown
from rfcalc.documents import Data

__all__ = ["Context", "flow", "lines", "listed", "word"]

WIDTH = 92
"""Widest entry that stays on one line, in characters."""
_PLAIN = re.compile(
    r"(?!0[box])[A-Za-z0-9_]*[A-Za-z_][A-Za-z0-9_.+/-]*|[0-9]+\.[A-Za-z_][A-Za-z0-9_./-]*"
)
_TAKEN = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "none"}


class Context(msgspec.Struct, frozen=True):
    """What names are relative to: the prefixes of the blocks around, outermost first.

    Inside a block that makes no names ``silent`` leaves them out.
    """

    names: Names
    blocks: Sequence[Block]
    prefixes: tuple[str, ...] = ("",)
    silent: bool = False

    def within(self, prefix: str | None) -> "Context":
        """Return the context inside a block or repetition."""
        if prefix is None:
            return self
        return Context(self.names, self.blocks, (*self.prefixes, prefix), self.silent)

    def named(self, name: str | None, loop: bool = False) -> dict[str, Data]:
        """Return the entry for a name, relative to the innermost block.

        A repetition that is named like the block around it makes its names of its numbers alone.
        """
        if name is None or self.silent:
            return {}
        here = self.prefixes[-1]
        if name in (here, here[:-1]) and loop:
            return {"name": "{}"}
        if here and not name.startswith(here):
            return {}  # the block is the whole of a turn, and has its name
        return {"name": name[len(here) :]}

    def read(self, reads: tuple[int, ...] | None) -> dict[str, Data]:
        """Return the entry for what a layer reads, ``{}`` for the layer before."""
        if reads is None:
            return {}
        found: list[str] = []
        for position in reads:
            name = self.names.shown(position)
            prefix = next((p for p in reversed(self.prefixes) if name.startswith(p)), "")
            found.append(name[len(prefix) :])
        return {"from": found[0] if len(found) == 1 else found}


def word(text: str) -> str:
    """Return a text as a scalar that reads back as that text.

    >>> word("layer1.0.conv1"), word("1"), word("no"), word("a: b")
    ('layer1.0.conv1', '"1"', '"no"', '"a: b"')
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _TAKEN and not _number(text):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def flow(value: Data) -> str:
    """Return a value on one line, mappings and lists in braces and brackets."""
    if isinstance(value, dict):
        entries = value
        return "{" + ", ".join(f"{word(k)}: {flow(v)}" for k, v in entries.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return word(value) if isinstance(value, str) else repr(value)


def lines(items: Seq, context: Context) -> list[str]:
    """Return the entries of a list of layers, each begun by a dash."""
    made: list[str] = []
    for item in items:
        if isinstance(item, Loop) and item.was:
            made.append(f"# were {item.was}")
        made += _list_entry(_entry(item, context))
    return made


def listed(key: str, items: Seq, context: Context) -> list[str]:
    """Return a list of layers under a key, on one line when it is short."""
    if not any(isinstance(item, Loop) and item.was for item in items):
        value = [_entry(item, context) for item in items]
        if _short(value):
            return [f"{key}: {flow(value)}"]
    return [f"{key}:", *("  " + line for line in lines(items, context))]


def _entry(item: Item, context: Context) -> Data:
    """Return an item as a value: a word, or a mapping."""
    if isinstance(item, Step):
        return _step(item, context)
    if isinstance(item, Fork):
        return _fork(item, context)
    if isinstance(item, Loop):
        inside = context.within(item.prefix)
        first = {"first": item.first} if item.first and item.name else {}
        body = [_entry(one, inside) for one in item.body]
        return {
            "repeat": {
                "times": item.times,
                **first,
                **context.named(item.name, loop=True),
                "layers": body,
            }
        }
    block = context.blocks[item.block]
    args = {name: value for name, value in item.args.items() if value != block.params[name]}
    return _with_arguments(block.name, {**args, **context.named(item.name)})


def _step(item: Step, context: Context) -> Data:
    given = {
        **shown(item.op, item.values),
        **context.read(item.reads),
        **context.named(context.names.given[item.node]),
    }
    return given if item.op == "conv" else _with_arguments(item.op, given)


def _fork(item: Fork, context: Context) -> Data:
    beside = {**context.read(item.reads), **context.named(context.names.given[item.node])}
    branches = [[_entry(one, context) for one in branch] for branch in item.branches]
    if item.word == "residual":
        short = {"shortcut": branches[1]} if branches[1] else {}
        return {"residual": branches[0], **short, **beside}
    merge = {} if item.merge == "concat" else {"merge": item.merge}
    return {"parallel": {**beside, **merge, "branches": branches}}


def _with_arguments(name: str, given: dict[str, Data]) -> Data:
    return {name: given} if given else name


def _list_entry(value: Data) -> list[str]:
    """Return a value as an entry of a list in block style."""
    return [("- " if number == 0 else "  ") + line for number, line in enumerate(_block(value))]


def _block(value: Data) -> list[str]:
    """Return a value in block style: on one line when it is short and plain enough."""
    if isinstance(value, list):
        if _short(value):
            return [flow(value)]
        return [line for one in value for line in _list_entry(one)]
    if not isinstance(value, dict):
        return [flow(value)]
    entries = value
    if _short(entries) and (len(entries) > 1 or "kernel" in entries):
        return [flow(entries)]
    made: list[str] = []
    for key, inner in entries.items():
        if _short(inner):
            made.append(f"{word(key)}: {flow(inner)}")
        elif key == "from" and isinstance(inner, list):
            made += _wrapped(f"{key}: [", [flow(one) for one in inner])
        else:
            made.append(f"{word(key)}:")
            made += ["  " + line for line in _block(inner)]
    return made


def _wrapped(head: str, words: list[str]) -> list[str]:
    """Return a list of names over as many lines as it needs."""
    made: list[str] = []
    line = head
    for number, one in enumerate(words):
        end = "]" if number == len(words) - 1 else ","
        if len(line) + len(one) > WIDTH and line.strip():
            made.append(line.rstrip())
            line = " " * 4
        line += one + end + " "
    return [*made, line.rstrip()]


def _short(value: Data) -> bool:
    """Whether a value stays on one line: not too wide, and lists of layers not too deep."""
    return _depth(value) <= 4 and len(flow(value)) <= WIDTH - 12


def _depth(value: Data) -> int:
    """Return twice how many lists of layers are inside each other."""
    if isinstance(value, dict):
        return max(map(_depth, value.values()), default=0)
    if not isinstance(value, list):
        return 0
    entries = value
    layers = any(isinstance(one, dict | list) for one in entries)
    return max(map(_depth, entries), default=0) + (2 if layers else 0)
