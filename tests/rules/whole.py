"""What do layers read that mix whole axes, or windows of them?"""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from rfcalc.layers import LAYERS
from tests.rules.fixed import fixed
from tests.rules.rule import Draw, F, Rule, optional, over, torch

__all__ = ["WHOLE"]


def in_window(o, w, d, s):
    """The cells of o's block of w*d cells from shift s on, at distances that d divides."""
    block = (o - s) // (w * d)
    cells = range(block * w * d + s, (block + 1) * w * d + s)
    return {c for c in cells if (c - o) % d == 0}


@st.composite
def banded(draw):
    """Cells whose distance is a multiple of d: so many before each, and so many after it."""
    n, w, d = 24, draw(st.integers(1, 6)), draw(st.integers(1, 4))
    after = draw(st.one_of(st.none(), st.integers(0, w - 1)))
    held = {} if after is None else {"after": (after,)}
    edge = draw(st.sampled_from(["shift", "cut"]))
    layer = LAYERS["banded_attention"](window=(w,), dilation=(d,), edge=edge, **held)
    last = (w - 1) // 2 if after is None else after
    near = {k * d for k in range(last - w + 1, last + 1)}
    return layer, n, lambda o: {o + far for far in near}


def _window_attention(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {
        "window": tuple(draw(st.integers(1, 4)) for _ in sizes),
        "shift": optional(draw, tuple(draw(st.integers(0, 5)) for _ in sizes)),
        "dilation": optional(draw, tuple(draw(st.integers(1, 3)) for _ in sizes)),
    }


def _draw_band(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    width = [draw(st.integers(1, min(4, n))) for n in sizes]
    step = [draw(st.integers(1, max(1, min(3, n // w)))) for n, w in zip(sizes, width, strict=True)]
    return {
        "window": tuple(width),
        "dilation": optional(draw, tuple(step)),
        "after": optional(draw, tuple(draw(st.integers(0, w - 1)) for w in width)),
        "edge": draw(st.sampled_from(["shift", "cut"])),
    }


def _sided(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    side = draw(st.sampled_from(["both", "before", "after"]))
    return {**over(draw, sizes), "side": side}


def _gate(x: Any, w: dict[str, Any]) -> Any:
    mean = x.flatten(2).mean(2)
    gate = torch.sigmoid(F.linear(F.relu(F.linear(mean, w["squeeze"])), w["excite"]))
    return x * gate.reshape(*gate.shape, *[1] * (x.ndim - 2))


def _running(x: Any, w: dict[str, Any]) -> Any:
    flat = x.flatten(2)
    return (flat.cumsum(2) + flat.flip(2).cumsum(2).flip(2)).reshape(x.shape)


def _norm(x: Any, w: dict[str, Any]) -> Any:
    flat = x.flatten(2)
    if flat.shape[2] == 1:  # PyTorch refuses to normalise a single value: the result is 0
        return torch.zeros_like(x)
    return F.instance_norm(flat).reshape(x.shape)


def _collapse(x: Any) -> Any:
    return x.flatten(1).reshape(x.shape[0], -1, *[1] * (x.ndim - 2))


def _torch_window_attention(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_cells import attend
    from tests.torch_layers import groups_of_cells

    x = inputs[0]
    sizes = tuple(x.shape[2:])
    made = torch.zeros_like(x)
    for cells in groups_of_cells(layer, sizes):
        at = (..., *torch.tensor(cells).T)
        made[at] = attend(x[at], w)
    return made


def _torch_banded_attention(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_cells import attend, near

    x = inputs[0]
    sizes = tuple(x.shape[2:])
    seen = torch.ones(1, 1, dtype=torch.bool)
    for axis, n in enumerate(sizes):
        seen = torch.kron(seen, near(layer, axis, n))
    return attend(x, w, seen=seen)


def _torch_attention(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_cells import attend, lines

    return lines(layer, inputs[0], lambda part: attend(part, w, layer.side))


def _torch_sequence(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_cells import lines, onesided

    if layer.side != "both":
        return onesided(layer, inputs[0])
    return lines(layer, inputs[0], lambda part: _running(part, w))


def _each(function: Callable[[Any, Any], Any]) -> Callable[[Any, list[Any], dict[str, Any]], Any]:
    """Return what a layer makes of the part at each position of the axes it does not cover."""

    def made(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
        from tests.torch_cells import lines

        return lines(layer, inputs[0], lambda part: function(part, w))

    return made


def _ones_window_attention(layer: Any, x: Any) -> Any:
    from tests.torch_layers import groups_of_cells

    made = torch.zeros_like(x)
    for cells in groups_of_cells(layer, tuple(x.shape[2:])):
        at = (0, 0, *torch.tensor(cells).T)
        made[at] = made[at] + x[at].sum()
    return made


def _ones_banded_attention(layer: Any, x: Any) -> Any:
    from tests.torch_cells import near

    for axis, n in enumerate(tuple(x.shape[2:])):
        x = torch.tensordot(x, near(layer, axis, n).to(x), ([2 + axis], [1]))
        x = x.movedim(-1, 2 + axis)
    return x


def _ones_collapsed(layer: Any, x: Any) -> Any:
    axes = [2 + axis for axis in range(x.ndim - 2) if not layer.over or layer.over[axis]]
    return x.sum(axes, keepdim=True) if axes else x


def _ones_whole(layer: Any, x: Any) -> Any:
    from tests.torch_cells import onesided

    if getattr(layer, "side", "both") != "both":
        return onesided(layer, x)
    return _ones_collapsed(layer, x).expand(x.shape)


def _ones_gated(layer: Any, x: Any) -> Any:
    return _ones_whole(layer, x) + x


WHOLE = {
    "global_pool": Rule(
        over,
        "all into one",
        _each(lambda x, w: x.mean(tuple(range(2, x.ndim)), keepdim=True)),
        _ones_collapsed,
    ),
    "flatten": Rule(over, "all into one", _each(lambda x, w: _collapse(x)), _ones_collapsed),
    "linear": Rule(
        over,
        "all into one",
        _each(
            lambda x, w: _collapse(
                F.linear(x.flatten(1), w["weight"], w["bias"]).reshape(
                    x.shape[0], -1, *[1] * (x.ndim - 2)
                )
            )
        ),
        _ones_collapsed,
    ),
    "attention": Rule(_sided, "all", _torch_attention, _ones_whole),
    "squeeze_excite": Rule(over, "all", _each(_gate), _ones_gated),
    "instance_norm": Rule(over, "all", _each(_norm), _ones_whole),
    "group_norm": Rule(
        over, "all", _each(lambda x, w: F.group_norm(x, 1, w["weight"], w["bias"])), _ones_whole
    ),
    "spatial_norm": Rule(
        over, "all", _each(lambda x, w: F.softmax(x.flatten(2), 2).reshape(x.shape)), _ones_whole
    ),
    "sequence": Rule(_sided, "all", _torch_sequence, _ones_whole),
    "window_attention": Rule(
        _window_attention,
        fixed(
            "window_attention",
            {
                "window": st.integers(1, 5),
                "shift": st.integers(0, 9),
                "dilation": st.integers(1, 3),
            },
            lambda n, window, shift, dilation: lambda o: in_window(o, window, dilation, shift),
        ),
        _torch_window_attention,
        _ones_window_attention,
        beside={"window": (4, 4), "shift": (1, 1)},
    ),
    "banded_attention": Rule(
        _draw_band,
        banded(),
        _torch_banded_attention,
        _ones_banded_attention,
        beside={"window": (4, 4), "after": (1, 1)},
    ),
}
