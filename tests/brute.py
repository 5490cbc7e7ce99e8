"""Which cells does an output read? Sets of points, pulled back through the layers one by one.

The oracle of growth, footprints and gridding measures: of rfcalc it uses the graph and the
parameters of its layers, and none of the algebra.
"""

from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from math import floor

from rfcalc.spec import read_text

__all__ = ["field", "gap", "line", "net", "spans", "weights"]


def net(text, **options):
    """Return the network of a network file's text."""
    return read_text(text, "net.yaml", **options)


def one(values, axis, default):
    return values[axis] if values else default


@cache
def line(layer, o, axis):
    """Return the input indices that output ``o`` reads on one axis, borders ignored."""
    op = layer.op
    if op in ("conv", "maxpool", "avgpool"):
        k, d = layer.kernel[axis], one(layer.dilation, axis, 1)
        s = one(layer.stride, axis, 1 if op == "conv" else k)
        spare = d * (k - 1)
        words = {None: spare // 2, "valid": 0, "causal": spare, "same": spare // 2}
        if isinstance(layer.padding, tuple):
            before = layer.padding[axis][0]
        else:
            assert layer.padding != "same" or s == 1
            before = words[layer.padding]
        return frozenset(s * o - before + d * t for t in range(k))
    if op == "conv_transpose":
        k, s, d = layer.kernel[axis], one(layer.stride, axis, 1), one(layer.dilation, axis, 1)
        cut = max(0, d * (k - 1) + 1 - s) // 2
        if isinstance(layer.padding, tuple):
            cut = layer.padding[axis][0]
        inputs = range((o + cut - d * (k - 1)) // s - 1, (o + cut) // s + 2)
        return frozenset(i for i in inputs for t in range(k) if s * i - cut + d * t == o)
    if op == "upsample":
        ratio = Fraction(layer.scale[axis])
        if layer.mode == "nearest":
            return frozenset({floor(o / ratio)})
        at = (o + Fraction(1, 2)) / ratio - Fraction(1, 2)
        low = floor(at)
        return frozenset({low} if at == low else {low, low + 1})
    if op == "pixel_shuffle":
        return frozenset({o // layer.factor[axis]})
    if op == "pixel_unshuffle":
        r = layer.factor[axis]
        return frozenset(range(r * o, r * o + r))
    if op == "pad":
        return frozenset({o - one(layer.before, axis, 0)})
    if op == "crop":
        return frozenset({o + one(layer.before, axis, 0)})
    if op == "slice":
        return frozenset({one(layer.start, axis, 0) + one(layer.step, axis, 1) * o})
    assert op in ("add", "mul", "concat", "relu", "identity", "batchnorm"), op
    return frozenset({o})


def field(network, target, output, source=0):
    """Return the set of cells of the source that one interior output of a node reads."""
    demand = {target: {tuple(output)}}
    for position in range(target, source, -1):
        points = demand.pop(position, set())
        node = network.nodes[position]
        read = {
            q
            for p in points
            for q in product(*(line(node.layer, o, axis) for axis, o in enumerate(p)))
        }
        for i in node.inputs:
            demand[i] = demand.get(i, set()) | read
    return demand.get(source, set())


def weights(network, target, output, source=0):
    """Return how many paths lead from each cell of the source to one interior output."""
    demand = {target: {tuple(output): 1}}
    for position in range(target, source, -1):
        node, read = network.nodes[position], {}
        for p, paths in demand.pop(position, {}).items():
            for q in product(*(line(node.layer, o, axis) for axis, o in enumerate(p))):
                read[q] = read.get(q, 0) + paths
        for i in node.inputs:
            into = demand.setdefault(i, {})
            for q, paths in read.items():
                into[q] = into.get(q, 0) + paths
    return demand.get(source, {})


def spans(points):
    """Return first and last index per axis."""
    return [(min(axis), max(axis)) for axis in zip(*points, strict=True)]


def gap(points, axis):
    """Return the longest run of absent cells between two present ones on a line along an axis."""
    lines = {}
    for p in points:
        lines.setdefault(p[:axis] + p[axis + 1 :], []).append(p[axis])
    longest = 0
    for found in map(sorted, lines.values()):
        for a, b in pairwise(found):
            longest = max(longest, b - a - 1)
    return longest
