"""What must every layer answer? Its parameters, its output size, its taps."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, ClassVar, Literal, NamedTuple, TypeAlias

import msgspec

from rfcalc.errors import ImpossibleSize
from rfcalc.footprint import Axis
from rfcalc.taps import Taps

__all__ = [
    "Border",
    "Channels",
    "Count",
    "Dilation",
    "Kernel",
    "Layer",
    "Offset",
    "PaddingMode",
    "Stance",
    "Stride",
    "Width",
    "check_fold",
    "fold",
    "stance_of",
]

Kernel = Annotated[int, msgspec.Meta(ge=1, le=1 << 16, description="kernel elements")]
Stride = Annotated[int, msgspec.Meta(ge=1, le=1 << 16, description="cells between outputs")]
Dilation = Annotated[int, msgspec.Meta(ge=1, le=1 << 22, description="cells between elements")]
Width = Annotated[int, msgspec.Meta(ge=0, le=1 << 22, description="cells")]
Count = Annotated[int, msgspec.Meta(ge=1, le=1 << 22, description="cells")]
Offset = Annotated[int, msgspec.Meta(ge=-(1 << 31), le=1 << 31, description="index, cells")]
Channels = Annotated[int, msgspec.Meta(ge=1, le=1 << 20, description="channels")]
PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
Border: TypeAlias = PaddingMode | int
"""What an index outside stands for: by padding, or so many cells further inside."""


def check_fold(mode: PaddingMode, n: int, pads: tuple[int, int]) -> None:
    """Refuse padding that would fold an index more than once, as PyTorch does.

    Raises
    ------
    ImpossibleSize
        The padding is as large as the input (reflect) or larger (circular).
    """
    most = {"zeros": None, "replicate": None, "reflect": n - 1, "circular": n}[mode]
    if most is not None and max(pads) > most:
        raise ImpossibleSize(
            f"'{mode}' padding of {max(pads)} would fold over its input of {n} cells twice"
        )


def fold(index: int, n: int, mode: Border) -> int:
    """Return the cell that an index outside ``0 .. n - 1`` stands for."""
    if isinstance(mode, int):
        return index + mode if index < 0 else index - mode
    if mode == "circular":
        return index % n
    if mode == "replicate":
        return min(max(index, 0), n - 1)
    return n - 1 - abs(n - 1 - abs(index))


class Stance(NamedTuple):
    """What a layer makes of a grid, one entry per axis: its output's sizes, taps and jumps."""

    sizes: tuple[int | None, ...]
    taps: tuple[Axis, ...]
    steps: tuple[Fraction | None, ...]


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One layer: its parameters, and what each spatial axis does with them.

    A field whose type is ``tuple[.., ...]`` holds one entry per axis. Subclasses are listed in
    ``LAYERS`` by their ``op``.
    """

    op: ClassVar[str]
    merges: ClassVar[bool] = False
    """Whether the layer reads two inputs or more."""
    gate: ClassVar[bool] = False
    """Whether an output reads its own cell once more than ``taps`` says, as under a gate."""

    def size(self, n: int, axis: int) -> int:
        """Return the output size on one axis for an input of ``n`` cells.

        Raises
        ------
        ImpossibleSize
            The layer cannot take an input of this size.
        """
        return n

    def taps(self, n: int | None, axis: int) -> Axis:
        """Return which input indices each output index reads, borders ignored.

        Raises
        ------
        NeedsSize
            ``n`` is ``None`` and the relation depends on it.
        """
        raise NotImplementedError

    @property
    def border(self) -> PaddingMode:
        """What an index outside the input stands for: nothing (zeros), or a cell inside."""
        return "zeros"

    def beyond(self, axis: int) -> Border:
        """What an index outside the input stands for on an axis, ``border`` if on all alike."""
        return self.border

    @property
    def resized(self) -> bool:
        """Whether the jump follows from the sizes at hand rather than from a fixed ratio."""
        return False

    def jump(self, n: int | None, axis: int) -> Fraction | None:
        """Return input cells between neighbouring outputs, ``None`` where there is no grid."""
        taps = self.taps(n, axis)
        return taps.jump if isinstance(taps, Taps) else None

    def stance(self, sizes: tuple[int | None, ...]) -> Stance:
        """Return what the layer makes of a grid of these sizes, ``None`` for unknown ones.

        Raises
        ------
        ImpossibleSize, NeedsSize
            As ``size`` and ``taps``.
        """
        return stance_of(self, sizes)


def stance_of(layer: Layer, sizes: Sequence[int | None]) -> Stance:
    """Return ``layer.stance(sizes)``, worked out anew."""
    found: list[int | None] = []
    taps: list[Axis] = []
    steps: list[Fraction | None] = []
    for axis, n in enumerate(sizes):
        found.append(None if n is None else layer.size(n, axis))
        here = layer.taps(n, axis)
        # Axes that are alike hold one value, by which it is seen at a glance that they are.
        taps.append(taps[0] if taps and here == taps[0] else here)
        steps.append(layer.jump(n, axis))
    return Stance(tuple(found), tuple(taps), tuple(steps))
