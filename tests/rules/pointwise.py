"""What do layers compute that keep every cell to itself, and merges?"""

from typing import Any

from tests.rules.rule import F, Rule, choice, nothing, torch

__all__ = ["MERGES", "POINTWISE"]


def _own(function: Any, parameters: Any = nothing) -> Rule:
    """Return the rule of an element-wise op: of its parameters, its input and its weights."""
    return Rule(parameters, "own cell", lambda layer, inputs, w: function(layer, inputs[0], w))


POINTWISE = {
    "leaky_relu": _own(
        lambda p, x, w: F.leaky_relu(x, p.negative_slope),
        choice("negative_slope", [0.0, 0.01, 0.5]),
    ),
    "elu": _own(lambda p, x, w: F.elu(x, p.alpha), choice("alpha", [0.0, 0.7, 1.0])),
    "batchnorm": _own(
        lambda p, x, w: F.batch_norm(
            x, w["mean"], w["variance"], w["weight"], w["bias"], eps=p.eps
        ),
        choice("eps", [1e-5, 1e-3]),
    ),
    "dropout": _own(
        lambda p, x, w: F.dropout(x, p.p, training=False), choice("p", [0.0, 0.1, 0.5])
    ),
    "channel_shuffle": _own(
        lambda p, x, w: torch.channel_shuffle(x.flatten(2)[..., None], p.groups).reshape(x.shape),
        choice("groups", [1, 2, 3]),
    ),
    "identity": _own(lambda p, x, w: x),
    "relu": _own(lambda p, x, w: F.relu(x)),
    "relu6": _own(lambda p, x, w: F.relu6(x)),
    "gelu": _own(lambda p, x, w: F.gelu(x)),
    "silu": _own(lambda p, x, w: F.silu(x)),
    "sigmoid": _own(lambda p, x, w: torch.sigmoid(x)),
    "tanh": _own(lambda p, x, w: torch.tanh(x)),
    "softplus": _own(lambda p, x, w: F.softplus(x, threshold=50)),
    "hardswish": _own(lambda p, x, w: F.hardswish(x)),
    "hardsigmoid": _own(lambda p, x, w: F.hardsigmoid(x)),
    "mish": _own(lambda p, x, w: F.mish(x)),
    "prelu": _own(lambda p, x, w: F.prelu(x, w["weight"])),
    "layernorm": _own(
        lambda p, x, w: F.layer_norm(
            x.movedim(1, -1), (x.shape[1],), w["weight"], w["bias"]
        ).movedim(-1, 1)
    ),
    "softmax": _own(lambda p, x, w: F.softmax(x, 1)),
}


def _torch_add(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    x = inputs[0]
    return sum(inputs[1:], x)


def _torch_mul(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    x = inputs[0]
    for other in inputs[1:]:
        x = x * other
    return x


def _torch_concat(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    grid = torch.broadcast_shapes(*(part.shape[2:] for part in inputs))
    return torch.cat([part.expand(*part.shape[:2], *grid) for part in inputs], 1)


MERGES = {
    "add": Rule(nothing, "own cell", _torch_add),
    "mul": Rule(nothing, "own cell", _torch_mul),
    "concat": Rule(nothing, "own cell", _torch_concat),
}
