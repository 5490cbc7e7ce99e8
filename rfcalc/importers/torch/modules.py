"""Which module of a model is running? Its path and class, outermost first, by global hooks."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

__all__ = ["Stack", "running"]

PATHS_LIMIT = 100_000
"""Most paths of modules that are distinguished; a module may have many."""


class Stack:
    """The modules around a call: ``(path, class)`` of each, outermost first.

    A module that stands at several places of a model has several paths. It is called by the one
    below its caller, the n-th of them on the n-th call.
    """

    def __init__(self, root: "torch.nn.Module") -> None:
        self._paths = _paths(root)
        self._calls: Counter[tuple[int, str]] = Counter()
        self._held: list[tuple[str, str]] = []

    @property
    def around(self) -> tuple[tuple[str, str], ...]:
        """Path and class of each module that is running."""
        return tuple(self._held)

    @property
    def here(self) -> str:
        """Path of the innermost module that is running, empty for the model itself."""
        return self._held[-1][0] if self._held else ""

    def enter(self, module: Any, _: object) -> None:
        """Take note that a module is called."""
        caller = self.here
        known = self._paths.get(id(module), ())
        below = [path for path in known if path.startswith(f"{caller}.")] if caller else known
        at = below or known
        kind = f"{type(module).__module__}.{type(module).__qualname__}"
        if not at:  # made by the forward pass itself
            self._held.append((caller, kind))
            return
        number = self._calls[id(module), caller]
        self._calls[id(module), caller] += 1
        self._held.append((at[number % len(at)], kind))

    def leave(self, module: Any, given: object, result: object) -> None:
        """Take note that a module has returned, or raised."""
        self._held.pop()


@contextmanager
def running(root: "torch.nn.Module") -> Generator[Stack]:
    """Follow which modules of a model run."""
    from torch.nn.modules import module as hooks

    stack = Stack(root)
    handles = [
        hooks.register_module_forward_pre_hook(stack.enter),
        hooks.register_module_forward_hook(stack.leave, always_call=True),
    ]
    try:
        yield stack
    finally:
        for handle in handles:
            handle.remove()


def _paths(root: "torch.nn.Module") -> dict[int, list[str]]:
    """Return every path of every module by its identity, in the order of ``named_modules``."""
    found: dict[int, list[str]] = {}
    queue: list[tuple[str, torch.nn.Module, frozenset[int]]] = [("", root, frozenset())]
    count = 0
    while queue and count < PATHS_LIMIT:
        path, module, above = queue.pop()
        count += 1
        found.setdefault(id(module), []).append(path)
        below = above | {id(module)}
        inside = [
            (f"{path}.{name}" if path else name, child, below)
            for name, child in module._modules.items()  # pyright: ignore[reportPrivateUsage]
            if child is not None and id(child) not in below
        ]
        queue += reversed(inside)
    return found
