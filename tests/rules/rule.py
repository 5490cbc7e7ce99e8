"""What is written down of an op, in words of its own: how it is drawn, what it reads, torch's."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import pytest
from hypothesis import strategies as st

__all__ = ["Draw", "F", "Rule", "choice", "nothing", "optional", "over", "torch"]

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[T]], T]


class Rule(NamedTuple):
    """One op.

    parameters : draws its parameters for an input of the sizes of its axes.
    reads : of a layer that is drawn on one axis, its input size and the formula of THEORY 2; or
        ``"own cell"``; or for what reads a whole axis ``"all"``, into one cell ``"all into one"``.
        ``None`` where a test of its own holds it.
    torch : what PyTorch computes, from the layer, its inputs and its weights.
    ones : its positive linear counterpart of one channel, from the layer and its input: its part in
        the network of ones whose gradient is the path counts (THEORY 1); by default the identity.
    beside : parameters on two axes beside which each of the others has something to do.
    """

    parameters: Callable[[Draw[Any], Sequence[int]], dict[str, Any]]
    reads: Any
    torch: Callable[[Any, list[Any], dict[str, Any]], Any]
    ones: Callable[[Any, Any], Any] = lambda layer, x: x
    beside: Mapping[str, Any] = MappingProxyType({})


class _Later:
    """A module that is imported when it is used: rules without it can be read."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        pytest.importorskip("torch")
        return getattr(import_module(self._name), name)


torch, F = _Later("torch"), _Later("torch.nn.functional")


def optional(draw: Draw[Any], values: tuple[Any, ...], default: tuple[Any, ...] = ()) -> Any:
    """Return the values, or sometimes what stands for a parameter that is left out."""
    return values if draw(st.integers(0, 3)) else default


def nothing(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    """Draw the parameters of an op that has none."""
    return {}


def choice(
    name: str, values: Sequence[Any]
) -> Callable[[Draw[Any], Sequence[int]], dict[str, Any]]:
    """Draw one parameter among some values."""

    def drawn(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
        return {name: draw(st.sampled_from(values))}

    return drawn


def over(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    """Draw the axes that an op covers."""
    return {"over": optional(draw, tuple(draw(st.booleans()) for _ in sizes))}
