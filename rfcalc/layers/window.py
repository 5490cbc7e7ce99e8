"""Which cells do the layers with a sliding window read? Convolutions and pooling."""

from functools import lru_cache
from math import gcd
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec

from rfcalc.cells import EMPTY, Cells
from rfcalc.errors import ImpossibleSize, NeedsSize, many
from rfcalc.layers.base import (
    Channels,
    Dilation,
    Kernel,
    Layer,
    PaddingMode,
    Stance,
    Stride,
    Width,
    check_fold,
    stance_of,
)
from rfcalc.taps import Taps, check_period, relation, window

__all__ = [
    "WINDOWS",
    "AvgPool",
    "Conv",
    "ConvTranspose",
    "MaxPool",
    "Padding",
    "Pool",
    "effective_kernel",
]

Pair: TypeAlias = Annotated[tuple[Width, Width], msgspec.Meta(description="cells before and after")]
Padding: TypeAlias = tuple[Pair, ...] | Literal["valid", "same", "same_lower", "causal"]


def effective_kernel(kernel: int, dilation: int) -> int:
    """Return the extent of a dilated kernel, ``d*(k-1) + 1``."""
    return dilation * (kernel - 1) + 1


class _Kernel(Layer, frozen=True, kw_only=True):
    """A kernel and what spreads it."""

    kernel: tuple[Kernel, ...]
    dilation: tuple[Dilation, ...] = ()
    padding: Padding | None = None

    def step(self, axis: int) -> int:
        """Return the stride on one axis."""
        raise NotImplementedError

    def spacing(self, axis: int) -> int:
        """Return the dilation on one axis."""
        return self.dilation[axis] if self.dilation else 1

    def reach(self, axis: int) -> int:
        """Return the effective kernel on one axis."""
        return effective_kernel(self.kernel[axis], self.spacing(axis))


class _Window(_Kernel, frozen=True, kw_only=True):
    """Output ``o`` reads ``s*o - p + d*t`` for ``0 <= t < k``."""

    def pads(self, n: int | None, axis: int) -> tuple[int, int]:
        """Return the cells of padding before and after on one axis.

        Left out, padding keeps the grid centred: ``d*(k-1)//2`` on both sides.
        """
        reach = self.reach(axis)
        if self.padding is None:
            return (reach - 1) // 2, (reach - 1) // 2
        if self.padding == "valid":
            return (0, 0)
        if isinstance(self.padding, tuple):
            return self.padding[axis]
        if self.padding == "causal":
            return (reach - 1, 0)
        if self.step(axis) == 1:
            total = reach - 1
        elif n is None:
            raise NeedsSize(f"padding '{self.padding}' with a stride depends on the input size")
        else:
            total = max((-(-n // self.step(axis)) - 1) * self.step(axis) + reach - n, 0)
        return _halves(total, self.padding)

    def size(self, n: int, axis: int) -> int:
        before, after = self.pads(n, axis)
        room = n + before + after - self.reach(axis)
        if room < 0:
            raise ImpossibleSize(
                f"its kernel spans {many(self.reach(axis), 'cell')}, its input with padding has "
                f"{n + before + after}"
            )
        return room // self.step(axis) + 1

    def taps(self, n: int | None, axis: int) -> Taps:
        before = self.pads(n, axis)[0]
        return window(self.kernel[axis], self.step(axis), self.spacing(axis), before)

    def stance(self, sizes: tuple[int | None, ...]) -> Stance:
        return _known_stance(self, sizes)


_known_stance = lru_cache(maxsize=1024)(stance_of)
"""Networks repeat few windows on few grids, and each is asked for again and again."""


class Conv(_Window, frozen=True, kw_only=True):
    """Convolution. Source: ``torch.nn.Conv2d``."""

    op: ClassVar[str] = "conv"
    stride: tuple[Stride, ...] = ()
    padding_mode: PaddingMode = "zeros"
    groups: Channels = 1
    in_channels: Channels | None = None
    out_channels: Channels | None = None
    bias: bool = True

    def __post_init__(self) -> None:
        check_groups(self.groups, self.in_channels, self.out_channels)

    def step(self, axis: int) -> int:
        return self.stride[axis] if self.stride else 1

    @property
    def border(self) -> PaddingMode:
        return self.padding_mode

    def size(self, n: int, axis: int) -> int:
        check_fold(self.padding_mode, n, self.pads(n, axis))
        return super().size(n, axis)


class Pool(_Window, frozen=True, kw_only=True):
    """Pooling by any reduction of a window: what kinds of it share."""

    stride: tuple[Stride, ...] = ()
    ceil_mode: bool = False

    def step(self, axis: int) -> int:
        """Return the stride, by default the kernel: windows side by side."""
        return self.stride[axis] if self.stride else self.kernel[axis]

    def size(self, n: int, axis: int) -> int:
        floor = super().size(n, axis)
        before, after = self.pads(n, axis)
        room = n + before + after - self.reach(axis)
        if not self.ceil_mode or room % self.step(axis) == 0:
            return floor
        # PyTorch drops a last window that would start beyond the input and the padding before it.
        return floor + 1 if floor * self.step(axis) < n + before else floor


class MaxPool(Pool, frozen=True, kw_only=True):
    """Max pooling. Source: ``torch.nn.MaxPool2d``."""

    op: ClassVar[str] = "maxpool"


class AvgPool(Pool, frozen=True, kw_only=True):
    """Average pooling. Source: ``torch.nn.AvgPool2d``."""

    op: ClassVar[str] = "avgpool"
    count_include_pad: bool = True


class ConvTranspose(_Kernel, frozen=True, kw_only=True):
    """Transposed convolution: output ``o`` reads ``(o + p - d*t) / s`` for the ``t`` that divide.

    Source: ``torch.nn.ConvTranspose2d``.
    """

    op: ClassVar[str] = "conv_transpose"
    stride: tuple[Stride, ...] = ()
    output_padding: tuple[Width, ...] = ()
    groups: Channels = 1
    in_channels: Channels | None = None
    out_channels: Channels | None = None
    bias: bool = True

    def __post_init__(self) -> None:
        check_groups(self.groups, self.in_channels, self.out_channels)

    def step(self, axis: int) -> int:
        return self.stride[axis] if self.stride else 1

    def extra(self, axis: int) -> int:
        """Return the output padding on one axis; words make the output ``n * stride``."""
        given = self.output_padding[axis] if self.output_padding else 0
        if self.padding in ("same", "same_lower", "causal"):
            return given + max(0, self.step(axis) - self.reach(axis))
        return given

    def pads(self, n: int | None, axis: int) -> tuple[int, int]:
        """Return the cells cropped before and after, ``(d*(k-1)+1-s)//2`` when left out."""
        if isinstance(self.padding, tuple):
            return self.padding[axis]
        total = max(0, self.reach(axis) - self.step(axis))
        if self.padding is None:
            return total // 2, total // 2
        if self.padding == "valid":
            return (0, 0)
        if self.padding == "causal":
            return (0, total)
        return _halves(total, self.padding)

    def size(self, n: int, axis: int) -> int:
        before, after = self.pads(n, axis)
        full = (n - 1) * self.step(axis) + self.reach(axis) + self.extra(axis)
        if full <= before + after:
            raise ImpossibleSize(f"its padding of {before + after} leaves nothing of {full} cells")
        return full - before - after

    def taps(self, n: int | None, axis: int) -> Taps:
        stride, dilation, kernel = self.step(axis), self.spacing(axis), self.kernel[axis]
        shared = gcd(stride, dilation)
        turn = stride // shared
        check_period(stride)
        phases: list[Cells] = []
        for phase in range(stride):
            shifted = phase + self.pads(n, axis)[0]
            if shifted % shared:
                phases.append(EMPTY)
                continue
            first = shifted // shared * pow(dilation // shared, -1, turn) % turn
            count = -((first - kernel) // turn)
            top = (shifted - dilation * first) // stride
            phases.append(Cells.progression(top, -(dilation // shared), count))
        return relation(1, phases)


def _halves(total: int, word: str) -> tuple[int, int]:
    """Return the cells before and after, the odd one after, or before where the word says so."""
    less, more = total // 2, total - total // 2
    return (more, less) if word == "same_lower" else (less, more)


def check_groups(groups: int, *channels: int | None) -> None:
    """Refuse channels that do not divide into the groups."""
    for number in channels:
        if number is not None and number % groups:
            raise ValueError(f"{number} channels do not divide into {groups} groups")


WINDOWS: tuple[type[Layer], ...] = (Conv, ConvTranspose, MaxPool, AvgPool)
"""The ops of this family, in the order in which they are listed."""
