"""What does padding keep: cells of zeros or of the input's own, before and after?"""

from collections.abc import Sequence

from rfcalc.importers.axes import Tensor, Value, constant
from rfcalc.importers.graph import Graph
from rfcalc.importers.layout import cat
from rfcalc.importers.windows import slide
from rfcalc.layers.base import PaddingMode
from rfcalc.layers.frame import Crop, Pad

__all__ = ["NAMED", "padded"]

NAMED: dict[str, PaddingMode] = {
    "constant": "zeros",
    "reflect": "reflect",
    "edge": "replicate",
    "wrap": "circular",
}
"""Ways to pad, by the names that NumPy gives them, and ONNX and Keras after it."""


def padded(
    graph: Graph,
    x: Value,
    dims: Sequence[int],
    before: Sequence[int],
    after: Sequence[int],
    mode: PaddingMode = "zeros",
) -> Value:
    """Return the tensor with cells before and after, or, where negative, cells cut away.

    A row of tokens that is no axis by itself becomes pieces: zeros, the tokens, zeros.
    """
    rows = zip(dims, before, after, strict=True)
    rows = [row for row in rows if row[1] or row[2]]
    if not rows:
        return x
    dims, before, after = ([row[i] for row in rows] for i in range(3))
    if mode == "zeros" and len(dims) == 1 and min(*before, *after) >= 0:
        tokens = isinstance(x, Tensor) and len(x.dims[dims[0]]) > 1
        if tokens or (not isinstance(x, Tensor) and x.dim == dims[0]):
            d, shape = dims[0], list(x.shape)
            ends = [constant([*shape[:d], p, *shape[d + 1 :]]) for p in (before[0], after[0])]
            return cat(graph, [end for end in (ends[0], x, ends[1]) if end.shape[d]], d)
    for layer in (
        Crop(before=tuple(max(0, -p) for p in before), after=tuple(max(0, -p) for p in after)),
        Pad(
            before=tuple(max(0, p) for p in before),
            after=tuple(max(0, p) for p in after),
            padding_mode=mode,
        ),
    ):
        if any(layer.before) or any(layer.after):
            x = slide(graph, x, layer, dims)
    return x
