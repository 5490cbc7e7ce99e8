"""What is the least change of dilations? By trying all, over masks of points and paths by name.

The oracle of repairs: of rfcalc it uses the graph and the parameters of its layers.
"""

import re
from itertools import product

import msgspec

from rfcalc.network import Input
from rfcalc.spec import read_text
from tests.brute import spans
from tests.gridding.paths import pixels

__all__ = [
    "EMPTY",
    "filled",
    "kernels",
    "least",
    "least_of_numbers",
    "networks",
    "numbered",
    "rates",
]

EMPTY = "-"
"""Stands for a dilation that is not written."""


def kernels(layer):
    return getattr(layer, "kernel", ())


def rates(network):
    """The dilations of every window layer, by position."""
    return {
        p: node.layer.dilation or (1,) * len(kernels(node.layer))
        for p, node in enumerate(network.nodes)
        if kernels(node.layer)
    }


def paths(network, a, b):
    """Every path from a to b, as tuples of positions."""
    if a == b:
        return [(a,)]
    before = [i for i in dict.fromkeys(network.nodes[b].inputs) if i >= a]
    return [(*path, b) for i in before for path in paths(network, a, i)]


def stage_pairs(network):
    """Source and target of every stage, from all paths that there are."""
    jump = [node.jump for node in network.nodes]
    inputs = [p for p, node in enumerate(network.nodes) if isinstance(node.layer, Input)]

    def level(a, b):
        return all(jump[p] == jump[b] for path in paths(network, a, b) for p in path)

    found = set()
    for v, rate in rates(network).items():
        layer = network.nodes[v].layer
        if not any(k > 1 and d > 1 for k, d in zip(layer.kernel, rate, strict=True)):
            continue
        # A dilated layer with a stride ends the resolution of its input.
        (before,) = network.nodes[v].inputs
        strided = jump[before] != jump[v]
        top = before if strided else v
        up = [set(path) for i in inputs for path in paths(network, i, top)]
        above = set.intersection(*up) - (set() if strided else {v})
        source = min(s for s in above if jump[s] == jump[top] and level(s, top))
        if strided:
            found.add((before if layer.op == "conv_transpose" else source, v))
            continue
        for output in network.outputs:
            down = [set(path) for path in paths(network, v, output)]
            if down:
                ends = [t for t in set.intersection(*down) if jump[t] == jump[v]]
                found.add((source, max(t for t in ends if level(source, t))))
    return found


def holed(network, source, target):
    """Whether a phase that reads something reads it with holes."""
    for points in pixels(network, source, target):
        cells = 1
        for low, high in spans(points) if points else ():
            cells *= high - low + 1
        if points and len(points) < cells:
            return True
    return False


def holes(network):
    return [pair for pair in stage_pairs(network) if holed(network, *pair)]


def widths(network, layers):
    """The extents of every output's field, or of every layer's."""
    found = []
    for position in range(1, len(network.nodes)) if layers else network.outputs:
        phases = [spans(points) for points in pixels(network, 0, position) if points]
        found += [
            max((phase[axis][1] - phase[axis][0] + 1 for phase in phases), default=0)
            for axis in range(network.dims)
        ]
    return found


def within(network):
    """The window layers between source and target of the stages with holes."""
    found = {p for s, t in holes(network) for path in paths(network, s, t) for p in path if p > s}
    return sorted(p for p in found if max(kernels(network.nodes[p].layer), default=1) > 1)


def passes(network, least, keep, layers):
    now = widths(network, layers)
    wide = all(100 * a >= keep * b for a, b in zip(now, least, strict=True))
    return wide and not holes(network)


def spread(layer, rate):
    """A layer with another dilation; padding that keeps it centred follows."""
    was, padding = layer.dilation or (1,) * len(layer.kernel), layer.padding
    if isinstance(padding, tuple):
        halves = [k // 2 if k % 2 else 0 for k in layer.kernel]
        padding = tuple(
            (rate * half, rate * half) if half and pair == (d * half, d * half) else pair
            for half, d, pair in zip(halves, was, padding, strict=True)
        )
    return msgspec.structs.replace(layer, dilation=(rate,) * len(was), padding=padding)


def least(network, most, keep=100, layers=False):
    """The least total change of one dilation per layer of the stages with holes, else None."""
    free = within(network)
    was = [max(rates(network)[p]) for p in free]
    if not free:
        return 0
    wanted = widths(network, layers)

    def change(chosen):
        return sum(abs(a - b) for a, b in zip(chosen, was, strict=True))

    for chosen in sorted(product(*[{*range(1, most + 1), w} for w in was]), key=change):
        nodes = list(network.nodes)
        for p, rate in zip(free, chosen, strict=True):
            nodes[p] = msgspec.structs.replace(nodes[p], layer=spread(nodes[p].layer, rate))
        if passes(msgspec.structs.replace(network, nodes=tuple(nodes)), wanted, keep, layers):
            return change(chosen)
    return None


def networks(rng, dims, most, strange=False):
    """The text of a network: convolutions, shortcuts, branches, strides, at most so many layers.

    A strange one pads as it likes, pools, crops, transposes and samples up.
    """
    left = [most]
    odd = rng.random() < 0.5

    def conv():
        left[0] -= 1
        kernel = rng.choice([3, 3, 5] if odd else [2, 3, 3, 3, 5])
        rate = rng.choice([1, 1, 2, 2, 3, 4, 5])
        told = f"kernel: {kernel}" + (f", dilation: {rate}" if rate > 1 or coin() else "")
        kind = rng.random() if strange else 1
        if kind < 0.3:
            half = rate * (kernel // 2)
            return f"{{{told}, padding: {rng.choice(['causal', 'valid', half, half, 1])}}}"
        if kind < 0.4:
            return f"{{op: maxpool, stride: 1, {told}}}"
        if kind < 0.5:
            return f"{{op: conv_transpose, {told}}}"
        return f"{{{told}}}"

    def other(depth):
        if depth or not strange:
            return "relu" if depth else "{kernel: 3, stride: 2}"
        ops = [
            "{crop: {before: 1}}",
            "{op: upsample, scale: 2}",
            "{kernel: 3, stride: 2, dilation: 2}",
        ]
        ops += [f"{{op: conv_transpose, kernel: 4, stride: 2, dilation: {rng.choice([1, 3])}}}"]
        return rng.choice(ops)

    def coin():
        return rng.random() < 0.5

    def some(depth):
        made = []
        for _ in range(rng.choice([1, 1, 2, 2, 3])):
            kind = rng.random()
            if left[0] <= 0:
                break
            if kind < 0.6 or depth > 1:
                made.append(conv())
            elif kind < 0.72:
                made.append(f"{{residual: [{', '.join(some(depth + 1)) or 'relu'}]}}")
            elif kind < (0.85 if strange else 0.95):
                branches = [f"[{', '.join(some(depth + 1)) or 'identity'}]" for _ in range(2)]
                merge = rng.choice(["add", "concat"])
                made.append(f"{{parallel: {{merge: {merge}, branches: [{', '.join(branches)}]}}}}")
            else:
                made.append(other(depth))
        return made

    layers = some(0)
    while left[0] > 0 and rng.random() < 0.8:
        layers += some(0)
    return f"dims: {dims}\nlayers: [{', '.join(layers)}]\n"


def numbered(rng, dims):
    """A text whose numbers between @ decide dilations: variables, blocks, repetitions, lists."""

    def number(*values):
        return f"@{rng.choice(values)}@"

    names = rng.sample(["a", "b"], rng.choice([0, 1, 1, 2]))
    told = ", ".join(f"{name}: {number(1, 2, 3)}" for name in names)
    odd = rng.random() < 0.6

    def conv():
        kernel = rng.choice([3, 3, 5] if odd else [2, 3])
        kind = rng.random()
        if names and kind < 0.45:
            name = rng.choice(names)
            return f"{{kernel: {kernel}, dilation: {rng.choice([name, f'2*{name}', f'{name}+1'])}}}"
        if kind < 0.7:
            return f"{{kernel: {kernel}, dilation: {number(1, 2, 2, 3, 4)}}}"
        if dims == 2 and kind < 0.8:
            return f"{{kernel: {kernel}, dilation: [{number(1, 2)}, {number(1, 2, 3)}]}}"
        return f"{{kernel: {kernel}{number(EMPTY)}}}"

    used = rng.random() < 0.5
    made = []
    for _ in range(rng.choice([1, 2, 2, 3])):
        kind = rng.random()
        if kind < 0.55:
            made.append(conv())
        elif kind < 0.75:
            made.append(f"{{repeat: {{times: 2, layers: [{conv()}]}}}}")
        elif kind < 0.85 or not used:
            made.append(f"{{residual: [{conv()}]}}")
        else:
            made.append(rng.choice(["unit", f"{{unit: {{d: {number(1, 2, 3)}}}}}"]))
    body = "layers: [{kernel: 3, dilation: d}]"
    blocks = f"blocks: {{unit: {{params: {{d: {number(1, 2)}}}, {body}}}}}\n"
    return "".join(
        (
            f"dims: {dims}\n",
            f"vars: {{{told}}}\n" if told else "",
            blocks if used else "",
            f"layers: [{', '.join(made)}]\n",
        )
    )


def filled(template, values=None):
    """The text with its own numbers, or with others in their order."""
    given = iter(values or ())

    def one(found):
        value = next(given) if values else found[1]
        if found[1] == EMPTY:
            return "" if value == EMPTY else f", dilation: {value}"
        return str(value)

    return re.sub(r"@([^@]+)@", one, template)


def least_of_numbers(template, most, keep=100):
    """The least total change of the numbers of a template, by reading every text there is."""
    was = [1 if one == EMPTY else int(one) for one in re.findall(r"@([^@]+)@", template)]
    network = read_text(filled(template), "net.yaml")
    near = set(within(network))
    if not near:
        return 0
    base, wanted = rates(network), widths(network, layers=False)
    spans_of = []
    for number, value in enumerate(was):
        raised = [*was]
        raised[number] += 1
        other = rates(read_text(filled(template, raised), "net.yaml"))
        moves = any(p in near and other[p] != base[p] for p in base)
        spans_of.append({*range(1, most + 1), value} if moves else {value})

    def change(chosen):
        return sum(abs(a - b) for a, b in zip(chosen, was, strict=True))

    for chosen in sorted(product(*spans_of), key=change):
        other = read_text(filled(template, chosen), "net.yaml")
        pairs = [
            (a, b) for p, now in rates(other).items() for a, b in zip(now, base[p], strict=True)
        ]
        if all(a == b or a <= most for a, b in pairs) and passes(other, wanted, keep, layers=False):
            return change(chosen)
    return None
