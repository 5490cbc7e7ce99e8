"""What does a call of a Keras layer cost? Weights follow from its settings and its inputs."""

from collections.abc import Callable, Sequence
from math import isqrt, prod
from typing import Any, NamedTuple, cast

from rfcalc.importers.keras.model import key_of
from rfcalc.importers.keras.operators import Op
from rfcalc.importers.macs import attention_macs, einsum_macs, matrix_macs
from rfcalc.network import Work

__all__ = ["work_of"]

Shape = Sequence[int]


class Made(NamedTuple):
    """A call: the shapes of the tensors that it is given, and of the first that it gives."""

    op: Op
    shapes: Sequence[Shape]
    out: Shape


class Counted(NamedTuple):
    """Weights and multiply-adds, ``None`` where they are not known, and then why."""

    weights: int | None = 0
    macs: int | None = 0
    why: str = ""


def work_of(op: Op, name: str, out: Sequence[Shape]) -> Work:
    """Return what a call of the layer of that name costs, which gives values of those shapes."""
    values = sum(map(prod, out))
    counting = _COUNTED.get(op.key)
    found = counting(Made(op, op.shapes, out[0] if out else ())) if counting else Counted()
    weights = ((name, found.weights),) if found.weights else ()
    return Work(None if found.weights is None else weights, found.macs, values, found.why)


Counting = Callable[[Made], Counted]
_COUNTED: dict[str, Counting] = {}
"""What layers have weights, or multiply and sum; all others do neither."""


def _layers(*names: str) -> Callable[[Counting], Counting]:
    def register(counting: Counting) -> Counting:
        _COUNTED.update(dict.fromkeys(names, counting))
        return counting

    return register


def _has_bias(op: Op) -> bool:
    return op.config.get("use_bias", True) is not False


def _taps(op: Op) -> int:
    """Return the elements of a kernel."""
    return prod(op.each("kernel_size", op.rank, most=1 << 16))


def _channel(op: Op, shape: Shape) -> int:
    """Return the channels of a map."""
    return shape[1] if op["data_format"] == "channels_first" else shape[-1]


@_layers("Conv1D", "Conv2D", "Conv3D")
def _conv(at: Made) -> Counted:
    filters, groups = _channel(at.op, at.out), at.op.number("groups", most=1 << 20)
    each = _taps(at.op) * (_channel(at.op, at.shapes[0]) // groups)
    return Counted(filters * each + filters * _has_bias(at.op), prod(at.out) * each)


@_layers("LocallyConnected1D", "LocallyConnected2D")
def _local(at: Made) -> Counted:
    each = _taps(at.op) * _channel(at.op, at.shapes[0])
    places = prod(at.out[1:])
    return Counted(places * each + places * _has_bias(at.op), prod(at.out) * each)


@_layers("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def _transposed_conv(at: Made) -> Counted:
    filters = _channel(at.op, at.out)
    each = _taps(at.op) * filters
    bias = filters * _has_bias(at.op)
    return Counted(_channel(at.op, at.shapes[0]) * each + bias, prod(at.shapes[0]) * each)


@_layers("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D")
def _depthwise(at: Made) -> Counted:
    taps = _taps(at.op)
    wide = _channel(at.op, at.shapes[0]) * at.op.number("depth_multiplier", most=1 << 20)
    filters = _channel(at.op, at.out)
    weights, cells = taps * wide + filters * _has_bias(at.op), prod(at.out) // filters
    if at.op.key.startswith("Depthwise"):
        return Counted(weights, cells * taps * wide)
    return Counted(weights + wide * filters, cells * (taps * wide + wide * filters))


@_layers("Dense")
def _dense(at: Made) -> Counted:
    given, units = at.shapes[0][-1], at.out[-1]
    return Counted(given * units + units * _has_bias(at.op), prod(at.out) * given)


@_layers("EinsumDense")
def _einsum_dense(at: Made) -> Counted:
    equation = str(at.op["equation"]).replace(" ", "")
    left, _, right = equation.partition("->")
    given, _, kernel = left.partition(",")
    sizes = {**_letter_sizes(given, at.shapes[0]), **_letter_sizes(right, at.out)}
    if not set(kernel) <= set(sizes):
        return Counted(None, None, "its equation is not one of an input and a kernel")
    wide = [sizes[letter] for letter in kernel]
    bias = prod(sizes[letter] for letter in str(at.op["bias_axes"])) if at.op["bias_axes"] else 0
    return Counted(prod(wide) + bias, einsum_macs(equation, [at.shapes[0], wide]))


def _letter_sizes(term: str, shape: Shape) -> dict[str, int]:
    """Return the sizes of letters, dots standing for the dimensions that have none."""
    before, _, after = term.partition("...")
    last = shape[len(shape) - len(after) :] if after else ()
    return {**dict(zip(before, shape, strict=False)), **dict(zip(after, last, strict=False))}


@_layers("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention")
def _multi_head(at: Made) -> Counted:
    grouped = at.op.key != "MultiHeadAttention"
    query, value = at.shapes[:2]
    named = at.op.tensor("key", 2)
    key = value if named is None else named.shape
    heads = int(at.op["num_query_heads" if grouped else "num_heads"])
    fewer = int(at.op["num_key_value_heads"]) if grouped else heads
    wide = int(at.op["head_dim" if grouped else "key_dim"])
    deep = wide if grouped or at.op["value_dim"] is None else int(at.op["value_dim"])
    rank = len(query)
    over = at.op.dims("attention_axes", rank) if at.op["attention_axes"] else range(1, rank - 1)
    rows, keys = (prod(shape[d] for d in over) for shape in (query, key))
    batch = prod(query[:-1]) // rows
    joined = [(query, heads * wide), (key, fewer * wide), (value, fewer * deep)]
    result = (heads * deep) * at.out[-1]
    weights = sum(shape[-1] * width for shape, width in joined) + result
    if _has_bias(at.op):
        weights += sum(width for _, width in joined) + at.out[-1]
    macs = sum(prod(shape) * width for shape, width in joined) + prod(query[:-1]) * result
    return Counted(weights, macs + batch * heads * rows * keys * (wide + deep))


@_layers("Attention", "AdditiveAttention")
def _attention(at: Made) -> Counted:
    query, value = at.shapes[:2]
    key = at.shapes[2] if len(at.shapes) > 2 else value
    if at.op.key == "Attention":
        if at.op["score_mode"] == "concat":
            return Counted(1 + bool(at.op["use_scale"]), None, "its scores are not counted")
        return Counted(int(bool(at.op["use_scale"])), attention_macs(query, key, value))
    scale = query[-1] * (at.op.config.get("use_scale", True) is not False)
    return Counted(scale, prod(query[:-1]) * key[-2] * (scale + value[-1]))


@_layers("ops.DotProductAttention")
def _dot_product(at: Made) -> Counted:
    query, key, value = at.shapes[:3]
    return Counted(0, prod(query[:-1]) * key[1] * (query[-1] + value[-1]))


_GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}


@_layers("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU")
def _recurrent(at: Made) -> Counted:
    return _cells([(at.op.key, at.op.config)], at.shapes[0])


@_layers("RNN")
def _of_cells(at: Made) -> Counted:
    cell = cast("dict[str, Any]", at.op["cell"])
    rows = cast("list[dict[str, Any]]", cell["config"].get("cells", [cell]))
    return _cells([(key_of(row).removesuffix("Cell"), row["config"]) for row in rows], at.shapes[0])


@_layers("Bidirectional")
def _both_ways(at: Made) -> Counted:
    inner = cast("dict[str, Any]", at.op["layer"])
    one = _cells([(key_of(inner), inner["config"])], at.shapes[0])
    return Counted(2 * (one.weights or 0), 2 * (one.macs or 0))


def _cells(rows: Sequence[tuple[str, dict[str, Any]]], given: Shape) -> Counted:
    """Return what stacked recurrent cells cost on batch, steps, channels."""
    weights = macs = 0
    wide = given[-1]
    for key, config in rows:
        units, fused = int(config["units"]), key.startswith("CuDNN")
        gates = _GATES[key.removeprefix("CuDNN")]
        matrices = gates * units * (wide + units)
        twice = fused or (key == "GRU" and config.get("reset_after", True))
        biased = config.get("use_bias", True) is not False
        weights += matrices + (1 + twice) * gates * units * biased
        macs += prod(given[:-1]) * matrices
        wide = units
    return Counted(weights, macs)


@_layers("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def _conv_lstm(at: Made) -> Counted:
    taps = _taps(at.op)
    filters = at.op.number("filters", most=1 << 20)
    channels = at.shapes[0][2] if at.op["data_format"] == "channels_first" else at.shapes[0][-1]
    matrices = taps * (channels + filters) * 4 * filters
    cells = prod(at.out) // filters * (1 if at.op["return_sequences"] else at.shapes[0][1])
    return Counted(matrices + 4 * filters * _has_bias(at.op), cells * matrices)


@_layers(
    *("BatchNormalization", "SyncBatchNormalization", "LayerNormalization", "GroupNormalization"),
    *("RMSNormalization", "Addons>GroupNormalization", "Addons>InstanceNormalization"),
)
def _norm(at: Made) -> Counted:
    axis = at.op.config.get("axis", -1)
    listed = cast("Sequence[int]", axis) if isinstance(axis, list | tuple) else [int(axis)]
    wide = prod(at.shapes[0][d] for d in listed)
    scaled = at.op.config.get("scale", True) is not False
    moved = at.op.config.get("center", True) is not False and at.op.key != "RMSNormalization"
    return Counted(wide * (scaled + moved))


@_layers("PReLU")
def _prelu(at: Made) -> Counted:
    shared = {int(d) for d in at.op.listed("shared_axes")}
    return Counted(prod(n for d, n in enumerate(at.shapes[0]) if d and d not in shared))


@_layers("Embedding", "ReversibleEmbedding")
def _embedding(at: Made) -> Counted:
    table = int(at.op["input_dim"]) * int(at.op["output_dim"])
    if at.op.kwargs.get("reverse"):
        return Counted(table, prod(at.out) * int(at.op["output_dim"]))
    untied = at.op.key == "ReversibleEmbedding" and at.op["tie_weights"] is False
    return Counted(table * (1 + untied))


@_layers("applications.LayerScale")
def _layer_scale(at: Made) -> Counted:
    return Counted(at.shapes[0][-1])


@_layers("ops.Conv")
def _conv_by(at: Made) -> Counted:
    return Counted(0, prod(at.out) * prod(at.shapes[1][:-1]))


@_layers("ops.DepthwiseConv")
def _depthwise_by(at: Made) -> Counted:
    return Counted(0, prod(at.out) * prod(at.shapes[1][:-2]))


@_layers("ops.SeparableConv")
def _separable_by(at: Made) -> Counted:
    cells = prod(at.out) // _channel(at.op, at.out)
    return Counted(0, cells * (prod(at.shapes[1]) + prod(at.shapes[2])))


@_layers("ops.ConvTranspose")
def _transposed_by(at: Made) -> Counted:
    return Counted(0, prod(at.shapes[0]) * prod(at.shapes[1][:-1]))


@_layers("ops.Matmul")
def _matmul(at: Made) -> Counted:
    return Counted(0, matrix_macs(at.shapes[0], at.out))


@_layers("ops.Einsum")
def _einsum(at: Made) -> Counted:
    macs = einsum_macs(str(at.op["subscripts"]), at.shapes)
    return Counted(0, macs, "" if macs is not None else "this einsum is not counted")


@_layers("Dot")
def _dot(at: Made) -> Counted:
    axes = at.op.listed("axes") * 2
    return Counted(0, prod(at.out) * at.shapes[0][int(axes[0])])


@_layers("ops.Dot", "ops.Tensordot")
def _tensordot(at: Made) -> Counted:
    # The sizes of both are those of the result, times what is summed over, which both have.
    summed = isqrt(prod(at.shapes[0]) * prod(at.shapes[1]) // max(1, prod(at.out)))
    return Counted(0, prod(at.out) * summed)


@_layers("ops.FFT", "ops.FFT2", "ops.IFFT2")
def _fourier(at: Made) -> Counted:
    return Counted(0, None, f"the multiply-adds of {at.op.key} are not counted")
