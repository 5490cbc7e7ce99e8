"""Which layers are there? Hypothesis strategies for the parameters of every op, and for sizes."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from rfcalc.layers import LAYERS
from rfcalc.layers.base import Layer
from tests.rules import RULES
from tests.rules.rule import Draw
from tests.rules.sliding import MODES

__all__ = [
    "FREQUENT",
    "LARGEST",
    "MERGING",
    "MODES",
    "POINTWISE",
    "SINGLE",
    "SPATIAL",
    "WHOLE",
    "Draw",
    "layers",
    "sizes",
]

SINGLE = tuple(op for op, layer in LAYERS.items() if not layer.merges)
MERGING = tuple(op for op, layer in LAYERS.items() if layer.merges)
POINTWISE = tuple(op for op in SINGLE if RULES[op].reads == "own cell" and op != "channel_shuffle")
WHOLE = tuple(op for op in SINGLE if RULES[op].reads in ("all", "all into one"))
SPATIAL = tuple(op for op in SINGLE if op not in POINTWISE and op not in WHOLE)
FREQUENT = ("conv", "conv", "conv_transpose", "maxpool", "avgpool", "upsample")
LARGEST = {1: 40, 2: 14, 3: 6}
"""Largest drawn input size per axis, by number of axes."""


@st.composite
def layers(draw: Draw[Any], op: str, sizes: Sequence[int]) -> Layer:
    """Draw a layer of an op; nearly always it takes an input of the given sizes."""
    return LAYERS[op](**RULES[op].parameters(draw, sizes))


@st.composite
def sizes(draw: Draw[Any], dims: int | None = None, largest: int | None = None) -> tuple[int, ...]:
    """Draw spatial sizes of one to three axes."""
    dims = dims or draw(st.sampled_from([1, 2, 2, 3]))
    return tuple(draw(st.integers(1, largest or LARGEST[dims])) for _ in range(dims))
