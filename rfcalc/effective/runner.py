"""What is known of a model that is measured?"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import msgspec

from rfcalc.gradients import Place, Probe
from rfcalc.network import Network

if TYPE_CHECKING:
    from rfcalc.effective.samples import Array

__all__ = ["Runner"]


class Runner(msgspec.Struct, frozen=True, eq=False):
    """A model that is measured.

    name : that tells it from others.
    network : the network that it is.
    shapes : of its inputs that are drawn anew for each sample.
    sources : positions of the inputs that gradients are taken of.
    cut : whether the layer that was asked for is its output.
    assumed : what is taken for granted of its gradients.
    probe : gives, for some places, the function from a sample's arrays to their pairs.
    """

    name: str
    network: Network
    shapes: tuple[tuple[int, ...], ...]
    sources: tuple[int, ...]
    how: str
    notes: tuple[str, ...]
    probe: "Callable[[Sequence[Place]], AbstractContextManager[Probe[Sequence[Array]]]]"
    cut: bool = False
    assumed: tuple[str, ...] = ()
