"""What gradient has a network of random weights? Run in PyTorch, layer by layer, many times.

Weights are normal, of fan-in variance (every output has variance 1), or twice that behind a ReLU;
norms are left out. It knows the graph and the parameters of layers, and no taps and no weights of
energies.
"""

from math import prod

import pytest

torch = pytest.importorskip("torch")
functional = pytest.importorskip("torch.nn.functional")

__all__ = ["energies"]

WIDTH = 64


def kernel(layer, given, made, gain, generator):
    """Weights of a convolution or transposed convolution, in PyTorch's order."""
    dims = len(layer.kernel)
    draw = torch.randn((made, given, *layer.kernel), generator=generator)
    if layer.op == "conv":
        return draw * (gain / (given * prod(layer.kernel))) ** 0.5
    # An output of a transposed convolution has the taps of its own phase.
    taps = torch.ones(layer.kernel)
    for axis in range(dims):
        k, s, d = layer.kernel[axis], per(layer.stride, axis), per(layer.dilation, axis)
        same = [sum((d * t - d * u) % s == 0 for u in range(k)) for t in range(k)]
        shape = [-1 if a == axis else 1 for a in range(dims)]
        taps = taps * torch.tensor(same, dtype=torch.float32).reshape(shape)
    return (draw * (gain / (given * taps)) ** 0.5).transpose(0, 1)


def per(values, axis, default=1):
    return values[axis] if values else default


def padded(layer, axis):
    """Cells of padding on both sides, as they are when they are left out."""
    reach = per(layer.dilation, axis) * (layer.kernel[axis] - 1) + 1
    if isinstance(layer.padding, tuple):
        assert layer.padding[axis][0] == layer.padding[axis][1]
        return layer.padding[axis][0]
    assert layer.padding in (None, "valid")
    spare = reach - per(layer.stride, axis) if layer.op == "conv_transpose" else reach - 1
    return 0 if layer.padding == "valid" else max(0, spare) // 2


def behind_relu(network, position):
    """Whether a layer reads what a ReLU made, over norms."""
    while network.nodes[position].layer.op in ("batchnorm", "identity"):
        position = network.nodes[position].inputs[0]
    return network.nodes[position].layer.op == "relu"


def applied(network, node, inputs, generator):
    """What one node makes of its inputs."""
    layer, x = node.layer, inputs[0]
    dims = network.dims
    options = {}
    if hasattr(layer, "kernel"):
        options = {
            "stride": [per(layer.stride, a, layer.kernel[a] if "pool" in layer.op else 1)
                       for a in range(dims)],
            "padding": [padded(layer, a) for a in range(dims)],
        }  # fmt: skip
    if layer.op in ("conv", "conv_transpose"):
        gain = 2 if behind_relu(network, node.inputs[0]) else 1
        made = layer.out_channels or WIDTH
        weight = kernel(layer, x.shape[1], made, gain, generator)
        call = getattr(functional, f"{layer.op}{dims}d")
        return call(x, weight, dilation=[per(layer.dilation, a) for a in range(dims)], **options)
    if layer.op in ("maxpool", "avgpool"):
        name = layer.op.replace("pool", "_pool")
        return getattr(functional, f"{name}{dims}d")(x, list(layer.kernel), **options)
    if layer.op == "upsample":
        mode = (
            layer.mode if layer.mode == "nearest" else ("linear", "bilinear", "trilinear")[dims - 1]
        )
        aligned = None if mode == "nearest" else False
        scale = [float(s) for s in layer.scale]
        return functional.interpolate(x, scale_factor=scale, mode=mode, align_corners=aligned)
    if layer.op == "relu":
        return functional.relu(x)
    if layer.op == "add":
        return sum(inputs)
    if layer.op == "concat":
        return torch.cat(inputs, 1)
    assert layer.op in ("batchnorm", "identity"), layer.op
    return x


def energies(network, at, trials, seed=0):
    """Mean and standard error of the sum over channels of the squared gradient, by input cell."""
    generator = torch.Generator().manual_seed(seed)
    size = network.nodes[0].size
    first, second = torch.zeros(size, dtype=torch.float64), torch.zeros(size, dtype=torch.float64)
    for _ in range(trials):
        x = torch.randn((1, WIDTH, *size), generator=generator, requires_grad=True)
        values = [x]
        for node in network.nodes[1:]:
            values.append(applied(network, node, [values[i] for i in node.inputs], generator))
        out = values[-1][(0, slice(None), *at)]
        draw = torch.randn(out.shape, generator=generator)
        (gradient,) = torch.autograd.grad((out * draw / draw.norm()).sum(), x)
        found = gradient[0].double().square().sum(0)
        first += found
        second += found * found
    mean = first / trials
    error = ((second / trials - mean * mean).clamp(min=0) / (trials - 1)).sqrt()
    return mean.numpy(), error.numpy()
