"""Which tensor of a running PyTorch module is the value of a layer? By what made it."""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, cast

from rfcalc.importers.torch.tensors import tensors_in

if TYPE_CHECKING:
    import torch

__all__ = ["Spot", "capturing"]

Spot = tuple[int, int]
"""The how-manieth function of PyTorch that Python calls, and which tensor of its result."""


@contextmanager
def capturing(wanted: Collection[Spot]) -> "Generator[dict[Spot, torch.Tensor]]":
    """Hold copies of the tensors at the wanted spots, through which gradients pass.

    Functions are counted as ``importers.torch.passes`` counts them while it records.
    """
    from torch.overrides import TorchFunctionMode

    held: dict[Spot, torch.Tensor] = {}
    numbers = {number for number, _ in wanted}

    class Capturing(TorchFunctionMode):
        """Counts the functions that Python calls."""

        count = 0

        def __torch_function__(
            self,
            func: Callable[..., object],
            types: object,
            args: Sequence[object] = (),
            kwargs: Mapping[str, object] | None = None,
        ) -> object:
            result = func(*args, **(kwargs or {}))
            if self.count in numbers:
                for part, tensor in enumerate(tensors_in([result])):
                    if (self.count, part) in wanted:
                        # What is written over it later is another value. No mode hears of this.
                        held[self.count, part] = tensor.clone()
            self.count += 1
            return result

    if not numbers:
        yield held
        return
    with cast("AbstractContextManager[object]", Capturing()):
        yield held
