"""What do the PyTorch operators read that take or write cells at places that values decide?"""

from rfcalc.importers import layout, sampling
from rfcalc.importers.axes import constant
from rfcalc.importers.mixing import reduce
from rfcalc.importers.products import broadcast
from rfcalc.importers.torch.operators import Op, Result, operator
from rfcalc.layers.pointwise import Mul

_BICUBIC = 2
"""How ``grid_sampler`` calls the interpolation that reads a cell more on each side."""


@operator("grid_sampler", "grid_sampler_2d", "grid_sampler_3d", kind="resize")
def _sample(op: Op) -> Result:
    """A map at computed places: with ``max_offset`` those around its own, else any cell."""
    beyond = int(op["interpolation_mode"] == _BICUBIC)
    return sampling.sample(op.graph, op.value("input"), op.value("grid"), beyond)


@operator("affine_grid_generator", kind="element-wise")
def _grid(op: Op) -> Result:
    """Places that one matrix gives all cells: each reads all of it."""
    matrix = reduce(op.graph, op.value("theta"), [1, 2], keep=False)
    shape = [op.shape[0], *[1 for _ in op.shape[1:]]]
    return layout.expand(op.graph, layout.reshape(op.graph, matrix, shape), op.shape)


@operator("torchvision.roi_align", "torchvision.roi_pool", kind="resize")
def _pool(op: Op) -> Result:
    """What is pooled of a map in regions: of any cell."""
    regions = [op.value("rois")]
    done = sampling.pool_regions(op.graph, op.value("input"), regions, op.shape[2:])
    return [done] * len(op.shapes)


@operator("take", kind="layout")
def _take(op: Op) -> Result:
    """Values of all dimensions as one: of any cell."""
    x = op.value("self")
    dims = list(range(len(x.shape)))
    tables = [op.value("index"), *[constant(())] * (len(dims) - 1)]
    return sampling.take_at(op.graph, x, dims, tables) if dims else x


@operator("histc", kind="sum")
def _count(op: Op) -> Result:
    """Counts of values: each reads all."""
    x = op.value("self")
    done = reduce(op.graph, x, range(len(x.shape)), keep=False)
    return layout.expand(op.graph, done, op.shape)


@operator("searchsorted", kind="element-wise")
def _search(op: Op) -> Result:
    """Where each value would stand in a sorted row, of which it reads all."""
    rows = op.value("sorted_sequence")
    last = len(rows.shape) - 1
    read = reduce(op.graph, rows, [last], keep=bool(last))
    return broadcast(op.graph, [op.value("self"), read], Mul())


@operator(
    *("index_put", "index_add", "index_copy", "index_fill", "scatter", "scatter_add"),
    *("scatter_reduce", "masked_scatter"),
    kind="frame",
)
def _place(op: Op) -> Result:
    """A tensor into which another is written: any cell may hold what that one does."""
    base, *others = op.tensors
    moved = op["dim"] is not None
    d = op.number("dim") % max(1, len(base.shape)) if moved else None
    return sampling.place(op.graph, base, others, d)
