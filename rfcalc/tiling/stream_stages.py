"""What does a stream ask of a network? Numbers of every layer, and the worst of its outputs."""

from fractions import Fraction
from typing import Literal

import msgspec

from rfcalc.footprint import Unbounded
from rfcalc.tiling.memory import NUMBER

__all__ = ["Need", "Stage", "Stream"]


class Stage(msgspec.Struct, frozen=True):
    """One layer of a stream, in its steady state.

    look_back, look_ahead : samples of the source that its cells read before the first and after
        the last sample that they stand for.
    latency : samples that arrive after the first one a cell stands for, until it can be computed.
    buffer : cells of each of its inputs that must be kept from one step to the next; 0 for a
        recurrence, which keeps a state of its own.
    cells : cells computed per step, in turn; one entry where all steps are alike.
    unbounded : who leaves it without end on which side, if anyone does.
    widths : numbers per cell of each of its inputs, where the network says how many.
    trim : of a transposed convolution the cells cut off its overlap at the front and at the end.

    ``None`` stands for a look-back, a look-ahead or a field without end, for the latency of a
    layer that waits for the end of the stream, and for a buffer that grows with it.
    """

    name: str
    op: str
    jump: Fraction
    rf: int | None
    look_back: int | None
    look_ahead: int | None
    latency: int | None
    buffer: tuple[int | None, ...]
    cells: tuple[int, ...]
    unbounded: Unbounded | None = None
    widths: tuple[int | None, ...] = ()
    trim: tuple[int, int] | None = None

    @property
    def bytes(self) -> tuple[int | None, ...]:
        """Bytes that it keeps of each input, in float32; ``None`` where that is not known."""
        return tuple(
            None if cells is None or (width is None and cells) else NUMBER * cells * (width or 0)
            for cells, width in zip(self.buffer, self.widths, strict=True)
        )


class Need(msgspec.Struct, frozen=True):
    """What all outputs together read of one input; ``None`` for a side without end."""

    name: str
    look_back: int | None
    look_ahead: int | None


class Stream(msgspec.Struct, frozen=True):
    """A network run on a stream of samples, ``frame`` samples a step.

    latency : samples that arrive after a sample until the output that stands for it is out, when
        whole frames are waited for; ``None`` where the output waits for the end of the stream.
    targets : names of the layers that the question is about; of several the worst is reported.
    inputs : what is read of each input.
    looks_ahead : layers that make the worst output wait, each with its share of the look-ahead;
        ``None`` for one without end.
    cycle : steps after which the numbers of cells repeat; 1 where the frame is a multiple of the
        alignment.
    """

    frame: int
    alignment: int
    stages: tuple[Stage, ...]
    latency: int | None
    targets: tuple[str, ...]
    inputs: tuple[Need, ...]
    exact: bool
    assumed: tuple[str, ...]
    looks_ahead: tuple[tuple[str, int | None], ...] = ()
    layouts: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[Stage, ...]:
        """The layers that the question is about: the one that was named, or every output."""
        return tuple(stage for stage in self.stages if stage.name in self.targets)

    @property
    def output(self) -> Stage:
        """The output with the largest latency, the last of equals."""
        return self.worst("latency")

    def worst(self, what: Literal["rf", "look_back", "look_ahead", "latency"]) -> Stage:
        """Return the output with the largest number, one without end before all others."""
        found = self.outputs[-1]
        for stage in self.outputs[-2::-1]:
            mine: int | None = getattr(found, what)
            other: int | None = getattr(stage, what)
            if mine is not None and (other is None or other > mine):
                found = stage
        return found

    @property
    def cycle(self) -> int:
        """Steps after which the numbers of cells repeat."""
        return max(len(stage.cells) for stage in self.stages)

    @property
    def buffer(self) -> int | None:
        """Cells kept by all layers, ``None`` where that grows with the stream."""
        held = [cells for stage in self.stages for cells in stage.buffer]
        known = [cells for cells in held if cells is not None]
        return sum(known) if len(known) == len(held) else None

    @property
    def bytes(self) -> int | None:
        """Bytes kept by all layers in float32, ``None`` where one of them is not known."""
        held = [found for stage in self.stages for found in stage.bytes]
        known = [found for found in held if found is not None]
        return sum(known) if len(known) == len(held) else None

    @property
    def fitting(self) -> tuple[int, int]:
        """The frames nearest to this one, not above and above, that make all steps alike."""
        below = self.frame // self.alignment * self.alignment
        return max(self.alignment, below), below + self.alignment

    @property
    def cells(self) -> Fraction:
        """Cells computed per step by all layers, on average."""
        return sum(
            (Fraction(sum(s.cells), len(s.cells)) for s in self.stages[1:] if s.cells), Fraction(0)
        )
