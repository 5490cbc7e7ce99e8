"""How is a number changed, or a dilation written in, so that the rest of a text stays?"""

import re
from collections.abc import Sequence

import msgspec

from rfcalc.spec.parser import yaml

__all__ = ["Edit", "edited", "insertion", "number"]


class Edit(msgspec.Struct, frozen=True):
    """One integer of the text: its span, its value, and how many of it a step of its site is.

    An integer that is not there yet has an empty span, and goes in behind ``before``.
    """

    start: int
    stop: int
    value: int
    factor: int = 1
    before: str = ""


def edited(text: str, changes: Sequence[tuple[Edit, int]]) -> str:
    """Return the text with numbers replaced; a change is in steps of the site."""
    for edit, step in sorted(changes, key=lambda change: -change[0].start):
        fresh = f"{edit.before}{edit.value + step * edit.factor}"
        text = text[: edit.start] + fresh + text[edit.stop :]
    return text


def number(node: yaml.Node) -> Edit | None:
    """Return the edit of a plain integer, ``None`` for what is something else."""
    plain = isinstance(node, yaml.ScalarNode) and node.style in (None, "")
    if not plain or not re.fullmatch(r"[0-9]{1,9}", node.value):
        return None
    return Edit(node.start_mark.index, node.end_mark.index, int(node.value))


def insertion(
    text: str, mapping: yaml.MappingNode, key: yaml.Node, value: yaml.Node, word: str = "dilation"
) -> Edit:
    r"""Return the edit that writes a dilation, or another word, now 1, behind an entry of a layer.

    In braces it follows on the same line, quoted like the key before it; in a block it gets a
    line of its own.

    >>> from rfcalc.spec.text import compose
    >>> text = '- {"kernel":3}'
    >>> (layer,) = compose(text, "<text>")[1].value
    >>> edited(text, [(insertion(text, layer, *layer.value[0]), 1)])
    '- {"kernel":3,"dilation":2}'
    """
    while isinstance(value, yaml.CollectionNode) and not value.flow_style:
        value = value.value[-1]
    stop = value.end_mark.index
    if mapping.flow_style:
        mark = text[key.start_mark.index]
        word = f"{mark}{word}{mark}" if mark in "\"'" else word
        colon = text.index(":", key.end_mark.index)
        space = " " if text[colon + 1].isspace() else ""
        return Edit(stop, stop, 1, before=f",{space}{word}:{space}")
    end = text.find("\n", stop)
    end = len(text) if end < 0 else end
    line = "\r\n" if text[:end].endswith("\r") else "\n"
    at = end - len(line) + 1
    return Edit(at, at, 1, before=f"{line}{' ' * key.start_mark.column}{word}: ")
