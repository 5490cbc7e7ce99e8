"""Which PyTorch operators are exchanged, and for which sums that read the same values?

A derivative tells what a function reads only where it is not 0. What saturates or picks is
exchanged for a sum, with positive weights, of all that it reads: then the derivative is 0 only
where there is no path. The lists are written from PyTorch's documentation alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor
else:
    Tensor = Any

__all__ = ["EXCHANGES", "HIDDEN", "LINEAR", "PRODUCTS", "SOFTMAXES", "hides"]

Arguments = Mapping[str, Any]

HIDDEN = -5e3
"""A score of at most this much is hidden by a mask, which adds -10,000 or less, or fills it in."""

LINEAR = frozenset(
    """
    alias contiguous clone detach to _to_copy type_as lift_fresh_copy lift_fresh lift dropout
    alpha_dropout feature_dropout feature_alpha_dropout float double real copy fill zero
    expand_copy set_data add sub rsub neg subtract positive mean sum linear matmul bmm mm mv dot
    linalg_matmul addmm baddbmm addmv addbmm einsum conv1d conv2d conv3d convolution _convolution
    conv_transpose1d conv_transpose2d conv_transpose3d avg_pool1d avg_pool2d avg_pool3d
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d _adaptive_avg_pool2d unfold im2col
    col2im cumsum slice slice_copy narrow select select_copy roll flip pad constant_pad_nd
    reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d replication_pad2d
    replication_pad3d view reshape _unsafe_view flatten unflatten reshape_as view_as ravel
    view_copy _reshape_alias squeeze unsqueeze squeeze_copy unsqueeze_copy atleast_1d atleast_2d
    atleast_3d permute permute_copy transpose swapaxes swapdims t numpy_T mT movedim moveaxis
    expand expand_as broadcast_to broadcast_tensors cat concat concatenate cat_copy stack chunk
    split split_with_sizes tensor_split hsplit vsplit dsplit unbind repeat tile index_select index
    gather take_along_dim channel_shuffle native_channel_shuffle repeat_interleave triu tril
    upsample_nearest1d upsample_nearest2d upsample_nearest3d upsample_linear1d
    upsample_bilinear2d upsample_trilinear3d upsample_bicubic2d _upsample_nearest_exact1d
    _upsample_nearest_exact2d _upsample_nearest_exact3d _upsample_bilinear2d_aa
    _upsample_bicubic2d_aa pixel_shuffle pixel_unshuffle index_put slice_scatter select_scatter
    """.split()  # noqa: SIM905
)
"""Operators whose derivative is 0 only where they read nothing; they run as they are."""

PRODUCTS = frozenset({"mul", "multiply", "div", "divide", "true_divide"})
"""Operators that are linear in one value as long as the other depends on no input."""

SOFTMAXES = frozenset({"softmax", "_softmax", "special_softmax", "_safe_softmax"})
"""Operators that make 0 of what a mask hides."""

FILLS = {"masked_fill": ("value",), "where": ("self", "other")}
"""Operators that write a mask into scores, and the names of what they write."""

_POINTWISE = """
    abs acos acosh angle asin asinh atan atanh ceil celu clamp clamp_max clamp_min clip cos cosh
    deg2rad digamma elu erf erfc exp exp2 expm1 floor frac gelu hardshrink hardsigmoid hardswish
    hardtanh leaky_relu lgamma log log10 log1p log2 log_sigmoid logit mish nan_to_num prelu
    reciprocal relu relu6 round rrelu rsqrt selu sgn sigmoid sign silu sin sinc sinh softplus
    softshrink softsign sqrt square tan tanh threshold trunc special_expit special_erf
    mul multiply div divide true_divide maximum minimum fmax fmin pow float_power atan2 fmod
    remainder floor_divide where masked_fill lerp addcmul addcdiv hypot copysign heaviside xlogy
    logaddexp
""".split()  # noqa: SIM905

_PICKING = """
    amax amin max min prod var std logsumexp norm linalg_vector_norm median nanmedian kthvalue mode
    aminmax var_mean std_mean
""".split()  # noqa: SIM905


def hides(op: str, given: Arguments, live: "Sequence[Tensor]") -> bool:
    """Whether an operator writes what hides scores into the one value that depends on an input."""
    import torch

    written = [given[name] for name in FILLS.get(op, ()) if given[name] is not live[0]]
    return len(live) == 1 == len(written) and bool((torch.as_tensor(written[0]) <= HIDDEN).all())


def _pointwise(given: Arguments, live: "list[Tensor]") -> "Tensor":
    """Return the sum of the values that stand at the same place."""
    import torch

    tensors = [value for value in given.values() if isinstance(value, torch.Tensor)]
    if "weight" in given:  # the slopes of a prelu stand along the channels
        return live[0]
    library: Any = torch
    together = library.broadcast_tensors(*tensors)
    total = live[0]
    for tensor in live[1:]:
        total = total + tensor
    return total.expand_as(together[0])


def _over(x: "Tensor", dims: Any) -> "Tensor":
    """Return each value with the sum along dimensions added."""
    return x + x.sum(dims, keepdim=True)


def _softmax(given: Arguments, live: "list[Tensor]") -> "Tensor":
    """Return each score with the sum of those that no mask hides."""
    import torch

    return _over(torch.where(live[0].detach() > HIDDEN, live[0], 0), given["dim"])


def _layer_norm(given: Arguments, live: "list[Tensor]") -> "Tensor":
    return _over(live[0], list(range(-len(given["normalized_shape"]), 0)))


def _group_norm(given: Arguments, live: "list[Tensor]") -> "Tensor":
    x = live[0]
    groups = given.get("num_groups") or given["group"]
    return _over(x.reshape(x.shape[0], groups, -1), [-1]).reshape(x.shape)


def _instance_norm(given: Arguments, live: "list[Tensor]") -> "Tensor":
    x = live[0]
    return _over(x, list(range(2, x.dim()))) if given["use_input_stats"] else x


def _batch_norm(given: Arguments, live: "list[Tensor]") -> "Tensor":
    x = live[0]
    return _over(x, [d for d in range(x.dim()) if d != 1]) if given["training"] else x


def _picking(given: Arguments, live: "list[Tensor]") -> "Tensor":
    x = live[0]
    if given.get("other") is not None:
        return _pointwise(given, live)
    dims = given.get("dim")
    dims = list(range(x.dim())) if dims is None or dims == [] else dims
    return x.sum(dims, keepdim=bool(given.get("keepdim")))


def _sorted(given: Arguments, live: "list[Tensor]") -> "Tensor":
    x, dim = live[0], -1 if given.get("dim") is None else given["dim"]
    total = x.sum(dim, keepdim=True)
    shape = list(x.shape)
    shape[dim] = given.get("k", shape[dim])
    return total.expand(shape)


def _glu(given: Arguments, live: "list[Tensor]") -> "Tensor":
    one, other = live[0].chunk(2, given["dim"])
    return one + other


def _max_pool(given: Arguments, live: "list[Tensor]") -> "Tensor":
    """Return the sum over the windows of a pooling layer, dilation and ceil mode included."""
    import torch

    x = live[0]
    names = ("kernel_size", "stride", "padding", "dilation")
    rank = max(len(given[name]) for name in names)
    kernel, stride, padding, dilation = (
        list(given[name]) * (rank if len(given[name]) == 1 else 1) for name in names
    )
    stride = stride or kernel
    before = x.shape[-rank:]
    sides: list[int] = []
    sizes: list[int] = []
    for n, k, s, d, p in zip(before, kernel, stride, dilation, padding, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        size = (room + (s - 1) * bool(given["ceil_mode"])) // s + 1
        if given["ceil_mode"] and (size - 1) * s >= n + p:
            size -= 1  # a window that would begin beyond the input and its padding is left out
        sizes.append(size)
        sides = [p, max(p, (size - 1) * s + d * (k - 1) + 1 - n - p), *sides]
    flat = x.reshape(-1, 1, *before)
    weight = torch.ones(1, 1, *kernel, dtype=x.dtype)
    padded = torch.nn.functional.pad(flat, sides)
    convolve = (torch.conv1d, torch.conv2d, torch.conv3d)[rank - 1]
    done = convolve(padded, weight, None, stride, 0, dilation)
    for axis, size in enumerate(sizes, 2):
        done = done.narrow(axis, 0, size)
    return done.reshape(*x.shape[:-rank], *sizes)


def _adaptive_max_pool(given: Arguments, live: "list[Tensor]") -> "Tensor":
    import torch

    size = given["output_size"]
    functional = torch.nn.functional
    pools = (
        functional.adaptive_avg_pool1d,
        functional.adaptive_avg_pool2d,
        functional.adaptive_avg_pool3d,
    )
    return pools[len(size) - 1](live[0], size)


def _attention(given: Arguments, _: "list[Tensor]") -> "Tensor":
    """Return for each query the sum of itself and of the keys and values that it may see."""
    import torch

    query, key, value = given["query"], given["key"], given["value"]
    seen = torch.ones(query.shape[-2], key.shape[-2], dtype=query.dtype)
    bias = given.get("attn_mask")
    if given.get("is_causal"):
        seen = seen.tril()
    elif bias is not None:
        seen = (bias if bias.dtype == torch.bool else bias > HIDDEN).to(query.dtype)
    heads = query.shape[-3] // key.shape[-3] if query.dim() > 3 else 1
    if heads > 1:
        key, value = (x.repeat_interleave(heads, -3) for x in (key, value))
    total = seen @ (value + key.sum(-1, keepdim=True)) + query.sum(-1, keepdim=True)
    if bias is not None and bias.requires_grad:
        total = total + bias.sum(-1, keepdim=True)
    return total


EXCHANGES: "dict[str, Callable[[Arguments, list[Tensor]], Tensor]]" = {
    **dict.fromkeys(_POINTWISE, _pointwise),
    **dict.fromkeys(_PICKING, _picking),
    **dict.fromkeys(SOFTMAXES, _softmax),
    **dict.fromkeys(("log_softmax", "_log_softmax", "special_log_softmax", "softmin"), _softmax),
    **dict.fromkeys(("layer_norm", "native_layer_norm", "rms_norm"), _layer_norm),
    **dict.fromkeys(("group_norm", "native_group_norm"), _group_norm),
    **dict.fromkeys(("batch_norm", "native_batch_norm", "cudnn_batch_norm"), _batch_norm),
    **dict.fromkeys((f"max_pool{n}d" for n in (1, 2, 3)), _max_pool),
    **dict.fromkeys((f"max_pool{n}d_with_indices" for n in (1, 2, 3)), _max_pool),
    **dict.fromkeys((f"adaptive_max_pool{n}d" for n in (1, 2, 3)), _adaptive_max_pool),
    **dict.fromkeys(("sort", "topk", "msort"), _sorted),
    "instance_norm": _instance_norm,
    "glu": _glu,
    "scaled_dot_product_attention": _attention,
}
"""By operator, the sum of what it reads, in the shape of its first result.

Each takes the operator's arguments by name, and those among them that depend on an input.
"""
