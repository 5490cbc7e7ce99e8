"""What do PyTorch's operators read that lay out windows as channels, and back?"""

from rfcalc.importers import windows
from rfcalc.importers.axes import Factor, Tensor, Uneven, normal
from rfcalc.importers.col2im import col2im
from rfcalc.importers.cutting import narrow
from rfcalc.importers.layout import permute, reshape
from rfcalc.importers.pieces import merged
from rfcalc.importers.torch.operators import Op, Result, operator, plain_tensor
from rfcalc.importers.torch.striding import find_windows
from rfcalc.importers.uneven import marked
from rfcalc.layers.window import Conv


@operator("unfold", kind="window")
def _unfold(op: Op) -> Result:
    """The elements under each place of a window, as a new last dimension."""
    x = plain_tensor(op, "self")
    d = op.number("dimension") % len(x.shape)
    return _unfold_along(op, x, d, op.number("size"), op.number("step"))


def _unfold_along(op: Op, x: Tensor, d: int, kernel: int, step: int) -> Tensor:
    """Return a tensor with the elements under each place of a window as a new last dimension."""
    layer = Conv(kernel=(kernel,), stride=(step,), dilation=(1,), padding=((0, 0),))
    done = windows.slide(op.graph, x, layer, [d])
    assert isinstance(done, Tensor)
    grown = Tensor(done.node, (*done.dims, normal([Factor(kernel)])))
    last, was = len(done.dims), done.uneven
    if was is None:
        return marked(grown, last)
    among = was.among or (() if was.dim is None else (was.dim,))
    return Tensor(grown.node, grown.dims, Uneven(None, among=(*among, last) if among else ()))


@operator("as_strided", kind="window")
def _strided(op: Op) -> Result:
    """Windows along one dimension, laid by strides; other views by strides are refused."""
    x = plain_tensor(op, "self")
    size, strides, own = (op[name] for name in ("size", "stride", "strides"))
    laid = None
    if own and op["storage_offset"] is None and all(type(n) is int for n in [*size, *strides]):
        laid = find_windows(x.shape, own, size, strides)
    if laid is None:
        raise op.lost("its strides are not those of windows along one dimension")
    if laid.dim is not None:
        reach = (laid.amount - 1) * laid.step + laid.kernel
        x = merged(op.graph, narrow(op.graph, x, laid.dim, 0, reach))
        x = _unfold_along(op, x, laid.dim, laid.kernel, laid.step)
    turned = permute(op.graph, x, laid.order)
    return reshape(op.graph, turned, size)


@operator("im2col", kind="window")
def _im2col(op: Op) -> Result:
    """The elements under each place of a window, as channels."""
    x = plain_tensor(op, "self")
    layer = Conv(
        kernel=tuple(op.each("kernel_size", 2)),
        stride=tuple(op.each("stride", 2)),
        dilation=tuple(op.each("dilation", 2)),
        padding=tuple((p, p) for p in op.each("padding", 2)),
    )
    dims = windows.last(x, 2)
    return windows.im2col(op.graph, x, layer, dims, dims[0] - 1)


@operator("col2im", kind="window")
def _col2im(op: Op) -> Result:
    """Windows added up in their places."""
    x = op.value("self")
    kernel, dilation = op.each("kernel_size", 2), op.each("dilation", 2)
    pads, stride = op.each("padding", 2), op.each("stride", 2)
    size = op.each("output_size", 2)
    return col2im(op.graph, x, size, kernel, stride, dilation, [(p, p) for p in pads])
