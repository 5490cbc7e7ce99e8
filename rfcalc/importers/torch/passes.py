"""What does PyTorch tell of a forward pass? Each operator below autograd, each value Python reads.

Below autograd an operator made of others (``conv2d``, ``lstm``, ``instance_norm``) comes whole.
"""

# pyright: reportPrivateUsage=false
# There is no public way below autograd: a test holds that it gives what torch.export gives.

import sys
import traceback
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

from rfcalc.importers.torch.modules import Stack
from rfcalc.importers.torch.raised import outside
from rfcalc.importers.torch.tape import Tape
from rfcalc.importers.torch.tensors import is_fake, tensors_in

__all__ = ["NeedsValues", "Reads", "ValueRead", "listening"]

_READERS = frozenset(
    (
        *("tolist", "numpy", "__array__", "item", "__bool__", "__int__", "__float__", "__index__"),
        *("__complex__", "data_ptr", "to_dlpack", "__dlpack__"),
    )
)
"""Methods of tensors that hand values to Python."""

_VALUED = frozenset(("aten.item", "aten._local_scalar_dense", "aten.is_nonzero", "aten.equal"))
"""Operators that do."""

_SIZED = frozenset(("size", "numel", "nelement", "__len__"))


class ValueRead(BaseException):
    """Python read a value that depends on an input; no ``except Exception`` may hide it."""


class NeedsValues(Exception):
    """Python reads a value that does not depend on an input, and that a fake tensor has not."""


class Reads:
    """What Python read of tensors that depend on an input.

    ``sized`` tells whether code other than PyTorch's asked for a size.
    """

    def __init__(self, tape: Tape, stack: Stack, take: bool) -> None:
        self.sized = False
        self._tape = tape
        self._stack = stack
        self._take = take
        self._taken: dict[str, str] = {}

    @property
    def taken(self) -> tuple[str, ...]:
        """What was let through, each place once."""
        return tuple(self._taken.values())

    def value(self, how: str) -> None:
        """Refuse a read, or take note of it."""
        place = _place() + (f", in '{self._stack.here}'" if self._stack.here else "")
        if not self._take:
            raise ValueRead(f"{how}{place}")
        # A method calls an operator, which reads the same value.
        self._taken.setdefault(place, f"{how}{place}")

    def function(self, func: Any, args: Any, caller: str) -> None:
        """Look at a function of PyTorch that Python calls."""
        name: str = getattr(func, "__name__", "")
        if name in ("__get__", "__set__"):
            attribute = getattr(getattr(func, "__self__", None), "__name__", "")
            name = {"shape": "size"}.get(attribute, "") if name == "__get__" else f"={attribute}"
        if name in _SIZED:
            self.sized |= not caller.startswith("torch.") and self._tape.any_live(args)
        elif name in _READERS or name == "=data":
            if self._tape.any_live(args):
                self.value(".data = .." if name == "=data" else f".{name}()")
            elif any(is_fake(tensor) for tensor in tensors_in(args)):
                raise NeedsValues

    def operator(self, target: str, args: Any) -> None:
        """Look at an operator that runs."""
        if target in _VALUED and self._tape.any_live(args):
            self.value(f".{target.removeprefix('aten.')}()")


@contextmanager
def listening(tape: Tape, reads: Reads) -> Generator[None]:
    """Write down the operators that run meanwhile, and guard what Python reads."""
    import torch
    from torch.overrides import TorchFunctionMode
    from torch.utils._python_dispatch import TorchDispatchMode

    class Recording(TorchDispatchMode):
        """Hears of each operator."""

        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # or the compiler is imported, which takes longer than the pass

        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            with torch._C.DisableTorchFunction():
                reads.operator(str(func).rpartition(".")[0], args)
                return tape.call(func, args, kwargs or {})

    class Guarding(TorchFunctionMode):
        """Hears of each function that Python calls."""

        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            caller = str(sys._getframe(1).f_globals.get("__name__", ""))
            with torch._C.DisableTorchFunction():
                reads.function(func, args, caller)
            result = func(*args, **(kwargs or {}))
            with torch._C.DisableTorchFunction():
                tape.returned(result)
            return result

    with ExitStack() as held:
        held.enter_context(torch.no_grad())
        held.enter_context(torch._C._AutoDispatchBelowAutograd())
        held.enter_context(Recording())
        held.enter_context(Guarding())
        yield


def _place() -> str:
    """Return the innermost place of the model's own code, in words."""
    frames = [f for f in traceback.extract_stack() if outside(f.filename)]
    if not frames:
        return ""
    at = frames[-1]
    return f" at {at.filename.rpartition('/')[2]}:{at.lineno}"
