"""What can be given to a model that did not take its example inputs?"""

import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rfcalc.importers.torch.keeping import quiet, restored

if TYPE_CHECKING:
    import torch

__all__ = ["advice", "parts"]

SHOWN = 5
"""Most parts of a module that are named."""

_NAMED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def advice(
    module: "torch.nn.Module", args: Sequence[object], kwargs: Mapping[str, object] | None
) -> str:
    """Return the help for a module that raised: as many inputs as it takes, or of another kind."""
    whose = "this comes from the model, not from rfcalc: "
    try:
        taken = inspect.signature(module.forward).parameters.values()
    except (TypeError, ValueError):
        return f"{whose}check the shape given with `input=`, batch and channels included"
    given = dict(kwargs or {})
    empty = inspect.Parameter.empty
    plain = [p for p in taken if p.kind in _NAMED and p.name not in given]
    wanted = [p.name for p in plain if p.default is empty]
    alone = [
        p.name
        for p in taken
        if p.kind is inspect.Parameter.KEYWORD_ONLY and p.default is empty and p.name not in given
    ]
    if alone:
        values = ", ".join(f"'{name}': tensor" for name in alone)
        return (
            f"its forward takes {_listed(alone)} by keyword alone, which `input=` cannot give: "
            f"use rfcalc.from_torch(model, (), kwargs={{{values}}})"
        )
    if len(args) < len(wanted):
        return f"its forward takes {_listed(wanted)}: give one `input=` for each, in this order"
    varied = any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in taken)
    if len(args) > len(plain) and not varied:
        names = _listed([p.name for p in plain]) if plain else "nothing"
        return f"its forward takes {names}: give one `input=` for each"
    if _as_integers(module, args, given):
        return (
            "it takes whole numbers, and `input=` gives fractions: "
            "use rfcalc.from_torch(model, torch.zeros(shape, dtype=torch.long)), or its .pt2 file"
        )
    return f"{whose}check the shape given with `input=`, batch and channels included"


def parts(
    module: "torch.nn.Module", args: Sequence[object], kwargs: Mapping[str, object] | None
) -> str:
    """Return the help for a module that cannot be read as a whole: the parts that it calls."""
    names = _called_parts(module, args, kwargs)
    if not names:
        return "it has no part that could be asked for"
    more = ", .." if len(names) > SHOWN else ""
    return f"ask for a part of it: `submodule=` with one of {_listed(names[:SHOWN])}{more}"


def _called_parts(
    module: "torch.nn.Module", args: Sequence[object], kwargs: Mapping[str, object] | None
) -> list[str]:
    """Return the names of the parts that a module calls at its example inputs, in its order."""
    import torch

    called: set[str] = set()

    def note(name: str) -> Callable[..., None]:
        return lambda *_: called.add(name)

    children = list(module.named_children())
    hooks = [child.register_forward_pre_hook(note(name)) for name, child in children]
    try:
        with quiet(), restored(module), torch.no_grad():
            module.eval()(*args, **(kwargs or {}))
    except (Exception, SystemExit):
        called.update(name for name, _ in children)  # it did not get to all of them
    finally:
        for hook in hooks:
            hook.remove()
    return [name for name, _ in children if name in called]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _as_integers(
    module: "torch.nn.Module", args: Sequence[object], kwargs: Mapping[str, object]
) -> bool:
    """Whether a module runs where its inputs are whole numbers."""
    import torch

    tensors = [arg for arg in args if isinstance(arg, torch.Tensor)]
    if not any(one.is_floating_point() for one in tensors):
        return False
    given = [
        arg.long() if isinstance(arg, torch.Tensor) and arg.is_floating_point() else arg
        for arg in args
    ]
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            module(*given, **kwargs)
    except (Exception, SystemExit):
        return False
    return True
