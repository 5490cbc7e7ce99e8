"""Which cells does a frame keep? Pads, crops, slices, rolls and flips."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.rules.fixed import fixed
from tests.rules.rule import Draw, Rule, optional, over, torch
from tests.rules.sliding import MODES

__all__ = ["FRAMES"]

SMALL = st.integers(0, 5)


def near(o):
    """How far a cell is from o; of two that are as far the higher one is meant."""
    return lambda cell: (abs(cell - o), -cell)


def _frame(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    mode = draw(st.sampled_from(MODES))
    most = [min(3, {"reflect": n - 1, "circular": n}.get(mode, 3)) for n in sizes]
    ends = [tuple(draw(st.integers(0, m)) for m in most) for _ in range(2)]
    return {"before": optional(draw, ends[0]), "after": ends[1], "padding_mode": mode}


def _crop(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    before = tuple(draw(st.integers(0, min(3, n - 1))) for n in sizes)
    after = tuple(
        draw(st.integers(0, min(3, n - 1 - b))) for n, b in zip(sizes, before, strict=True)
    )
    return {"before": before, "after": optional(draw, after)}


def _slice(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {
        "start": optional(draw, tuple(draw(st.integers(-n, n - 1)) for n in sizes)),
        "stop": optional(draw, tuple(draw(st.none() | st.integers(1, n + 2)) for n in sizes)),
        "step": optional(draw, tuple(draw(st.integers(1, 3)) for _ in sizes)),
    }


def _roll(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {"shift": tuple(draw(st.integers(-n, 2 * n)) for n in sizes)}


def _torch_pad(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_layers import framed

    x = inputs[0]
    dims = x.ndim - 2
    none = (0,) * dims
    pads = list(zip(layer.before or none, layer.after or none, strict=True))
    return framed(x, pads, layer.padding_mode)


def _torch_crop(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    x = inputs[0]
    dims, sizes = x.ndim - 2, tuple(x.shape[2:])
    none = (0,) * dims
    ends = zip(layer.before or none, layer.after or none, sizes, strict=True)
    return x[(..., *(slice(before, n - after) for before, after, n in ends))]


def _torch_slice(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    x = inputs[0]
    sizes = tuple(x.shape[2:])
    parts = (
        slice(
            layer.start[axis] if layer.start else None,
            layer.stop[axis] if layer.stop else None,
            layer.step[axis] if layer.step else None,
        ).indices(n)
        for axis, n in enumerate(sizes)
    )
    return x[(..., *(slice(*part) for part in parts))]


def _torch_roll(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    x = inputs[0]
    dims = x.ndim - 2
    return torch.roll(x, layer.shift, tuple(range(2, 2 + dims)))


def _torch_flip(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    x = inputs[0]
    dims = x.ndim - 2
    return torch.flip(x, [2 + a for a in range(dims) if not layer.over or layer.over[a]])


def _ones(function: Any) -> Any:
    """What moves cells does the same in a network of ones."""
    return lambda layer, x: function(layer, [x], {})


FRAMES = {
    "pad": Rule(
        _frame,
        fixed(
            "pad",
            {"before": SMALL, "after": SMALL},
            lambda n, before, after: lambda o: {o - before},
        ),
        _torch_pad,
        _ones(_torch_pad),
        beside={"before": (2, 2), "after": (2, 2)},
    ),
    "crop": Rule(
        _crop,
        fixed(
            "crop",
            {"before": SMALL, "after": SMALL},
            lambda n, before, after: lambda o: {o + before},
        ),
        _torch_crop,
        _ones(_torch_crop),
        beside={"before": (2, 2), "after": (2, 2)},
    ),
    "slice": Rule(
        _slice,
        fixed(
            "slice",
            {"start": st.integers(-20, 20), "step": st.integers(1, 4)},
            lambda n, start, step: lambda o: {(start if start >= 0 else n + start) + step * o},
        ),
        _torch_slice,
        _ones(_torch_slice),
        beside={"start": (1, 1), "stop": (9, 9), "step": (2, 2)},
    ),
    "roll": Rule(
        _roll,
        fixed(
            "roll",
            {"shift": st.integers(-30, 60)},
            lambda n, shift: (
                lambda o: {min((o - shift + t * n for t in range(-6, 7)), key=near(o))}
            ),
        ),
        _torch_roll,
        _ones(_torch_roll),
        beside={"shift": (2, 2)},
    ),
    "flip": Rule(over, None, _torch_flip, _ones(_torch_flip)),
}
