"""Which model runs each row of the ONNX table? One function per operator, or a name in a list.

``x`` is the input, of shape ``SHAPE`` and of values between 0.3 and 0.7, ``y`` the output. What
ONNX's reference does not compute is ``SPELLED`` in operators that it does.
"""

import numpy as np
import pytest

from tests.importers.onnx_oracle import constant, helper, model, node, weights, whole

onnx = pytest.importorskip("onnx")
T = onnx.TensorProto

SHAPE = (1, 2, 4, 6)
MS = {"domain": "com.microsoft"}

ONE_INPUT = """
Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid
HardSwish LeakyRelu Log Mish Neg Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus
Softsign Sqrt Swish Tan Tanh ThresholdedRelu Identity Dropout GlobalAveragePool
GlobalMaxPool LogSoftmax Softmax Hardmax MeanVarianceNormalization LpNormalization
Transpose Squeeze ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin
ReduceProd ReduceSum ReduceSumSquare Optional
"""
"""Operators that need an input and no setting."""

TWO_INPUTS = "Add Sub Mul Div Pow Max Min Mean Sum PRelu"
COMPARED = "Greater GreaterOrEqual Less LessOrEqual"
LOGICAL = "And Or Xor"
BITS = "BitwiseAnd BitwiseOr BitwiseXor Mod"
OPSETS = {"Upsample": 9, "SwiGLU": 28, "CumProd": 26, "BitCast": 26, "TensorScatter": 24, "If": 17}
WEIGHT = weights("w", 2, 2, 2, 3)
QUANTISED = [constant("s", 0.01), constant("z", 0, np.uint8)]
SQUARE = (2, 3, 3)
"""A shape of which determinants can be taken."""


def one(op, *tensors, shape=SHAPE, opset=None, inputs=(), **attributes):
    """A model of one operator, whose inputs are ``x`` and the tensors."""
    names = inputs or ["x", *(tensor.name for tensor in tensors)]
    return several([node(op, names, **attributes)], *tensors, shape=shape, opset=opset)


def several(nodes, *tensors, shape=SHAPE, opset=None):
    opset = opset or max([OPSETS.get(step.op_type, 23) for step in nodes], default=23)
    if any(step.op_type in OPSETS for step in nodes):
        opset = max(OPSETS[step.op_type] for step in nodes if step.op_type in OPSETS)
    return model(nodes, shape, tensors, opset=opset, imports=[helper.make_opsetid(MS["domain"], 1)])


def bits(op, *more, tensors=(), **attributes):
    """An operator of whole numbers."""
    hundred, three = constant("hundred", 100.0), constant("three", 3, np.int32)
    cast = [node("Mul", ["x", "hundred"], "h"), node("Cast", ["h"], "i", to=T.INT32)]
    last = node(op, ["i", *(more or ["three"])], "o", **attributes)
    return several([*cast, last, node("Cast", ["o"], to=T.FLOAT)], hundred, three,
                   *tensors)  # fmt: skip


def logic(op):
    """An operator of truth values, either of which another value of the input turns."""
    least, most = (1.0, -2.0) if op == "Or" else (0.0, 1.0)
    made = [node("Greater", ["x", "least"], "b"), node("Less", ["x", "most"], "c")]
    names = ["b"] if op == "Not" else ["b", "c"]
    return several([*made, node(op, names)], constant("least", least), constant("most", most))


def made_of(op, *tensors, **attributes):
    """A constant by an operator, the sum of which scales the input."""
    made = node(op, [tensor.name for tensor in tensors], "c", **attributes)
    total = node("ReduceSum", ["d"], "t", keepdims=0)
    return several([made, node("Cast", ["c"], "d", to=T.FLOAT), total,
                    node("Mul", ["x", "t"])], *tensors)  # fmt: skip


def measured(op, *tensors, shape=SHAPE, **attributes):
    """The shape of the input by an operator, the sum of which scales the input."""
    return several(
        [node("Add", ["x", "x"], "a"),
         node(op, ["a", *(t.name for t in tensors)], "c", **attributes),
         node("Cast", ["c"], "d", to=T.FLOAT), node("ReduceSum", ["d"], "t", keepdims=0),
         node("Mul", ["x", "t"])],
        *tensors, shape=shape,
    )  # fmt: skip


def quantised(*nodes, tensors=(), shape=SHAPE):
    """Operators from whole numbers, ``q``, to others, ``r``, of one scale and one zero."""
    return several(
        [node("QuantizeLinear", ["x", "s", "z"], "q"), *nodes,
         node("DequantizeLinear", ["r", "s", "z"])],
        *QUANTISED, *tensors, shape=shape,
    )  # fmt: skip


def sequence(*nodes, tensors=()):
    """Operators between parts of the input, ``l``, and a sequence, ``m``, that is joined."""
    return several(
        [node("SplitToSequence", ["x", "two"], "l", axis=2), *nodes,
         node("ConcatFromSequence", ["m"], axis=2)],
        constant("two", 2, np.int64), *tensors,
    )  # fmt: skip


def whole_as_rows():
    return constant("places", [[1], [2], [3]], np.int64)


def chosen():
    """A condition that is constant, and one that is not."""
    out = [helper.make_tensor_value_info("t", T.FLOAT, None)]
    then = helper.make_graph([node("Relu", ["x"], "t")], "then", [], out)
    other = helper.make_graph([node("Neg", ["x"], "t")], "else", [], out)
    return several(
        [node("ReduceMax", ["x"], "m", keepdims=0), node("Greater", ["m", "k"], "c"),
         node("If", ["c"], then_branch=then, else_branch=other)],
        constant("k", 1.0),
    )  # fmt: skip


def angles():
    tables = weights("cos", 1, 4, 3), weights("sin", 1, 4, 3)
    return one("RotaryEmbedding", *tables, shape=(1, 4, 12), num_heads=2)


def attended():
    return several(
        [node("Attention", ["x", "k", "v"])], weights("k", 1, 2, 5, 6), weights("v", 1, 2, 5, 6)
    )


POOL = {"kernel_shape": [2, 3]}
LAST = node("Transpose", ["x"], "t", perm=[0, 2, 3, 1])
FIRST = node("Transpose", ["l"], perm=[0, 3, 1, 2])
GAIN = weights("g", 6)
EIGHT = constant("m", np.ones((6, 3)), np.int8)
MATRIX = weights("m", 6, 3)


def ms(op, inputs, *tensors, shape=SHAPE, **attributes):
    """An operator that ONNX Runtime alone has."""
    return several([node(op, inputs, **attributes, **MS)], *tensors, shape=shape)


def last(op, inputs, *tensors, **attributes):
    """An operator that has the channels last."""
    return several([LAST, node(op, inputs, "l", **attributes), FIRST], *tensors)


def state(op, gates, *names, **attributes):
    shape = (6, 1, 2)
    transposed = op.startswith("Dynamic")
    sizes = [(2, gates * 3), (3, gates * 3)] if transposed else [(gates * 3, 2), (gates * 3, 3)]
    tensors = [weights("w", 1, *sizes[0]), weights("r", 1, *sizes[1])]
    scale = [constant("s", [1.0])] if transposed else []
    made = node(op, ["x", "w", "r", *names], ["o"], hidden_size=3, **attributes)
    return several([made, node("Identity", ["o"])], *tensors, *scale, shape=shape)


ROWS = {
    **{op: lambda op=op: one(op) for op in ONE_INPUT.split()},
    **{op: lambda op=op: one(op, weights("b", 2, 1, 6)) for op in TWO_INPUTS.split()},
    **{op: lambda op=op: one(op, constant("k", 0.5)) for op in COMPARED.split()},
    "Equal": lambda: several(
        [node("Floor", ["x"], "f"), node("Equal", ["f", "k"])], constant("k", 0.0)
    ),
    **{op: lambda op=op: logic(op) for op in [*LOGICAL.split(), "Not"]},
    **{op: lambda op=op: bits(op) for op in BITS.split()},
    "BitwiseNot": lambda: several(
        [node("Cast", ["x"], "i", to=T.INT32), node("BitwiseNot", ["i"])]
    ),
    "BitShift": lambda: several(
        [node("Mul", ["x", "h"], "a"), node("Cast", ["a"], "i", to=T.UINT32),
         node("BitShift", ["i", "n"], "o", direction="LEFT"), node("Cast", ["o"], to=T.FLOAT)],
        constant("h", 100.0), constant("n", 1, np.uint32),
    ),
    "Bernoulli": lambda: one("Bernoulli"),
    "Clip": lambda: one("Clip", constant("low", 0.4), constant("high", 0.6)),
    "IsNaN": lambda: several([node("Log", ["x"], "a"), node("IsNaN", ["a"])]),
    "IsInf": lambda: several(
        [node("Mul", ["x", "h"], "a"), node("Exp", ["a"], "b"), node("IsInf", ["b"])],
        constant("h", 100.0),
    ),
    "If": chosen,
    "OneHot": lambda: bits(
        "OneHot", "depth", "ends",
        tensors=[constant("depth", 1000, np.int64), constant("ends", [1.0, 2.0])],
    ),
    "RotaryEmbedding": angles,
    "SwiGLU": lambda: one("SwiGLU", weights("b", *SHAPE)),
    "Trilu": lambda: one("Trilu"),
    "Where": lambda: several(
        [node("Greater", ["x", "k"], "c"), node("Where", ["c", "x", "b"])],
        constant("k", 0.5), weights("b", 2, 1, 6),
    ),
    "com.microsoft.BiasGelu": lambda: ms("BiasGelu", ["x", "g"], GAIN),
    **{f"com.microsoft.{op}": lambda op=op: ms(op, ["x"])
       for op in ("FastGelu", "Gelu", "QuickGelu")},
    **{f"com.microsoft.{op}": lambda op=op: quantised(
        node(op, ["q", "s", "z", "q", "s", "z", "s", "z"], "r", **MS)
       ) for op in ("QLinearAdd", "QLinearMul")},
    **{f"com.microsoft.{op}": lambda op=op: quantised(
        node(op, ["q", "s", "z", "s", "z"], "r", **MS)
       ) for op in ("QLinearLeakyRelu", "QLinearSigmoid")},
    # Windows.
    "AveragePool": lambda: one("AveragePool", **POOL),
    "LpPool": lambda: one("LpPool", **POOL),
    "MaxPool": lambda: one("MaxPool", pads=[1, 0, 0, 1], strides=[2, 1], **POOL),
    "Conv": lambda: one("Conv", WEIGHT, strides=[1, 2]),
    "ConvTranspose": lambda: one("ConvTranspose", WEIGHT, strides=[2, 1]),
    "ConvInteger": lambda: several(
        [node("QuantizeLinear", ["x", "s", "z"], "q"),
         node("ConvInteger", ["q", "w", "z"], "i"), node("Cast", ["i"], to=T.FLOAT)],
        *QUANTISED, constant("w", np.ones((2, 2, 2, 3)), np.uint8),
    ),
    "QLinearConv": lambda: quantised(
        node("QLinearConv", ["q", "s", "z", "w", "s", "z", "t", "z"], "r"),
        tensors=[constant("w", np.full((2, 2, 2, 3), 100), np.uint8), constant("t", 0.1)],
    ),
    "Col2Im": lambda: several(
        [node("Conv", ["x", "w"], "c", strides=[2, 2]), node("Reshape", ["c", "flat"], "f"),
         node("Col2Im", ["f", "size", "block"], strides=[2, 2])],
        weights("w", 8, 2, 2, 2), whole("flat", 1, 8, 6), whole("size", 4, 6),
        whole("block", 2, 2),
    ),
    "DeformConv": lambda: one("DeformConv", WEIGHT, constant("off", np.zeros((1, 12, 3, 4)))),
    "com.microsoft.DeformConv": lambda: ms("DeformConv", ["x", "w", "off"], WEIGHT,
                                           constant("off", np.zeros((1, 12, 3, 4)))),
    "com.microsoft.FusedConv": lambda: ms("FusedConv", ["x", "w"], WEIGHT, activation="Relu"),
    "com.microsoft.NhwcConv": lambda: last("NhwcConv", ["t", "w"], WEIGHT, **MS),
    "com.microsoft.NhwcMaxPool": lambda: last("NhwcMaxPool", ["t"], **POOL, **MS),
    "com.microsoft.QLinearAveragePool": lambda: quantised(
        node("QLinearAveragePool", ["q", "s", "z", "s", "z"], "r", **POOL, **MS)
    ),
    "STFT": lambda: several(
        [node("STFT", ["x", "step", "", "long"])],
        constant("step", 2, np.int64), constant("long", 4, np.int64), shape=(1, 12, 1),
    ),
    # Resizing.
    "DepthToSpace": lambda: one("DepthToSpace", blocksize=2, shape=(1, 8, 2, 3)),
    "SpaceToDepth": lambda: one("SpaceToDepth", blocksize=2),
    "MaxUnpool": lambda: several(
        [node("MaxPool", ["x"], ["p", "i"], kernel_shape=[2, 2], strides=[2, 2]),
         node("MaxUnpool", ["p", "i"], kernel_shape=[2, 2], strides=[2, 2])],
    ),
    "Resize": lambda: several([node("Resize", ["x", "", "s"], mode="linear")],
                              constant("s", [1.0, 1.0, 2.0, 1.5])),
    "Upsample": lambda: one("Upsample", constant("s", [1.0, 1.0, 2.0, 3.0])),
    # Frames.
    "CenterCropPad": lambda: one("CenterCropPad", whole("size", 2, 9), axes=[2, 3]),
    "Pad": lambda: one("Pad", whole("pads", 0, 0, 1, 2, 0, 0, 0, 1), mode="reflect"),
    "ReverseSequence": lambda: one("ReverseSequence", whole("n", 6), shape=(6, 1, 2)),
    "Slice": lambda: one("Slice", whole("from", 1), whole("to", 6), whole("axis", 3),
                         whole("by", 2)),
    "ScatterND": lambda: one("ScatterND", whole_as_rows(), weights("new", 3), shape=(6,)),
    # Sums.
    "Attention": attended,
    **{op: lambda op=op: one(op, axis=3) for op in ("ArgMax", "ArgMin")},
    "Det": lambda: one("Det", shape=SQUARE),
    "Einsum": lambda: one("Einsum", MATRIX, equation="nchw,wk->nchk"),
    "Gemm": lambda: one("Gemm", MATRIX, shape=(4, 6)),
    "MatMul": lambda: one("MatMul", MATRIX),
    "GlobalLpPool": lambda: one("GlobalLpPool"),
    "MatMulInteger": lambda: several(
        [node("QuantizeLinear", ["x", "s", "z"], "q"), node("MatMulInteger", ["q", "m"], "i"),
         node("Cast", ["i"], to=T.FLOAT)],
        *QUANTISED, EIGHT,
    ),
    "QLinearMatMul": lambda: quantised(
        node("QLinearMatMul", ["q", "s", "z", "m", "s", "z", "t", "z"], "r"),
        tensors=[constant("m", np.full((6, 3), 100), np.uint8), constant("t", 0.02)],
    ),
    "NegativeLogLikelihoodLoss": lambda: one(
        "NegativeLogLikelihoodLoss", constant("target", np.zeros((1, 4, 6)), np.int64),
        reduction="none",
    ),
    "SoftmaxCrossEntropyLoss": lambda: one(
        "SoftmaxCrossEntropyLoss", constant("target", np.zeros((1, 4, 6)), np.int64),
        reduction="none",
    ),
    "com.microsoft.DynamicQuantizeMatMul": lambda: ms(
        "DynamicQuantizeMatMul", ["x", "m", "one"], EIGHT, constant("one", 1.0)
    ),
    "com.microsoft.FusedGemm": lambda: ms("FusedGemm", ["x", "m"], MATRIX, shape=(4, 6),
                                          activation="Relu"),
    "com.microsoft.FusedMatMul": lambda: ms("FusedMatMul", ["x", "m"], MATRIX, alpha=2.0),
    "com.microsoft.MatMulIntegerToFloat": lambda: several(
        [node("QuantizeLinear", ["x", "s", "z"], "q"),
         node("MatMulIntegerToFloat", ["q", "m", "s", "one"], **MS)],
        *QUANTISED, EIGHT, constant("one", 1.0),
    ),
    "com.microsoft.QLinearGlobalAveragePool": lambda: quantised(
        node("QLinearGlobalAveragePool", ["q", "s", "z", "s", "z"], "r", **MS)
    ),
    "com.microsoft.QLinearReduceMean": lambda: quantised(
        node("QLinearReduceMean", ["q", "s", "z", "s", "z"], "r", axes=[3], **MS)
    ),
    # Norms.
    "BatchNormalization": lambda: one(
        "BatchNormalization", *(constant(name, [1.0, 1.0]) for name in ("g", "b", "m", "v"))
    ),
    "InstanceNormalization": lambda: one(
        "InstanceNormalization", constant("g", [1.0, 1.0]), constant("b", [1.0, 1.0])
    ),
    "GroupNormalization": lambda: one(
        "GroupNormalization", constant("g", [1.0, 1.0]), constant("b", [1.0, 1.0]), num_groups=1
    ),
    "LayerNormalization": lambda: one("LayerNormalization", GAIN),
    "RMSNormalization": lambda: one("RMSNormalization", GAIN),
    "SimplifiedLayerNormalization": lambda: one("SimplifiedLayerNormalization", GAIN),
    "com.microsoft.SimplifiedLayerNormalization": lambda: ms(
        "SimplifiedLayerNormalization", ["x", "g"], GAIN
    ),
    "com.microsoft.SkipLayerNormalization": lambda: ms(
        "SkipLayerNormalization", ["x", "x", "g"], GAIN
    ),
    "com.microsoft.QLinearSoftmax": lambda: quantised(
        node("QLinearSoftmax", ["q", "s", "z", "s", "z"], "r", opset=13, axis=3, **MS)
    ),
    "CumSum": lambda: one("CumSum", constant("axis", 3, np.int64)),
    "CumProd": lambda: one("CumProd", constant("axis", 3, np.int64)),
    "DFT": lambda: several([node("Unsqueeze", ["x", "end"], "r"), node("DFT", ["r", "", "axis"])],
                           whole("end", 4), constant("axis", 3, np.int64)),
    "DynamicQuantizeLinear": lambda: several(
        [node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
         node("DequantizeLinear", ["q", "s", "z"])],
    ),
    "LRN": lambda: one("LRN", size=3),
    "GRU": lambda: state("GRU", 3),
    "LSTM": lambda: state("LSTM", 4),
    "RNN": lambda: state("RNN", 1),
    "com.microsoft.DynamicQuantizeLSTM": lambda: state(
        "DynamicQuantizeLSTM", 4, *[""] * 5, "s", "s", "s", "s", **MS
    ),
    "TopK": lambda: several([node("TopK", ["x", "k"], ["y", "i"], axis=1)], whole("k", 1)),
    # Layouts.
    "Flatten": lambda: one("Flatten", axis=3),
    "Compress": lambda: one("Compress", constant("kept", [1, 0, 1, 1, 0, 1], bool), axis=3),
    "Concat": lambda: one("Concat", weights("b", 1, 2, 3, 6), axis=2),
    "ConcatFromSequence": lambda: sequence(node("Identity", ["l"], "m")),
    "Expand": lambda: one("Expand", whole("to", 3, 2, 4, 6)),
    "Gather": lambda: one("Gather", whole("i", 4, 1), axis=3),
    "GridSample": lambda: one("GridSample", moved(), opset=16),
    "com.microsoft.GridSample": lambda: one("GridSample", moved(), **MS),
    "RoiAlign": lambda: one("RoiAlign", REGIONS, whole("batch", 0), output_width=2),
    "MaxRoiPool": lambda: one("MaxRoiPool", weights("regions", 1, 5), pooled_shape=[1, 2]),
    "com.microsoft.CropAndResize": lambda: one(
        "CropAndResize", REGIONS, whole("batch", 0), whole("size", 1, 2), **MS
    ),
    "Scatter": lambda: one("Scatter", places(), weights("new", 1, 1, 1, 2), opset=10),
    "ScatterElements": lambda: one("ScatterElements", places(), weights("new", 1, 1, 1, 2)),
    "TensorScatter": lambda: one(
        "TensorScatter", weights("new", 1, 2, 1, 6), constant("at", [1], np.int64)
    ),
    "GatherElements": lambda: one(
        "GatherElements", constant("i", np.zeros((1, 1, 4, 6)), np.int64), axis=1
    ),
    "GatherND": lambda: one("GatherND", constant("i", [[1], [0]], np.int64), shape=(2, 4, 6)),
    "Reshape": lambda: one("Reshape", whole("to", 1, 2, 2, 2, 6)),
    "Split": lambda: several([node("Split", ["x"], ["a", "y"], axis=3, num_outputs=2)]),
    "SplitToSequence": lambda: sequence(node("Identity", ["l"], "m")),
    "SequenceAt": lambda: several(
        [node("SplitToSequence", ["x", "two"], "l", axis=2), node("SequenceAt", ["l", "i"])],
        constant("two", 2, np.int64), constant("i", 1, np.int64),
    ),
    "SequenceConstruct": lambda: several(
        [node("SequenceConstruct", ["x", "x"], "m"), node("ConcatFromSequence", ["m"], axis=2)]
    ),
    "SequenceEmpty": lambda: several(
        [node("SequenceEmpty", [], "l"), node("SequenceInsert", ["l", "x"], "m"),
         node("ConcatFromSequence", ["m"], axis=2)]
    ),
    "SequenceErase": lambda: sequence(
        node("SequenceErase", ["l", "i"], "m"), tensors=[constant("i", 0, np.int64)]
    ),
    "SequenceInsert": lambda: sequence(node("SequenceInsert", ["l", "x"], "m")),
    "Tile": lambda: one("Tile", whole("times", 1, 1, 2, 1)),
    "Unsqueeze": lambda: one("Unsqueeze", whole("axes", 2)),
    "com.microsoft.QLinearConcat": lambda: quantised(
        node("QLinearConcat", ["s", "z", "q", "s", "z", "q", "s", "z"], "r", axis=2, **MS)
    ),
    # Constants.
    **{op: lambda op=op: made_of(op, constant("n", 5, np.int64))
       for op in ("BlackmanWindow", "HammingWindow", "HannWindow")},
    "AffineGrid": lambda: made_of(
        "AffineGrid", constant("theta", [[[1, 0, 0], [0, 1, 1]]]), whole("size", 1, 1, 2, 3)
    ),
    "Constant": lambda: made_of("Constant", value=constant("", [2.0])),
    "ConstantOfShape": lambda: made_of(
        "ConstantOfShape", whole("size", 2, 3), value=constant("", [2.0])
    ),
    "EyeLike": lambda: measured("EyeLike", shape=(4, 6)),
    **{op: lambda op=op: made_of(op, shape=[2, 3]) for op in ("RandomNormal", "RandomUniform")},
    **{op: lambda op=op: made_of(op, weights("like", 3, 3))
       for op in ("RandomNormalLike", "RandomUniformLike")},
    "Range": lambda: made_of(
        "Range",
        *(constant(name, n, np.int64) for name, n in (("from", 0), ("to", 5), ("by", 1))),
    ),
    "OptionalHasElement": lambda: measured("OptionalHasElement"),
    "SequenceLength": lambda: several(
        [node("SplitToSequence", ["x", "two"], "l", axis=2), node("SequenceLength", ["l"], "n"),
         node("Cast", ["n"], "f", to=T.FLOAT), node("Mul", ["x", "f"])],
        constant("two", 2, np.int64),
    ),
    "Shape": lambda: measured("Shape"),
    "Size": lambda: measured("Size"),
    # What does nothing.
    "BitCast": lambda: several(
        [node("BitCast", ["x"], "i", to=T.INT32), node("BitCast", ["i"], to=T.FLOAT)]
    ),
    "Cast": lambda: one("Cast", to=T.DOUBLE),
    "CastLike": lambda: one("CastLike", constant("like", 1.0, np.float64)),
    "DequantizeLinear": lambda: quantised(node("Identity", ["q"], "r")),
    "QuantizeLinear": lambda: quantised(node("Identity", ["q"], "r")),
    **{f"com.microsoft.{op}": lambda: several(
        [node("QuantizeLinear", ["x", "s", "z"], "q", **MS),
         node("DequantizeLinear", ["q", "s", "z"], **MS)], *QUANTISED)
       for op in ("DequantizeLinear", "QuantizeLinear")},
    "OptionalGetElement": lambda: several(
        [node("Optional", ["x"], "o"), node("OptionalGetElement", ["o"])]
    ),
}  # fmt: skip

SPELLED = {
    "Bernoulli": lambda: one("Identity"),
    "GlobalLpPool": lambda: one("GlobalAveragePool"),
    "SimplifiedLayerNormalization": ROWS["RMSNormalization"],
    "DeformConv": lambda: one("Conv", WEIGHT),
    **{op: lambda: one("Mul", constant("k", 2.0))
       for op in ("RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike")},
    **{f"com.microsoft.{op}": made for op, made in {
        "BiasGelu": ROWS["Gelu"],
        "FastGelu": ROWS["Gelu"],
        "Gelu": ROWS["Gelu"],
        "QuickGelu": ROWS["Swish"],
        "QLinearAdd": ROWS["Identity"],
        "QLinearMul": ROWS["Identity"],
        "QLinearLeakyRelu": ROWS["LeakyRelu"],
        "QLinearSigmoid": ROWS["Sigmoid"],
        "DeformConv": lambda: one("Conv", WEIGHT),
        "FusedConv": lambda: one("Conv", WEIGHT),
        "NhwcConv": lambda: one("Conv", WEIGHT),
        "NhwcMaxPool": lambda: one("MaxPool", **POOL),
        "QLinearAveragePool": lambda: one("AveragePool", **POOL),
        "DynamicQuantizeMatMul": lambda: several(
            [node("ReduceMean", ["x"], "m"), node("Add", ["x", "m"])]
        ),
        "FusedGemm": ROWS["Gemm"],
        "FusedMatMul": ROWS["MatMul"],
        "MatMulIntegerToFloat": ROWS["MatMul"],
        "QLinearGlobalAveragePool": ROWS["GlobalAveragePool"],
        "QLinearReduceMean": lambda: several(
            [node("ReduceMean", ["x", "axes"])], whole("axes", 3)
        ),
        "DynamicQuantizeLSTM": lambda: several(
            [node("ReduceMean", ["x"], "m"), node("Add", ["x", "m"], "a"),
             node("Gather", ["a", "i"], "b", axis=2), node("Unsqueeze", ["b", "axes"])],
            whole("i", 0, 1, 1), whole("axes", 1), shape=(6, 1, 2),
        ),
        "QLinearSoftmax": lambda: one("Softmax", axis=3),
        "SimplifiedLayerNormalization": ROWS["RMSNormalization"],
        "SkipLayerNormalization": ROWS["LayerNormalization"],
        "QLinearConcat": lambda: several([node("Concat", ["x", "x"], axis=2)]),
        "DequantizeLinear": ROWS["Identity"],
        "QuantizeLinear": ROWS["Identity"],
    }.items()},
}  # fmt: skip
"""The same in operators that ONNX's reference computes, or in what draws no numbers."""

REGIONS = constant("regions", [[0.0, 1.0, 5.0, 3.0]])
"""One region of the map."""

SPELLED |= {
    "Scatter": ROWS["ScatterElements"],
    "com.microsoft.GridSample": ROWS["GridSample"],
    **dict.fromkeys(("MaxRoiPool", "com.microsoft.CropAndResize"), ROWS["RoiAlign"]),
}


def moved():
    """Places on a map, two for each cell of a result."""
    return constant("grid", np.random.default_rng(0).uniform(-1, 1, (1, 4, 6, 2)))


def places():
    return constant("places", np.zeros((1, 1, 1, 2)), np.int64)


DRAWN = {"Hardmax": 24, "MaxUnpool": 8, "ArgMax": 6, "ArgMin": 6}
"""How many inputs are drawn for operators of which few values decide."""

FOLDED = {"Constant", "ConstantOfShape", "Range"}
"""Rows whose models are computed before they are handled."""
