"""Where does a node of the network have its value when the model runs?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rfcalc.gradients.capturing import Spot
from rfcalc.importers.axes import Tensor, Value

if TYPE_CHECKING:
    import torch

__all__ = ["Seat", "parts_of"]


class Seat(NamedTuple):
    """Where the value of a node is found when the module runs.

    output : which tensor of the module's result it is, ``None`` for one on the way.
    spot : the function that returns it.
    held : how its dimensions address the grid of the node.
    part : the dimension and the run of indices along it, of a result with several grids.
    """

    output: int | None
    spot: Spot | None
    held: Tensor
    part: tuple[int, int, int] | None = None

    def of(
        self, outputs: "Sequence[torch.Tensor]", held: "Mapping[Spot, torch.Tensor]"
    ) -> "torch.Tensor | None":
        """Return the tensor among those of a run, ``None`` where it is not there."""
        if self.spot is not None:
            found = held.get(self.spot)
        else:
            assert self.output is not None
            found = outputs[self.output] if self.output < len(outputs) else None
        if found is None or self.part is None:
            return found
        dim, low, high = self.part
        return found.narrow(dim, low, high - low)


def parts_of(value: Value) -> Iterator[tuple[Tensor, tuple[int, int, int] | None]]:
    """Yield the tensors of a value, and where each lies in it."""
    if isinstance(value, Tensor):
        yield value, None
        return
    low = 0
    for item in value.items:
        high = low + item.shape[value.dim]
        yield item, (value.dim, low, high)
        low = high
