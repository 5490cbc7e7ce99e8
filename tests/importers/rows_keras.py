"""Which call runs each row of the Keras table? One function per layer or operation.

``x`` is the input, of shape ``SHAPE`` behind the batch unless ``SHAPES`` says otherwise, of values
between 0.3 and 0.7. An operation of ``keras.ops`` is made of its class, as files name it.
"""

from importlib import import_module

import numpy as np
import pytest

keras = pytest.importorskip("keras")
L, ops = keras.layers, keras.ops

SHAPE = (4, 6, 2)

FUNCTIONS = """
Abs Absolute Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Cbrt Ceil Celu Cos Cosh Deg2rad Elu
Erf Erfc Erfinv Exp Exp2 Expm1 Fabs Floor Gelu HardShrink HardSigmoid HardSilu HardTanh I0
LeakyRelu Log Log10 Log1p Log2 LogSigmoid NanToNum Negative Rad2deg Reciprocal Relu Relu6 Round
Rsqrt Selu Sigmoid Sign Signbit Silu Sin Sinc Sinh SoftShrink Softplus Softsign SparsePlus
SparseSigmoid Sqrt Square Squareplus Tan Tanh TanhShrink Tril Triu Trunc
Array Conj Conjugate ConvertToTensor Copy Real StopGradient
All Amax Amin Any Argmax Argmin Average CountNonzero Logsumexp Max Mean Median Min Nanargmax
Nanargmin Nanmax Nanmean Nanmedian Nanmin Nanprod Nanstd Nansum Nanvar Norm Prod Ptp Std Sum Var
LogSoftmax Normalize Softmax Sparsemax Fliplr Flipud Ravel
"""
"""Operations of one tensor."""

ARITHMETIC = """
Add Arctan2 Divide DivideNoNan FloorDivide Fmax Fmin Fmod Greater GreaterEqual Heaviside Hypot
Less LessEqual Logaddexp Logaddexp2 Maximum Minimum Mod Multiply Nextafter Power Subtract
TrueDivide
"""
"""Operations of two tensors."""

BITS = """
BitwiseAnd BitwiseLeftShift BitwiseOr BitwiseRightShift BitwiseXor Gcd Lcm LeftShift RightShift
"""

_FILES = ("numpy", "nn", "math", "core", "image", "linalg")


def op(name, *given, **settings):
    """Return an operation by the name of its class."""
    files = (import_module(f"keras.src.ops.{file}") for file in _FILES)
    return next(getattr(f, name) for f in files if hasattr(f, name))(*given, **settings)


def whole(x):
    """Whole numbers of the input."""
    return ops.cast(ops.multiply(x, 100.0), "int64")


def some(*shape):
    """Weights that cancel nothing."""
    return np.random.default_rng(len(shape)).uniform(0.5, 1.5, shape)


def layer(name, *given, **settings):
    """Return a function that calls a layer with the input alone."""
    return lambda x: getattr(L, name)(*given, **settings)(x)


def by_rank(name, *given, ranks=(1, 2, 3), **settings):
    """One row per number of dimensions; a setting of ``side`` is repeated for each."""
    return {name.replace("#", str(n)): layer(name.replace("#", str(n)), *given, **settings)
            for n in ranks}  # fmt: skip


def attention(name):
    return lambda x: getattr(L, name)(2, 3)(x, x)


def flat(x):
    """Rows as steps, with columns and channels as features."""
    return ops.reshape(x, (-1, 4, 12))


def both_ways(x):
    return L.Bidirectional(L.LSTM(3, return_sequences=True))(x)


ROWS = {
    **{f"ops.{name}": lambda x, name=name: op(name)(x) for name in FUNCTIONS.split()},
    **{f"ops.{name}": lambda x, name=name: op(name)(x, some(6, 1)) for name in ARITHMETIC.split()},
    **{f"ops.{name}": lambda x, name=name: op(name)(whole(x), np.array(3))
       for name in BITS.split()},
    # Functions of each value.
    "ops.All": lambda x: op("All")(ops.greater(x, 0.0)),
    "ops.Any": lambda x: op("Any")(ops.greater(x, 1.0)),
    "ops.CountNonzero": lambda x: op("CountNonzero")(ops.greater(x, 1.0)),
    "ops.BitwiseInvert": lambda x: op("BitwiseInvert")(whole(x)),
    "ops.BitwiseNot": lambda x: op("BitwiseNot")(whole(x)),
    "ops.Clip": lambda x: op("Clip", 0.4, 0.6)(x),
    "ops.Digitize": lambda x: op("Digitize")(x, np.array([0.4, 0.5, 0.6])),
    "ops.Equal": lambda x: op("Equal")(ops.floor(x), 0.0),
    "ops.NotEqual": lambda x: op("NotEqual")(ops.floor(x), 0.0),
    "ops.Isclose": lambda x: op("Isclose")(ops.floor(x), np.zeros(())),
    "ops.FullLike": lambda x: ops.add(x, op("FullLike")(x, 2.0)),
    "ops.Glu": lambda x: op("Glu")(x),
    "ops.HSVToRGB": lambda x: op("HSVToRGB")(ops.sigmoid(x)),
    "ops.RGBToHSV": lambda x: op("RGBToHSV")(x),
    "ops.RGBToGrayscale": lambda x: op("RGBToGrayscale")(x),
    "ops.Imag": lambda x: ops.add(x, op("Imag")(op("Polar")(x, x))),
    "ops.Isfinite": lambda x: op("Isfinite")(ops.log(x)),
    "ops.Isnan": lambda x: op("Isnan")(ops.log(x)),
    "ops.Isinf": lambda x: op("Isinf")(ops.exp(ops.multiply(x, 1e3))),
    "ops.Isposinf": lambda x: op("Isposinf")(ops.exp(ops.multiply(x, 1e3))),
    "ops.Isneginf": lambda x: op("Isneginf")(ops.negative(ops.exp(ops.multiply(x, 1e3)))),
    "ops.Isreal": lambda x: ops.add(x, ops.cast(op("Isreal")(x), "float64")),
    "ops.Ldexp": lambda x: op("Ldexp")(x, np.array(3)),
    "ops.LogicalNot": lambda x: op("LogicalNot")(ops.greater(x, 0.0)),
    "ops.LogicalAnd": lambda x: op("LogicalAnd")(ops.greater(x, 0.0), ops.less(x, 1.0)),
    "ops.LogicalOr": lambda x: op("LogicalOr")(ops.greater(x, 1.0), ops.less(x, -2.0)),
    "ops.LogicalXor": lambda x: op("LogicalXor")(ops.greater(x, 0.0), ops.less(x, 1.0)),
    "ops.OneHot": lambda x: op("OneHot", 1000)(ops.abs(whole(x))),
    "ops.Polar": lambda x: ops.real(op("Polar")(x, x)),
    "ops.Threshold": lambda x: op("Threshold", 0.5, 0.0)(x),
    "ops.Where": lambda x: op("Where")(ops.greater(x, 0.5), x, some(6, 1)),
    # Sums.
    "ops.DotProductAttention": lambda x: op("DotProductAttention")(x, x, x),
    "ops.Dot": lambda x: op("Dot")(x, some(2, 3)),
    "ops.Einsum": lambda x: op("Einsum", "nhwc,ck->nhwk")(x, some(2, 3)),
    "ops.Matmul": lambda x: op("Matmul")(x, some(2, 3)),
    "ops.Tensordot": lambda x: op("Tensordot", 1)(x, some(2, 3)),
    "ops.Moments": lambda x: op("Moments", [2])(x)[0],
    **{f"ops.{name}": lambda x, name=name: op(name, axis=2)(x, 0.5)
       for name in ("Quantile", "Percentile", "Nanquantile", "Nanpercentile")},
    # Norms.
    "ops.Argpartition": lambda x: op("Argpartition", 0)(x),
    "ops.Argsort": lambda x: op("Argsort")(x),
    "ops.Sort": lambda x: op("Sort")(x),
    "ops.TopK": lambda x: op("TopK", 1)(x)[0],
    "ops.BatchNorm": lambda x: op("BatchNorm", -1)(x, *(some(2) for _ in range(4))),
    "ops.LayerNorm": lambda x: op("LayerNorm")(x, some(2), some(2)),
    "ops.RMSNorm": lambda x: op("RMSNorm")(x, some(2)),
    **{f"ops.{name}": lambda x, name=name: op(name, axis=2)(x)
       for name in ("Cumprod", "Cumsum", "Nancumprod", "Nancumsum")},
    **{f"ops.{name}": lambda x, name=name: op(name)((x, x))[0]
       for name in ("FFT", "FFT2", "IFFT2")},
    # Windows and resizing.
    "ops.AdaptiveAveragePool": lambda x: op("AdaptiveAveragePool", (2, 4))(x),
    "ops.AdaptiveMaxPool": lambda x: op("AdaptiveMaxPool", (2, 4))(x),
    "ops.AveragePool": lambda x: op("AveragePool", 2, 1)(x),
    "ops.MaxPool": lambda x: op("MaxPool", 2, 1, "same")(x),
    "ops.Conv": lambda x: op("Conv", 1, "same")(x, some(3, 2, 2, 3)),
    "ops.DepthwiseConv": lambda x: op("DepthwiseConv")(x, some(2, 3, 2, 1)),
    "ops.SeparableConv": lambda x: op("SeparableConv")(x, some(2, 3, 2, 1), some(1, 1, 2, 3)),
    "ops.ExtractPatches": lambda x: op("ExtractPatches", 2)(x),
    "ops.GaussianBlur": lambda x: op("GaussianBlur")(x),
    "ops.DepthToSpace": lambda x: op("DepthToSpace", 2)(x),
    "ops.SpaceToDepth": lambda x: op("SpaceToDepth", 2)(x),
    "ops.Repeat": lambda x: op("Repeat", 2, axis=2)(x),
    "ops.Resize": lambda x: op("Resize", (7, 9))(x),
    # Frames.
    "ops.ArraySplit": lambda x: op("ArraySplit", 4, axis=2)(x)[0],
    "ops.CropImages": lambda x: op("CropImages", 1, 2, 0, 1)(x),
    "ops.PadImages": lambda x: op("PadImages", 1, 2, 0, 1)(x),
    "ops.Flip": lambda x: op("Flip", axis=2)(x),
    "ops.GetItem": lambda x: x[:, 1:, ::2],
    "ops.Hsplit": lambda x: op("Hsplit", 2)(x)[1],
    "ops.Vsplit": lambda x: op("Vsplit", 1)(x)[0],
    "ops.Pad": lambda x: op("Pad", ((0, 0), (1, 2), (0, 1), (0, 0)), "reflect")(x),
    "ops.Roll": lambda x: op("Roll", 2, axis=2)(x),
    "ops.Slice": lambda x: op("Slice", (1, 2, 3, 2))(x, (0, 1, 2, 0)),
    "ops.Split": lambda x: op("Split", 2, axis=2)(x)[1],
    "ops.TakeAlongAxis": lambda x: op("TakeAlongAxis", axis=1)(x, np.ones((1, 1, 1, 1), "int32")),
    "ops.Take": lambda x: op("Take", axis=2)(x, np.array([4, 3, 2])),
    "ops.Unstack": lambda x: op("Unstack", 6, 2)(x)[3],
    # Layouts.
    "ops.Append": lambda x: op("Append", axis=2)(x, x),
    "ops.BroadcastTo": lambda x: op("BroadcastTo", (3, 1, 4, 6, 2))(x),
    "ops.Concatenate": lambda x: op("Concatenate", 2)([x, x]),
    "ops.ExpandDims": lambda x: op("ExpandDims", 1)(x),
    "ops.Hstack": lambda x: op("Hstack")([x, x]),
    "ops.Vstack": lambda x: op("Vstack")([x, x]),
    "ops.Moveaxis": lambda x: op("Moveaxis", 3, 1)(x),
    "ops.Reshape": lambda x: op("Reshape", (-1, 4, 3, 2, 2))(x),
    "ops.Squeeze": lambda x: op("Squeeze", 3)(x[..., :1]),
    "ops.Stack": lambda x: op("Stack", 1)([x, x]),
    "ops.Swapaxes": lambda x: op("Swapaxes", 1, 3)(x),
    "ops.Tile": lambda x: op("Tile", (1, 2, 1, 1))(x),
    "ops.Transpose": lambda x: op("Transpose", (0, 3, 1, 2))(x),
    "ops.Cast": lambda x: op("Cast", "float32")(x),
    "ops.SaturateCast": lambda x: op("SaturateCast", "float32")(x),
    # Constants.
    **{f"ops.{name}": lambda x, name=name: ops.multiply(x, ops.exp(ops.multiply(op(name)(x), 0.0)))
       for name in ("EmptyLike", "OnesLike", "ZerosLike")},
    "ops.Size": lambda x: ops.multiply(x, op("Size")(x)),
    # Layers with windows.
    **by_rank("AdaptiveAveragePooling#D", 2),
    **by_rank("AdaptiveMaxPooling#D", 2),
    **by_rank("AveragePooling#D", 2, strides=1),
    **by_rank("MaxPooling#D", 2, strides=1, padding="same"),
    **by_rank("Conv#D", 3, 2, strides=2, padding="same"),
    **by_rank("Conv#DTranspose", 3, 3, strides=2),
    **by_rank("ConvLSTM#D", 2, 2, padding="same", return_sequences=True, ranks=(1, 2)),
    "ConvLSTM3D": layer("ConvLSTM3D", 1, 1, return_sequences=True),
    **by_rank("DepthwiseConv#D", 2, ranks=(1, 2)),
    **by_rank("SeparableConv#D", 3, 2, ranks=(1, 2)),
    **by_rank("UpSampling#D", 2),
    **by_rank("Cropping#D", 1),
    **by_rank("ZeroPadding#D", 1),
    **by_rank("GlobalAveragePooling#D", keepdims=True),
    **by_rank("GlobalMaxPooling#D", keepdims=True),
    **by_rank("SpatialDropout#D", 0.3),
    "Resizing": layer("Resizing", 5, 9),
    "CenterCrop": layer("CenterCrop", 2, 3),
    # Layers that sum.
    "AdditiveAttention": lambda x: L.AdditiveAttention()([x, x]),
    "Attention": lambda x: L.Attention()([x, x]),
    "MultiHeadAttention": attention("MultiHeadAttention"),
    "GroupQueryAttention": lambda x: L.GroupQueryAttention(3, 2, 1)(x, x),
    "CategoryEncoding": lambda x: L.CategoryEncoding(900, output_mode="multi_hot")(
        ops.abs(whole(x))
    ),
    "Dense": layer("Dense", 3),
    "Dot": lambda x: L.Dot(axes=2)([x, x]),
    "EinsumDense": layer("EinsumDense", "nhwc,ck->nhwk", output_shape=(None, None, 3)),
    # Layers that normalise, and recurrences.
    **{name: layer(name) for name in ("BatchNormalization", "LayerNormalization", "Softmax",
                                      "RMSNormalization", "UnitNormalization", "Identity")},
    "GroupNormalization": layer("GroupNormalization", 1),
    "Normalization": layer("Normalization", mean=0.5, variance=1.0),
    "AutoContrast": layer("AutoContrast", value_range=(0, 1)),
    **{name: layer(name, 3, return_sequences=True) for name in ("GRU", "LSTM", "SimpleRNN")},
    "RNN": lambda x: L.RNN(L.GRUCell(3), return_sequences=True)(x),
    "Bidirectional": both_ways,
    "TimeDistributed": lambda x: L.TimeDistributed(L.Conv1D(3, 2))(x),
    "SpectralNormalization": lambda x: L.SpectralNormalization(L.Conv2D(3, 2))(x),
    # Layers that keep each cell to itself.
    **{name: layer(name) for name in ("ELU", "LeakyReLU", "PReLU", "ReLU")},
    "Activation": layer("Activation", "tanh"),
    **{name: lambda x, name=name: getattr(L, name)()([x, ops.exp(x)])
       for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")},
    "Discretization": layer("Discretization", bin_boundaries=[0.4, 0.5, 0.6]),
    "Embedding": lambda x: L.Embedding(1000, 3)(ops.abs(whole(x))),
    "ReversibleEmbedding": lambda x: L.ReversibleEmbedding(1000, 3)(ops.abs(whole(x))),
    "Rescaling": layer("Rescaling", 2.0),
    "Concatenate": lambda x: L.Concatenate(2)([x, x]),
    "Flatten": layer("Flatten"),
    "Permute": layer("Permute", (3, 1, 2)),
    "RepeatVector": layer("RepeatVector", 3),
    "Reshape": layer("Reshape", (4, 3, 2, 2)),
    **{name: layer(name, 0.3) for name in ("AlphaDropout", "Dropout", "GaussianDropout",
                                           "GaussianNoise")},
    "ActivityRegularization": layer("ActivityRegularization"),
    "Masking": layer("Masking", 9.0),
    # Augmentation, which does nothing but in training.
    **{name: layer(name) for name in ("AugMix", "CutMix", "MixUp", "RandAugment",
                                      "RandomGrayscale", "RandomPerspective")},
    **{name: layer(name, 0.2) for name in (
        "RandomBrightness", "RandomContrast", "RandomColorDegeneration", "RandomHue",
        "RandomInvert", "RandomRotation", "RandomSaturation",
        "RandomSharpness", "RandomShear", "RandomZoom", "Solarization")},
    "RandomFlip": layer("RandomFlip"),
    "RandomPosterization": layer("RandomPosterization", 2),
    "RandomTranslation": layer("RandomTranslation", 0.1, 0.1),
    "RandomColorJitter": layer("RandomColorJitter", (0, 1), 0.2),
    "RandomElasticTransform": layer("RandomElasticTransform"),
    "RandomErasing": layer("RandomErasing"),
    "RandomGaussianBlur": layer("RandomGaussianBlur"),
}  # fmt: skip

SHAPES = {
    **{name: (6, 2) if "1D" in name else (3, 4, 3, 2) for name in ROWS
       if ("1D" in name or "3D" in name) and "LSTM" not in name and "ops." not in name},
    "ConvLSTM1D": (3, 5, 2),
    "ConvLSTM2D": (2, 3, 4, 1),
    "ConvLSTM3D": (2, 2, 2, 2, 1),
    **dict.fromkeys(("GRU", "LSTM", "SimpleRNN", "RNN", "Bidirectional", "Attention",
                     "AdditiveAttention", "GroupQueryAttention", "Dot"), (6, 2)),
    "CategoryEncoding": (6,),
    "RepeatVector": (6,),
    "Flatten": (6, 1),
    "ops.DepthToSpace": (2, 3, 8),
    **dict.fromkeys(("ops.HSVToRGB", "ops.RGBToHSV", "ops.RGBToGrayscale",
                     "RandomColorDegeneration", "RandomHue", "RandomSaturation",
                     "RandomGrayscale", "RandomColorJitter"), (4, 6, 3)),
    **{f"ops.{name}": (2, 3, 2) for name in f"{FUNCTIONS}{BITS}".split()},
}  # fmt: skip
"""Shapes of inputs behind the batch."""

RENAMED = {
    "Addons>GroupNormalization": "GroupNormalization",
    "Addons>InstanceNormalization": "GroupNormalization",
    "CuDNNGRU": "GRU",
    "CuDNNLSTM": "LSTM",
    "GroupedQueryAttention": "GroupQueryAttention",
    "LocallyConnected1D": "Conv1D",
    "LocallyConnected2D": "Conv2D",
    "Equalization": "RandomInvert",
    "RandomHeight": "RandomZoom",
    "RandomWidth": "RandomZoom",
    "SyncBatchNormalization": "BatchNormalization",
    "ThresholdedReLU": "ReLU",
    "applications.CustomScaleLayer": "Rescaling",
    "applications.LayerScale": "Rescaling",
    "ops.Identity": "ops.Copy",
}
"""Layers of earlier versions of Keras and of other packages, each by one that reads the same."""

DRAWN = {}
"""How many inputs are drawn for operations of which few values decide."""

ELSEWHERE = {"ops.ConvTranspose", "tf.math.l2_normalize", "Wrapper",
             "ops.Ndim"}  # fmt: skip
"""Rows of what this Keras does not make or run: ``test_keras_*.py`` run them."""
