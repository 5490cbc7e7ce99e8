"""Which call runs each row of the PyTorch table? One function per operator, or a name in a list.

``a`` is ``torch.ops.aten``, or the tape that notes what is called of it; ``x`` is the input, of
shape ``SHAPE`` unless ``SHAPES`` says otherwise, of values between 0.3 and 0.7.
"""

import pytest

torch = pytest.importorskip("torch")

SHAPE = (1, 2, 4, 6)

FUNCTIONS = """
abs acos acosh alias angle asin asinh atan atanh atleast_1d atleast_2d atleast_3d ceil celu clone
conj contiguous cos cosh deg2rad detach digamma elu erf erfc exp exp2 expm1 floor frac gelu
hardshrink hardsigmoid hardswish hardtanh leaky_relu lgamma lift lift_fresh
lift_fresh_copy log log10 log1p log2 log_sigmoid logit mH mT mish nan_to_num neg
numpy_T positive ravel real reciprocal relu relu6 resolve_conj resolve_neg round rrelu rsqrt selu
sgn sigmoid sign silu sin sinc sinh softplus softshrink special_erf special_expit sqrt square
squeeze squeeze_copy adjoint tan tanh tril triu trunc fliplr flipud
argmax argmin max mean median min nanmean nanmedian nansum prod std sum var
linalg_vector_norm
"""
"""Operators of one tensor."""

ARITHMETIC = """
add atan2 copysign div divide float_power floor_divide fmax fmin fmod ge gt heaviside hypot le
logaddexp lt maximum minimum mul multiply pow remainder sub
subtract true_divide xlogy rsub
"""
"""Operators of two tensors."""

BITS = "bitwise_and bitwise_or bitwise_xor __and__ __or__ __xor__ __lshift__ __rshift__"

B = torch.linspace(0.4, 0.6, 6, dtype=torch.float64)
"""a row that is broadcast."""


def drawn(*shape):
    """Weights that cancel nothing."""
    made = torch.Generator().manual_seed(len(shape))
    return torch.rand(shape, generator=made, dtype=torch.float64) + 0.5


def whole(a, x):
    """Whole numbers of the input."""
    return a._to_copy(a.mul(x, 100.0), dtype=torch.int64)


def scaled_by(a, x, made):
    """The input times the sum of a constant."""
    return a.mul(x, a.sum(a._to_copy(made, dtype=torch.float64)))


def chosen(a, x, op, *args):
    """The first result of an operator along the last dimension."""
    done = getattr(a, op)(x, *args)
    return done[0] if isinstance(done, tuple | list) else done


def complex_of(a, x):
    """Complex numbers, made of the input."""
    return a.complex(x, a.mul(x, 2.0))


def spectrum(a, x, op, *args):
    """The spectrum of the input, as real numbers."""
    return a.view_as_real(a.resolve_conj(getattr(a, op)(x, *args)))


def back(a, x, op, *args):
    """The signal of a spectrum."""
    return getattr(a, op)(complex_of(a, x), *args)


def recurrent(gates, bias=False):
    """Weights of one layer from 2 features to 3."""
    return [drawn(gates * 3, 2), drawn(gates * 3, 3)]


def states(count):
    return [torch.zeros(1, 1, 3, dtype=torch.float64)] * count


def sequence_of(a, x, op, gates, count):
    """a recurrence over the last dimension of a line."""
    hidden = states(count) if count > 1 else states(1)[0]
    steps = a.permute(x, [2, 0, 1])
    return getattr(a, op)(steps, hidden, recurrent(gates), False, 1, 0.0, False, False, False)[0]


def cell(a, x, op, gates, count):
    """One step of a recurrence over features, every cell by itself."""
    rows = a.reshape(a.permute(x, [0, 2, 1]), [6, 2])
    hidden = [torch.zeros(6, 3, dtype=torch.float64)] * count
    done = getattr(a, op)(rows, hidden if count > 1 else hidden[0], *recurrent(gates))
    return done[0] if count > 1 else done


ONES = torch.ones(2, dtype=torch.float64)
ZEROS = torch.zeros(2, dtype=torch.float64)
SIX = torch.ones(6, dtype=torch.float64)
FIRST = torch.zeros(1, 1, 4, 6, dtype=torch.int64)
LAST = torch.tensor([4, 1, 1])
WINDOW = torch.ones(4, dtype=torch.float64)
K1, K2, K3 = drawn(3, 2, 3), drawn(3, 2, 2, 3), drawn(3, 2, 2, 2, 2)


def places(a, x):
    """Places that move with the input."""
    moved = a.permute(a.mul(x, 0.1), [0, 2, 3, 1])
    return a.add(moved, drawn(1, 4, 6, 2) - 1.0)


def by_rank(op, call, ranks=(1, 2, 3)):
    """One row per number of dimensions."""
    return {f"{op}{n}d": lambda a, x, n=n: call(a, x, f"{op}{n}d", n) for n in ranks}


def shape_of(a, made):
    """a constant of the shape of another, whatever its values."""
    return a.exp(a.mul(a.gt(made, 1e300), 0.0))


CONSTANTS = {
    "arange": lambda a, x: a.arange(5),
    "empty": lambda a, x: shape_of(a, a.empty([2, 3])),
    "empty_like": lambda a, x: shape_of(a, a.empty_like(x)),
    "empty_strided": lambda a, x: shape_of(a, a.empty_strided([2, 3], [3, 1])),
    "eye": lambda a, x: a.eye(3),
    "fill": lambda a, x: a.fill(x, 2.0),
    "full": lambda a, x: a.full([2, 3], 2.0),
    "full_like": lambda a, x: a.full_like(x, 2.0),
    "hann_window": lambda a, x: a.hann_window(5),
    "linspace": lambda a, x: a.linspace(0, 1, 5),
    "logspace": lambda a, x: a.logspace(0, 1, 5),
    "new_empty": lambda a, x: shape_of(a, a.new_empty(x, [2])),
    "new_empty_strided": lambda a, x: shape_of(a, a.new_empty_strided(x, [2], [1])),
    "new_full": lambda a, x: a.new_full(x, [2], 2.0),
    "new_ones": lambda a, x: a.new_ones(x, [2]),
    "new_zeros": lambda a, x: shape_of(a, a.new_zeros(x, [2])),
    "normal": lambda a, x: a.normal(x, 1.0),
    "normal_functional": lambda a, x: a.normal_functional(x),
    "ones": lambda a, x: a.ones([2]),
    "ones_like": lambda a, x: a.ones_like(x),
    "rand": lambda a, x: a.rand([2]),
    "rand_like": lambda a, x: a.rand_like(x),
    "randint": lambda a, x: a.randint(9, [2]),
    "randint_like": lambda a, x: a.randint_like(x, 9),
    "randn": lambda a, x: a.randn([2]),
    "randn_like": lambda a, x: a.randn_like(x),
    "randperm": lambda a, x: a.randperm(5),
    "scalar_tensor": lambda a, x: a.scalar_tensor(2.0),
    "tensor": lambda a, x: a.tensor(2.0),
    "tril_indices": lambda a, x: a.tril_indices(3, 3),
    "triu_indices": lambda a, x: a.triu_indices(3, 3),
    "uniform": lambda a, x: a.uniform(x),
    "zero": lambda a, x: shape_of(a, a.zero(x)),
    "zeros": lambda a, x: shape_of(a, a.zeros([2])),
    "zeros_like": lambda a, x: shape_of(a, a.zeros_like(x)),
}
"""Operators that give what depends on no input."""

ROWS = {
    **{op: lambda a, x, op=op: getattr(a, op)(x) for op in FUNCTIONS.split()},
    **{op: lambda a, x, op=op: getattr(a, op)(x, B[:3]) for op in ARITHMETIC.split()},
    **{op: lambda a, x, op=op: getattr(a, op)(whole(a, x), torch.tensor(3)) for op in BITS.split()},
    **{op: lambda a, x, op=op: scaled_by(a, x, CONSTANTS[op](a, x)) for op in CONSTANTS},
    # Functions of each value.
    "isfinite": lambda a, x: a.isfinite(a.log(x)),
    "isnan": lambda a, x: a.isnan(a.log(x)),
    "eq": lambda a, x: a.eq(a.floor(x), 0.0),
    "ne": lambda a, x: a.ne(a.floor(x), 0.0),
    "logical_not": lambda a, x: a.logical_not(a.gt(x, 0.0)),
    "logical_and": lambda a, x: a.logical_and(a.gt(x, 0.0), a.lt(x, 1.0)),
    "logical_or": lambda a, x: a.logical_or(a.gt(x, 1.0), a.lt(x, -2.0)),
    "logical_xor": lambda a, x: a.logical_xor(a.gt(x, 0.0), a.lt(x, 1.0)),
    "_conj": lambda a, x: a.view_as_real(a.resolve_conj(a._conj(complex_of(a, x)))),
    "imag": lambda a, x: a.imag(complex_of(a, x)),
    "bitwise_not": lambda a, x: a.bitwise_not(whole(a, x)),
    "bernoulli": lambda a, x: a.bernoulli(a.sigmoid(a.mul(x, 1e3))),
    "isinf": lambda a, x: a.isinf(a.exp(a.mul(x, 1e3))),
    "addcdiv": lambda a, x: a.addcdiv(x, B, B),
    "addcmul": lambda a, x: a.addcmul(x, B, B),
    "bucketize": lambda a, x: a.bucketize(x, B),
    "clamp": lambda a, x: a.clamp(x, 0.4, 0.6),
    "clamp_max": lambda a, x: a.clamp_max(x, 0.6),
    "clamp_min": lambda a, x: a.clamp_min(x, 0.4),
    "clip": lambda a, x: a.clip(x, 0.4, 0.6),
    "complex": lambda a, x: a.view_as_real(a.complex(x, x)),
    "polar": lambda a, x: a.view_as_real(a.polar(x, x)),
    "embedding": lambda a, x: a.embedding(drawn(9000, 3), a.abs(whole(a, x))),
    "one_hot": lambda a, x: a.one_hot(a.abs(whole(a, x)), 1000),
    "glu": lambda a, x: a.glu(x, 1),
    "lerp": lambda a, x: a.lerp(x, B, 0.3),
    "masked_fill": lambda a, x: a.masked_fill(x, a.gt(x, 0.5), 0.0),
    "polygamma": lambda a, x: a.polygamma(1, x),
    "prelu": lambda a, x: a.prelu(x, ONES),
    "renorm": lambda a, x: a.add(x, a.renorm(drawn(4, 6), 2, 1, 0.1)),
    "threshold": lambda a, x: a.threshold(x, 0.5, 0.0),
    "where": lambda a, x: a.where(a.gt(x, 0.5), x, B),
    "_weight_norm": lambda a, x: a.add(x, a._weight_norm(B, B)),
    "_weight_norm_interface": lambda a, x: a.add(x, a._weight_norm_interface(B, B)[0]),
    # Sums.
    "all": lambda a, x: a.all(a.gt(x, 0.0)),
    "any": lambda a, x: a.any(a.gt(x, 1.0)),
    "count_nonzero": lambda a, x: a.count_nonzero(a.gt(x, 1.0)),
    "amax": lambda a, x: a.amax(x, [3]),
    "amin": lambda a, x: a.amin(x, [3]),
    "aminmax": lambda a, x: a.aminmax(x, dim=3)[0],
    "logsumexp": lambda a, x: a.logsumexp(x, [3]),
    "norm": lambda a, x: a.norm(x, 2, [3]),
    "std_mean": lambda a, x: a.std_mean(x, [3])[0],
    "var_mean": lambda a, x: a.var_mean(x, [3])[0],
    **{op: lambda a, x, op=op: chosen(a, x, op, 3)
       for op in ("kthvalue", "median", "nanmedian", "mode", "max", "min", "cummax", "cummin")},
    "kthvalue": lambda a, x: chosen(a, x, "kthvalue", 2, 3),
    "_scaled_dot_product_flash_attention_for_cpu": lambda a, x: (
        a._scaled_dot_product_flash_attention_for_cpu(x, drawn(1, 2, 5, 6), drawn(1, 2, 5, 6))[0]
    ),
    "scaled_dot_product_attention": lambda a, x: a.scaled_dot_product_attention(x, x, x),
    "addmm": lambda a, x: a.addmm(B[:3], x, drawn(6, 3)),
    "addmv": lambda a, x: a.addmv(B[:4], x, B),
    "baddbmm": lambda a, x: a.baddbmm(drawn(2, 4, 3), x, drawn(2, 6, 3)),
    "bmm": lambda a, x: a.bmm(x, drawn(2, 6, 3)),
    "cosine_similarity": lambda a, x: a.cosine_similarity(x, drawn(*SHAPE), 1),
    "dot": lambda a, x: a.dot(x, B),
    "einsum": lambda a, x: a.einsum("nchw,wk->nchk", [x, drawn(6, 3)]),
    "linalg_matmul": lambda a, x: a.linalg_matmul(x, drawn(6, 3)),
    "bilinear": lambda a, x: a.bilinear(x, a.flip(x, [2]), drawn(3, 6, 6)),
    "linear": lambda a, x: a.linear(x, drawn(3, 6)),
    "matmul": lambda a, x: a.matmul(x, drawn(6, 3)),
    "mm": lambda a, x: a.mm(x, drawn(6, 3)),
    "mv": lambda a, x: a.mv(x, B),
    **{op: lambda a, x, op=op: getattr(a, op)(x, drawn(*SHAPE))
       for op in ("huber_loss", "l1_loss", "mse_loss", "smooth_l1_loss")},
    "gru_cell": lambda a, x: cell(a, x, "gru_cell", 3, 1),
    "lstm_cell": lambda a, x: cell(a, x, "lstm_cell", 4, 2),
    "rnn_relu_cell": lambda a, x: cell(a, x, "rnn_relu_cell", 1, 1),
    "rnn_tanh_cell": lambda a, x: cell(a, x, "rnn_tanh_cell", 1, 1),
    # Norms.
    **{op: lambda a, x, op=op: getattr(a, op)(x, 3, False)
       for op in ("_log_softmax", "_softmax")},
    **{op: lambda a, x, op=op: getattr(a, op)(x, 3)
       for op in ("_safe_softmax", "log_softmax", "softmax", "special_log_softmax",
                  "special_softmax", "cumsum", "cumprod", "logcumsumexp")},
    "argsort": lambda a, x: a.argsort(x, 1),
    "msort": lambda a, x: a.msort(x),
    "sort": lambda a, x: a.sort(x, 1)[0],
    "topk": lambda a, x: a.topk(x, 1, 1)[0],
    "layer_norm": lambda a, x: a.layer_norm(x, [6]),
    "native_layer_norm": lambda a, x: a.native_layer_norm(x, [6], SIX, SIX, 1e-5)[0],
    "rms_norm": lambda a, x: a.rms_norm(x, [6]),
    "_fused_rms_norm": lambda a, x: a._fused_rms_norm(x, [6], SIX, 1e-5)[0],
    "group_norm": lambda a, x: a.group_norm(x, 1),
    "native_group_norm": lambda a, x: a.native_group_norm(x, ONES, ONES, 1, 2, 24, 1, 1e-5)[0],
    "instance_norm": lambda a, x: a.instance_norm(x, None, None, None, None, True, 0, 1e-5, False),
    "batch_norm": lambda a, x: (
        a.batch_norm(x, ONES, ONES, ZEROS, ONES, False, 0.0, 1e-5, False)
    ),
    "native_batch_norm": lambda a, x: (
        a.native_batch_norm(x, ONES, ONES, ZEROS, ONES, False, 0.0, 1e-5)[0]
    ),
    "_native_batch_norm_legit": lambda a, x: (
        a._native_batch_norm_legit(x, ONES, ONES, ZEROS, ONES, False, 0.0, 1e-5)[0]
    ),
    "_native_batch_norm_legit_no_training": lambda a, x: (
        a._native_batch_norm_legit_no_training(x, ONES, ONES, ZEROS, ONES, 0.0, 1e-5)[0]
    ),
    "gru": lambda a, x: sequence_of(a, x, "gru", 3, 1),
    "lstm": lambda a, x: sequence_of(a, x, "lstm", 4, 2),
    "rnn_relu": lambda a, x: sequence_of(a, x, "rnn_relu", 1, 1),
    "rnn_tanh": lambda a, x: sequence_of(a, x, "rnn_tanh", 1, 1),
    "_fft_r2c": lambda a, x: spectrum(a, x, "_fft_r2c", [3], 0, True),
    "_fft_c2c": lambda a, x: a.view_as_real(back(a, x, "_fft_c2c", [3], 0, True)),
    "_fft_c2r": lambda a, x: back(a, x, "_fft_c2r", [3], 0, 10),
    **{f"fft_{op}": lambda a, x, op=f"fft_{op}": spectrum(a, x, op)
       for op in ("fft", "fft2", "fftn", "ifft", "ifft2", "ifftn", "rfft", "rfft2", "rfftn",
                  "ihfft", "ihfft2", "ihfftn")},
    **{f"fft_{op}": lambda a, x, op=f"fft_{op}": back(a, x, op)
       for op in ("hfft", "hfft2", "hfftn", "irfft", "irfft2", "irfftn")},
    # Windows.
    **by_rank("conv", lambda a, x, op, n: getattr(a, op)(x, (K1, K2, K3)[n - 1])),
    **by_rank("conv_transpose", lambda a, x, op, n: getattr(a, op)(x, drawn(2, 3, *[3] * n),
                                                                    None, [2] * n)),
    "convolution": lambda a, x: (
        a.convolution(x, K2, None, [1, 2], [0, 1], [1, 1], False, [0, 0], 1)
    ),
    "_convolution": lambda a, x: a._convolution(
        x, K2, None, [1, 2], [0, 1], [1, 1], False, [0, 0], 1, False, False, False, False
    ),
    **by_rank("avg_pool", lambda a, x, op, n: getattr(a, op)(x, [2] * n, [1] * n)),
    **by_rank("max_pool", lambda a, x, op, n: getattr(a, op)(x, [2] * n, [1] * n)),
    **{f"max_pool{n}d_with_indices": lambda a, x, n=n: (
        getattr(a, f"max_pool{n}d_with_indices")(x, [2] * n, [1] * n)[0]) for n in (1, 2, 3)},
    **by_rank("adaptive_avg_pool", lambda a, x, op, n: getattr(a, op)(x, [2] * n)),
    **by_rank("adaptive_max_pool", lambda a, x, op, n: getattr(a, op)(x, [2] * n)[0]),
    "_adaptive_avg_pool2d": lambda a, x: a._adaptive_avg_pool2d(x, [2, 4]),
    "im2col": lambda a, x: a.im2col(x, [1, 6], [1, 1], [0, 0], [1, 6]),
    "col2im": lambda a, x: a.col2im(
        a.im2col(x, [2, 2], [1, 1], [0, 0], [2, 2]), [4, 6], [2, 2], [1, 1], [0, 0], [2, 2]
    ),
    "diff": lambda a, x: a.diff(x),
    "as_strided": lambda a, x: a.as_strided(x, [1, 2, 2, 4, 3], [48, 24, 1, 6, 2]),
    "unfold": lambda a, x: a.unfold(x, 3, 2, 2),
    "stft": lambda a, x: a.view_as_real(
        a.stft(x, 4, 2, 4, WINDOW, False, True, True)
    ),
    "istft": lambda a, x: a.istft(
        a.mul(a.stft(x, 4, 2, 4, WINDOW, False, True, True), drawn(1, 3, 1)),
        4, 2, 4, WINDOW, True, False, True, 4,
    ),
    # Resizing.
    "_upsample_bicubic2d_aa": lambda a, x: a._upsample_bicubic2d_aa(x, [3, 3], False),
    "_upsample_bilinear2d_aa": lambda a, x: a._upsample_bilinear2d_aa(x, [3, 3], False),
    **by_rank("_upsample_nearest_exact", lambda a, x, op, n: getattr(a, op)(x, [5] * n)),
    **by_rank("upsample_nearest", lambda a, x, op, n: getattr(a, op)(x, [5] * n)),
    "upsample_linear1d": lambda a, x: a.upsample_linear1d(x, [9], False),
    "upsample_bilinear2d": lambda a, x: a.upsample_bilinear2d(x, [7, 9], False),
    "upsample_bicubic2d": lambda a, x: a.upsample_bicubic2d(x, [7, 9], False),
    "upsample_trilinear3d": lambda a, x: a.upsample_trilinear3d(x, [5, 5, 5], False),
    "max_unpool2d": lambda a, x: a.max_unpool2d(
        *a.max_pool2d_with_indices(x, [2, 2], [2, 2]), [4, 6]
    ),
    "max_unpool3d": lambda a, x: a.max_unpool3d(
        *a.max_pool3d_with_indices(x, [1, 2, 1], [1, 2, 1]), [3, 4, 3], [1, 2, 1], [0, 0, 0]
    ),
    "pixel_shuffle": lambda a, x: a.pixel_shuffle(x, 2),
    "pixel_unshuffle": lambda a, x: a.pixel_unshuffle(x, 2),
    "repeat_interleave": lambda a, x: a.repeat_interleave(x, 2, 3),
    # Frames.
    "constant_pad_nd": lambda a, x: a.constant_pad_nd(x, [1, 2]),
    "pad": lambda a, x: a.pad(x, [1, 2, 1, 0], "circular"),
    **by_rank("reflection_pad", lambda a, x, op, n: getattr(a, op)(x, [1, 2, *[1] * (2 * n - 2)])),
    **by_rank("replication_pad", lambda a, x, op, n: getattr(a, op)(x, [1, 2, *[1] * (2 * n - 2)])),
    "flip": lambda a, x: a.flip(x, [3]),
    "narrow": lambda a, x: a.narrow(x, 3, 1, 3),
    "roll": lambda a, x: a.roll(x, [2], [3]),
    "rot90": lambda a, x: a.rot90(x, 1, [2, 3]),
    **{op: lambda a, x, op=op: getattr(a, op)(x, 3, 2) for op in ("select", "select_copy")},
    **{op: lambda a, x, op=op: getattr(a, op)(x, 3, 1, 6, 2) for op in ("slice", "slice_copy")},
    # Layouts.
    "_local_scalar_dense": lambda a, x: scaled_by(a, x, torch.tensor(a._local_scalar_dense(B[0]))),
    "item": lambda a, x: scaled_by(a, x, torch.tensor(a.item(B[0]))),
    "is_nonzero": lambda a, x: scaled_by(a, x, torch.tensor(a.is_nonzero(B[0]))),
    "_reshape_alias": lambda a, x: a._reshape_alias(x, [2, 4, 6], [24, 6, 1]),
    **{op: lambda a, x, op=op: getattr(a, op)(x, [1, 2, 2, 2, 6])
       for op in ("_unsafe_view", "reshape", "view", "view_copy")},
    **{op: lambda a, x, op=op: getattr(a, op)(x, torch.empty(2, 4, 6))
       for op in ("reshape_as", "view_as")},
    "flatten": lambda a, x: a.flatten(x, 0, 1),
    "unflatten": lambda a, x: a.unflatten(x, 2, [2, 2]),
    **{op: lambda a, x, op=op: getattr(a, op)(x, 0) for op in ("unsqueeze", "unsqueeze_copy")},
    **{op: lambda a, x, op=op: getattr(a, op)(x, [0, 3, 1, 2])
       for op in ("permute", "permute_copy")},
    **{op: lambda a, x, op=op: getattr(a, op)(x, [1], [3]) for op in ("movedim", "moveaxis")},
    **{op: lambda a, x, op=op: getattr(a, op)(x, 1, 3)
       for op in ("transpose", "swapaxes", "swapdims")},
    "t": lambda a, x: a.t(x),
    "matrix_H": lambda a, x: a.matrix_H(x),
    "broadcast_tensors": lambda a, x: a.broadcast_tensors([x, torch.zeros(3, 1, 1, 1)])[0],
    **{op: lambda a, x, op=op: getattr(a, op)(x, [3, 2, 4, 6])
       for op in ("broadcast_to", "expand", "expand_copy")},
    "expand_as": lambda a, x: a.expand_as(x, torch.empty(3, 2, 4, 6)),
    **{op: lambda a, x, op=op: getattr(a, op)([x, drawn(*SHAPE)], 3)
       for op in ("cat", "concat", "concatenate")},
    "stack": lambda a, x: a.stack([x, drawn(*SHAPE)], 2),
    **{op: lambda a, x, op=op: getattr(a, op)(x, 2)
       for op in ("channel_shuffle", "native_channel_shuffle")},
    "chunk": lambda a, x: a.chunk(x, 2, 3)[1],
    "split": lambda a, x: a.split(x, 4, 3)[1],
    "split_with_sizes": lambda a, x: a.split_with_sizes(x, [1, 5], 3)[1],
    "tensor_split": lambda a, x: a.tensor_split(x, 2, 3)[1],
    "hsplit": lambda a, x: a.hsplit(x, 2)[1],
    "vsplit": lambda a, x: a.vsplit(x, 2)[1],
    "dsplit": lambda a, x: a.dsplit(x, 2)[1],
    "unbind": lambda a, x: a.unbind(x, 3)[2],
    "copy": lambda a, x: a.copy(drawn(*SHAPE), x),
    "gather": lambda a, x: a.gather(x, 1, FIRST),
    "take": lambda a, x: a.take(x, LAST),
    "grid_sampler": lambda a, x: a.grid_sampler(x, places(a, x), 0, 0, False),
    "grid_sampler_2d": lambda a, x: a.grid_sampler_2d(x, places(a, x), 2, 0, True),
    "grid_sampler_3d": lambda a, x: a.grid_sampler_3d(
        a.unsqueeze(x, 2), drawn(1, 1, 4, 6, 3), 0, 0, False
    ),
    "affine_grid_generator": lambda a, x: a.affine_grid_generator(
        a.slice(a.mean(x, [3]), 2, 0, 3), [1, 1, 4, 6], False
    ),
    "histc": lambda a, x: a.expand(a.histc(x, 6, -9.0, 9.0), [1, 1, 4, 6]),
    "searchsorted": lambda a, x: a.searchsorted(B, x),
    "index_put": lambda a, x: a.index_put(x, [None, None, torch.tensor([1])], drawn(1)),
    "index_add": lambda a, x: a.index_add(drawn(1, 2, 4, 8), 3, torch.arange(6), x),
    "index_copy": lambda a, x: a.index_copy(drawn(*SHAPE), 3, torch.arange(6), x),
    "index_fill": lambda a, x: a.index_fill(x, 3, LAST, 0.5),
    "masked_scatter": lambda a, x: a.masked_scatter(x, a.gt(x, 0.5), drawn(*SHAPE)),
    **{op: lambda a, x, op=op: getattr(a, op)(x, 3, FIRST, drawn(*SHAPE))
       for op in ("scatter", "scatter_add")},
    "scatter_reduce": lambda a, x: a.scatter_reduce(x, 3, FIRST, drawn(*SHAPE), "sum"),
    "take_along_dim": lambda a, x: a.take_along_dim(x, FIRST, 1),
    "index": lambda a, x: a.index(x, [None, None, None, LAST]),
    "index_select": lambda a, x: a.index_select(x, 3, LAST),
    "meshgrid": lambda a, x: a.meshgrid([x, B[:4]], indexing="ij")[0],
    "repeat": lambda a, x: a.repeat(x, [1, 1, 2, 1]),
    "tile": lambda a, x: a.tile(x, [2, 1]),
    "view_as_complex": lambda a, x: a.real(a.view_as_complex(a.stack([x, x], 4))),
    "view_as_real": lambda a, x: a.view_as_real(complex_of(a, x)),
    # What does nothing.
    "_assert_async": lambda a, x: (a._assert_async(torch.tensor(True)), a.abs(x))[1],
    "_assert_scalar": lambda a, x: (a._assert_scalar(1, "never"), a.abs(x))[1],
    "_assert_tensor_metadata": lambda a, x: (a._assert_tensor_metadata(x), a.abs(x))[1],
    "sym_constrain_range": lambda a, x: (a.sym_constrain_range(2, min=1), a.abs(x))[1],
    "sym_constrain_range_for_size": lambda a, x: (
        (a.sym_constrain_range_for_size(2, min=1), a.abs(x))[1]
    ),
    "sym_numel": lambda a, x: a.mul(x, a.sym_numel(x)),
    "sym_size": lambda a, x: a.mul(x, a.sym_size(x, 3)),
    "_to_copy": lambda a, x: a._to_copy(x, dtype=torch.float64),
    "to": lambda a, x: a.to(x, torch.float32),
    "type_as": lambda a, x: a.type_as(x, B),
    **{op: lambda a, x, op=op: getattr(a, op)(x, 0.5, False)
       for op in ("alpha_dropout", "dropout", "feature_alpha_dropout", "feature_dropout")},
    "native_dropout": lambda a, x: a.native_dropout(x, 0.5, False)[0],
}  # fmt: skip

SHAPES = {
    # Of what keeps each cell to itself, fewer cells tell as much.
    **dict.fromkeys([*FUNCTIONS.split(), *ARITHMETIC.split(), *BITS.split(), *CONSTANTS],
                    (1, 2, 2, 3)),
    "ravel": (1, 1, 6),
    **{f"{op}{n}d": (1, 2, 6) if n == 1 else (1, 2, 3, 4, 3) for n in (1, 3)
       for op in ("conv", "conv_transpose", "avg_pool", "max_pool", "adaptive_avg_pool",
                  "adaptive_max_pool", "_upsample_nearest_exact", "upsample_nearest",
                  "reflection_pad", "replication_pad")},
    "max_pool1d_with_indices": (1, 2, 6),
    "max_pool3d_with_indices": (1, 2, 3, 4, 3),
    "upsample_linear1d": (1, 2, 6),
    "upsample_trilinear3d": (1, 2, 3, 4, 3),
    "max_unpool3d": (1, 2, 3, 4, 3),
    "pixel_shuffle": (1, 8, 2, 3),
    **dict.fromkeys(("stft", "istft"), (1, 8)),
    **dict.fromkeys(("gru", "lstm", "rnn_relu", "rnn_tanh"), (1, 2, 6)),
    **dict.fromkeys(("gru_cell", "lstm_cell", "rnn_relu_cell", "rnn_tanh_cell"), (1, 2, 6)),
    **dict.fromkeys(("addmm", "addmv", "mm", "mv", "t", "matrix_H", "numpy_T"), (4, 6)),
    **dict.fromkeys(("baddbmm", "bmm"), (2, 4, 6)),
    **dict.fromkeys(("dot", "meshgrid"), (6,)),
    "meshgrid": (6,),
    **dict.fromkeys(("vsplit", "hsplit", "dsplit"), (4, 6, 2)),
    "msort": (2, 6),
}  # fmt: skip

RENAMED = {
    "_autocast_to_full_precision": "alias",
    "_autocast_to_reduced_precision": "alias",
    "cudnn_batch_norm": "native_batch_norm",
    "quantized_max_pool2d": "max_pool2d",
    "requires_grad_": "alias",
    "set_data": "alias",
}
"""Operators that are not run here, each by one that reads the same under the same arguments."""

DRAWN = {"max_unpool2d": 8, "max_unpool3d": 8}
"""How many inputs are drawn for operators of which few values decide."""

FOLDED = {
    *("_weight_norm", "_weight_norm_interface", "renorm", "_local_scalar_dense", "is_nonzero"),
    *("item", "_assert_async", "_assert_scalar", "arange", "empty", "empty_strided", "eye", "full"),
    *("hann_window", "linspace", "logspace", "ones", "rand", "randint", "randn", "randperm"),
    *("scalar_tensor", "sym_constrain_range", "sym_constrain_range_for_size", "tensor"),
    *("tril_indices", "triu_indices", "zeros"),
}
"""Rows that are of constants alone, which are computed before they are handled."""

ELSEWHERE = {"torchvision.deform_conv2d", "torchvision.roi_align", "torchvision.roi_pool"}
"""Rows of other packages: ``test_deformable.py`` and ``test_sampling.py`` run them."""
