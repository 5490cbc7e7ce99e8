"""What does a module call its outputs? The keys of the dictionaries that it returns."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

__all__ = ["labels"]


def labels(spec: str | bytes, count: int) -> list[str]:
    """Return a name per output, empty for one without: ``out``, ``aux.0``.

    ``spec`` is the tree of the outputs as PyTorch writes it; what is not one of ``count`` leaves
    names nothing. Source: ``torch.utils._pytree.treespec_dumps``.
    """
    try:
        found = list(_leaves(msgspec.json.decode(spec)[1], ()))
    except (msgspec.DecodeError, LookupError, TypeError, AttributeError, RecursionError):
        found = []
    return found if len(found) == count else [""] * count


def _leaves(tree: dict[str, Any], path: tuple[str, ...]) -> Sequence[str]:
    if tree["type"] is None:
        # A place in a list is no name; below a name it tells which.
        return ["" if all(key.isdigit() for key in path) else ".".join(path)]
    children: list[dict[str, Any]] = tree["children_spec"]
    keys = _keys(msgspec.json.decode(tree["context"]), len(children))
    return [
        leaf
        for key, child in zip(keys, children, strict=True)
        for leaf in _leaves(child, (*path, key))
    ]


def _keys(context: Any, count: int) -> list[str]:
    """Return the keys of a dictionary, the fields of a dataclass, or places."""
    if isinstance(context, list) and context and isinstance(context[0], list):
        context = cast("Any", context[0])
    if isinstance(context, list):
        keys = [str(key) for key in cast("list[Any]", context)]
        if len(keys) == count:
            return keys
    return [str(place) for place in range(count)]
