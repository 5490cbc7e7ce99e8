"""Which constants decide what is read as a module runs? Masks, kernels with zeros, indices."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.importers.torch.computing import Computed
from rfcalc.importers.torch.program import Call, Ref
from rfcalc.importers.torch.tensors import is_fake, tensors_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["NUMBERS_LIMIT", "looked_at", "looked_into", "numbers_of"]

NUMBERS_LIMIT = 1 << 22
"""Most numbers of a constant that are looked at."""

_CONVOLVED = frozenset({"aten.conv1d", "aten.conv2d", "aten.conv3d"})
_HIDING = frozenset(
    f"aten.{name}"
    for name in (
        *("scaled_dot_product_attention", "_scaled_dot_product_flash_attention_for_cpu"),
        *("add", "sub", "mul", "where", "masked_fill", "baddbmm", "index", "index_select"),
        *("rsub", "div", "pow", "maximum", "minimum", "fmax", "fmin"),
        *("stft", "istft", "matmul", "mv", "mm", "bmm", "einsum"),
    )
)


def looked_at(target: str, given: dict[str, Any]) -> Iterator[Any]:
    """Yield the tensors among arguments whose numbers may hide cells, or pick them."""
    kernels = target in _CONVOLVED
    wanted = [given.get("weight")] if kernels else given.values() if target in _HIDING else ()
    for tensor in tensors_in(wanted):
        if is_fake(tensor) or tensor.numel() > NUMBERS_LIMIT:
            continue
        if not kernels or tensor.shape[2:].numel() > 1:
            yield tensor


def looked_into(target: str, tensor: Any) -> Any:
    """Return the numbers of a constant, or where a kernel is not zero."""
    return _kernel(tensor) if target in _CONVOLVED else _numbers(tensor)


def numbers_of(
    calls: Sequence[Call], stored: "Callable[[str], NDArray[np.generic] | None]"
) -> dict[str, Any]:
    """Return, of the constants of a program that was not run, what ``looked_into`` gives.

    ``stored`` gives the numbers of a constant, ``None`` for what is none or is not looked at.
    """
    held = Computed(calls, stored)
    found: dict[str, Any] = {}
    for call in calls:
        kernels = call.target in _CONVOLVED
        weight = call.args.get("weight")
        of_weight = [weight.name] if isinstance(weight, Ref) else []
        wanted = of_weight if kernels else call.refs if call.target in _HIDING else ()
        for name in wanted:
            array = None if name in found else held(name)
            if array is None:
                continue
            if kernels and array[0, 0].size > 1:
                found[name] = (array != 0).any((0, 1))
            elif not kernels:
                found[name] = array if array.dtype.kind != "c" else array != 0
    return found


def _numbers(tensor: Any) -> Any:
    """Return a copy of a tensor's numbers; complex ones and those of few bits as real ones."""
    import torch

    plain = tensor.detach().cpu()
    if plain.is_complex():
        plain = plain.abs()
    return (plain.to(torch.float32) if plain.is_floating_point() else plain).numpy().copy()


def _kernel(tensor: Any) -> Any:
    """Return where a kernel is not zero in all channels: truths, or bytes for one of weights."""
    import torch

    seen = (tensor.detach() != 0).flatten(0, 1).any(0)
    trained = isinstance(tensor, torch.nn.Parameter)
    return (seen.to(torch.uint8) if trained else seen).cpu().numpy()
