"""Small networks of TFLite operators, at least one for each that the reader knows."""

import numpy as np

from tests.importers.tflite_made import Made
from tests.importers.tflite_running import BINARY, ELEMENTWISE

SAME, VALID = 0, 1
NETWORKS = {}
NOT_RUN = ("with noise", "sparse weights")
"""Those whose values differ from run to run, or that need a table that is not written here."""

"""By name, what makes a network; it returns the network and its output, maybe with its space."""

BOOL = {"LOGICAL_NOT", "LOGICAL_AND", "LOGICAL_OR"}
WHOLE = {"BITWISE_XOR", "RIGHT_SHIFT", "FLOOR_MOD", "FLOOR_DIV"}


def network(make):
    NETWORKS[make.__name__.strip("_").replace("_", " ")] = make
    return make


def simple(op, *inputs, shape=(1, 5, 6, 2), **settings):
    """A network of one operator behind a convolution of three cells across."""
    m = Made(*shape)
    return m, m(op, shaken(m, m.x), *inputs, **settings)


def shaken(m, x):
    """A convolution that reads three cells across and one along."""
    c = x.array.shape[-1]
    return m("CONV_2D", x, m.weights(c, 3, 1, c) / 4, Padding=SAME, StrideH=1, StrideW=1)


def meant(m, x):
    """The mean of three cells across: a change of one by 8 is more than any value."""
    sides = {"StrideH": 1, "StrideW": 1, "FilterHeight": 3, "FilterWidth": 1}
    return m("AVERAGE_POOL_2D", x, Padding=SAME, **sides)


def _typed(m, op, x):
    if op in BOOL:
        return m("GREATER", x, np.float32(0 if op == "LOGICAL_AND" else 2))
    if op in WHOLE:
        scaled = m("MUL", x, np.float32(7))
        return m("CAST", scaled, InDataType=0, OutDataType=2)
    return x


def _of_one(op):
    def make():
        m = Made(1, 5, 6, 2)
        return m, m(op, _typed(m, op, m.x))

    return make


def _of_two(op):
    def make():
        m = Made(1, 5, 6, 2)
        y = meant(m, m.x) if op in BOOL or op == "RIGHT_SHIFT" else shaken(m, m.x)
        x, y = _typed(m, op, m.x), _typed(m, op, y)
        if op == "RIGHT_SHIFT":
            y = m("CAST", meant(m, m.x), InDataType=0, OutDataType=2)
        if op in ("EQUAL", "NOT_EQUAL"):
            y = m("MINIMUM", x, y)
        return m, m(op, x, y)

    return make


for _op in ELEMENTWISE:
    NETWORKS[_op.lower()] = _of_one(_op)
for _op in BINARY:
    NETWORKS[_op.lower()] = _of_two(_op)


def _convolution(op, weight, padding, stride, dilation, **settings):
    def make():
        m = Made(1, 7, 8, 2)
        sides = {"StrideH": stride, "StrideW": stride}
        dilated = {"DilationHFactor": dilation, "DilationWFactor": dilation}
        held = [m.weights(*weight), m.weights(max(weight[0], weight[3]))]
        return m, m(op, m.x, *held, Padding=padding, **sides, **dilated, **settings)

    return make


def _pooling(op, padding, kernel, stride):
    sides = {"StrideH": stride, "StrideW": stride, "FilterHeight": kernel, "FilterWidth": kernel}
    return lambda: simple(op, shape=(1, 7, 8, 1), Padding=padding, **sides)


def _up(padding, kernel, stride, size):
    def make():
        m = Made(1, 4, 3, 2)
        across = 3 * stride - size % 2
        if padding == VALID:
            across = 2 * stride + kernel
        shape = _whole(1, size if padding == SAME else 3 * stride + kernel, across, 3)
        weight = m.weights(3, kernel, kernel, 2)
        sides = {"StrideH": stride, "StrideW": stride}
        return m, m("TRANSPOSE_CONV", shape, weight, m.x, Padding=padding, **sides)

    return make


def _resize(op, size, settings):
    return lambda: simple(op, _whole(*size), shape=(1, 5, 6, 1), **settings)


def _whole(*values):
    return np.array(values, np.int32)


for _padding in (SAME, VALID):
    for _stride, _dilation in ((1, 1), (2, 1), (1, 2), (3, 1)):
        _words = f"{_padding} s{_stride} d{_dilation}"
        NETWORKS[f"conv {_words}"] = _convolution(
            "CONV_2D", (3, 3, 2, 2), _padding, _stride, _dilation, FusedActivationFunction=1
        )
        NETWORKS[f"depthwise {_words}"] = _convolution(
            "DEPTHWISE_CONV_2D", (1, 2, 3, 4), _padding, _stride, _dilation, DepthMultiplier=2
        )
    for _stride, _kernel in ((1, 3), (2, 2), (2, 3), (3, 2)):
        for _op in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
            _words = f"{_op.lower()} {_padding} k{_kernel} s{_stride}"
            NETWORKS[_words] = _pooling(_op, _padding, _kernel, _stride)
    for _kernel, _stride, _size in ((3, 2, 8), (3, 2, 7), (2, 2, 8), (4, 2, 8), (3, 1, 4)):
        _words = f"transpose conv {_padding} k{_kernel} s{_stride} {_size}"
        NETWORKS[_words] = _up(_padding, _kernel, _stride, _size)
    NETWORKS[f"transpose conv {_padding} apart"] = _up(_padding, 2, 3, 12)

_GRIDS = {"first": {}, "half": {"HalfPixelCenters": 1}, "corners": {"AlignCorners": 1}}
for _name, _settings in _GRIDS.items():
    for _size in ((10, 12), (3, 3), (7, 4), (1, 9), (5, 6)):
        for _op in ("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"):
            NETWORKS[f"{_op.lower()} {_name} {_size}"] = _resize(_op, _size, _settings)


@network
def _grouped():
    m = Made(1, 6, 5, 4)
    return m, m("CONV_2D", m.x, m.weights(4, 3, 3, 2), Padding=SAME, StrideH=1, StrideW=1)


@network
def _of_volumes():
    m = Made(1, 4, 4, 5, 2)
    y = m("CONV_3D", m.x, m.weights(2, 3, 1, 2, 3), Padding=SAME, StrideD=1, StrideH=2, StrideW=1,
          DilationDFactor=1, DilationHFactor=1, DilationWFactor=1)  # fmt: skip
    return m, y, (1, 2, 3), (1, 2, 3)


@network
def _up_in_volumes():
    m = Made(1, 3, 2, 3, 2)
    shape = np.array([1, 6, 4, 6, 3], np.int32)
    sides = {f"Stride{letter}": 2 for letter in "DHW"}
    dilated = {f"Dilation{letter}Factor": 1 for letter in "DHW"}
    weight = m.weights(2, 2, 3, 3, 2)
    y = m("CONV_3D_TRANSPOSE", shape, weight, m.x, Padding=SAME, **sides, **dilated)
    return m, y, (1, 2, 3), (1, 2, 3)


@network
def _dilation_by_blocks():
    m = Made(1, 7, 9, 2)
    block = np.array([2, 2], np.int32)
    x = m("SPACE_TO_BATCH_ND", m.x, block, np.array([[2, 3], [2, 3]], np.int32))
    x = m("CONV_2D", x, m.weights(2, 3, 3, 2), Padding=VALID, StrideH=1, StrideW=1)
    return m, m("BATCH_TO_SPACE_ND", x, block, np.array([[0, 1], [0, 1]], np.int32))


@network
def _dilation_by_blocks_padded():
    m = Made(1, 8, 6, 2)
    block = np.array([2, 3], np.int32)
    none = np.zeros((2, 2), np.int32)
    x = m("SPACE_TO_BATCH_ND", m.x, block, none)
    x = m("DEPTHWISE_CONV_2D", x, m.weights(1, 3, 3, 2), Padding=SAME, StrideH=1, StrideW=1,
          DepthMultiplier=1)  # fmt: skip
    return m, m("BATCH_TO_SPACE_ND", x, block, none)


def _pads(*pairs):
    return np.array(pairs, np.int32)


@network
def _pad():
    m, x = simple("PAD", _pads((0, 0), (1, 2), (0, 3), (0, 0)))
    y = m("PADV2", x, _pads((0, 0), (1, 0), (1, 1), (0, 1)), np.float32(2))
    return m, m("CONV_2D", y, m.weights(1, 3, 3, 3), Padding=VALID, StrideH=2, StrideW=2)


@network
def _reflected():
    m, x = simple("MIRROR_PAD", _pads((0, 0), (2, 1), (0, 3), (0, 0)), Mode=0)
    return m, m("CONV_2D", x, m.weights(1, 3, 3, 2), Padding=VALID, StrideH=1, StrideW=1)


@network
def _mirrored():
    m, x = simple("MIRROR_PAD", _pads((0, 0), (2, 1), (0, 3), (0, 0)), Mode=1)
    return m, m("CONV_2D", x, m.weights(1, 3, 3, 2), Padding=VALID, StrideH=1, StrideW=1)


@network
def _slice():
    return simple("SLICE", _whole(0, 1, 2, 0), _whole(-1, 3, -1, 1))


@network
def _strided_slice():
    return simple("STRIDED_SLICE", _whole(0, 4, -5, 0), _whole(0, 0, 9, 1), _whole(1, -2, 2, 1),
                  BeginMask=1, EndMask=1 | 2)  # fmt: skip


@network
def _strided_slice_by_masks():
    m, x = simple("STRIDED_SLICE", _whole(0, 0, 0, 1), _whole(0, 0, 6, 2), _whole(1, 1, 1, 1),
                  EllipsisMask=2, NewAxisMask=1, ShrinkAxisMask=8)  # fmt: skip
    return m, m("RESHAPE", x, _whole(1, 5, 6, 1))


@network
def _space_and_depth():
    m, x = simple("SPACE_TO_DEPTH", shape=(1, 4, 6, 2), BlockSize=2)
    x = m("CONV_2D", x, m.weights(8, 1, 2, 8), Padding=SAME, StrideH=1, StrideW=1)
    return m, m("DEPTH_TO_SPACE", x, BlockSize=2)


@network
def _one_place_of_a_block():
    m, x = simple("SPACE_TO_DEPTH", shape=(1, 4, 6, 2), BlockSize=2)
    return m, m("SLICE", x, _whole(0, 0, 0, 4), _whole(-1, 2, 3, 2))


@network
def _signal():
    m = Made(1, 9, 2)
    x = m("EXPAND_DIMS", m.x, np.int32(1))
    x = m("CONV_2D", x, m.weights(3, 1, 3, 2), Padding=SAME, StrideH=1, StrideW=2)
    return m, m("SQUEEZE", x, SqueezeDims=[1]), (1,), (1,)


@network
def _turned():
    m = Made(1, 2, 5, 6)
    x = m("TRANSPOSE", m.x, _whole(0, 2, 3, 1))
    x = m("CONV_2D", x, m.weights(3, 3, 1, 2), Padding=SAME, StrideH=1, StrideW=2)
    return m, m("TRANSPOSE", x, _whole(0, 3, 1, 2)), (2, 3), (2, 3)


@network
def _without_channels():
    m = Made(1, 5, 6)
    x = m("RESHAPE", m.x, _whole(1, 5, 6, 1))
    return m, m("CONV_2D", x, m.weights(3, 3, 2, 1), Padding=SAME, StrideH=2, StrideW=1)


@network
def _reshaped_by_its_settings():
    m = Made(1, 4, 6, 2)
    x = m("RESHAPE", shaken(m, m.x), NewShape=[1, 4, 3, 4])
    return m, m("RESHAPE", x, NewShape=[1, 4, 6, 2])


@network
def _joined_and_split():
    m = Made(1, 5, 6, 4)
    one, two = m("SPLIT", np.int32(3), m.x, NumSplits=2)
    three, four = m("SPLIT_V", shaken(m, one), _whole(1, -1 + 2), np.int32(3), NumSplits=2)
    return m, m("CONCATENATION", four, two, three, Axis=-1)


@network
def _joined_along_space():
    m = Made(1, 5, 6, 1)
    y = m("CONCATENATION", shaken(m, m.x), m.x, Axis=2)
    return m, m("CONV_2D", y, m.weights(1, 1, 3, 1), Padding=SAME, StrideH=1, StrideW=1)


@network
def _part_of_a_join():
    m = Made(1, 5, 6, 2)
    y = m("CONCATENATION", m.x, shaken(m, m.x), Axis=3)
    return m, m("SLICE", y, _whole(0, 0, 0, 2), _whole(-1, -1, -1, -1))


@network
def _stacked():
    m = Made(1, 5, 6, 2)
    both = m("PACK", shaken(m, m.x), m.x, Axis=1, ValuesCount=2)
    one, two = m("UNPACK", both, Axis=1, Num=2)
    return m, m("ADD_N", one, two, two)


@network
def _gathered():
    m, x = simple("GATHER", _whole(4, 0, 1, 1), Axis=1)
    return m, m("GATHER", x, _whole(1), Axis=-1)


@network
def _at_places():
    return simple("GATHER_ND", np.array([[[0, r] for r in (1, 0, 2)]], np.int32))


@network
def _one_of_a_row():
    m, x = simple("GATHER", np.int32(2), Axis=1)
    return m, x, (1, 2), (1,)


@network
def _reversed():
    return simple("REVERSE_V2", _whole(2))


@network
def _copied():
    m, x = simple("TILE", _whole(1, 2, 1, 3))
    return m, x


@network
def _broadcast():
    m = Made(1, 5, 6, 2)
    row = m("MEAN", shaken(m, m.x), _whole(1), KeepDims=1)
    return m, m("SUB", m("BROADCAST_TO", row, _whole(1, 5, 6, 2)), m.x)


@network
def _excited():
    m = Made(1, 4, 5, 2)
    row = m("MEAN", shaken(m, m.x), _whole(1, 2), KeepDims=1)
    return m, m("MUL", m.x, row)


for _op in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"):
    NETWORKS[f"{_op.lower()} across"] = lambda o=_op: simple(o, _whole(2), KeepDims=1)
    NETWORKS[f"{_op.lower()} over channels"] = lambda o=_op: simple(o, _whole(-1))
for _op in ("REDUCE_ANY", "REDUCE_ALL"):

    def _judged(o=_op):
        m = Made(1, 4, 5, 2)
        return m, m(o, m("GREATER", shaken(m, m.x), np.float32(1)), _whole(3), KeepDims=1)

    NETWORKS[_op.lower()] = _judged
for _op in ("ARG_MAX", "ARG_MIN"):
    NETWORKS[_op.lower()] = lambda o=_op: simple(o, np.int32(3), OutputType=2)
for _op in ("SOFTMAX", "LOG_SOFTMAX", "L2_NORMALIZATION"):
    NETWORKS[_op.lower()] = lambda o=_op: simple(o, **({"Beta": 1.0} if o == "SOFTMAX" else {}))


@network
def _softmax_over_space():
    m = Made(1, 4, 3, 2)
    x = m("TRANSPOSE", shaken(m, m.x), _whole(0, 1, 3, 2))
    y = m("SOFTMAX", x, Beta=1.0)
    return m, m("TRANSPOSE", y, _whole(0, 1, 3, 2))


@network
def _response():
    return simple("LOCAL_RESPONSE_NORMALIZATION", Radius=5, Bias=1.0, Alpha=1.0, Beta=0.5)


@network
def _running_over_channels():
    return simple("CUMSUM", np.int32(3))


@network
def _largest():
    m = Made(1, 4, 5, 3)
    best, _ = m("TOPK_V2", shaken(m, m.x), np.int32(2))
    return m, best


@network
def _dense():
    m = Made(1, 3, 4, 2)
    y = m("FULLY_CONNECTED", shaken(m, m.x), m.weights(5, 24), m.weights(5))
    return m, y, (1, 2), ()


@network
def _dense_over_channels():
    m = Made(1, 3, 4, 2)
    y = m("FULLY_CONNECTED", shaken(m, m.x), m.weights(5, 2), KeepNumDims=1)
    return m, y


@network
def _attention():
    m = Made(1, 3, 4, 2)
    x = m("RESHAPE", shaken(m, m.x), _whole(1, 12, 2))
    scores = m("SOFTMAX", m("BATCH_MATMUL", x, x, AdjY=1), Beta=1.0)
    return m, m("RESHAPE", m("BATCH_MATMUL", scores, x), _whole(1, 3, 4, 2))


def _near():
    """Which of 12 cells of an image of 3 rows lie beside each, in its row or the next."""
    down, along = np.divmod(np.arange(12), 4)
    return (abs(down[:, None] - down) <= 1) & (abs(along[:, None] - along) <= 1)


def _attending(mask):
    m = Made(1, 3, 4, 2)
    x = m("RESHAPE", shaken(m, m.x), _whole(1, 12, 2))
    weights = mask(m, m("BATCH_MATMUL", x, x, AdjY=1))
    return m, m("RESHAPE", m("BATCH_MATMUL", weights, x), _whole(1, 3, 4, 2))


def _soft(m, scores):
    return m("SOFTMAX", scores, Beta=1.0)


@network
def _attention_of_neighbours():
    return _attending(lambda m, s: _soft(m, m("ADD", s, np.where(_near(), 0, -1e9))))


@network
def _attention_of_chosen_keys():
    low = np.full((1, 12, 12), -1e9)
    return _attending(lambda m, s: _soft(m, m("SELECT_V2", _near()[None], s, low)))


@network
def _attention_of_keys_times_nothing():
    return _attending(lambda m, s: m("RELU", m("MUL", s, _near().astype(np.float32))))


@network
def _attention_by_exponentials():
    return _attending(lambda m, s: m("EXP", m("MINIMUM", s, np.where(_near(), 9, -1e9))))


@network
def _matrix():
    m = Made(1, 3, 4, 2)
    y = m(
        "BATCH_MATMUL", m("TRANSPOSE", shaken(m, m.x), _whole(0, 1, 3, 2)), m.weights(2, 5), AdjX=1
    )
    return m, y


@network
def _gelu():
    return simple("GELU")


@network
def _leaky():
    return simple("LEAKY_RELU", Alpha=0.25)


@network
def _slopes():
    return simple("PRELU", np.full((1, 1, 2), 0.25, np.float32))


@network
def _quantised():
    m = Made(1, 5, 6, 2)
    return m, m("FAKE_QUANT", shaken(m, m.x), Min=-8.0, Max=9.0, NumBits=8)


@network
def _chosen():
    m = Made(1, 5, 6, 2)
    y = shaken(m, m.x)
    return m, m("SELECT_V2", m("LESS", m.x, np.float32(5)), y, m.x)


@network
def _chosen_by_row():
    m = Made(1, 5, 6, 2)
    y = m("MEAN", m("SELECT", np.array([True]), shaken(m, m.x), m.x), _whole(3), KeepDims=1)
    return m, m("SELECT", m("GREATER", y, np.float32(1)), y, y)


@network
def _zeros():
    m = Made(1, 5, 6, 2)
    return m, m("ADD", m.x, m("ZEROS_LIKE", shaken(m, m.x)))


@network
def _shape_computed():
    m = Made(1, 4, 6, 2)
    y = shaken(m, m.x)
    shape = m("SHAPE", y, OutType=2)
    batch = m("STRIDED_SLICE", shape, _whole(0), _whole(1), _whole(1), ShrinkAxisMask=1)
    high = m("STRIDED_SLICE", shape, _whole(1), _whole(2), _whole(1), ShrinkAxisMask=1)
    wide = m("MUL", m("GATHER", shape, np.int32(2), Axis=0), np.int32(1))
    wanted = m("PACK", batch, high, wide, np.int32(2), Axis=0, ValuesCount=4)
    rows = m("REDUCE_PROD", m("SLICE", shape, _whole(1), _whole(2)), _whole(0), KeepDims=1)
    flat = m("CONCATENATION", _whole(1), rows, _whole(2), Axis=0)
    x = m("RESHAPE", m("RESHAPE", y, flat), wanted)
    return m, m("CONV_2D", x, m.weights(1, 1, 3, 2), Padding=SAME, StrideH=1, StrideW=1)


@network
def _filled():
    m = Made(1, 5, 6, 2)
    table = m("FILL", _whole(1, 5, 6, 2), np.float32(2))
    steps = m(
        "CAST", m("RANGE", np.int32(0), np.int32(2), np.int32(1)), InDataType=2, OutDataType=0
    )
    rank = m("CAST", m("RANK", m.x), InDataType=2, OutDataType=0)
    return m, m("ADD", m("ADD", m("MUL", m.x, table), steps), rank)


@network
def _of_one_hot():
    m = Made(1, 5, 6)
    x = m("CAST", m.x, InDataType=0, OutDataType=2)
    return m, m("ONE_HOT", x, np.int32(4), np.float32(1), np.float32(0), Axis=-1), (1,), (1,)


@network
def _rows_of_a_table():
    m = Made(1, 6)
    x = m("RESHAPE", m("CAST", m.x, InDataType=0, OutDataType=2), _whole(-1))
    y = m("EMBEDDING_LOOKUP", x, m.weights(9, 3))
    return m, m("RESHAPE", y, _whole(-1, 6, 3)), (1,), (1,)


@network
def _in_eight_bits():
    m = Made(1, 5, 6, 2)
    return m, m("DEQUANTIZE", m("QUANTIZE", shaken(m, m.x)))


@network
def _with_noise():
    m = Made(1, 5, 6, 2)
    y = m("ADD", shaken(m, m.x), m("RANDOM_UNIFORM", _whole(1, 5, 6, 2)))
    return m, m("ADD", y, m("RANDOM_STANDARD_NORMAL", _whole(1, 1, 6, 2)))


@network
def _sparse_weights():
    m = Made(1, 5, 6, 2)
    w = m("DENSIFY", m.weights(3, 3, 1, 2))
    return m, m("CONV_2D", m.x, w, np.zeros(3), Padding=SAME, StrideH=1, StrideW=1)
