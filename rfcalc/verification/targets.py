"""Which module is verified when a PyTorch target is named? The target itself, or a part of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.errors import fail
from rfcalc.loading import is_target
from rfcalc.verification.result import Verification

if TYPE_CHECKING:
    import torch

__all__ = ["prepare_target", "verify_target"]


def verify_target(
    target: str,
    shapes: Sequence[Sequence[int]],
    *,
    kwargs: Mapping[str, object] | None = None,
    submodule: str | None = None,
    layer: str | None = None,
    source: str | None = None,
    seed: int = 0,
    positions: int = 5,
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Run the code of ``package.module:factory`` and hold masks against its own gradients.

    Parameters
    ----------
    shapes : of each example input, batch and channels included.
    kwargs : what the class or function is called with.
    submodule : the part to verify, at the input it receives.

    Raises
    ------
    RfcalcError
        RF406: no PyTorch target, RF505: torch is missing; and as ``verify_module`` and
        ``importers.from_target``.
    """
    module, args, named = prepare_target(target, shapes, kwargs, submodule)

    from rfcalc.verification.torch_backend import verify_module

    return verify_module(
        module,
        args,
        named,
        layer=layer,
        source=source,
        seed=seed,
        positions=positions,
        assume_pointwise=assume_pointwise,
        layout=layout,
        progress=progress,
    )


def prepare_target(
    target: str,
    shapes: Sequence[Sequence[int]],
    kwargs: Mapping[str, object] | None,
    submodule: str | None,
) -> "tuple[torch.nn.Module, tuple[Any, ...], Mapping[str, Any] | None]":
    """Return the module that a target names, or a part of it, and the inputs of its call.

    Raises
    ------
    RfcalcError
        RF406: no PyTorch target; and as ``importers.from_target``.
    """
    if not is_target(target):
        fact = f"'{target}' is no PyTorch module: `backend='torch'` runs package.module:factory"
        help = "name the code that makes the model, with `input=`; or omit `backend=`"
        raise fail("RF406", fact, help)

    from rfcalc.importers.torch.target import example, made, part_of

    module = made(target, kwargs)
    args = example(shapes, module)
    return (module, args, None) if submodule is None else part_of(module, submodule, args, None)
