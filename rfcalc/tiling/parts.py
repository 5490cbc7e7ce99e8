"""Which cells does each tile of a plan take from an array, and where do its outputs go?"""

from collections.abc import Iterator, Sequence

import msgspec

from rfcalc.errors import by, fail, many
from rfcalc.tiling.plan import Plan

__all__ = ["Part", "Places", "checked", "parts"]

Spans = tuple[tuple[int, int], ...]


class Part(msgspec.Struct, frozen=True):
    """One tile: the window it is computed on and, for each output, what is kept of the result.

    All are half-open and per axis. ``sizes`` are those of the results on the window, ``inner``
    the outputs kept of each, ``outer`` their place in the whole.
    """

    input: Spans
    sizes: tuple[tuple[int, ...], ...]
    inner: tuple[Spans, ...]
    outer: tuple[Spans, ...]


class Places(msgspec.Struct, frozen=True):
    """Which dimensions of an array are the axes of the network; ``None`` for the last ones."""

    dims: tuple[int, ...] | None

    def index(self, spans: Spans, rank: int) -> tuple[slice, ...]:
        """Return the index of a box on an array of so many dimensions."""
        found = [slice(None)] * rank
        for dim, (low, high) in zip(self.of(rank, len(spans)), spans, strict=True):
            found[dim] = slice(low, high)
        return tuple(found)

    def of(self, rank: int, axes: int) -> tuple[int, ...]:
        """Return the dimensions that are axes.

        Raises
        ------
        RfcalcError
            RF466: the array has too few dimensions, or others than those named.
        """
        dims = tuple(range(rank - axes, rank)) if self.dims is None else self.dims
        known = len(dims) == axes and all(-rank <= dim < rank for dim in dims)
        if not known or len({dim % rank for dim in dims}) < axes or min(dims, default=0) < -rank:
            named = f"axes at dimensions {', '.join(map(str, dims))}" if self.dims else "axes"
            fact = f"an array of {many(rank, 'dimension')} does not have {axes} {named}"
            raise fail("RF466", fact, "say which they are: `axes=`, and `out_axes=` of results")
        return tuple(dim % rank for dim in dims)

    def size(self, shape: Sequence[int], axes: int) -> tuple[int, ...]:
        """Return the cells per axis of an array of a shape."""
        return tuple(shape[dim] for dim in self.of(len(shape), axes))

    def resized(self, shape: Sequence[int], size: Sequence[int]) -> tuple[int, ...]:
        """Return a shape with other cells per axis."""
        found = list(shape)
        for dim, cells in zip(self.of(len(shape), len(size)), size, strict=True):
            found[dim] = cells
        return tuple(found)


def parts(plan: Plan) -> Iterator[Part]:
    """Yield the tiles of a plan in row-major order.

    Raises
    ------
    RfcalcError
        RF403: the plan has no input size.
    """
    if plan.spans is None:
        raise fail(
            "RF403", "a plan that is run needs the input size", "make it with `input=(H, W)`"
        )
    known: dict[tuple[int, int], dict[int, int]] = {}
    each = plan.each
    for together in zip(*(one.tiles for one in each), strict=True):
        window = together[0].input
        for axis, (low, high) in enumerate(window):
            if (axis, high - low) not in known:
                known[axis, high - low] = plan.grids.sizes(high - low, axis)
        sizes, inner = list[tuple[int, ...]](), list[Spans]()
        for one, tile in zip(each, together, strict=True):
            target, jump = one.grids.target, one.grids.jump
            ends = enumerate(window)
            sizes.append(tuple(known[a, high - low][target] for a, (low, high) in ends))
            starts = [int(low / j) for (low, _), j in zip(window, jump, strict=True)]
            spans = zip(tile.output, starts, strict=True)
            inner.append(tuple((low - start, high - start) for (low, high), start in spans))
        outer = tuple(tile.output for tile in together)
        yield Part(window, tuple(sizes), tuple(inner), outer)


def checked(plan: Plan, shape: Sequence[int], places: Places) -> None:
    """Refuse an array of another size than the plan's.

    Raises
    ------
    RfcalcError
        RF466
    """
    wanted = plan.grids.size or ()
    size = places.size(shape, len(wanted))
    if size != wanted:
        fact = f"the array has {by(size)} cells, the plan is for {by(wanted)}"
        raise fail("RF466", fact, "make the plan for the array's own size: `input=`")
