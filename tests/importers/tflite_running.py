"""What does a TFLite operator compute? Each in NumPy, channels last, after the schema's words.

``tests/importers/test_tflite_operators.py`` holds these against the real interpreter where it is
installed; nothing is shared with the reader.
"""

import numpy as np

STEP = 0.0625
"""The scale of numbers in eight bits."""

TYPES = {0: np.float32, 2: np.int32, 4: np.int64, 6: np.bool_, 9: np.int8}


def margins(n, k, s, d, valid):
    """Cells of padding before and after, and the number of places."""
    reach = d * (k - 1) + 1
    if valid:
        return 0, 0, (n - reach) // s + 1
    out = -(-n // s)
    total = max((out - 1) * s + reach - n, 0)
    return total // 2, total - total // 2, out


def under(x, kernel, stride, dilation, valid, fill=0.0):
    """What lies under a window at each place: N, places, kernel, C."""
    for axis, (k, s, d) in enumerate(zip(kernel, stride, dilation, strict=True)):
        at = 1 + 2 * axis
        n = x.shape[at]
        low, high, out = margins(n, k, s, d, valid)
        pads = [(0, 0)] * x.ndim
        pads[at] = (low, high)
        x = np.pad(x, pads, constant_values=fill)
        index = np.arange(out)[:, None] * s + np.arange(k) * d
        x = np.take(x, np.minimum(index, x.shape[at] - 1), axis=at)
    rank = len(kernel)
    places, taps = [1 + 2 * i for i in range(rank)], [2 + 2 * i for i in range(rank)]
    return x.transpose([0, *places, *taps, x.ndim - 1])


def activated(a, y):
    return np.maximum(y, 0) if a.get("FusedActivationFunction") else y


def sides(a, word, letters="HW"):
    return [a.get(word.format(letter), 1) for letter in letters]


def conv(a, x, w, bias=None):
    taken = under(x, w.shape[1:3], sides(a, "Stride{}"), sides(a, "Dilation{}Factor"), a["Padding"])
    groups = x.shape[-1] // w.shape[3]
    taken = taken.reshape(*taken.shape[:-1], groups, w.shape[3])
    split = w.reshape(groups, -1, *w.shape[1:])
    done = np.einsum("nhwklgc,goklc->nhwgo", taken, split)
    done = done.reshape(*done.shape[:3], -1)
    return activated(a, done if bias is None else done + bias)


def depthwise(a, x, w, bias=None):
    taken = under(x, w.shape[1:3], sides(a, "Stride{}"), sides(a, "Dilation{}Factor"), a["Padding"])
    split = w.reshape(*w.shape[1:3], x.shape[-1], -1)
    done = np.einsum("nhwklc,klcm->nhwcm", taken, split)
    done = done.reshape(*done.shape[:3], -1)
    return activated(a, done if bias is None else done + bias)


def conv3d(a, x, w):
    stride, dilation = sides(a, "Stride{}", "DHW"), sides(a, "Dilation{}Factor", "DHW")
    taken = under(x, w.shape[:3], stride, dilation, a["Padding"])
    return np.einsum("ndhwabkc,abkco->ndhwo", taken, w)


def transposed(a, shape, w, x, letters="HW"):
    """Each cell adds its window to the output, which is cut to its size."""
    rank = len(letters)
    kernel = w.shape[1:3] if rank == 2 else w.shape[:3]
    stride = sides(a, "Stride{}", letters)
    wide = [(n - 1) * s + k for n, s, k in zip(x.shape[1:-1], stride, kernel, strict=True)]
    out = w.shape[0] if rank == 2 else w.shape[3]
    done = np.zeros((x.shape[0], *(max(p) for p in zip(wide, shape[1:-1], strict=True)), out))
    done = np.pad(done, [(0, 0), *[(0, 8)] * rank, (0, 0)])
    for at in np.ndindex(*x.shape[1:-1]):
        for tap in np.ndindex(*kernel):
            into = tuple(i * s + t for i, s, t in zip(at, stride, tap, strict=True))
            weight = w[:, tap[0], tap[1]] if rank == 2 else w[tap]
            done[(slice(None), *into)] += x[(slice(None), *at)] @ weight.T
    cut = [slice(None)]
    for m, k, s in zip(shape[1:-1], kernel, stride, strict=True):
        low = margins(int(m), k, s, 1, a["Padding"])[0]
        cut.append(slice(low, low + int(m)))
    return done[tuple(cut)]


def pool(pick):
    def run(a, x):
        kernel = [a["FilterHeight"], a["FilterWidth"]]
        taken = under(x, kernel, sides(a, "Stride{}"), [1, 1], a["Padding"], np.nan)
        return pick(taken)

    return run


def mean(taken):
    inside = ~np.isnan(taken)
    return np.where(inside, taken, 0).sum((3, 4)) / inside.sum((3, 4))


def resized(nearest):
    def run(a, x, size):
        for axis, m in enumerate(size, 1):
            n, o = x.shape[axis], np.arange(m)
            corners = a.get("AlignCorners") and m > 1
            step = (n - 1) / (m - 1) if corners else n / m
            half = 0.5 if a.get("HalfPixelCenters") else 0.0
            if nearest:
                place = (o + half) * step + (0.5 if corners else 0)
                x = np.take(x, np.clip(np.floor(place), 0, n - 1).astype(int), axis)
                continue
            place = (o + half) * step - half
            low = np.clip(np.floor(place), 0, n - 1).astype(int)
            high = np.clip(np.ceil(place), 0, n - 1).astype(int)
            part = np.reshape(np.clip(place - low, 0, 1), [-1, *[1] * (x.ndim - axis - 1)])
            x = np.take(x, low, axis) * (1 - part) + np.take(x, high, axis) * part
        return x

    return run


def depth_to_space(a, x):
    n, h, w, c = x.shape
    r = a["BlockSize"]
    x = x.reshape(n, h, w, r, r, c // r**2).transpose(0, 1, 3, 2, 4, 5)
    return x.reshape(n, h * r, w * r, c // r**2)


def space_to_depth(a, x):
    n, h, w, c = x.shape
    r = a["BlockSize"]
    x = x.reshape(n, h // r, r, w // r, r, c).transpose(0, 1, 3, 2, 4, 5)
    return x.reshape(n, h // r, w // r, c * r**2)


def to_batch(a, x, block, pads):
    x = np.pad(x, [(0, 0), *map(tuple, pads), *[(0, 0)] * (x.ndim - 1 - len(block))])
    parts = [x[(slice(None), *(slice(i, None, b) for i, b in zip(at, block, strict=True)))]
             for at in np.ndindex(*block)]  # fmt: skip
    return np.concatenate(parts)


def from_batch(a, x, block, crops):
    parts = np.split(x, np.prod(block))
    n, *space = parts[0].shape[: 1 + len(block)]
    done = np.zeros(
        (n, *(s * b for s, b in zip(space, block, strict=True)), *x.shape[1 + len(block) :])
    )
    for part, at in zip(parts, np.ndindex(*block), strict=True):
        done[(slice(None), *(slice(i, None, b) for i, b in zip(at, block, strict=True)))] = part
    cut = [slice(lo, n - hi) for (lo, hi), n in zip(crops, done.shape[1:], strict=False)]
    return done[(slice(None), *cut)]


def strided(a, x, begin, end, steps):
    at = []
    for i, (low, high, step) in enumerate(zip(begin, end, steps, strict=True)):
        on = {word: a.get(f"{word}Mask", 0) >> i & 1 for word in
              ("Begin", "End", "Ellipsis", "NewAxis", "ShrinkAxis")}  # fmt: skip
        if on["Ellipsis"]:
            at.append(Ellipsis)
        elif on["NewAxis"]:
            at.append(None)
        elif on["ShrinkAxis"]:
            at.append(int(low))
        else:
            at.append(slice(None if on["Begin"] else low, None if on["End"] else high, step))
    return x[tuple(at)]


def softmax(a, x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def reduced(pick):
    return lambda a, x, axes: pick(x, axis=tuple(axes), keepdims=bool(a.get("KeepDims")))


def dense(a, x, w, bias=None):
    rows = x if a.get("KeepNumDims") else x.reshape(-1, w.shape[1])
    done = rows @ w.T
    return activated(a, done if bias is None else done + bias)


def matmul(a, x, y):
    x = x.swapaxes(-1, -2) if a.get("AdjX") else x
    return x @ (y.swapaxes(-1, -2) if a.get("AdjY") else y)


def split(a, axis, x):
    return tuple(np.split(x, a["NumSplits"], int(axis)))


def normalised(a, x):
    reach = np.stack([np.roll(x**2, s, -1) for s in range(-1, 2)]).sum(0) if x.shape[-1] > 2 else (
        (x**2).sum(-1, keepdims=True))  # fmt: skip
    return x / (1 + reach) ** 0.5


def batched(x, shape, rows):
    """A shape that is written for a batch of one, for a larger one."""
    return [rows, *shape[1:]] if shape[0] == 1 and x.size != np.prod(shape) else shape


def reshaped(a, x, shape=None):
    return x.reshape(batched(x, a["NewShape"] if shape is None else shape, -1))


def rows(condition, x):
    return condition.reshape(-1, *[1] * (x.ndim - 1))


def sliced(a, x, begin, size):
    ends = [None if s < 0 else b + s for b, s in zip(begin, size, strict=True)]
    return x[tuple(slice(b, end) for b, end in zip(begin, ends, strict=True))]


def largest(a, x, k):
    at = np.argsort(-x, -1)[..., : int(k)]
    return np.take_along_axis(x, at, -1), at.astype(np.int32)


def gelu(a, x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


ELEMENTWISE = {
    "ABS": np.abs, "CEIL": np.ceil, "COS": np.cos, "EXP": np.exp, "FLOOR": np.floor,
    "LOG": lambda x: np.log(np.maximum(x, 1e-9)), "LOGICAL_NOT": np.logical_not, "NEG": np.negative,
    "ROUND": np.round, "SIN": np.sin, "SQUARE": np.square, "TANH": np.tanh, "SIGN": np.sign,
    "RSQRT": lambda x: 1 / np.sqrt(np.maximum(x, 1e-9)),
    "SQRT": lambda x: np.sqrt(np.maximum(x, 0)),
    "ELU": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "HARD_SWISH": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "LOGISTIC": lambda x: 1 / (1 + np.exp(-x)),
    "RELU": lambda x: np.maximum(x, 0), "RELU6": lambda x: np.clip(x, 0, 6),
    "RELU_0_TO_1": lambda x: np.clip(x, 0, 1), "RELU_N1_TO_1": lambda x: np.clip(x, -1, 1),
}  # fmt: skip

BINARY = {
    "ADD": np.add, "SUB": np.subtract, "MUL": np.multiply, "DIV": np.divide, "POW": np.power,
    "MAXIMUM": np.maximum, "MINIMUM": np.minimum, "FLOOR_DIV": np.floor_divide,
    "FLOOR_MOD": np.mod, "SQUARED_DIFFERENCE": lambda x, y: (x - y) ** 2, "ATAN2": np.arctan2,
    "EQUAL": np.equal, "NOT_EQUAL": np.not_equal, "GREATER": np.greater, "LESS": np.less,
    "GREATER_EQUAL": np.greater_equal, "LESS_EQUAL": np.less_equal,
    "LOGICAL_AND": np.logical_and, "LOGICAL_OR": np.logical_or, "BITWISE_XOR": np.bitwise_xor,
    "RIGHT_SHIFT": np.right_shift,
}  # fmt: skip


def _unary(f):
    return lambda a, x: f(x)


def _two(f):
    return lambda a, x, y: activated(a, f(x, y))


RUN = {
    **{name: _unary(f) for name, f in ELEMENTWISE.items()},
    **{name: _two(f) for name, f in BINARY.items()},
    "GELU": gelu,
    "LEAKY_RELU": lambda a, x: np.where(x > 0, x, x * a["Alpha"]),
    "PRELU": lambda a, x, slope: np.where(x > 0, x, x * slope),
    "ADD_N": lambda a, *xs: sum(xs),
    "SELECT": lambda a, c, x, y: np.where(rows(c, x) if c.ndim == 1 else c, x, y),
    "SELECT_V2": lambda a, c, x, y: np.where(c, x, y),
    "CAST": lambda a, x: x.astype(TYPES[a["OutDataType"]]),
    "QUANTIZE": lambda a, x: np.clip(np.round(x / STEP), -128, 127).astype(np.int8),
    "DEQUANTIZE": lambda a, x: x.astype(np.float32) * np.float32(STEP),
    "FAKE_QUANT": lambda a, x: np.round(np.clip(x, a["Min"], a["Max"]) * 15) / 15,
    "DENSIFY": lambda a, x: x,
    "RANDOM_UNIFORM": lambda a, shape: np.ones(shape),
    "RANDOM_STANDARD_NORMAL": lambda a, shape: np.ones(shape),
    "ZEROS_LIKE": lambda a, x: np.zeros_like(x),
    "SHAPE": lambda a, x: np.asarray(x.shape, np.int32),
    "RANK": lambda a, x: np.asarray(x.ndim, np.int32),
    "FILL": lambda a, shape, value: np.full(shape, value),
    "RANGE": lambda a, low, high, step: np.arange(low, high, step),
    "ONE_HOT": lambda a, x, n, on, off: np.where(x[..., None] == np.arange(n), on, off),
    "EMBEDDING_LOOKUP": lambda a, x, table: table[np.clip(x, 0, len(table) - 1)],
    "CONV_2D": conv, "DEPTHWISE_CONV_2D": depthwise, "CONV_3D": conv3d,
    "TRANSPOSE_CONV": transposed,
    "CONV_3D_TRANSPOSE": lambda a, shape, w, x: transposed(a, shape, w, x, "DHW"),
    "AVERAGE_POOL_2D": pool(mean),
    "MAX_POOL_2D": pool(lambda t: np.fmax.reduce(t, (3, 4))),
    "L2_POOL_2D": pool(lambda t: np.sqrt(mean(t**2))),
    "RESIZE_BILINEAR": resized(False), "RESIZE_NEAREST_NEIGHBOR": resized(True),
    "DEPTH_TO_SPACE": depth_to_space, "SPACE_TO_DEPTH": space_to_depth,
    "SPACE_TO_BATCH_ND": to_batch, "BATCH_TO_SPACE_ND": from_batch,
    "PAD": lambda a, x, pads: np.pad(x, pads),
    "PADV2": lambda a, x, pads, value: np.pad(x, pads, constant_values=value),
    "MIRROR_PAD": lambda a, x, pads: np.pad(x, pads, "symmetric" if a.get("Mode") else "reflect"),
    "SLICE": sliced,
    "STRIDED_SLICE": strided,
    "RESHAPE": reshaped,
    "SQUEEZE": lambda a, x: x.squeeze(tuple(a["SqueezeDims"]) or None),
    "EXPAND_DIMS": lambda a, x, axis: np.expand_dims(x, int(axis)),
    "TRANSPOSE": lambda a, x, order: x.transpose(order),
    "BROADCAST_TO": lambda a, x, shape: np.broadcast_to(x, batched(x, shape, len(x))),
    "TILE": lambda a, x, times: np.tile(x, times),
    "CONCATENATION": lambda a, *xs: np.concatenate(xs, a.get("Axis", 0)),
    "PACK": lambda a, *xs: np.stack(xs, a.get("Axis", 0)),
    "UNPACK": lambda a, x: tuple(np.moveaxis(x, a.get("Axis", 0), 0)),
    "SPLIT": split,
    "SPLIT_V": lambda a, x, sizes, axis: tuple(np.split(x, np.cumsum(sizes)[:-1], int(axis))),
    "GATHER": lambda a, x, at: np.take(x, at, a.get("Axis", 0)),
    "GATHER_ND": lambda a, x, at: x[:, at[0, :, 1]],  # rows; of each of the inputs run at once
    "REVERSE_V2": lambda a, x, axes: np.flip(x, tuple(axes)),
    "MEAN": reduced(np.mean), "SUM": reduced(np.sum), "REDUCE_MAX": reduced(np.max),
    "REDUCE_PROD": reduced(lambda x, **k: x.prod(**k).astype(x.dtype)),
    "REDUCE_MIN": reduced(np.min), "REDUCE_ANY": reduced(np.any),
    "REDUCE_ALL": reduced(np.all),
    "ARG_MAX": lambda a, x, axis: x.argmax(int(axis)).astype(np.int32),
    "ARG_MIN": lambda a, x, axis: x.argmin(int(axis)).astype(np.int32),
    "SOFTMAX": softmax, "LOG_SOFTMAX": lambda a, x: np.log(softmax(a, x)),
    "L2_NORMALIZATION": lambda a, x: x / np.sqrt((x**2).sum(-1, keepdims=True)),
    "LOCAL_RESPONSE_NORMALIZATION": normalised,
    "CUMSUM": lambda a, x, axis: np.cumsum(x, int(axis)),
    "TOPK_V2": largest,
    "FULLY_CONNECTED": dense, "BATCH_MATMUL": matmul,
}  # fmt: skip
