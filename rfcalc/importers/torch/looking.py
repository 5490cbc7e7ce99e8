"""Which constants decide what is read as a module runs? Masks, kernels with zeros, indices."""

from collections.abc import Iterator
from typing import Any

from rfcalc.importers.torch.tensors import is_fake, tensors_in

__all__ = ["looked_at", "looked_into"]

NUMBERS_LIMIT = 1 << 22
"""Most numbers of a constant that are looked at."""

_CONVOLVED = frozenset({"aten.conv1d", "aten.conv2d", "aten.conv3d"})
_HIDING = frozenset(
    f"aten.{name}"
    for name in (
        *("scaled_dot_product_attention", "_scaled_dot_product_flash_attention_for_cpu"),
        *("add", "sub", "mul", "where", "masked_fill", "baddbmm", "index", "index_select"),
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
