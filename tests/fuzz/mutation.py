"""How is a hostile input made from a good one? Bytes, trees of JSON, archives."""

import io
import json
import warnings
import zipfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any

__all__ = ["Mutator", "archived", "mutate_bytes", "mutate_json", "mutate_tree"]

Mutator = Callable[[bytes, Random], bytes]
LARGEST = 1 << 16
"""Most bytes of a mutated input."""

NUMBERS = (
    *(0, 1, 2, 3, -1, 7, 255, 256, 65535, 65536, 65537, 1 << 22, (1 << 22) + 1),
    *((1 << 31) - 1, 1 << 31, -(1 << 31), (1 << 63) - 1, 1 << 63, -(1 << 63), 10**30),
)
VALUES: tuple[Any, ...] = (
    *NUMBERS,
    *(None, True, False, 0.5, -0.0, 1e308, float("inf"), float("nan")),
    *("", "a", "same", "valid", "nothing", "\x00", "\ud800", "🦊", "9" * 5000, "a" * 5000),
    *([], {}, [[]], [None], [1, 2, 3, 4], {"": None}, {"a": {}}),
)


def mutate_bytes(data: bytes, random: Random, words: Sequence[bytes] = ()) -> bytes:
    """Return the data after a few edits: bits, pieces moved, cut or doubled, words put in."""
    found = bytearray(data)
    for _ in range(1 << random.randrange(4)):
        at = random.randrange(len(found) + 1)
        end = min(len(found), at + 1 + int(random.expovariate(1 / 12)))
        match random.randrange(8 if words else 6):
            case 0 if found:
                found[at % len(found)] ^= 1 << random.randrange(8)
            case 1 if found:
                found[at % len(found)] = random.randrange(256)
            case 2:
                del found[at:end]
            case 3:
                found[at:at] = found[at:end] * random.choice((1, 1, 1, 2, 40))
            case 4:
                other = random.randrange(len(found) + 1)
                found[other:other] = found[at:end]
            case 5:
                found[at:end] = str(random.choice(NUMBERS)).encode()
            case 6:
                found[at:at] = random.choice(words)
            case _:
                found[at:end] = random.choice(words) if words else b""
    return bytes(found[:LARGEST])


def mutate_tree(tree: Any, random: Random) -> Any:
    """Return a JSON tree after one edit at a random place."""
    places = list(_places(tree))
    if not places:
        return deepcopy(random.choice((*VALUES, [tree], {"a": tree})))
    holder, key = random.choice(places)
    match random.randrange(8):
        case 0 | 1 | 2:
            holder[key] = deepcopy(random.choice(VALUES))
        case 3:
            other, name = random.choice(places)
            holder[key] = deepcopy(other[name])
        case 4:
            del holder[key]
        case 5 if isinstance(holder, list):
            holder[key:key] = [deepcopy(holder[key])] * random.choice((1, 1, 3, 50))
        case 5:
            holder[random.choice(places)[1] if random.random() < 0.5 else "a"] = holder.pop(key)
        case 6:
            holder[key] = random.choice(([holder[key]], {"a": holder[key]}, str(holder[key])))
        case _ if isinstance(holder[key], int | float):
            holder[key] = random.choice((-holder[key], holder[key] + 1, holder[key] - 1))
        case _:
            holder[key] = random.choice(NUMBERS)
    return tree


def _places(tree: Any) -> Any:
    """Yield every list or mapping of a tree with each of its indices or keys."""
    todo = [tree]
    while todo:
        holder = todo.pop()
        if isinstance(holder, dict | list):
            for key in range(len(holder)) if isinstance(holder, list) else list(holder):
                yield holder, key
                todo.append(holder[key])


def mutate_json(data: bytes, random: Random, words: Sequence[bytes] = ()) -> bytes:
    """Return a JSON text after a few edits of its tree, seldom of its bytes."""
    if random.random() < 0.1:
        return mutate_bytes(data, random, words)
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return mutate_bytes(data, random, words)
    for _ in range(1 << random.randrange(3)):
        tree = mutate_tree(tree, random)
    return json.dumps(tree).encode()[:LARGEST]


def archived(text: bytes, entry: str, packed: bool = False) -> bytes:
    """Return the archive that holds a text under a name."""
    held = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(held, "w") as archive:
        warnings.simplefilter("ignore")
        kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        archive.writestr(zipfile.ZipInfo(entry), text, kind)
    return held.getvalue()
