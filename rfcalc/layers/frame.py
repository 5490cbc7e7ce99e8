"""Which cells do the layers that move or cut the frame read? An affine shift of the index."""

from typing import ClassVar

from rfcalc.errors import ImpossibleSize, NeedsSize, many
from rfcalc.layers.base import Layer, Offset, PaddingMode, Stride, Width, check_fold
from rfcalc.taps import Taps, affine

__all__ = ["FRAMES", "Crop", "Flip", "Pad", "Roll", "Slice"]


class Pad(Layer, frozen=True, kw_only=True):
    """Padding as a layer: output ``o`` reads ``o - before``.

    Source: ``torch.nn.functional.pad``.
    """

    op: ClassVar[str] = "pad"
    before: tuple[Width, ...] = ()
    after: tuple[Width, ...] = ()
    padding_mode: PaddingMode = "zeros"

    @property
    def border(self) -> PaddingMode:
        return self.padding_mode

    def size(self, n: int, axis: int) -> int:
        before = self.before[axis] if self.before else 0
        after = self.after[axis] if self.after else 0
        check_fold(self.padding_mode, n, (before, after))
        return n + before + after

    def taps(self, n: int | None, axis: int) -> Taps:
        return affine(1, -self.before[axis] if self.before else 0)


class Crop(Layer, frozen=True, kw_only=True):
    """Cropping: output ``o`` reads ``o + before``."""

    op: ClassVar[str] = "crop"
    before: tuple[Width, ...] = ()
    after: tuple[Width, ...] = ()

    def size(self, n: int, axis: int) -> int:
        cut = (self.before[axis] if self.before else 0) + (self.after[axis] if self.after else 0)
        if cut >= n:
            raise ImpossibleSize(f"cropping {cut} leaves nothing of {many(n, 'cell')}")
        return n - cut

    def taps(self, n: int | None, axis: int) -> Taps:
        return affine(1, self.before[axis] if self.before else 0)


class Slice(Layer, frozen=True, kw_only=True):
    """A slice as in Python: output ``o`` reads ``start + step*o``."""

    op: ClassVar[str] = "slice"
    start: tuple[Offset, ...] = ()
    stop: tuple[Offset | None, ...] = ()
    step: tuple[Stride, ...] = ()

    def indices(self, n: int, axis: int) -> range:
        """Return the input indices that the outputs read."""
        start = self.start[axis] if self.start else 0
        stop = self.stop[axis] if self.stop else None
        return range(n)[start : stop : self.step[axis] if self.step else 1]

    def size(self, n: int, axis: int) -> int:
        found = self.indices(n, axis)
        if not found:
            raise ImpossibleSize(f"the slice leaves nothing of {many(n, 'cell')}")
        # A range has no `len` beyond the machine's own integers.
        return -((found.start - found.stop) // found.step)

    def taps(self, n: int | None, axis: int) -> Taps:
        start = self.start[axis] if self.start else 0
        if n is not None:
            start = self.indices(n, axis).start
        elif start < 0:
            raise NeedsSize("a slice that starts from the end depends on the input size")
        return affine(self.step[axis] if self.step else 1, start)


class Roll(Layer, frozen=True, kw_only=True):
    """A cyclic shift: output ``o`` reads ``o - shift``. Source: ``torch.roll``."""

    op: ClassVar[str] = "roll"
    shift: tuple[Offset, ...]

    @property
    def border(self) -> PaddingMode:
        return "circular"

    def taps(self, n: int | None, axis: int) -> Taps:
        shift = self.shift[axis]
        if n is not None:  # of all shifts that come to the same, the one of fewest cells
            shift = (shift + n // 2) % n - n // 2
        return affine(1, -shift)


class Flip(Layer, frozen=True, kw_only=True):
    """Reversal of the axes in ``over``: output ``o`` reads ``n - 1 - o``, its jump turns round.

    Source: ``torch.flip``.
    """

    op: ClassVar[str] = "flip"
    over: tuple[bool, ...] = ()

    @property
    def resized(self) -> bool:
        return True

    def taps(self, n: int | None, axis: int) -> Taps:
        if self.over and not self.over[axis]:
            return affine(1, 0)
        if n is None:
            raise NeedsSize("a reversed axis depends on the input size")
        return affine(-1, n - 1)


FRAMES: tuple[type[Layer], ...] = (Pad, Crop, Slice, Roll, Flip)
"""The ops of this family, in the order in which they are listed."""
