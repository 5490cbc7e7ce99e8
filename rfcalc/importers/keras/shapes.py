"""What do Keras' layers move, split and join that change the shape?"""

from collections.abc import Sequence
from math import prod
from typing import Any

from rfcalc.errors import fail
from rfcalc.importers import layout
from rfcalc.importers.axes import Value
from rfcalc.importers.keras.model import wrong
from rfcalc.importers.keras.operators import Op, Result, keras_layer

__all__ = ["reshaped"]


@keras_layer("Reshape", kind="layout")
def _reshape(op: Op) -> Result:
    """The same cells, in order, under another shape."""
    x = op.x
    return reshaped(op, x, [x.shape[0], *op["target_shape"]])


@keras_layer("ops.Reshape", kind="layout")
def _reshape_op(op: Op) -> Result:
    """The same cells, in order, under another shape."""
    x = op.x
    shape = op.listed("newshape")
    if shape and shape[0] is None:
        shape[0] = x.shape[0]
    return reshaped(op, x, shape)


def reshaped(op: Op, x: Value, shape: Sequence[Any]) -> Value:
    """Return the cells under another shape, in which one size may be left open.

    Raises
    ------
    RfcalcError
        RF512: the shape has another number of cells.
    """
    open_dims = [d for d, size in enumerate(shape) if size in (-1, None)]
    known = [size for size in shape if size not in (-1, None)]
    if len(open_dims) > 1 or any(type(n) is not int or n < 1 for n in known):
        raise wrong(op.graph.here, f"{list(shape)!r:.80} is no shape")
    total, rest = prod(x.shape), prod(known)
    if total % rest if open_dims else total != rest:
        raise fail(
            "RF512",
            f"'{op.graph.here}': {list(x.shape)} cannot be laid out as {list(shape)}",
            "the model is made for inputs of one size; omit `input=`, or give that size",
        )
    done = [total // rest if d in open_dims else size for d, size in enumerate(shape)]
    return layout.reshape(op.graph, x, done)


@keras_layer("Permute", kind="layout")
def _permute(op: Op) -> Result:
    """Dimensions in another order."""
    x = op.x
    order = [0, *(op["dims"])]
    if sorted(order) != list(range(len(x.shape))):
        raise wrong(op.graph.here, f"dims is {op['dims']!r:.60}, no order of its dimensions")
    return layout.permute(op.graph, x, order)


@keras_layer("ops.Transpose", "ops.Swapaxes", "ops.Moveaxis", kind="layout")
def _transpose(op: Op) -> Result:
    """Dimensions in another order."""
    x = op.x
    rank = len(x.shape)
    order = list(range(rank))
    if op.key == "ops.Transpose":
        order = [d % rank for d in op["axes"]] if op["axes"] else order[::-1]
    elif op.key == "ops.Swapaxes":
        one, two = (op.dim(name, op[name], rank) for name in ("axis1", "axis2"))
        order[one], order[two] = two, one
    else:
        source, target = (
            [op.dim(name, d, rank) for d in op.listed(name)] for name in ("source", "destination")
        )
        order = [d for d in order if d not in source]
        for at, d in sorted(zip(target, source, strict=True)):
            order.insert(at, d)
    return layout.permute(op.graph, x, order)


@keras_layer("Flatten", kind="layout")
def _flatten(op: Op) -> Result:
    """All cells and channels as one row, channels last."""
    x = op.x
    if op["data_format"] == "channels_first" and len(x.shape) > 2:
        x = layout.permute(op.graph, x, [0, *range(2, len(x.shape)), 1])
    shape = list(x.shape)
    return layout.reshape(op.graph, x, [shape[0], prod(shape[1:])])


@keras_layer("ops.Ravel", kind="layout")
def _ravel(op: Op) -> Result:
    """All cells as one row."""
    x = op.x
    return layout.reshape(op.graph, x, [prod(x.shape)])


@keras_layer("RepeatVector", kind="layout")
def _repeat_vector(op: Op) -> Result:
    """A row repeated along a new dimension."""
    x = layout.unsqueeze(op.graph, op.x, 1)
    return layout.expand(op.graph, x, [x.shape[0], op.number("n"), *x.shape[2:]])


@keras_layer("ops.ExpandDims", kind="layout")
def _expand_dims(op: Op) -> Result:
    """One more dimension of size 1."""
    x = op.x
    rank = len(x.shape)
    given = op.listed("axis")
    for d in sorted(op.dim("axis", item, rank + len(given)) for item in given):
        x = layout.unsqueeze(op.graph, x, d)
    return x


@keras_layer("ops.Squeeze", kind="layout")
def _squeeze(op: Op) -> Result:
    """Dimensions of size 1 left out."""
    x = op.x
    dims = op.dims("axis", len(x.shape))
    if op["axis"] is None and op.shape is not None and op.shape[0] is None:
        # A batch that is left open stays, although one image is read.
        dims = dims[1:]
    return layout.squeeze(op.graph, x, dims)


@keras_layer("ops.BroadcastTo", kind="layout")
def _broadcast_to(op: Op) -> Result:
    """Dimensions of size 1 repeated."""
    x = op.x
    first, *rest = op.listed("shape")
    shape = [x.shape[0] if first is None else first, *rest]
    return layout.expand(op.graph, x, shape)


@keras_layer("Concatenate", "ops.Concatenate", kind="layout", axis=-1)
def _concatenate(op: Op) -> Result:
    """Tensors side by side: channels of the same cells, or cells after cells."""
    values = op.tensors
    return layout.cat(op.graph, values, op.dim("axis", op["axis"], len(values[0].shape)))


@keras_layer("ops.Stack", kind="layout", axis=0)
def _stack(op: Op) -> Result:
    """Tensors side by side along a new dimension."""
    values = op.tensors
    return layout.stack(op.graph, values, op.dim("axis", op["axis"], len(values[0].shape) + 1))


@keras_layer("ops.Hstack", "ops.Vstack", "ops.Append", kind="layout")
def _joined(op: Op) -> Result:
    """Tensors side by side."""
    values = op.tensors
    axis = 0 if op.key == "ops.Vstack" else 1
    if op.key == "ops.Append":
        if op["axis"] is None:
            raise op.lost("it joins all cells and channels as one row")
        axis = op.dim("axis", op["axis"], len(values[0].shape))
    return layout.cat(op.graph, values, axis)
