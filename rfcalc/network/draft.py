"""What does a reader hand over? Layers as it found them, with the places of their inputs."""

from typing import ClassVar

import msgspec

from rfcalc.errors import Location
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import Pointwise
from rfcalc.network.work import Work

__all__ = ["Broken", "Draft"]


class Broken(Pointwise, frozen=True, kw_only=True):
    """Stands for a layer that a reader has already reported; nothing is asked of what follows."""

    op: ClassVar[str] = "broken"


class Draft(msgspec.Struct, frozen=True):
    """A layer as a reader found it: inputs are positions of earlier drafts.

    ``fixed`` are the axes on which stored tensors hold it to the size that it has.
    """

    name: str
    layer: Layer
    inputs: tuple[int, ...] = ()
    at: Location | None = None
    work: Work | None = None
    fixed: tuple[int, ...] = ()
