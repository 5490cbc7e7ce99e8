"""How does a module come back as it was? What it and its parts hold is put back afterwards."""

import contextlib
import io
import logging
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import torch

__all__ = ["quiet", "restored"]

HELD_LIMIT = 100_000
"""Most objects whose content is kept."""

Undo = Callable[[], None]


@contextlib.contextmanager
def quiet() -> Generator[None]:
    """Keep what code of others prints and warns of from standing among the answers."""
    noise = io.StringIO()
    was = logging.root.manager.disable
    logging.disable()  # a handler writes to where standard error was when it was made
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(noise),
        contextlib.redirect_stderr(noise),
    ):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logging.disable(was)


@contextlib.contextmanager
def restored(module: "torch.nn.Module") -> Generator[None]:
    """Put back, at the end, what a module holds: attributes, buffers, parameters, parts, flags.

    Lists and dictionaries that it holds get their content back, and other objects, like the
    classes of the modules, the attributes that were set to tensors. The state of PyTorch's random
    numbers comes back too.
    """
    import torch

    undo = [*_kept(module), *_classes(module)]
    random = torch.get_rng_state()
    fast = torch.backends.mha.get_fastpath_enabled()
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        torch.set_rng_state(random)
        for one in undo:
            one()


def _kept(root: "torch.nn.Module") -> Iterable[Undo]:
    """Yield what puts back the content of everything that a module holds."""
    import torch

    seen: set[int] = set()
    queue: list[Any] = [root]
    while queue and len(seen) < HELD_LIMIT:
        held = queue.pop()
        if id(held) in seen:
            continue
        seen.add(id(held))
        if isinstance(held, torch.jit.ScriptModule):
            # Its content is not Python's: the flag alone can be set.
            yield _flag(held, bool(held.training))
            continue
        if isinstance(held, torch.nn.Module):
            yield _content(held.__dict__)
            queue += held.__dict__.values()
        elif isinstance(held, dict):
            yield _content(cast("dict[Any, Any]", held))
            queue += cast("dict[Any, Any]", held).values()
        elif isinstance(held, list | set | deque):
            yield _content(cast("list[Any]", held))
            queue += cast("list[Any]", held)
        elif isinstance(held, tuple):
            queue += cast("tuple[Any, ...]", held)
        elif _plain(held):
            yield _tensors(held, dict(held.__dict__))
            queue += held.__dict__.values()


def _plain(held: Any) -> bool:
    """Whether an object is of a class that somebody wrote in Python, and no tensor or class."""
    import torch

    if isinstance(held, torch.Tensor | type) or callable(held):
        return False
    place = type(held).__module__.partition(".")[0]
    return place not in ("torch", "builtins", "logging", "threading") and isinstance(
        getattr(held, "__dict__", None), dict
    )


def _content(held: Any) -> Undo:
    """Return what puts back the content of a container."""
    was = held.copy()

    def undo() -> None:
        same = len(held) == len(was) and all(
            a is b for a, b in zip(_members(held), _members(was), strict=True)
        )
        if not same:
            held.clear()
            add: Callable[[Any], None] = getattr(held, "update", None) or held.extend
            add(was)

    return undo


def _members(held: Any) -> Iterable[Any]:
    """Yield what is in a container; of a dictionary the keys and the values."""
    if isinstance(held, dict):
        for key, value in cast("dict[Any, Any]", held).items():
            yield key
            yield value
    else:
        yield from held


def _tensors(held: Any, was: dict[str, Any]) -> Undo:
    """Return what puts back the attributes of an object, or class, that were set to tensors."""
    import torch

    def undo() -> None:
        for name, value in list(cast("dict[str, Any]", vars(held)).items()):
            if not isinstance(value, torch.Tensor) or was.get(name) is value:
                continue
            if name in was:
                setattr(held, name, was[name])
            else:
                delattr(held, name)

    return undo


def _classes(root: "torch.nn.Module") -> Iterable[Undo]:
    """Yield what puts back the attributes of the classes of a module's parts."""
    kinds = {kind for part in root.modules() for kind in type(part).__mro__}
    for kind in kinds:
        if kind.__module__.partition(".")[0] not in ("torch", "builtins"):
            yield _tensors(kind, dict(vars(kind)))


def _flag(module: Any, training: bool) -> Undo:
    def undo() -> None:
        if module.training != training:
            module.train(training)

    return undo
