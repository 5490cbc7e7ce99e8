"""How does a reader write down a network, layer by layer? Drafts, their grids, their names."""

from collections.abc import Sequence
from math import prod
from typing import cast

from rfcalc.errors import ImpossibleSize, LimitExceeded, RfcalcError, fail
from rfcalc.importers.advising import EITHER
from rfcalc.importers.axes import Factor, Pieces, Tensor, Uneven, Value, extent
from rfcalc.importers.inputs import letters_of
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import Concat, Pointwise
from rfcalc.layers.resample import PixelShuffle, Upsample
from rfcalc.network import Draft, Input, Work

__all__ = ["JOIN", "Graph", "lost", "plain", "unfit"]


def lost(where: str, fact: str) -> RfcalcError:
    """Return the error of a step whose axes cannot be followed."""
    return fail("RF502", f"'{where}': {fact}", EITHER)


def unfit(where: str, op: str, fault: ImpossibleSize | LimitExceeded) -> RfcalcError:
    """Return the error of a layer that cannot take its input, or that is beyond the limits."""
    if isinstance(fault, ImpossibleSize):
        return fail("RF301", f"'{where}' ({op}): {fault}", "give a larger `input=`")
    return fail("RF305", f"'{where}' ({op}): {fault}")


class Graph:
    """Drafts in topological order, each with the size of its grid.

    A reader goes through its operators in order. For each it sets ``here`` to the name that
    users know, and calls the verbs of this package (``layout``, ``mixing``, ``windows``), which
    emit the layers they need and return the tensor that comes out:

    >>> from rfcalc.importers import layout, windows
    >>> from rfcalc.importers.ending import finish
    >>> graph = Graph(dims=2)
    >>> image = graph.source("image", (1, 3, 32, 32))
    >>> graph.here = "stem.conv"
    >>> x = windows.conv(graph, image, (8, 3, 5, 5), stride=(2, 2), padding=((2, 2), (2, 2)))
    >>> x = layout.permute(graph, x, (0, 2, 3, 1))
    >>> x.shape, graph.sizes[x.node]
    ((1, 16, 16, 8), (16, 16))
    >>> network = finish(graph, "model", [x])
    >>> [node.name for node in network.nodes]
    ['image', 'stem.conv']

    Moving axes emits nothing; an operator that cannot be followed raises RF502. Constants are
    tensors without a node (``axes.constant``).
    """

    def __init__(self, dims: int, axes: str = "") -> None:
        self.dims = dims
        # Letters of the axes in order, as layouts have them.
        self.axes = axes
        self.drafts: list[Draft] = []
        self.sizes: list[tuple[int, ...]] = []
        self.assumed: list[str] = []
        self.aliases: dict[str, int] = {}
        self.here = ""
        # Layers that lay rows cut from one axis side by side, as channels are.
        self.rows: set[str] = set()
        # Layers that sum up what came before, whose differences may read less than they do.
        self.sums: set[int] = set()
        # Names that the model has itself: no node gets one by a number put after another's.
        self.reserved: set[str] = set()
        # What the steps cost, by the position of the layer that stands for each.
        self.works: dict[int, Work] = {}
        # The axes of nodes that stored tensors hold to the size that they have.
        self.fixed: dict[int, set[int]] = {}
        self.given: list[tuple[int, ...]] = []
        self._loose: list[tuple[bool, ...]] = []
        self.layouts: list[str] = []
        self.presumed: dict[int, str] = {}
        # Each name with the last number that was put after it.
        self.names: dict[str, int] = {}
        # Tensors in pieces, by what tells of their unlike indices.
        self.pieces: dict[Uneven, Value] = {}
        self._begun = 0, 0, 0

    def source(
        self,
        name: str,
        shape: Sequence[int],
        layout: str | None = None,
        assumed: str | None = None,
    ) -> Tensor:
        """Return an input of the network.

        Parameters
        ----------
        layout : one letter per dimension; ``N`` and ``C`` are batch and channels, any other is a
            spatial axis, in order. By default ``NC`` followed by space. An input with fewer
            spatial axes than the network has those of its letters, or the last ones.
        assumed : what was taken for granted about it; it counts where an output depends on it.

        Raises
        ------
        RfcalcError
            RF512: the layout has a letter more or less than the input has dimensions.
        """
        if layout is None:
            layout = "NC"[: len(shape)] + letters_of(max(0, len(shape) - 2))
        if len(layout) != len(shape):
            fact = f"the input '{name}' has {len(shape)} dimensions, its layout {layout} has others"
            raise fail("RF512", fact, "give one letter per dimension, as in NCHW")
        space = [d for d, letter in enumerate(layout) if letter not in "NC"]
        grid, dims = [1] * self.dims, [(Factor(size),) if size > 1 else () for size in shape]
        axes = [self.axes.find(layout[d]) for d in space]
        if -1 in axes:
            axes = list(range(self.dims - len(space), self.dims))
        for axis, d in zip(axes, space, strict=True):
            grid[axis] = shape[d]
            dims[d] = (Factor(shape[d], axis),) if shape[d] > 1 else ()
        node = len(self.drafts)
        self.layouts.append(layout)
        if assumed is not None:
            self.presumed[node] = assumed
        self.drafts.append(Draft(self._unique(name), Input()))
        self.works[node] = Work(values=prod(shape))
        self.sizes.append(tuple(grid))
        self.given.append(tuple(grid))
        self._loose.append((False,) * self.dims)
        return Tensor(node, tuple(dims))

    def emit(self, layer: Layer, inputs: Sequence[int], suffix: str = "") -> int:
        """Append a layer, which can take its inputs, under the current name; its position."""
        name = f"{self.here}.{suffix}" if suffix and self.here else suffix or self.here
        main = max(inputs, key=lambda i: (self.sizes[i], -i)) if len(inputs) > 1 else inputs[0]
        size, loose = self.sizes[main], self._loose[main]
        if len(inputs) > 1:
            loose = tuple(all(both) for both in zip(*(self._loose[i] for i in inputs), strict=True))
        if type(layer).taps is not Pointwise.taps:
            made = layer.stance(size)
            size = cast("tuple[int, ...]", made.sizes)
            if None in made.steps:
                loose = tuple(
                    was or step is None for was, step in zip(loose, made.steps, strict=True)
                )
        self.drafts.append(Draft(self._unique(name), layer, tuple(inputs)))
        self.sizes.append(size)
        self._loose.append(loose)
        return len(self.drafts) - 1

    def merge(self, layer: Layer, inputs: Sequence[int], suffix: str = "") -> int:
        """Append a layer that merges nodes, each spread over the largest grid among them."""
        nodes = list(dict.fromkeys(inputs))
        if len(nodes) == 1:
            return self.emit(layer if not layer.merges else plain("identity"), nodes, suffix)
        grid = tuple(max(self.sizes[i][axis] for i in nodes) for axis in range(self.dims))
        anchored = any(self.sizes[i] == grid and not all(self._loose[i]) for i in nodes)
        spread: list[int] = []
        for node in nodes:
            size = self.sizes[node]
            if size == grid or (anchored and all(self._loose[node]) and set(size) == {1}):
                spread.append(node)
                continue
            if any(n not in (1, full) for n, full in zip(size, grid, strict=True)):
                raise lost(self.here, f"grids of {size} and {grid} cells meet")
            spread.append(self.emit(Upsample(size_to=grid), [node], "expand"))
        return self.emit(layer, spread, suffix)

    def begin(self, name: str) -> None:
        """Begin a step of that name; or go on with it, what was emitted inside it kept."""
        self.here = name
        self._begun = len(self.drafts), len(self.assumed), len(self.pieces)

    def undo(self) -> None:
        """Forget what was emitted since the last ``begin``: the step cannot be followed."""
        drafts, assumed, pieces = self._begun
        for node in range(drafts, len(self.drafts)):
            self.names.pop(self.drafts[node].name, None)
            self.works.pop(node, None)
            self.fixed.pop(node, None)
        self.sums = {node for node in self.sums if node < drafts}
        while len(self.pieces) > pieces:
            self.pieces.popitem()
        del self.drafts[drafts:], self.sizes[drafts:], self._loose[drafts:], self.assumed[assumed:]

    def named(self, first: int, node: int) -> None:
        """Give ``node`` the current name, if a layer from ``first`` on has it: the last one."""
        held = next((i for i in range(first, node) if self.drafts[i].name == self.here), node)
        if held < node:
            mine, other = self.drafts[node], self.drafts[held]
            self.drafts[node] = Draft(other.name, mine.layer, mine.inputs)
            self.drafts[held] = Draft(mine.name, other.layer, other.inputs)

    def window(self, x: Tensor, layer: Layer | None, dims: Sequence[int]) -> None:
        """Hear that a window is about to run over dimensions of a tensor."""

    def mix(self, x: Tensor, d: int) -> None:
        """Hear that a dimension of a tensor is about to be mixed as channels are."""

    def sum(self, x: Tensor, dims: Sequence[int]) -> None:
        """Hear that dimensions of a tensor are about to be summed over."""

    def state(self, x: Value) -> None:
        """Hear that a value is the state with which a recurrence begins."""

    def assume(self, fact: str) -> None:
        """Record what was taken for granted; the network is then not exact."""
        if fact not in self.assumed:
            self.assumed.append(fact)

    def settled(self, x: Tensor) -> Tensor:
        """Return the tensor with a node of its own for cells that channels were laid out into.

        A dimension made of a whole axis and then channels is a finer axis: cell ``o`` of it
        comes from cell ``floor(o / r)``.
        """
        factors = [1] * self.dims
        dims = list(x.dims)
        for d, dim in enumerate(dims):
            if len(dim) == 2 and dim[0].axis is not None and dim[1].axis is None:
                axis, ratio = dim[0].axis, dim[1].size
                assert x.node is not None
                if dim[0].stride == 1 and dim[0].size == self.sizes[x.node][axis]:
                    factors[axis] = ratio
                    dims[d] = (Factor(extent(dim), axis),)
        if x.node is None or set(factors) == {1}:
            return x
        if x.uneven is not None:
            # The runs may be the very channels that become cells.
            self.assume(f"{self.here}: the channels that become cells are taken to read alike")
        node = self.emit(PixelShuffle(factor=tuple(factors)), [x.node], "shuffle")
        return Tensor(node, tuple(dims))

    def whole(self, x: Tensor, d: int) -> int | None:
        """Return the axis that a dimension is the whole of, ``None`` when it is not."""
        dim = x.dims[d]
        if x.node is None or len(dim) != 1 or dim[0].axis is None:
            return None
        axis = dim[0].axis
        return axis if dim[0].size == self.sizes[x.node][axis] else None

    def axes_of(self, x: Tensor, d: int) -> tuple[int, ...]:
        """Return the axes that a dimension is the whole of, flattened; none when it is not."""
        whole = x.node is not None and all(
            f.axis is not None and (f.size, f.stride) == (self.sizes[x.node][f.axis], 1)
            for f in x.dims[d]
        )
        return tuple(f.axis for f in x.dims[d] if f.axis is not None) if whole else ()

    def check(self, x: Value) -> None:
        """Assert that the tensor addresses every cell of its grid once."""
        for item in x.items if isinstance(x, Pieces) else (x,):
            if item.node is None:
                continue
            held = [1] * self.dims
            for dim in item.dims:
                for factor in dim:
                    if factor.axis is not None:
                        held[factor.axis] *= factor.size
            if tuple(held) != self.sizes[item.node]:
                grid = self.sizes[item.node]
                raise lost(self.here, f"a grid of {grid} cells is addressed as {tuple(held)}")

    def _unique(self, name: str) -> str:
        unique = name = name or "node"
        while unique in self.names or (unique != name and unique in self.reserved):
            self.names[name] += 1
            unique = f"{name}_{self.names[name]}"
        self.names[unique] = 0
        return unique


def plain(op: str) -> Layer:
    """Return the element-wise layer of an op without parameters."""
    from rfcalc.layers import LAYERS

    return LAYERS[op]()


JOIN = Concat()
"""The merge for values that are only laid side by side."""
