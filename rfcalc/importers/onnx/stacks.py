"""Which modules stand around a node, as far as its exporter tells?"""

import ast
from typing import Any

from rfcalc.importers.onnx.program import Stack

__all__ = ["stack_of"]

_TEXT_LIMIT = 1 << 14


def stack_of(node: Any, *, torch: bool) -> Stack:
    """Return the module path and class around a node, outermost first; empty when not told.

    PyTorch's exporter by ``torch.export`` writes them into the node's metadata, its older one
    into the node's name: ``/layer1/layer1.0/conv1/Conv``.
    """
    told = {item.key: item.value for item in node.metadata_props}
    scopes = told.get("pkg.torch.onnx.name_scopes")
    if scopes:
        paths = _words(scopes)[:-1]
        kinds = _words(told.get("pkg.torch.onnx.class_hierarchy", ""))
        kinds += [""] * (len(paths) - len(kinds))
        return tuple((p.split("@")[0], kind) for p, kind in zip(paths, kinds, strict=False) if p)
    space = told.get("namespace", "")
    if ": " in space:
        parts = [part.partition(": ") for part in space.split("/")[:-1]]
        return tuple((path, kind) for path, _, kind in parts if path)
    if torch and node.name.startswith("/"):
        return _paths(node.name.split("/")[1:-1])
    return ()


def _paths(parts: list[str]) -> Stack:
    """Return module paths; a child of a sequence repeats the name before it.

    >>> _paths(["layer1", "layer1.0", "conv1"])
    (('layer1', ''), ('layer1.0', ''), ('layer1.0.conv1', ''))
    """
    found: list[tuple[str, str]] = []
    path = last = ""
    for part in parts:
        if last and part.startswith(f"{last}."):
            path = path[: len(path) - len(last)] + part
        else:
            path = f"{path}.{part}" if path else part
        last = part
        found.append((path, ""))
    return tuple(found)


def _words(text: str) -> list[str]:
    """Return the strings of a list written as Python writes it."""
    try:
        listed: Any = ast.literal_eval(text) if len(text) < _TEXT_LIMIT else []
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [str(item) for item in listed] if isinstance(listed, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
