"""What do PyTorch's operators keep that cut, pad, shift and reverse dimensions?"""

from rfcalc.importers import cutting, layout, windows
from rfcalc.importers.cancelling import note_neighbours
from rfcalc.importers.padding import padded
from rfcalc.importers.reversing import reversed_along
from rfcalc.importers.torch.operators import Op, Result, operator, plain_tensor
from rfcalc.layers.base import PaddingMode
from rfcalc.layers.frame import Roll
from rfcalc.layers.window import Conv

MODES: dict[str, PaddingMode] = {
    "constant": "zeros",
    "reflect": "reflect",
    "replicate": "replicate",
    "circular": "circular",
}


@operator("slice", "slice_copy", kind="frame", dim=0, start=0, step=1)
def _slice(op: Op) -> Result:
    """A slice as in Python."""
    x = op.value("self")
    d = op.number("dim") % len(x.shape)
    stop = None if op["end"] is None else op.number("end")
    return cutting.strided(op.graph, x, d, op.number("start"), stop, op.number("step"))


@operator("narrow", kind="frame")
def _narrow(op: Op) -> Result:
    """A run of a dimension's indices."""
    x = op.value("self")
    start = op.number("start") % x.shape[op.number("dim")]
    return cutting.narrow(op.graph, x, op.number("dim"), start, op.number("length"))


@operator("select", "select_copy", kind="frame")
def _select(op: Op) -> Result:
    """One index of a dimension."""
    return cutting.select(op.graph, op.value("self"), op.number("dim"), op.number("index"))


@operator("roll", kind="frame", dims=None)
def _roll(op: Op) -> Result:
    """A cyclic shift."""
    x = op.value("self")
    if not op["dims"]:
        raise op.lost("it shifts all dimensions as one")
    dims = [d % len(x.shape) for d in op.numbers("dims")]
    shifts = op.numbers("shifts")
    return windows.slide(op.graph, x, Roll(shift=tuple(shifts)), dims)


@operator("flip", kind="frame")
def _flip(op: Op) -> Result:
    """Dimensions reversed."""
    x = op.value("self")
    dims = [d % len(x.shape) for d in op.numbers("dims")]
    return reversed_along(op.graph, x, dims)


@operator("fliplr", "flipud", kind="frame")
def _mirrored(op: Op) -> Result:
    """The first or the second dimension reversed."""
    return reversed_along(op.graph, op.value("self"), [op.call.op == "fliplr"])


@operator("rot90", kind="frame", k=1, dims=[0, 1])
def _quarter(op: Op) -> Result:
    """Two dimensions turned by quarters."""
    x = op.value("self")
    one, two = (d % len(x.shape) for d in op.numbers("dims"))
    times = op.number("k") % 4
    if times == 2:
        return reversed_along(op.graph, x, [one, two])
    if not times:
        return x
    order = list(range(len(x.shape)))
    order[one], order[two] = two, one
    turned = layout.permute(op.graph, x, order)
    return reversed_along(op.graph, turned, [one if times == 1 else two])


@operator("diff", kind="window", n=1, dim=-1)
def _difference(op: Op) -> Result:
    """Differences of neighbours, taken several times: each reads one cell more."""
    x = op.value("self")
    if op.has("prepend") or op.has("append"):
        raise op.lost("values put before or after are not followed")
    d, n = op.number("dim") % len(x.shape), op.number("n")
    note_neighbours(op.graph, x)
    return windows.slide(op.graph, x, Conv(kernel=(n + 1,), padding=((0, 0),)), [d])


@operator(
    *("pad", "constant_pad_nd", "reflection_pad1d", "reflection_pad2d", "reflection_pad3d"),
    *("replication_pad1d", "replication_pad2d", "replication_pad3d"),
    kind="frame",
    mode="constant",
)  # fmt: skip
def _pad(op: Op) -> Result:
    """Cells before and after, or, where negative, cells cut away."""
    x = plain_tensor(op, "self") if op["pad"] is None else op.value("self")
    pads = list(op["pad"] if op["pad"] is not None else op["padding"])
    name = op.call.op
    said = "reflect" if "reflection" in name else "replicate" if "replication" in name else None
    mode = MODES[said or op["mode"]]
    dims = [len(x.shape) - 1 - i for i in range(len(pads) // 2)]
    before, after = pads[::2], pads[1::2]
    return padded(op.graph, x, dims, before, after, mode)
