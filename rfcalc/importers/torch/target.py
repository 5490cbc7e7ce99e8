"""Which module does a target name, a factory of a module or file, and which part is asked for?"""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, cast

from rfcalc.errors import by, fail
from rfcalc.importers.torch.importing import import_code
from rfcalc.importers.torch.raised import theirs
from rfcalc.spelling import nearest

if TYPE_CHECKING:
    import torch

__all__ = ["example", "made", "part_of"]

CELLS_LIMIT = 1 << 28
"""Most values of an example input, which are all made."""


def made(target: str, kwargs: Mapping[str, object] | None = None) -> "torch.nn.Module":
    """Return the module that a target names, in evaluation mode.

    Raises
    ------
    RfcalcError
        RF505 torch is missing, RF506 nothing can be imported by that name or it gives no module,
        RF507 the factory raised.
    """
    try:
        import torch
    except ImportError:
        help = 'pip install "rfcalc[torch]"'
        raise fail("RF505", "reading a PyTorch model needs torch", help) from None
    place, colon, attribute = target.rpartition(":")
    if not colon or not place or not attribute:
        raise fail("RF506", f"'{target}' names no factory", "write package.module:factory")
    found: Any = import_code(place)
    for part in attribute.split("."):
        if not hasattr(found, part):
            known = [name for name in dir(found) if not name.startswith("_")]
            fact = f"'{place}' has no '{attribute}'"
            raise fail("RF506", fact, nearest(part, known))
        found = getattr(found, part)
    if not isinstance(found, torch.nn.Module):
        if not callable(found):
            fact = f"'{target}' is a {type(found).__name__}, neither a module nor callable"
            raise fail("RF506", fact, "name a class, a function that returns a module, or a module")
        try:
            found = found(**dict(kwargs or {}))
        except (Exception, SystemExit) as fault:
            raise theirs(f"'{target}'", fault, *_missing(found, kwargs)) from None
    if not isinstance(found, torch.nn.Module):
        fact = f"'{target}' gives a {type(found).__name__}, not a torch.nn.Module"
        raise fail("RF506", fact, "name a function that returns a module")
    return found.eval()


def _missing(factory: Any, kwargs: Mapping[str, object] | None) -> tuple[str, ...]:
    """Return the help for a factory that cannot be called with the keywords that are given."""
    try:
        signature = inspect.signature(factory)
    except (TypeError, ValueError):
        return ()
    try:
        signature.bind(**dict(kwargs or {}))
    except TypeError:
        called = f"{getattr(factory, '__name__', '')}{signature}"
        return (f"it is called as {called}: give its values by `kwargs=`",)
    return ()


def example(
    shapes: Sequence[Sequence[int]], model: "torch.nn.Module | None" = None
) -> tuple["torch.Tensor", ...]:
    """Return example inputs of the given shapes, where a model has its parameters.

    Raises
    ------
    RfcalcError
        RF512: no shape, or one that is not a list of positive sizes, or too large.
    """
    import torch

    help = "one shape per input, batch and channels included: `input=(1, 3, 224, 224)`"
    if not shapes:
        raise fail("RF512", "a PyTorch model needs an example input", help)
    for shape in shapes:
        if not shape or min(shape) < 1:
            raise fail("RF512", f"{tuple(shape)} is no shape of an example input", help)
        if prod(shape) > CELLS_LIMIT:
            fact = f"an example input of {by(shape)} has {prod(shape):,} values"
            raise fail("RF512", fact, f"at most {CELLS_LIMIT:,} are made: give smaller sizes")
    first = None if model is None else next(model.parameters(), None)
    device = None if first is None else first.device
    return tuple(torch.zeros(tuple(shape), device=device) for shape in shapes)


def part_of(
    model: "torch.nn.Module",
    path: str,
    args: Sequence[object],
    kwargs: Mapping[str, object] | None,
) -> tuple["torch.nn.Module", tuple[Any, ...], Mapping[str, Any]]:
    """Return a submodule and the arguments with which the model calls it first.

    Raises
    ------
    RfcalcError
        RF510: there is no such submodule, or the model does not call it.
    """
    import torch

    listed = cast(
        "Iterable[tuple[str, torch.nn.Module]]", model.named_modules(remove_duplicate=False)
    )
    modules = dict(listed)
    if path not in modules or not path:
        known = [name for name in modules if name]
        raise fail("RF510", f"the model has no submodule '{path}'", nearest(path, known))
    caught: list[tuple[tuple[Any, ...], Mapping[str, Any]]] = []

    class Caught(Exception):
        """The submodule has been called."""

    def catch(_: object, given: tuple[object, ...], named: Mapping[str, object]) -> None:
        caught.append((given, named))
        raise Caught

    modes = [(module, module.training) for module in model.modules()]
    hook = modules[path].register_forward_pre_hook(catch, with_kwargs=True)
    try:
        with torch.no_grad():
            model.eval()(*args, **(kwargs or {}))
    except Caught:
        pass
    except (Exception, SystemExit) as fault:
        raise theirs("the model", fault) from None
    finally:
        hook.remove()
        for module, training in modes:
            module.training = training
    if not caught:
        raise fail("RF510", f"the model does not call '{path}'", "name a module that it calls")
    return modules[path], caught[0][0], caught[0][1]
