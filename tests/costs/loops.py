"""What does a network file cost when it is run by plain loops that count what they multiply?"""

from itertools import product
from math import prod

from rfcalc.layers.window import Conv, ConvTranspose

__all__ = ["run"]


def run(network, channels):
    """Return per node the shape it puts out, its weights and the multiplications made."""
    shapes, found = [], []
    for node in network.nodes:
        given = [shapes[i] for i in node.inputs]
        layer, name = node.layer, node.layer.op
        weights = count = 0
        if not given:
            shape = (channels, *node.size)
        elif isinstance(layer, Conv):
            shape, weights, count = _slid(layer, given[0], node.size)
        elif isinstance(layer, ConvTranspose):
            shape, weights, count = _spread(layer, given[0], node.size)
        elif name == "concat":
            shape = (sum(one[0] for one in given), *node.size)
        elif name == "pixel_shuffle":
            shape = (given[0][0] // prod(layer.factor), *node.size)
        elif name == "batchnorm":
            shape, weights = given[0], sum(1 for _ in range(given[0][0]) for _ in "wb")
        else:
            shape = (max(one[0] for one in given), *node.size)
        shapes.append(shape)
        found.append((shape, weights, count))
    return found


def _slid(layer, given, size):
    """Every output of a padded input: each weight that it meets is multiplied."""
    out, group = layer.out_channels, given[0] // layer.groups
    taps = list(product(*(range(k) for k in layer.kernel)))
    count = 0
    for _ in product(range(out), *(range(n) for n in size)):
        for _ in product(range(group), taps):
            count += 1
    return (out, *size), out * group * len(taps) + (out if layer.bias else 0), count


def _spread(layer, given, size):
    """Every input, spread by the kernel over the outputs of its group."""
    out = layer.out_channels // layer.groups
    taps = list(product(*(range(k) for k in layer.kernel)))
    count = 0
    for _ in product(*(range(n) for n in given)):
        for _ in product(range(out), taps):
            count += 1
    bias = layer.out_channels if layer.bias else 0
    return (layer.out_channels, *size), given[0] * out * len(taps) + bias, count
