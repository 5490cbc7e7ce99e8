"""What is a block called that was found? By its few ops, or by what its uses are called alike."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import count
from string import ascii_lowercase

from rfcalc.conversion.naming import JOINTS
from rfcalc.conversion.tree import Block, Call, Fork, Seq, Step, parts
from rfcalc.layers import ALIASES, LAYERS, PARAMETER_ALIASES
from rfcalc.spec.parameters import STRUCTURE, parameters
from rfcalc.spec.words import CONSTRUCTS

__all__ = ["stem", "titled", "used"]

_RESERVED = (
    {*LAYERS, *ALIASES, *CONSTRUCTS, *STRUCTURE, *PARAMETER_ALIASES}
    | {"shortcut", "branches", "merge", "times", "first", "layers", "dilations"}
    | {name for layer in LAYERS.values() for name in parameters(layer)}
)
FEW = 4
"""Most layers of a block that is called by its ops."""


def stem(prefixes: Sequence[str | None], inside: Seq) -> str:
    """Return what blocks of this kind are called, a word that is free in every network file."""
    if len(inside) <= FEW and all(isinstance(item, Step) for item in inside):
        found = "_".join(item.op for item in inside if isinstance(item, Step))
    elif len(inside) == 1 and isinstance(inside[0], Fork) and inside[0].merge == "mul":
        found = "gate"
    else:
        found = Counter(map(_word, prefixes)).most_common(1)[0][0]
    return f"{found}_block" if found in _RESERVED else found


def _word(prefix: str | None) -> str:
    """Return the last word of a prefix that is not a number, without its number."""
    words = re.split(f"[{re.escape(JOINTS)}]+", prefix or "")
    plain = [re.sub(r"\W", "", re.sub(r"[0-9]+$", "", one)).lower() for one in words]
    return next((one for one in reversed(plain) if one.isidentifier()), "block")


def titled(top: Seq, blocks: Sequence[Block]) -> None:
    """Give every block a name of its own, in the order in which they are written."""
    taken: set[str] = set()
    for number in used(top, blocks):
        word = blocks[number].name
        letters = (f"{word}_{letter}" for letter in ascii_lowercase[1:])
        numbers = (f"{word}_{i}" for i in count(len(ascii_lowercase)))
        names = (name for many in ((word,), letters, numbers) for name in many)
        blocks[number].name = next(name for name in names if name not in taken)
        taken.add(blocks[number].name)


def used(top: Seq, blocks: Sequence[Block]) -> list[int]:
    """Return the blocks in order of writing: each behind those that it uses."""
    order: dict[int, None] = {}

    def visit(items: Seq) -> None:
        for one in reversed(list(parts(items))):
            for item in one:
                if isinstance(item, Call) and item.block not in order:
                    visit(blocks[item.block].body)
                    order[item.block] = None

    visit(top)
    return list(order)
