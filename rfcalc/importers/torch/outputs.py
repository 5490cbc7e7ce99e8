"""What does a module call its outputs? The keys of dictionaries, the fields of tuples."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

__all__ = ["labels", "tree_of"]


def tree_of(spec: Any) -> dict[str, Any]:
    """Return the tree of the outputs of a program in hand as PyTorch writes it in a file.

    A named tuple has its fields there, which a file does not tell.
    """
    if spec.type is None:
        return {"type": None}
    context = spec.context
    fields: Any = getattr(context, "_fields", None)
    known = context if fields is None else list(fields)
    children = spec.children() if hasattr(spec, "children") else spec.children_specs
    return {
        "type": str(spec.type),
        "context": known,
        "children_spec": [tree_of(child) for child in children],
    }


def labels(spec: str | bytes | dict[str, Any], count: int) -> list[str]:
    """Return a name per output, empty for one without: ``out``, ``aux.0``.

    ``spec`` is the tree of the outputs as PyTorch writes it, or as ``tree_of`` gives it; what is
    not one of ``count`` leaves names nothing. Source: ``torch.utils._pytree.treespec_dumps``.
    """
    try:
        tree = spec if isinstance(spec, dict) else msgspec.json.decode(spec)[1]
        found = list(_leaves(tree, ()))
    except (msgspec.DecodeError, LookupError, TypeError, AttributeError, RecursionError):
        found = []
    return found if len(found) == count else [""] * count


def _leaves(tree: dict[str, Any], path: tuple[str, ...]) -> Sequence[str]:
    if tree["type"] is None:
        # A place in a list is no name; below a name it tells which.
        return ["" if all(key.isdigit() for key in path) else ".".join(path)]
    children: list[dict[str, Any]] = tree["children_spec"]
    context: Any = tree["context"]
    if isinstance(context, str | bytes):
        context = msgspec.json.decode(context)
    keys = _keys(context, len(children))
    return [
        leaf
        for key, child in zip(keys, children, strict=True)
        for leaf in _leaves(child, (*path, key))
    ]


def _keys(context: Any, count: int) -> list[str]:
    """Return the keys of a dictionary, the fields of a dataclass, or places.

    They are the context or, beside a factory of defaults or the names of empty fields, in it.
    """
    parts: list[Any] = [context]
    if isinstance(context, dict):
        parts = list(cast("dict[str, Any]", context).values())
    elif isinstance(context, list | tuple):
        parts = [*cast("Sequence[Any]", context), context]
    for part in parts:
        keys = cast("list[Any]", part) if isinstance(part, list) else []
        if len(keys) == count:
            return [str(key) for key in keys]
    return [str(place) for place in range(count)]
