"""How is one layer written? Its parameters as a network file has them, defaults left out."""

from collections.abc import Sequence
from typing import Any

import msgspec

from rfcalc.documents import Data
from rfcalc.layers import Layer
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.spec.parameters import parameters

__all__ = ["COUNTED", "shown", "values"]

LEFT_OUT: dict[str, int | bool | None] = {
    "stride": 1,
    "dilation": 1,
    "output_padding": 0,
    "before": 0,
    "after": 0,
    "banded_attention.after": None,
    "start": 0,
    "stop": None,
    "step": 1,
    "shift": 0,
    "over": True,
}
"""What a parameter of each axis is where it is left out, of one op where ops differ."""
COUNTED = frozenset(
    {"kernel", "stride", "dilation", "factor", "scale", "output", "size", "window", "groups"}
    | {"in_channels", "out_channels", "before", "after", "padding"}
)
"""Parameters whose integers may become parameters of a block."""


def values(layer: Layer, dims: int) -> dict[str, Data]:
    """Return the parameters of a layer by their names in a file, in the order of writing.

    A value that is the same on every axis stands once; of a convolution stride and dilation are
    there even when they are 1 (``shown`` leaves them out), so that layers can be compared.

    >>> from rfcalc.layers import LAYERS
    >>> values(LAYERS["conv"](kernel=(3, 3), dilation=(2, 2), padding=((2, 2), (2, 2))), 2)
    {'kernel': 3, 'stride': 1, 'dilation': 2}
    """
    found: dict[str, Data] = {}
    for name, one in parameters(type(layer)).items():
        value: Any = getattr(layer, one.field)
        if name == "padding":
            value = _padding(layer, dims)
        elif one.per_axis and value is not None:
            usual = LEFT_OUT.get(f"{layer.op}.{name}", LEFT_OUT.get(name, ()))
            value = _axes(value or (usual,) * dims)
            if name == "stride" and not isinstance(layer, Conv | ConvTranspose):
                value = None if not layer_stride(layer) else value
            elif not one.required and value == usual:
                value = value if name in ("stride", "dilation") else None
        elif not one.required and value == one.default:
            value = None
        if value is not None:
            whole = isinstance(value, float) and value.is_integer()
            found[name] = int(value) if whole else value
    order = ("kernel", "stride", "dilation", "padding")
    return {name: found[name] for name in (*order, *found) if name in found}


def layer_stride(layer: Layer) -> bool:
    """Whether the stride of a pooling layer is written: it differs from its kernel."""
    stride: tuple[int, ...] = getattr(layer, "stride", ())
    return bool(stride) and stride != getattr(layer, "kernel", ())


def shown(op: str, given: dict[str, Data]) -> dict[str, Data]:
    """Return the parameters that are written, without a stride or dilation of 1."""
    plain = ("dilation", "stride") if op in ("conv", "conv_transpose") else ("dilation",)
    return {name: value for name, value in given.items() if name not in plain or value != 1}


def _axes(value: Sequence[Data]) -> Data:
    """Return one value for all axes, or a list of one per axis."""
    return value[0] if len(set(value)) == 1 else list(value)


def _padding(layer: Layer, dims: int) -> Data:
    """Return padding as it is written, ``None`` where it keeps the grid centred."""
    padding: Any = getattr(layer, "padding")  # noqa: B009 - only windows have it
    if padding is None or isinstance(padding, str):
        return padding
    centred: Any = msgspec.structs.replace(layer, padding=None)
    if all(centred.pads(None, axis) == padding[axis] for axis in range(dims)):
        return None
    ends = [one[0] if one[0] == one[1] else list(one) for one in padding]
    if all(isinstance(end, int) for end in ends):
        return _axes(tuple(ends))
    return ends
