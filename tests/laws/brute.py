"""How many paths lead to an output, borders and all? By plain loops over cells.

Of a layer it reads the parameters only; of rfcalc it uses none of the algebra. It abstains
(``None``) where PyTorch's own arithmetic is the definition: filters as wide as the step, and
aligned corners of bicubic maps.
"""

from collections import Counter
from fractions import Fraction
from itertools import product
from math import ceil, floor

__all__ = ["counts"]

WHOLE = (
    *("global_pool", "flatten", "linear", "attention", "squeeze_excite"),
    *("instance_norm", "group_norm", "spatial_norm", "sequence"),
)


def counts(network, source, target, at):
    """Return paths by cell of the source, ``None`` where there is no plain rule for a layer."""
    demand = {target: Counter({tuple(at): 1})}
    for position in range(target, source, -1):
        if position not in demand:
            continue
        node = network.nodes[position]
        wanted = demand.pop(position)
        for number in node.inputs:
            size = network.nodes[number].size
            into = demand.setdefault(number, Counter())
            for cell, paths in wanted.items():
                found = reads(node, size, cell)
                if found is None:
                    return None
                for read, times in found.items():
                    into[read] += paths * times
    return demand.get(source, Counter())


def reads(node, size, cell):
    """Return the cells of an input that one output reads, and how often."""
    layer = node.layer
    if layer.merges:
        # What has one cell is spread over the others.
        return Counter({tuple(min(o, n - 1) for o, n in zip(cell, size, strict=True)): 1})
    if layer.op == "squeeze_excite":
        whole = Counter(product(*_lines(node, size, cell)))
        whole[cell] += 1
        return whole
    lines = [
        line(layer, n, m, axis, o)
        for axis, (n, m, o) in enumerate(zip(size, node.size, cell, strict=True))
    ]
    if any(one is None for one in lines):
        return None
    return Counter(product(*lines))


def _lines(node, size, cell):
    layer = node.layer
    return [line(layer, n, n, axis, o) for axis, (n, o) in enumerate(zip(size, cell, strict=True))]


def line(layer, n, m, axis, o):
    """Return the indices that output ``o`` of ``m`` reads on one axis of ``n`` cells."""
    op = layer.op
    if op in WHOLE:
        if layer.over and not layer.over[axis]:
            return [o]
        side = getattr(layer, "side", "both")
        return list(range(o if side == "after" else 0, o + 1 if side == "before" else n))
    return RULES.get(op, lambda *rest: [o])(layer, n, m, axis, o)


def folded(i, n, mode):
    """Return what an index beyond the border stands for, as a list of none or one."""
    if 0 <= i < n:
        return [i]
    if mode == "zeros":
        return []
    if mode == "circular":
        return [i % n]
    if mode == "replicate":
        return [min(max(i, 0), n - 1)]
    return [-i if i < 0 else 2 * (n - 1) - i]


def one(values, axis, default):
    return values[axis] if values else default


def _window(layer, n, m, axis, o):
    k, d = layer.kernel[axis], one(layer.dilation, axis, 1)
    s = one(layer.stride, axis, 1 if layer.op == "conv" else k)
    spare = d * (k - 1)
    before = spare // 2
    if isinstance(layer.padding, tuple):
        before = layer.padding[axis][0]
    elif layer.padding == "valid":
        before = 0
    elif layer.padding == "causal":
        before = spare
    elif layer.padding == "same":
        before = max((ceil(Fraction(n, s)) - 1) * s + spare + 1 - n, 0) // 2
    elif layer.padding == "same_lower":
        before = ceil(Fraction(max((ceil(Fraction(n, s)) - 1) * s + spare + 1 - n, 0), 2))
    mode = layer.padding_mode if layer.op == "conv" else "zeros"
    return [i for t in range(k) for i in folded(s * o - before + d * t, n, mode)]


def _transposed(layer, n, m, axis, o):
    k, s, d = layer.kernel[axis], one(layer.stride, axis, 1), one(layer.dilation, axis, 1)
    spare = max(0, d * (k - 1) + 1 - s)
    halves = {"valid": 0, "causal": 0, "same_lower": ceil(Fraction(spare, 2))}
    cut = halves.get(layer.padding, spare // 2)
    if isinstance(layer.padding, tuple):
        cut = layer.padding[axis][0]
    return [i for i in range(n) for t in range(k) if s * i + d * t - cut == o]


def _attend_in_band(layer, n, m, axis, o):
    width, step = layer.window[axis], one(layer.dilation, axis, 1)
    first = o - step * (width - 1 - one(layer.after, axis, (width - 1) // 2))
    if layer.edge == "shift":
        while first < 0:
            first += step
        while first + step * (width - 1) >= n:
            first -= step
    return [i for i in range(first, first + step * width, step) if 0 <= i < n]


def _adaptive(layer, n, m, axis, o):
    return list(range(floor(Fraction(o * n, m)), ceil(Fraction((o + 1) * n, m))))


def _upsampled(layer, n, m, axis, o):
    if layer.antialias:
        return None
    step = Fraction(n, m) if layer.size_to is not None else 1 / Fraction(layer.scale[axis])
    if layer.mode == "nearest":
        return [min(floor(step * o), n - 1)]
    if layer.mode == "nearest-exact":
        return [min(floor(step * (o + Fraction(1, 2))), n - 1)]
    at = step * (o + Fraction(1, 2)) - Fraction(1, 2)
    if layer.align_corners:
        if layer.mode == "bicubic":
            return None
        at = Fraction(n - 1, max(1, m - 1)) * o
    low = floor(at)
    around = [low] if at == low else [low, low + 1]
    if layer.mode == "bicubic" and at != low:
        around = [low - 1, low, low + 1, low + 2]
        if not 0 <= low - 1 <= low + 2 < n:
            return None  # weights of cells that meet at the border may cancel
    return sorted({min(max(i, 0), n - 1) for i in around})


def _slice(layer, n, m, axis, o):
    start, stop = one(layer.start, axis, 0), one(layer.stop, axis, None)
    return [list(range(n))[start : stop : one(layer.step, axis, 1)][o]]


def _attention(layer, n, m, axis, o):
    width, step = layer.window[axis], one(layer.dilation, axis, 1)
    shift = one(layer.shift, axis, 0) % (width * step)
    block = (o - shift) // (width * step)
    return [i for i in range(n) if (i - shift) // (width * step) == block and (i - o) % step == 0]


RULES = {
    "conv": _window,
    "maxpool": _window,
    "avgpool": _window,
    "conv_transpose": _transposed,
    "adaptive_pool": _adaptive,
    "upsample": _upsampled,
    "pixel_shuffle": lambda layer, n, m, axis, o: [o // layer.factor[axis]],
    "pixel_unshuffle": lambda layer, n, m, axis, o: list(
        range(o * layer.factor[axis], (o + 1) * layer.factor[axis])
    ),
    "pad": lambda layer, n, m, axis, o: folded(
        o - one(layer.before, axis, 0), n, layer.padding_mode
    ),
    "crop": lambda layer, n, m, axis, o: [o + one(layer.before, axis, 0)],
    "slice": _slice,
    "roll": lambda layer, n, m, axis, o: [(o - layer.shift[axis]) % n],
    "flip": lambda layer, n, m, axis, o: [n - 1 - o if one(layer.over, axis, True) else o],
    "window_attention": _attention,
    "banded_attention": _attend_in_band,
}
"""The plain rule of each op; any other keeps every cell to itself."""
