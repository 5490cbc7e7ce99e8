"""Which operators does a module call in one forward pass? They are recorded, as data."""

import dataclasses
import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.torch.asking import parts
from rfcalc.importers.torch.keeping import quiet, restored
from rfcalc.importers.torch.modules import running
from rfcalc.importers.torch.passes import Reads, ValueRead, listening
from rfcalc.importers.torch.program import Program, whole
from rfcalc.importers.torch.tape import Tape, TooLarge

if TYPE_CHECKING:
    import torch

__all__ = ["Recording", "Unrecorded", "ends", "inputs_of", "record"]

WORK_LIMIT = 2_000_000_000_000
"""Most parameters times cells of the input for which a pass is made with real numbers."""

DEPTH_LIMIT = 20
"""How deep outputs lie in one another at most."""


class Unrecorded(Exception):
    """A pass could not be recorded: the model raised, or did what cannot be followed."""


class Recording(msgspec.Struct, frozen=True):
    """A module's program, and what was found on the way.

    ``taken`` tells which values Python read and went on with; ``sized`` whether another size may
    make another program, as the module's own code asked for sizes. ``functions`` has, for every
    function of PyTorch that Python called, the names of the tensors that it returned.
    """

    program: Program
    taken: tuple[str, ...]
    sized: bool
    functions: tuple[tuple[str, ...], ...] = ()


def record(
    module: "torch.nn.Module",
    args: Sequence[object],
    kwargs: Mapping[str, object] | None = None,
    *,
    take_values: bool = False,
) -> Recording:
    """Return what a module calls at example inputs; the module comes back as it was.

    The pass is made with real numbers where they are few, else with fake tensors, which have
    sizes alone.

    Raises
    ------
    Unrecorded
        The pass cannot be recorded; ``torch.export`` may be able to read the module.
    RfcalcError
        RF515: Python reads a value that depends on an input, and ``take_values`` is not set.
    """
    import torch

    small = _work(module, (args, kwargs)) <= WORK_LIMIT
    ways = (True,) if take_values else (True, False) if small else (False, True)
    for number, real in enumerate(ways):
        try:
            return _pass(module, args, dict(kwargs or {}), real, take_values)
        except ValueRead as fault:
            raise _value_refusal(str(fault), parts(module, args, kwargs)) from None
        except TooLarge as fault:
            if number == len(ways) - 1 or not real:
                raise Unrecorded from fault
        except (Exception, SystemExit) as fault:
            if "HigherOrderOperator" in str(fault):
                torch.compiler.reset()  # torch.cond compiles, and would keep what failed
            if real or not _wants_values(fault):
                raise Unrecorded from fault
    raise Unrecorded


def _wants_values(fault: BaseException) -> bool:
    """Whether a pass failed because a fake tensor has no values."""
    return type(fault).__name__ in (
        "DataDependentOutputException",
        "DynamicOutputShapeException",
        "NeedsValues",
    )


def _value_refusal(fact: str, parts: str) -> RfcalcError:
    return fail(
        "RF515",
        f"the model's code reads a value that depends on its input: {fact}",
        "take the value that it has at the example input: `take_values=True`, which marks the "
        f"result as not exact; or {parts}",
    )


def _pass(
    module: "torch.nn.Module",
    args: Sequence[object],
    kwargs: dict[str, object],
    real: bool,
    take: bool,
) -> Recording:
    import torch

    with quiet(), restored(module), running(module) as stack:
        module.eval()
        torch.backends.mha.set_fastpath_enabled(False)  # it would be one operator of its own
        tape = Tape(stack, real, module.named_parameters())
        reads = Reads(tape, stack, take)
        given, named = _given((tuple(args), kwargs), real)
        inputs = [tape.feed(name, tensor) for name, tensor in inputs_of(module, given, named)]
        try:
            with listening(tape, reads):
                result = module(*given, **named)
            delivered = [(tape.name_of(tensor), label) for tensor, label in ends(result)]
        finally:
            with torch.no_grad():
                for tensor, was in tape.written:
                    tensor.copy_(was)
    parts_of = zip(*delivered, strict=True) if delivered else ((), ())
    names, labels = (tuple(part) for part in parts_of)
    program = Program(
        type(module).__name__,
        tuple(inputs),
        names,
        tuple(tape.calls),
        tape.shapes,
        labels,
        tape.numbers,
        tape.weights,
    )
    scripted = any(isinstance(part, torch.jit.ScriptModule) for part in module.modules())
    sized = reads.sized or scripted
    return Recording(whole(program, tape.constants), reads.taken, sized, tuple(tape.functions))


def _work(module: "torch.nn.Module", call: Any) -> int:
    """Return parameters times cells of the inputs."""
    cells = sum(tensor.numel() // max(1, _channels(tensor)) for tensor, _ in ends(call))
    return sum(p.numel() for p in module.parameters()) * cells


def _channels(tensor: Any) -> int:
    return int(tensor.shape[1]) if tensor.dim() > 2 else 1


def _given(call: Any, real: bool) -> Any:
    """Return arguments of which nothing is the caller's: copied tensors, or fake ones."""
    import torch
    from torch.utils import _pytree as trees

    if real:

        def changed(x: Any) -> Any:
            return x.detach().clone() if isinstance(x, torch.Tensor) else x
    else:
        from torch._subclasses.fake_tensor import FakeTensorMode

        mode = FakeTensorMode(allow_non_fake_inputs=True)

        def changed(x: Any) -> Any:
            return mode.from_tensor(x.detach()) if isinstance(x, torch.Tensor) else x

    return trees.tree_map(changed, call)


def inputs_of(
    module: "torch.nn.Module", args: Sequence[object], kwargs: dict[str, object]
) -> Iterator[tuple[str, Any]]:
    """Yield a name and the tensor of each input, as the module's ``forward`` calls them."""
    try:
        bound = inspect.signature(module.forward).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        bound = {"args": tuple(args), **kwargs}
    for path, tensor in _leaves(bound, ()):
        yield "_".join(path), tensor


def ends(result: Any) -> Iterator[tuple[Any, str]]:
    """Yield each tensor among outputs, and what the model calls it."""
    for path, tensor in _leaves(result, ()):
        # A place in a list is no name; below a name it tells which.
        yield tensor, "" if all(key.isdigit() for key in path) else ".".join(path)


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    import torch

    if isinstance(value, torch.Tensor):
        yield path, value
        return
    for key, item in _inside(value) if len(path) < DEPTH_LIMIT else ():
        yield from _leaves(item, (*path, str(key)))


def _inside(value: Any) -> Any:
    """Return what is in a value, each with its key, field or place."""
    if isinstance(value, Mapping):
        return list(cast("Mapping[Any, Any]", value).items())
    if isinstance(value, list | tuple):
        fields = getattr(cast("Any", value), "_fields", None) or range(len(value))  # pyright: ignore[reportUnknownArgumentType]
        return zip(fields, cast("Sequence[Any]", value), strict=False)
    if dataclasses.is_dataclass(value):
        return [(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)]
    if isinstance(value, str | bytes | type) or callable(value):
        return ()
    return list(getattr(value, "__dict__", {}).items())
