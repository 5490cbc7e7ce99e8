"""How many paths lead from each cell of the source to one output? An array of exact integers."""

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.masks.pixels import pixels
from rfcalc.masks.questions import Question, asked
from rfcalc.parameters import expect
from rfcalc.path_counts.chains import chain_lines
from rfcalc.path_counts.pulling import WORDS_LIMIT, pulled
from rfcalc.shown import AsArray, AsData, AsPicture, brief

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["Paths", "paths"]


_WIDE = 1 << 62
"""From this count on Python integers are used."""


class Paths(msgspec.Struct, AsPicture, AsArray, AsData, frozen=True, eq=False):
    """Path counts of one output: the gradient of a network of ones.

    ``counts`` : int array, shape ``shape``, paths; ``int64`` where all are below ``2**62`` and
    Python integers beyond. Its first cell is ``start`` of the source.
    """

    question: Question
    counts: "NDArray[Any]"
    start: tuple[int, ...]
    exact: bool = True
    assumed: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Extent of the array per axis."""
        return tuple(self.counts.shape)

    @property
    def total(self) -> int:
        """Number of paths to the output."""
        return int(self.counts.sum(dtype=object)) if self.counts.size else 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Paths):
            return NotImplemented
        if self.counts.shape != other.counts.shape or not (self.counts == other.counts).all():
            return False
        ours, theirs = ((p.question, p.start, p.exact, p.assumed) for p in (self, other))
        return ours == theirs

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        asked, at = self.question, "at" if self.question.bordered else "phase"
        names = f"{asked.layer[:40]!r} on {asked.origin[:40]!r}, {at}={asked.output}"
        return brief(f"Paths({names}, start={self.start}, shape={self.shape})")

    def array(self) -> "NDArray[Any]":
        """Return the counts."""
        return self.counts


def paths(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | int | None = None,
    phase: Sequence[int] | int | None = None,
    *,
    input: "Sizes | None" = None,
) -> Paths:
    """Return the exact path counts of one output cell: the gradient of a network of ones.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : whose cell it is, by default the output's.
    source : the layer whose cells are counted, by default the input.
    at : the output cell, one index per axis or one for all, borders included; needs the input
        size, and the counts then have the shape of the source. By default an interior cell, in the
        box of its receptive field.
    phase : without ``at``, which of the interior's phases, one per axis or one for all; by default
        the widest.
    input : input size, cells per axis, or the shape of a module's example input.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF402 a cell outside the layer, RF403 no input size, RF404 an
        unbounded interior, RF405 no path from the source, RF406 a wrong number of axes, RF409 too
        many cells; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Notes
    -----
    Source: Luo et al. 2016, section 2: with weights of one the gradient of an output counts paths.

    Examples
    --------
    >>> paths([{"op": "conv", "kernel": 3}], at=0, input=(2, 3)).counts
    array([[1, 1, 0],
           [1, 1, 0]])
    """
    import numpy as np

    expect(layer=layer, source=source, at=at, phase=phase)
    network = as_network(net, input)
    question, _ = asked(network, layer, source, at, phase)
    start, counts = _counted(question)
    if question.bordered:
        grid = question.grid
        assert grid is not None
        pixels(grid, WORDS_LIMIT)
        whole = np.zeros(grid, dtype=counts.dtype)
        if counts.size:  # what nothing reaches has no place on the grid either
            box = zip(start, counts.shape, strict=True)
            whole[tuple(slice(first, first + extent) for first, extent in box)] = counts
        start, counts = (0,) * len(grid), whole
    return Paths(question, counts, start, not network.assumed, network.assumed)


def _counted(question: Question) -> tuple[tuple[int, ...], Array]:
    """Return the counts and their first cell; those of a chain line by line."""
    import numpy as np

    ends = question.source, question.target
    known = None if question.bordered else chain_lines(question.network, *ends)
    if known is not None:
        # Output 0 reads what every other one reads, so an interior question is about it.
        _check([line.extent for line in known], [max(line.values) for line in known])
        lines = [_array(line.counts()) for line in known]
        return tuple(line.start for line in known), _product(lines)
    nodes, between = question.network.nodes, question.network.between(*ends)
    reads = [
        sum(between[i] for i in nodes[position].inputs) + nodes[position].layer.gate
        for position in range(question.source + 1, question.target + 1)
        if between[position]
    ]
    if len(question.output) == 1 or max(reads, default=1) > 1:
        found = pulled(question)
        return found.start, found.array()
    parts = [pulled(_on_axis(question, axis), axis) for axis in range(len(question.output))]
    lines = [part.array() for part in parts]
    if not all(line.size for line in lines):
        return (0,) * len(lines), np.zeros((0,) * len(lines), dtype=np.int64)
    _check([line.size for line in lines], [int(line.max()) for line in lines])
    return tuple(part.start[0] for part in parts), _product(lines)


def _on_axis(question: Question, axis: int) -> Question:
    """Return a question as one of its axes sees it."""
    nodes = tuple(
        msgspec.structs.replace(
            node,
            taps=(node.taps[axis],),
            lone=tuple((one[axis],) for one in node.lone),
            jump=(node.jump[axis],),
            size=None if node.size is None else (node.size[axis],),
        )
        for node in question.network.nodes
    )
    network = msgspec.structs.replace(question.network, dims=1, nodes=nodes)
    return msgspec.structs.replace(question, network=network, output=(question.output[axis],))


def _array(counts: list[int]) -> Array:
    import numpy as np

    return np.array(counts, dtype=np.int64 if max(counts) < _WIDE else object)


def _check(extents: Sequence[int], most: Sequence[int]) -> None:
    """Refuse a product of lines that would take too many words, before it is made."""
    pixels((*extents, -(-prod(most).bit_length() // 32)), WORDS_LIMIT)


def _product(lines: Sequence[Array]) -> Array:
    """Return the outer product of counts, which is as exact as they are."""
    import numpy as np

    narrow = prod(int(line.max()) for line in lines) < _WIDE
    total = lines[0] if narrow else lines[0].astype(object)
    for line in lines[1:]:
        total = np.multiply.outer(total, line)
    return total
