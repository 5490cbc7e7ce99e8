"""What is the energy of an output? Path by path and cell by cell: the oracle of energies.

Of rfcalc it uses the graph, the parameters of layers, and the NumPy backend, which computes what a
fixed layer makes of every single cell. It knows nothing of taps, footprints or rfcalc.energies.
"""

from itertools import product
from math import prod

import msgspec
import numpy as np

from rfcalc.layers import LAYERS
from rfcalc.layers.window import AvgPool
from rfcalc.numpy_backend import cells, forward
from tests.brute import line
from tests.laws.brute import line as reads

__all__ = ["bordered", "interior"]

KEPT = ("squeeze_excite", "instance_norm", "group_norm", "spatial_norm")
AVERAGED = ("avgpool", "adaptive_pool", "upsample", "window_attention", "global_pool")
AVERAGED += ("attention", "banded_attention")


def impulses(layer, size, **weights):
    """What a linear layer makes of every single cell: an array (outputs, inputs)."""
    count = prod(size)
    x = np.eye(count).reshape(count, 1, *size)
    return forward(layer, [x], weights).reshape(count, -1).T


def passed(layer, size):
    """What each input cell gets of the energy of each output cell: an array (outputs, inputs)."""
    op, count = layer.op, prod(size)
    if op in KEPT or op in WITHOUT_SPACE:
        return np.eye(count)
    if op in ("avgpool", "upsample", "adaptive_pool"):
        return impulses(layer, size) ** 2
    if op == "maxpool":
        given = {n: getattr(layer, n) for n in ("kernel", "stride", "dilation", "padding")}
        mean = AvgPool(**given, ceil_mode=layer.ceil_mode, count_include_pad=False)
        return impulses(mean, size)
    if op == "conv":
        plain = msgspec.structs.replace(
            layer, groups=1, bias=False, in_channels=None, out_channels=None
        )
        ones = np.ones((1, 1, *layer.kernel))
        return impulses(plain, size, weight=ones) / prod(layer.kernel)
    if op == "conv_transpose":
        return transposed(layer, size)
    if op in ("pixel_shuffle", "pixel_unshuffle", "window_attention", "banded_attention"):
        return windowed(layer, size)
    if op in ("global_pool", "attention", "flatten", "linear", "sequence"):
        return covered(layer, size)
    assert op in MOVED, f"say in tests/energies/loops.py how the taps of '{op}' weigh (THEORY T10)"
    return impulses(layer, size)


MOVED = {"pad", "crop", "slice", "roll", "flip"}
"""What moves cells, each of which weighs 1."""
WITHOUT_SPACE = tuple(op for op, kind in LAYERS.items() if kind.__mro__[1].__name__ == "Pointwise")


def transposed(layer, size):
    plain = msgspec.structs.replace(
        layer, groups=1, bias=False, in_channels=None, out_channels=None
    )
    read = impulses(plain, size, weight=np.ones((1, 1, *layer.kernel)))
    sizes = [cells(plain, n, axis) for axis, n in enumerate(size)]
    taps = []
    for axis, n in enumerate(sizes):
        k = layer.kernel[axis]
        s = layer.stride[axis] if layer.stride else 1
        d = layer.dilation[axis] if layer.dilation else 1
        before = layer.pads(size[axis], axis)[0]
        taps.append([sum((o + before - d * t) % s == 0 for t in range(k)) for o in range(n)])
    phases = np.array([prod(one) for one in product(*taps)])
    return read / np.maximum(phases, 1)[:, None]


def windowed(layer, size):
    """A block of cells, per output cell a box of input cells that weigh alike."""
    axes = []
    for axis, n in enumerate(size):
        if layer.op == "pixel_shuffle":
            r = layer.factor[axis]
            rows = np.array([[float(o // r == i) for i in range(n)] for o in range(n * r)])
        elif layer.op == "pixel_unshuffle":
            r = layer.factor[axis]
            rows = np.array([[float(i // r == o) for i in range(n)] for o in range(n // r)]) / r
        elif layer.op == "banded_attention":
            read = [reads(layer, n, n, axis, o) for o in range(n)]
            rows = np.array([[float(i in read[o]) for i in range(n)] for o in range(n)])
            rows /= rows.sum(1, keepdims=True) ** 2
        else:
            w, step = layer.window[axis], layer.dilation[axis] if layer.dilation else 1
            shift = layer.shift[axis] if layer.shift else 0

            def group(i, w=w, step=step, shift=shift):
                return (i - shift) // (w * step), (i - shift) % step

            rows = np.array([[float(group(o) == group(i)) for i in range(n)] for o in range(n)])
            rows /= rows.sum(1, keepdims=True) ** 2
        axes.append(rows)
    return crossed(axes)


def crossed(axes):
    found = np.ones((1, 1))
    for rows in axes:
        found = np.kron(found, rows)
    return found


def covered(layer, size):
    axes = []
    power = 2 if layer.op in AVERAGED else 1
    for axis, n in enumerate(size):
        whole = not layer.over or layer.over[axis]
        rows = n if layer.op in ("attention", "sequence") else 1
        read = np.ones((rows, n))
        if getattr(layer, "side", "both") != "both":
            read = np.tri(n) if layer.side == "before" else np.tri(n).T
        axes.append(read / read.sum(1, keepdims=True) ** power if whole else np.eye(n))
    return crossed(axes)


def spread(node, given):
    """What an input of a merge gets of each of its cells; a lone cell is read by all of them."""
    count = prod(node.size)
    return np.eye(count) if given.size == node.size else np.ones((count, 1))


def bordered(network, target, at, source=0):
    """The energy of every cell of the source, for one output position; shape of the source."""
    nodes = network.nodes
    demand = [np.zeros(prod(node.size)) for node in nodes]
    demand[target][np.ravel_multi_index(at, nodes[target].size)] = 1
    behind = [False] * len(nodes)
    behind[source] = True
    for i, node in enumerate(nodes[source + 1 :], start=source + 1):
        behind[i] = any(behind[j] for j in node.inputs)
    for position in range(target, source, -1):
        node, here = nodes[position], demand[position]
        read = [i for i in node.inputs if behind[i]]
        gates = [i for i in node.inputs if None in nodes[i].jump]
        if node.layer.op == "mul" and 0 < len(gates) < len(node.inputs):
            read = [i for i in read if i not in gates] or read
        for i in read:
            share = 1 / len(node.inputs) if node.layer.op == "concat" else 1
            merged = len(node.inputs) > 1
            how = spread(node, nodes[i]) if merged else passed(node.layer, nodes[i].size)
            demand[i] = demand[i] + share * (here @ how)
    return demand[source].reshape(nodes[source].size)


def weight(layer, o, axis):
    """What output ``o`` gives to each input index that it reads on one axis, borders aside."""
    read = line(layer, o, axis)
    if layer.op == "upsample" and layer.mode != "nearest":
        at = (o + 0.5) / layer.scale[axis] - 0.5
        return {i: (1 - abs(at - i)) ** 2 for i in read}
    power = 2 if layer.op == "avgpool" else 1
    return {i: 1 / len(read) ** power for i in read}


def interior(network, target, output, source=0):
    """The energy of every cell of the source that one interior output reads: a dictionary."""
    demand = {target: {tuple(output): 1.0}}
    for position in range(target, source, -1):
        node, read = network.nodes[position], {}
        for p, energy in demand.pop(position, {}).items():
            lines = [weight(node.layer, o, axis) for axis, o in enumerate(p)]
            for q in product(*lines):
                share = prod(one[i] for one, i in zip(lines, q, strict=True))
                read[q] = read.get(q, 0) + energy * share
        for i in node.inputs:
            into = demand.setdefault(i, {})
            for q, energy in read.items():
                into[q] = into.get(q, 0) + energy / (
                    len(node.inputs) if node.layer.op == "concat" else 1
                )
    return demand.get(source, {})
