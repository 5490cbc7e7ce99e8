"""How are a PyTorch module and its inputs made positive, and nested values taken apart?"""

from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from rfcalc.errors import fail
from rfcalc.importers.torch.exported import traced

__all__ = ["copied", "is_float", "leaves", "live", "precision", "ready"]


def ready(module: Any, call: Any, seed: int, dtype: Any) -> tuple[Any, Any]:
    """Return the arguments in a precision, with positive values, and the module's program.

    Raises
    ------
    RfcalcError
        RF507: a layer has no parameters before it has seen an input; RF507, RF508: as ``traced``.
    """
    import torch

    for name, parameter in module.named_parameters():
        if torch.nn.parameter.is_lazy(parameter):
            fact = f"'{name}' has no shape before the model has run"
            raise fail(
                "RF507", fact, "make the model with sizes of its own: Conv2d, not LazyConv2d"
            )
    generator = torch.Generator().manual_seed(seed)
    module.to(dtype).eval()
    with torch.no_grad():
        for parameter in module.parameters():
            if not parameter.is_floating_point() or not parameter.numel():
                continue
            # Each output is about the mean of what it reads, so that values keep their order.
            fan = max(1, parameter[0].numel()) if parameter.dim() > 1 else 1
            drawn = torch.rand(parameter.shape, generator=generator, dtype=dtype) + 0.5
            parameter.copy_(drawn / fan)
            parameter.requires_grad_(False)

    def positive(x: Any) -> Any:
        return torch.rand(x.shape, generator=generator, dtype=dtype) + 0.5 if is_float(x) else x

    made: Any = _trees().tree_map(positive, call)
    with precision(dtype):
        return made, traced(module, *made)


@contextmanager
def precision(dtype: Any) -> Generator[None]:
    """Let tensors that a module makes without a type have the given one."""
    import torch

    was = torch.get_default_dtype()
    torch.set_default_dtype(dtype or was)
    try:
        yield
    finally:
        torch.set_default_dtype(was)


def leaves(tree: Any) -> list[Any]:
    """Return the values in nested lists and dictionaries, in PyTorch's order."""
    return _trees().tree_leaves(tree)


def copied(tree: Any) -> Any:
    """Return nested values with tensors copied; gradients go to those that were copied."""
    import torch

    def copy(leaf: Any) -> Any:
        return leaf.clone() if isinstance(leaf, torch.Tensor) else leaf

    return _trees().tree_map(copy, tree)


def live(value: Any) -> bool:
    """Whether a value is a tensor that has a gradient."""
    return bool(getattr(value, "requires_grad", False))


def is_float(value: Any) -> bool:
    """Whether a value is a tensor of floats, which may have a gradient."""
    import torch

    return isinstance(value, torch.Tensor) and value.is_floating_point()


def _trees() -> Any:
    return import_module("torch.utils._pytree")
