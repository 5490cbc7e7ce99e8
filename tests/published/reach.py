"""Which pixels do maps of somebody else's model read? PyTorch's autograd alone answers.

Shares no code with rfcalc and needs no weights. The model's own ``forward`` runs on one channel
of ones: a convolution becomes a sum over its window, a maximum an average, what works on single
cells nothing at all. Backwards only *zero or not* passes, so a field of 5000 pixels neither
underflows nor overflows, and a ResNet-101 at 1056 x 1056 pixels takes half a second.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
functional = pytest.importorskip("torch.nn.functional")
overrides = pytest.importorskip("torch.overrides")

__all__ = ["OneChannel", "Reach", "made_in_torch", "read_by", "torch_maps"]

POINTWISE = {
    "batch_norm", "dropout", "dropout2d", "dropout3d", "elu", "gelu", "hardsigmoid", "hardswish",
    "hardtanh", "leaky_relu", "prelu", "relu", "relu6", "sigmoid", "silu", "tanh",
}  # fmt: skip
IN_PLACE = {"__iadd__": "add", "add_": "add", "__imul__": "mul", "mul_": "mul"}
"""A map of one channel may be broadcast, so it is never written to."""
REFUSED = {"group_norm", "instance_norm", "scaled_dot_product_attention", "softmax"}
CONV = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
TRANSPOSED = (*CONV[:5], "output_padding", "groups", "dilation")
POOL = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")


class Reach(torch.autograd.Function):
    """Forwards ones, backwards one where anything arrives."""

    @staticmethod
    def forward(_ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return torch.ones_like(x)

    @staticmethod
    def backward(_ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        # Weights of resampling that should be 0 come out as 1e-8 and less, others above 1e-5.
        return (grad > 1e-6).to(grad.dtype)


class OneChannel(overrides.TorchFunctionMode):
    """What a layer reads, on one channel.

    ``gates``: whether means over a whole map count; ``filters``: show the one channel as often as
    a layer has filters, for models that split what they get.
    """

    def __init__(self, gates: bool, filters: bool = False):
        super().__init__()
        self.gates, self.filters = gates, filters

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        assert name not in REFUSED, f"{name} is no layer that a map of one channel stands for"
        if name in IN_PLACE:
            return getattr(torch, IN_PLACE[name])(*args, **kwargs)
        if name.removesuffix("_") in POINTWISE:
            return args[0]
        if name == "layer_norm":
            assert len(args[1]) == 1, "statistics of a grid reach all of it"
            return args[0]
        if name == "linear":
            return Reach.apply(args[0].sum(-1, keepdim=True))
        if name in ("conv1d", "conv2d", "conv3d"):
            made = _windows(func, dict(zip(CONV, args, strict=False)) | kwargs)
            if self.filters:
                made = made.expand(-1, args[1].shape[0], *made.shape[2:])
            return made
        if name.startswith("conv_transpose"):
            return _windows(func, dict(zip(TRANSPOSED, args, strict=False)) | kwargs)
        if name in ("max_pool1d", "max_pool2d", "max_pool3d"):
            given = dict(zip(POOL, args, strict=False)) | kwargs
            assert not given.pop("return_indices", False)
            assert set(np.ravel(given.pop("dilation", 1))) == {1}
            return Reach.apply(getattr(functional, name.replace("max", "avg"))(**given))
        made = func(*args, **kwargs)
        if not self.gates and name in ("mean", "adaptive_avg_pool2d"):
            return made.detach()
        return made


def _windows(func: Callable[..., torch.Tensor], given: dict[str, Any]) -> torch.Tensor:
    x, kernel = given["input"], given["weight"].shape[2:]
    given |= {"bias": None, "groups": 1, "weight": torch.ones(1, 1, *kernel, dtype=x.dtype)}
    given["input"] = Reach.apply(x.sum(1, keepdim=True))
    return Reach.apply(func(**given))


def made_in_torch(build: Callable[[], torch.nn.Module]) -> torch.nn.Module:
    """Return a module that was made without drawing weights; what is small is 1."""
    with torch.device("meta"):
        module = build()
    module = module.to_empty(device="cpu").eval().requires_grad_(False)
    for held in (*module.parameters(), *module.buffers()):
        if held.is_floating_point() and held.numel() < 100_000:
            held.fill_(1)
    return module


def torch_maps(
    module: torch.nn.Module,
    size: Sequence[int],
    paths: Sequence[str],
    copies: int,
    gates: bool = True,
    filters: bool = False,
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return images and the maps of a module's parts by path, each (copies, 1, *spatial).

    Parameters
    ----------
    module : torch.nn.Module
        Of `made_in_torch`.
    size : sequence of int
        An image's, in pixels.
    paths : sequence of str
        Dotted paths of submodules; '' is the module itself.
    copies : int
        How many equal images; each can be asked for one position of every map.
    gates : bool
        Whether a mean over a whole map lets everything be read, as it does in a squeeze-excite.
    filters : bool
        Whether a convolution's map has as many equal channels as it has filters.
    """
    images = torch.ones(copies, 1, *size, requires_grad=True)
    maps: dict[str, torch.Tensor] = {}
    parts = dict(module.named_modules())
    hooks = [
        parts[path].register_forward_hook(
            lambda _module, _inputs, made, path=path: maps.update({path: _first(made)})
        )
        for path in paths
    ]
    with OneChannel(gates, filters):
        module(images)
    for hook in hooks:
        hook.remove()
    return images, {path: Reach.apply(made.sum(1, keepdim=True)) for path, made in maps.items()}


def _first(made: Any) -> torch.Tensor:
    """Return the map of what a module returns: a tensor, a dict's ``out``, a pyramid's last."""
    if isinstance(made, dict):
        return made["out"]
    return made[-1] if isinstance(made, list | tuple) else made


def read_by(
    images: torch.Tensor, made: torch.Tensor, at: Sequence[Sequence[int]]
) -> list[np.ndarray]:
    """Return which pixels positions of a map read, one per image: bool arrays of its size."""
    total = sum(made[(n, 0, *position)] for n, position in enumerate(at))
    (grad,) = torch.autograd.grad(total, images, retain_graph=True)
    return list((grad[:, 0] > 0).numpy())
