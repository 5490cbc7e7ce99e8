"""Does a network's mask agree with the gradient of the module it was read from?

Shares nothing with rfcalc but the answer: the module runs in float64 with positive random
weights. What saturates or picks (activations, maxima, normalisations) is exchanged for a linear
function that reads the same cells, so that a derivative is 0 only where no path is.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.masks import mask
from rfcalc.network import Network

torch = pytest.importorskip("torch")
F = torch.nn.functional
TorchFunctionMode = torch.overrides.TorchFunctionMode

POINTWISE = {
    "relu", "relu_", "relu6", "hardtanh", "hardtanh_", "hardswish", "hardsigmoid", "silu", "mish",
    "gelu", "elu", "elu_", "selu", "selu_", "celu", "leaky_relu", "leaky_relu_", "prelu",
    "softplus", "tanh", "sigmoid", "sigmoid_", "tanh_", "clamp", "clamp_", "clamp_min",
    "clamp_max", "exp", "log_sigmoid", "logsigmoid", "softsign", "threshold", "threshold_", "erf",
    "rrelu", "hardshrink", "softshrink", "tanhshrink", "abs", "log", "log1p", "dropout",
    "silu_", "square",
}  # fmt: skip


def level(x: torch.Tensor) -> torch.Tensor:
    """Bring values back to the order of 1 without touching what they depend on."""
    return x / (x.detach().abs().mean() + 1e-30)


class Linearised(TorchFunctionMode):
    """Exchange functions that saturate or pick for ones that read the same and pass all."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        x = args[0] if args else kwargs.get("input")
        if not isinstance(x, torch.Tensor) or not x.is_floating_point():
            return func(*args, **kwargs)
        if name in ("conv1d", "conv2d", "conv3d"):
            return _convolved(func, args, kwargs)
        if name in POINTWISE:
            return level(x) * 0.75
        if name in ("softmax", "log_softmax", "_softmax"):
            dim = kwargs.get("dim", args[1] if len(args) > 1 else -1)
            return level(x + x.mean(dim, keepdim=True))
        if name == "layer_norm" or name == "rms_norm":
            shape = kwargs.get("normalized_shape", args[1] if len(args) > 1 else None)
            dims = list(range(-len(shape), 0))
            return level(x + x.mean(dims, keepdim=True))
        if name == "group_norm":
            groups = kwargs.get("num_groups", args[1] if len(args) > 1 else 1)
            split = x.reshape(x.shape[0], groups, -1)
            return level(x + split.mean(-1, keepdim=True).expand_as(split).reshape(x.shape))
        if name == "instance_norm":
            if kwargs.get("use_input_stats", args[5] if len(args) > 5 else True):
                return level(x + x.mean(list(range(2, x.dim())), keepdim=True))
            return level(x)
        if name == "batch_norm":
            training = kwargs.get("training", args[5] if len(args) > 5 else False)
            if training:
                return func(*args, **kwargs)
            return level(x)
        if name == "normalize":
            dim = kwargs.get("dim", args[2] if len(args) > 2 else 1)
            return level(x + x.mean(dim, keepdim=True))
        if name in ("max_pool1d", "max_pool2d", "max_pool3d") or name.startswith("boolean_disp"):
            done = _averaged(name, x, args, kwargs)
            if done is not None:
                return done
        if name in ("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"):
            size = kwargs.get("output_size", args[1] if len(args) > 1 else None)
            return getattr(F, name.replace("max", "avg"))(x, size)
        if name == "amax":
            return x.mean(*args[1:], **kwargs)
        if name == "max" and (len(args) > 1 or "dim" in kwargs):
            other = args[1] if len(args) > 1 else kwargs["dim"]
            if isinstance(other, int):
                keep = kwargs.get("keepdim", args[2] if len(args) > 2 else False)
                indices = func(*args, **kwargs)[1]
                return torch.return_types.max((x.mean(other, keepdim=keep), indices))
        return func(*args, **kwargs)


def _convolved(func, args, kwargs):
    """Convolve groups as a batch, all with the weights of the first: many times faster."""
    names = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
    given = dict(zip(names, args, strict=False)) | kwargs
    groups = given.pop("groups", 1)
    x, weight, bias = given["input"], given["weight"], given.get("bias")
    if groups == 1 or x.dim() != weight.dim():
        return func(*args, **kwargs)
    outputs = weight.shape[0] // groups
    given["input"] = x.reshape(x.shape[0] * groups, x.shape[1] // groups, *x.shape[2:])
    given["weight"] = weight[:outputs]
    given["bias"] = None if bias is None else bias[:outputs]
    y = func(**given)
    return y.reshape(x.shape[0], weight.shape[0], *y.shape[2:])


def _averaged(name, x, args, kwargs):
    names = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
    given = dict(zip(names, args, strict=False)) | kwargs
    if given.pop("return_indices", False):
        return None
    dilation = given.pop("dilation", 1)
    if dilation not in (1, (1, 1), [1, 1], (1,), (1, 1, 1)):
        return None
    rank = x.dim() - 2
    if rank == 3 and not given.get("ceil_mode"):
        # avg_pool3d asks for a window no larger than the image before it is padded.
        padding = given.pop("padding", 0)
        each = [padding] * 3 if isinstance(padding, int) else list(padding)
        given["input"] = F.pad(x, [n for side in reversed(each) for n in (side, side)])
    return getattr(F, f"avg_pool{rank}d")(**given)


def positive(module: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """Return the module in float64 with positive random weights, each sum an average."""
    generator = torch.Generator().manual_seed(seed)
    module = module.double().eval()
    for part in module.modules():
        for name, held in list(vars(part).items()):
            if isinstance(held, torch.Tensor) and held.is_floating_point():
                setattr(part, name, held.double())
    with torch.no_grad():
        for p in module.parameters():
            fan = max(1, p[0].numel()) if p.dim() > 1 else 1
            drawn = torch.rand(p.shape, generator=generator, dtype=torch.float64) + 0.5
            p.copy_((drawn / fan).to(p.dtype))
            p.requires_grad_(False)
    return module


@dataclass
class Verdict:
    """What was compared: ``equal``, ``wide`` (mask larger), ``wrong`` (gradient outside)."""

    equal: int = 0
    wide: int = 0
    wrong: int = 0
    unclear: int = 0
    first: str = ""

    def note(self, state: str, fact: str) -> None:
        setattr(self, state, getattr(self, state) + 1)
        if state != "equal" and (
            not self.first or (state == "wrong" and "wrong" not in self.first)
        ):
            self.first = f"{state}: {fact}"


def grid_dims(shape: tuple[int, ...], size: tuple[int, ...]) -> list[int] | None:
    """Return which dimensions of a tensor are the grid's axes: after the channels, or before."""
    n = len(size)
    if len(shape) == n + 2 and tuple(shape[2:]) == size:
        return list(range(2, n + 2))
    if len(shape) == n + 2 and tuple(shape[1:-1]) == size:
        return list(range(1, n + 1))
    if len(shape) == n + 1 and tuple(shape[1:]) == size:
        return list(range(1, n + 1))
    return None


def positions(size: tuple[int, ...], most: int = 3) -> list[tuple[int, ...]]:
    """Return an interior, a border and a corner position, then another corner and interior."""
    inner = tuple(n // 2 for n in size)
    border = (*inner[:-1], size[-1] - 1)
    more = [tuple(n - 1 for n in size), tuple(n // 3 for n in size)]
    return list(dict.fromkeys([inner, border, (0,) * len(size), *more][:most]))


@dataclass
class Measured:
    """Which cells of each input the gradient of one output position reaches.

    ``name`` is a module's path, or ``output`` the number of an output; ``shape`` is the tensor's
    and ``dims`` its dimensions that ``at`` indexes; ``found`` has one array per input,
    ``None`` where the gradient is not finite.
    """

    name: str
    output: int | None
    shape: tuple[int, ...]
    dims: list[int]
    at: tuple[int, ...]
    found: list[np.ndarray | None]


def compare(
    module: torch.nn.Module,
    args: tuple[torch.Tensor, ...],
    network: Network,
    targets: int = 3,
    linear: bool = True,
) -> Verdict:
    """Compare masks of the output and of a few modules with the input gradient."""
    return judge(network, measure(module, args, network, targets, linear), linear)


def measure(
    module: torch.nn.Module,
    args: tuple[torch.Tensor, ...],
    network: Network,
    targets: int = 3,
    linear: bool = True,
    most: int = 3,
) -> list[Measured]:
    """Return what gradients reach, from the outputs and a few modules that the network knows."""
    module = positive(module)
    generator = torch.Generator().manual_seed(1)
    inputs = [
        (torch.rand(a.shape, generator=generator, dtype=torch.float64) + 0.5).requires_grad_()
        if a.is_floating_point()
        else a
        for a in args
    ]
    held: dict[str, torch.Tensor] = {}
    seen: set[str] = set()

    def keep(name: str):
        def hook(_m: Any, _a: Any, out: Any) -> None:
            if name in seen:
                held.pop(name, None)
                return
            seen.add(name)
            if isinstance(out, torch.Tensor) and out.requires_grad:
                held[name] = out.clone()

        return hook

    known = {node.name for node in network.nodes} | set(network.aliases)
    hooks = [m.register_forward_hook(keep(n)) for n, m in module.named_modules() if n in known]
    try:
        with Linearised() if linear else _Nothing():
            out = module(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    flat = [o for o in _flat(out) if isinstance(o, torch.Tensor) and o.requires_grad]
    asked: list[tuple[str, int | None, torch.Tensor]] = []
    if len(flat) == len(network.outputs):
        asked += [("", number, value) for number, value in enumerate(flat)][:3]
    bounded = {row.name for row in growth(network).rows if row.unbounded is None}
    fitting = [
        (name, None, value)
        for name, value in held.items()
        if grid_dims(tuple(value.shape), network.nodes[network.index(name, 0)].size or ())
        is not None
    ]
    chosen = [
        f for f in fitting if network.nodes[network.index(f[0], 0)].name in bounded
    ] or fitting
    if chosen:
        step = max(1, len(chosen) // targets)
        asked += chosen[::-1][::step][:targets]
    live = [i for i in inputs if i.requires_grad]
    return [m for one in asked for m in reached(network, *one, live, most)]


def judge(network: Network, measured: list[Measured], linear: bool = True) -> Verdict:
    """Hold a network's masks against what gradients reached."""
    verdict = Verdict()
    for one in measured:
        _judge_one(network, one, verdict, linear)
    return verdict


class _Nothing:
    def __enter__(self):
        return None

    def __exit__(self, *_):
        return None


def _flat(out: Any) -> list[Any]:
    return torch.utils._pytree.tree_leaves(out)


def _node(network: Network, name: str, output: int | None) -> Any:
    """Return the node that a measurement is about, ``None`` when the network has none."""
    if output is not None:
        # A network's main output is its last, a module's its first.
        held = network.outputs[-1:] + network.outputs[:-1]
        return network.nodes[held[output]] if output < len(held) else None
    try:
        return network.nodes[network.index(name, network.output)]
    except RfcalcError:
        return None


def reached(
    network: Network,
    name: str,
    output: int | None,
    value: torch.Tensor,
    live: list[torch.Tensor],
    most: int = 3,
) -> list[Measured]:
    """Return what the gradient of a tensor reaches, at a few of its positions."""
    size = _node(network, name, output).size or ()
    dims = grid_dims(tuple(value.shape), size)
    if dims is None:
        if set(size) != {1}:
            return []
        dims = []
    made: list[Measured] = []
    for at in positions(size, most):
        index: list[Any] = [slice(None)] * value.dim()
        for d, i in zip(dims, at, strict=bool(dims)):
            index[d] = i
        if not dims and any(at):
            continue
        total = value[tuple(index)].sum()
        grads = torch.autograd.grad(total, live, retain_graph=True, allow_unused=True)
        found: list[np.ndarray | None] = []
        for given, grad in zip(live, grads, strict=True):
            seen = torch.zeros(given.shape) if grad is None else grad.abs()
            found.append((seen > 0).numpy() if torch.isfinite(seen).all() else None)
        made.append(Measured(name, output, tuple(value.shape), dims, at, found))
    return made


def _judge_one(network: Network, one: Measured, verdict: Verdict, linear: bool) -> None:
    node = _node(network, one.name, one.output)
    size = () if node is None else node.size or ()
    name = node.name if node is not None else one.name
    if (grid_dims(one.shape, size) or []) != one.dims or one.at not in positions(size, 5):
        verdict.note("unclear", f"{name}@{one.at} is no longer known")
        return
    for source, seen in zip(network.nodes, one.found, strict=False):
        if source.layer.op != "input":
            break
        if seen is None:
            verdict.unclear += 1
            continue
        space = grid_dims(seen.shape, source.size or ())
        if space is None:
            continue
        other = tuple(d for d in range(seen.ndim) if d not in space)
        found = seen.any(axis=other)
        try:
            said = mask(network, node.name, source.name, one.at).array()
        except RfcalcError as fault:
            if "RF405" in str(fault):
                if found.any():
                    fact = f"{name}@{one.at}: no path, gradient has {found.sum()}"
                    verdict.note("wrong", fact)
                continue
            raise
        fact = f"{name}@{one.at}: gradient {found.sum()} mask {said.sum()}"
        if (found & ~said).any():
            verdict.note("wrong", fact)
        elif linear and (said & ~found).any():
            verdict.note("wide", fact)
        else:
            verdict.note("equal", "")
