"""What is the exact variance of the gradient of a random network? Paths by their weights.

Two paths interfere when they use the same random weights: their fixed coefficients add before they
are squared. So the coefficients are summed for every cell and every choice of random weights, in a
network of one axis and without borders. The oracle of what ``assumed`` says of energies.
"""

from math import floor

from tests.brute import line

__all__ = ["variance"]


def coefficients(layer, o):
    """What a fixed layer gives of output ``o`` to each cell that it reads."""
    read = line(layer, o, 0)
    if layer.op == "avgpool":
        return dict.fromkeys(read, 1 / len(read))
    if layer.op == "upsample" and layer.mode == "linear":
        at = (o + 0.5) / layer.scale[0] - 0.5
        low = floor(at)
        return {i: 1 - abs(at - i) for i in read if i in (low, low + 1)}
    return dict.fromkeys(read, 1.0)


def variance(network, target, output, source=0):
    """The variance of the gradient at every source cell, weights of fan-in variance."""
    demand = {target: {((), output): 1.0}}
    for position in range(target, source, -1):
        node, read = network.nodes[position], {}
        for (used, o), amount in demand.pop(position, {}).items():
            if node.layer.op in ("conv", "conv_transpose"):
                cells = line(node.layer, o, 0)
                # A tap is told by its place in the kernel: where the cell lies to the output.
                for i in cells:
                    tap = o * node.taps[0].advance - i * node.taps[0].period
                    key = (*used, (position, tap, len(cells))), i
                    read[key] = read.get(key, 0) + amount
            elif node.layer.op == "pixel_shuffle":
                # Cells of one block come from other channels each.
                key = (*used, (position, o % node.layer.factor[0], 1)), o // node.layer.factor[0]
                read[key] = read.get(key, 0) + amount
            else:
                for i, share in coefficients(node.layer, o).items():
                    read[used, i] = read.get((used, i), 0) + amount * share
        for slot, i in enumerate(node.inputs):
            into = demand.setdefault(i, {})
            for (used, cell), amount in read.items():
                if node.layer.op == "concat":
                    # Other channels meet other weights.
                    used = (*used, (position, -slot - 1, len(node.inputs)))
                into[used, cell] = into.get((used, cell), 0) + amount
    found = {}
    for (used, cell), amount in demand.get(source, {}).items():
        share = amount**2
        for _, _, number in used:
            share /= number
        found[cell] = found.get(cell, 0) + share
    return found
