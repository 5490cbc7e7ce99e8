"""Which operations of ``keras.ops`` keep every cell to itself, or sum over dimensions?"""

from re import sub

from rfcalc.importers.axes import Value, constant, live
from rfcalc.importers.cancelling import note_difference
from rfcalc.importers.channels import channels
from rfcalc.importers.functions import choose, refill
from rfcalc.importers.graph import plain
from rfcalc.importers.hiding import triangle
from rfcalc.importers.keras.activations import elementwise, gated, normalised
from rfcalc.importers.keras.masking import given_at, masked, numbers_of
from rfcalc.importers.keras.model import Array
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.layout import expand, unsqueeze
from rfcalc.importers.mixing import mix, reduce, scan
from rfcalc.importers.products import broadcast
from rfcalc.importers.sampling import first_ranks
from rfcalc.layers.pointwise import Add, Mul
from rfcalc.layers.whole import Sequence, SpatialNorm


def _name_of(op: Op) -> str:
    """Return the word for a function in lower case, parts of it apart."""
    return sub(r"(?<=[a-z])(?=[A-Z])", "_", op.key.removeprefix("ops.")).lower()


def _ops(names: str) -> tuple[str, ...]:
    return tuple(f"ops.{name}" for name in names.split())


@keras_layer(
    *_ops("Absolute Abs Fabs Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh BitwiseInvert"),
    *_ops("BitwiseNot Cbrt Ceil Clip Cos Cosh Deg2rad Rad2deg Exp Exp2 Expm1 Floor Imag I0"),
    *_ops("Isfinite Isinf Isnan Isneginf Isposinf Isreal Log Log10 Log1p Log2 LogicalNot"),
    *_ops("NanToNum Negative Reciprocal Round Sign Signbit Sin Sinc Sinh Sqrt Square Tan Tanh"),
    *_ops("Trunc Erf Erfc Erfinv Rsqrt Relu Relu6 Sigmoid SparseSigmoid Softplus Softsign"),
    *_ops("SoftShrink SparsePlus Silu Squareplus LogSigmoid LeakyRelu HardSigmoid HardSilu Elu"),
    *_ops("Selu Gelu Celu TanhShrink HardTanh HardShrink Threshold Digitize"),
    kind="element-wise",
)
def _function(op: Op) -> Result:
    """A function of each value."""
    return elementwise(op, op.x, _name_of(op))


@keras_layer("ops.Tril", "ops.Triu", kind="element-wise", k=0)
def _triangle(op: Op) -> Result:
    """One triangle of the last two dimensions."""
    return triangle(op.graph, op.x, int(op["k"]), upper=op.key == "ops.Triu")


@keras_layer("ops.BatchNorm", kind="norm")
def _stored(op: Op) -> Result:
    """Element-wise, by given statistics."""
    return elementwise(op, op.x, "batchnorm")


@keras_layer(
    *_ops("Add Subtract Multiply Divide DivideNoNan TrueDivide FloorDivide Power Mod Fmod"),
    *_ops("Maximum Minimum Fmax Fmin Arctan2 Hypot Heaviside Logaddexp Logaddexp2 Equal NotEqual"),
    *_ops("Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalXor BitwiseAnd"),
    *_ops("BitwiseOr BitwiseXor BitwiseLeftShift BitwiseRightShift LeftShift RightShift Where"),
    *_ops("Isclose Ldexp Nextafter Gcd Lcm Polar"),
    kind="element-wise",
)
def _arithmetic(op: Op) -> Result:
    """A function of values at the same place, broadcast; with constants alone, no layer."""
    values = op.tensors
    if op.key == "ops.Where" and all(v is None for v in (*op.args[1:], *op.kwargs.values())):
        raise op.lost("without values to choose from, its size depends on the condition")
    dependent = [v for v in values if live(v)]
    shape = max((v.shape for v in values), key=len)
    if len(dependent) == 1 and len(dependent[0].shape) == len(shape):
        wide = [max(sizes) for sizes in zip(*(_full(v, len(shape)) for v in values), strict=True)]
        if dependent[0].shape == tuple(wide):
            return masked(op, dependent[0])
    if op.key == "ops.Where" and len(dependent) == 2:
        condition = given_at(op, "condition", 0)
        if isinstance(condition, Array) or not live(condition):
            return choose(op.graph, dependent, numbers_of(condition))
    layer = Add() if op.key in ("ops.Add", "ops.Subtract") else Mul()
    if op.key == "ops.Subtract":
        note_difference(op.graph, values)
    return broadcast(op.graph, refill(op.graph, values, _name_of(op)), layer)


def _full(x: Value, rank: int) -> list[int]:
    return [1] * (rank - len(x.shape)) + list(x.shape)


@keras_layer(
    *_ops("Mean Sum Prod Max Min Amax Amin Var Std Median Any All Argmax Argmin CountNonzero"),
    *_ops("Logsumexp Norm Ptp Average Nanmean Nansum Nanmax Nanmin Nanprod Nanstd Nanvar"),
    *_ops("Nanmedian Nanargmax Nanargmin"),
    kind="sum",
)
def _reduced(op: Op) -> Result:
    """One value per place left: over space, the whole of it."""
    x = op.x
    return reduce(op.graph, x, op.dims("axis", len(x.shape)), keep=bool(op["keepdims"]))


@keras_layer(*_ops("Quantile Percentile Nanquantile Nanpercentile"), kind="sum")
def _quantile(op: Op) -> Result:
    """A quantile per place left, several along a new dimension in front: over space, of all."""
    x, given = op.x, op.args[1]
    done = reduce(op.graph, x, op.dims("axis", len(x.shape)), keep=bool(op["keepdims"]))
    listed = given if isinstance(given, Array) else Array(given)
    for count in reversed(listed.shape):
        done = expand(op.graph, unsqueeze(op.graph, done, 0), [count, *done.shape])
    return done


@keras_layer("ops.Moments", kind="sum")
def _moments(op: Op) -> Result:
    """Mean and variance per place left: over space, of the whole of it."""
    x = op.x
    done = reduce(op.graph, x, op.dims("axes", len(x.shape)), keep=bool(op["keepdims"]))
    return [done, done]


@keras_layer("ops.Softmax", "ops.LogSoftmax", "ops.Sparsemax", kind="norm", axis=-1)
def _softmax(op: Op) -> Result:
    """Values over the sum along a dimension: over space, the whole of it."""
    x = op.x
    done = normalised(op, x, op.dims("axis", len(x.shape)))
    return refill(op.graph, [done], "log")[0] if op.key == "ops.LogSoftmax" else done


@keras_layer("ops.Normalize", "ops.LayerNorm", "ops.RMSNorm", kind="norm", axis=-1)
def _normalised(op: Op) -> Result:
    """Normalised over dimensions: over space, the whole of it."""
    x = op.x
    return mix(op.graph, x, op.dims("axis", len(x.shape)), plain("layernorm"), SpatialNorm)


@keras_layer("tf.math.l2_normalize", kind="norm")
def _scaled_to_one(op: Op) -> Result:
    """Normalised over dimensions, over all of them where none are given."""
    return _normalised(op)


@keras_layer("ops.Cumsum", "ops.Cumprod", "ops.Nancumsum", "ops.Nancumprod", kind="norm")
def _running(op: Op) -> Result:
    """A running sum; along space it reads all that came before."""
    x = op.x
    if op["axis"] is None:
        raise op.lost("it runs over all dimensions as one")
    return scan(op.graph, x, op.dims("axis", len(x.shape)), op.key)


@keras_layer("ops.FFT", "ops.FFT2", "ops.IFFT2", kind="norm")
def _fourier(op: Op) -> Result:
    """A Fourier transform of a real and an imaginary part: along space, the whole of it."""
    both = broadcast(op.graph, op.first(2), Add())
    rank = len(both.shape)
    dims = [rank - 1] if op.key == "ops.FFT" else [rank - 2, rank - 1]
    done = mix(op.graph, both, dims, plain("identity"), Sequence)
    return [done, done]


@keras_layer("ops.Sort", "ops.Argsort", "ops.TopK", "ops.Argpartition", kind="norm", axis=-1)
def _sorted(op: Op) -> Result:
    """Sorted along a dimension: each place reads all of it."""
    x = op.x
    if op["axis"] is None:
        raise op.lost("it sorts all dimensions as one")
    d = op.dim("axis", op["axis"], len(x.shape))
    largest = op.key == "ops.TopK"
    done = first_ranks(op.graph, x, d, op.number("k") if largest else x.shape[d])
    return [done, done] if largest else done


@keras_layer("ops.Glu", kind="element-wise", axis=-1)
def _glu(op: Op) -> Result:
    """One half of a dimension gated by the other."""
    x = op.x
    return gated(op, x, op.dim("axis", op["axis"], len(x.shape)))


@keras_layer("ops.OneHot", kind="element-wise", axis=-1)
def _one_hot(op: Op) -> Result:
    """Each index as a row of flags."""
    x = op.x
    d = op.dim("axis", op["axis"], len(x.shape) + 1)
    wide = unsqueeze(op.graph, x, d)
    return expand(op.graph, wide, [*wide.shape[:d], op.number("num_classes"), *wide.shape[d + 1 :]])


@keras_layer("ops.RGBToGrayscale", "ops.RGBToHSV", "ops.HSVToRGB", kind="element-wise")
def _colours(op: Op) -> Result:
    """A mix of the channels of each cell."""
    x = op.x
    _, channel = op.space(2, len(x.shape))
    out = 1 if op.key == "ops.RGBToGrayscale" else x.shape[channel]
    return elementwise(op, channels(op.graph, x, channel, out))


@keras_layer("ops.FullLike", kind="element-wise")
def _full_like(op: Op) -> Result:
    """One value laid over a shape."""
    x, fill = op.x, op.tensor("fill_value", 1)
    return constant(x.shape) if fill is None else expand(op.graph, fill, x.shape)


@keras_layer(*_ops("OnesLike ZerosLike EmptyLike Ndim Size"), kind="constant")
def _constant(op: Op) -> Result:
    """A constant: it depends on no input."""
    x = op.x
    # Keras records the number of dimensions as the shape of ``Ndim``, not as its value.
    numbers = {"ops.Ndim": (len(x.shape),), "ops.Size": ()}
    return constant(numbers.get(op.key, x.shape))
