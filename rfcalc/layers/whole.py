"""Which layers read the whole of their input, or the whole of a window of it?"""

from fractions import Fraction
from typing import ClassVar, Literal

from rfcalc.cells import Cells
from rfcalc.errors import ImpossibleSize, many
from rfcalc.footprint import WHOLE, Axis, Endless, Side
from rfcalc.layers.base import Border, Count, Dilation, Layer, PaddingMode, Width
from rfcalc.taps import IDENTITY, Taps, check_period, relation

__all__ = [
    "WHOLES",
    "Attention",
    "BandedAttention",
    "Flatten",
    "GlobalPool",
    "GroupNorm",
    "InstanceNorm",
    "Linear",
    "Sequence",
    "SpatialNorm",
    "SqueezeExcite",
    "WindowAttention",
]


class _Whole(Layer, frozen=True, kw_only=True):
    """Every output reads every input, on the axes in ``over`` (all of them when it is left out)."""

    over: tuple[bool, ...] = ()

    def covers(self, axis: int) -> bool:
        """Return whether an output reads the whole of an axis; else it keeps to its own cell."""
        return not self.over or self.over[axis]

    def taps(self, n: int | None, axis: int) -> Axis:
        return WHOLE if self.covers(axis) else IDENTITY

    def jump(self, n: int | None, axis: int) -> Fraction | None:
        return Fraction(1)


class _Sided(_Whole, frozen=True, kw_only=True):
    """Every output reads every input on one side of its own cell, itself included, or on both."""

    side: Side = "both"

    def taps(self, n: int | None, axis: int) -> Axis:
        return _SIDES[self.side] if self.covers(axis) else IDENTITY


_SIDES: dict[str, Axis] = {
    "both": WHOLE,
    "before": Endless(last=IDENTITY),
    "after": Endless(first=IDENTITY),
}


class _Collapse(_Whole, frozen=True, kw_only=True):
    """One output reads every input."""

    def size(self, n: int, axis: int) -> int:
        return 1 if self.covers(axis) else n

    def jump(self, n: int | None, axis: int) -> Fraction | None:
        return None if self.covers(axis) else Fraction(1)


class GlobalPool(_Collapse, frozen=True, kw_only=True):
    """Pooling over the whole input to one cell."""

    op: ClassVar[str] = "global_pool"


class Flatten(_Collapse, frozen=True, kw_only=True):
    """All cells laid out as channels of one cell. Source: ``torch.nn.Flatten``."""

    op: ClassVar[str] = "flatten"


class Linear(_Collapse, frozen=True, kw_only=True):
    """A dense layer over all cells. Source: ``torch.nn.Linear`` after ``torch.nn.Flatten``."""

    op: ClassVar[str] = "linear"


class Attention(_Sided, frozen=True, kw_only=True):
    """Self-attention over all cells, or those before (causal). Source: Vaswani et al. 2017."""

    op: ClassVar[str] = "attention"


class SqueezeExcite(_Whole, frozen=True, kw_only=True):
    """A gate computed from the mean of all cells. Source: Hu et al. 2018."""

    op: ClassVar[str] = "squeeze_excite"
    gate: ClassVar[bool] = True


class InstanceNorm(_Whole, frozen=True, kw_only=True):
    """Normalisation by statistics of the map itself. Source: ``torch.nn.InstanceNorm2d``."""

    op: ClassVar[str] = "instance_norm"


class GroupNorm(_Whole, frozen=True, kw_only=True):
    """Normalisation over groups of channels and all cells. Source: ``torch.nn.GroupNorm``."""

    op: ClassVar[str] = "group_norm"


class SpatialNorm(_Whole, frozen=True, kw_only=True):
    """Softmax or another normalisation over the cells. Source: ``torch.nn.functional.softmax``."""

    op: ClassVar[str] = "spatial_norm"


class Sequence(_Sided, frozen=True, kw_only=True):
    """A recurrence, running sum or Fourier transform along the cells. Source: ``torch.nn.LSTM``.

    One that runs forward has the side ``before``, one that runs backward ``after``.
    """

    op: ClassVar[str] = "sequence"


class WindowAttention(Layer, frozen=True, kw_only=True):
    """Attention within windows: ``o`` reads ``w*floor((o - shift)/w) + shift + 0..w-1``.

    A shifted window that would wrap around the border is masked there, and so is cut.
    With a dilation ``d`` the map falls into blocks of ``w*d`` cells, and ``o`` reads the cells
    of its block whose distance is a multiple of ``d``: attention on a grid.
    Source: Liu et al. 2021 (Swin), Tu et al. 2022 (MaxViT).
    """

    op: ClassVar[str] = "window_attention"
    window: tuple[Count, ...]
    shift: tuple[Width, ...] = ()
    dilation: tuple[Dilation, ...] = ()

    def taps(self, n: int | None, axis: int) -> Taps:
        width = self.window[axis]
        step = self.dilation[axis] if self.dilation else 1
        block = width * step
        check_period(block)
        shift = self.shift[axis] % block if self.shift else 0
        first = [block * ((o - shift) // block) + shift + (o - shift) % step for o in range(block)]
        return relation(block, [Cells.progression(start, step, width) for start in first])


class BandedAttention(Layer, frozen=True, kw_only=True):
    """Attention to the cells near each: ``o`` reads ``o + d*(t - before)``, ``0 <= t < window``.

    ``before`` is ``window - 1 - after``, and half of the window, the longer half, where ``after``
    is omitted. At a border the window shifts inside (``edge: shift``), so that every output
    reads as many cells; or it is cut there (``edge: cut``), as by a banded mask.
    Source: Hassani et al. 2023 (Neighborhood Attention); Beltagy et al. 2020 (Longformer).
    """

    op: ClassVar[str] = "banded_attention"
    window: tuple[Count, ...]
    dilation: tuple[Dilation, ...] = ()
    after: tuple[Width, ...] = ()
    edge: Literal["shift", "cut"] = "shift"

    def step(self, axis: int) -> int:
        """Return the cells between neighbours in a window."""
        return self.dilation[axis] if self.dilation else 1

    def before(self, axis: int) -> int:
        """Return how many cells of a window lie before the output's own."""
        width = self.window[axis]
        return width - 1 - self.after[axis] if self.after else width // 2

    @property
    def border(self) -> PaddingMode:
        # Where windows shift, what lies outside is some cell: `beyond` says which.
        return "zeros" if self.edge == "cut" else "reflect"

    def beyond(self, axis: int) -> Border:
        return self.border if self.edge == "cut" else self.window[axis] * self.step(axis)

    def size(self, n: int, axis: int) -> int:
        width, step = self.window[axis], self.step(axis)
        if self.after and self.after[axis] >= width:
            after = self.after[axis]
            raise ImpossibleSize(
                f"{many(after, 'cell')} after its own leave none in a window of {width}"
            )
        if self.edge == "shift" and width * step > n:
            raise ImpossibleSize(
                f"a window of {width} cells, {step} apart, does not shift inside {many(n, 'cell')}"
            )
        return n

    def taps(self, n: int | None, axis: int) -> Taps:
        step = self.step(axis)
        return relation(1, [Cells.progression(-self.before(axis) * step, step, self.window[axis])])


WHOLES: tuple[type[Layer], ...] = (
    GlobalPool,
    Attention,
    Linear,
    Flatten,
    SqueezeExcite,
    WindowAttention,
    BandedAttention,
    InstanceNorm,
    GroupNorm,
    SpatialNorm,
    Sequence,
)
"""The ops of this family, in the order in which they are listed."""
