"""What does a deformable convolution read, when its offsets are at most so many cells?"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers import windows
from rfcalc.importers.advising import PART
from rfcalc.importers.axes import Value, live
from rfcalc.importers.channels import channels
from rfcalc.importers.graph import Graph
from rfcalc.importers.products import broadcast
from rfcalc.layers.pointwise import Mul
from rfcalc.layers.window import AvgPool

__all__ = ["OFFSET_LIMIT", "bounded_offsets", "deformable_conv", "offsets_within"]

OFFSET_LIMIT = 1 << 16
"""Furthest that an offset may be said to reach, in cells."""

_FURTHEST: ContextVar[int | None] = ContextVar("furthest", default=None)


@contextmanager
def bounded_offsets(furthest: int | None) -> Generator[None]:
    """Read deformable convolutions within as bounded by so many cells; ``None`` changes nothing.

    Raises
    ------
    RfcalcError
        RF406: the bound is below 0, or above the limit.
    """
    if furthest is None:
        yield
        return
    if not 0 <= furthest <= OFFSET_LIMIT:
        fact = f"`max_offset=` is {furthest}"
        raise fail("RF406", fact, f"it is a number of cells from 0 to {OFFSET_LIMIT:,}")
    token = _FURTHEST.set(furthest)
    try:
        yield
    finally:
        _FURTHEST.reset(token)


def offsets_within(graph: Graph) -> int | None:
    """Return how many cells offsets are said to reach, which marks a network; else ``None``."""
    furthest = _FURTHEST.get()
    if furthest is not None:
        graph.assume(f"{graph.here}: offsets are taken to reach at most {furthest} cells")
    return furthest


def deformable_conv(
    graph: Graph,
    x: Value,
    weight: Sequence[int],
    stride: Sequence[int],
    padding: windows.Pairs,
    dilation: Sequence[int],
    groups: int,
    controls: Sequence[Value],
) -> Value:
    """Return a convolution whose taps reach so many cells further on every side.

    An output also reads, at its own place, what moves and weighs its taps.

    Parameters
    ----------
    weight : shape of the weight, O I K..
    controls : offsets and modulation, each a value per output position.

    Raises
    ------
    RfcalcError
        RF501: it is not said how far offsets reach.

    Source: Dai et al. 2017; Zhu et al. 2019.
    """
    furthest = offsets_within(graph)
    if furthest is None:
        raise _unbounded(graph)
    rank = len(weight) - 2
    near = AvgPool(
        kernel=(2 * furthest + 1,) * rank,
        stride=(1,) * rank,
        padding=tuple((before + furthest, after + furthest) for before, after in padding),
    )
    x = windows.slide(graph, x, near, windows.last(x, rank))
    done = windows.conv(graph, x, weight, stride, [(0, 0)] * rank, dilation, groups)
    rows = [channels(graph, one, len(one.shape) - rank - 1, 1) for one in controls if live(one)]
    return broadcast(graph, [done, *rows], Mul()) if rows else done


def _unbounded(graph: Graph) -> RfcalcError:
    return fail(
        "RF501",
        f"'{graph.here}': which cells a deformable convolution samples depends on values",
        "say how many cells its offsets reach (`max_offset=N`), which marks the result as not "
        f"exact, or {PART}",
    )
