"""Does a network's mask agree with the gradient of the Keras model it was read from?

The model runs on PyTorch in float64 with positive random weights; what saturates or picks is
exchanged for a linear function that reads the same cells, as for PyTorch's own models. Shares
nothing with rfcalc but the answer.
"""

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_keras
from rfcalc.interior import growth
from rfcalc.masks import mask
from rfcalc.network import Network
from tests.importers.oracle import Linearised, Verdict, positions

keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")

keras.config.set_floatx("float64")


def saved(model: keras.Model, folder: Path) -> Path:
    """Write the text of a model's configuration."""
    path = folder / "model.json"
    path.write_text(model.to_json())
    return path


def read(model: keras.Model, folder: Path, **given: Any) -> Network:
    """Return the network that rfcalc reads of a model.

    Where no window shows the axes, all between batch and channels are.
    """
    path = saved(model, folder)
    network = read_keras(path, **given)
    if not any("no window" in fact for fact in network.assumed):
        return network
    ranks = [len(one.shape) for one in model.inputs]
    usual = ["N" + "XYZ"[5 - rank :] + "C" if rank > 2 else "NZ" for rank in ranks]
    return read_keras(path, layout=usual, **given)


def positive(model: keras.Model, seed: int = 0) -> None:
    """Give a model positive random weights, so that no path cancels another."""
    drawn = np.random.default_rng(seed)
    for variable in model.variables:
        if "float" not in variable.dtype:
            continue
        fan = max(1, int(np.prod(variable.shape[:-1]))) if len(variable.shape) > 1 else 1
        variable.assign((drawn.random(variable.shape) + 0.5) / fan)


def space_of(shape: tuple[int, ...], size: tuple[int, ...], first: bool) -> list[int] | None:
    """Return which dimension of a Keras tensor each axis of a grid is; -1 for one of size 1.

    The places that Keras' layouts have come first, then any that fit.
    """
    n = len(size)
    usual = range(2, n + 2) if first else range(1, n + 1)
    if len(shape) == n + 2 and tuple(shape[d] for d in usual) == size:
        return list(usual)
    axes = [axis for axis in range(n) if size[axis] > 1]
    for dims in itertools.permutations(range(1, len(shape)), len(axes)):
        if all(shape[d] == size[axis] for d, axis in zip(dims, axes, strict=True)):
            place = dict(zip(axes, dims, strict=True))
            return [place.get(axis, -1) for axis in range(n)]
    return None


class _Linearised(Linearised):
    """As for PyTorch's modules, but variances, which Keras makes of squares, stay what they are."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if getattr(func, "__name__", "") == "square":
            return func(*args, **(kwargs or {}))
        return super().__torch_function__(func, types, args, kwargs)


def compare(
    model: keras.Model,
    network: Network,
    shapes: list[tuple[int, ...]],
    first: bool = False,
    layers: int = 2,
    most: int = 3,
) -> Verdict:
    """Compare masks of the outputs, and of a few layers of bounded field, with the gradient."""
    positive(model)
    generator = torch.Generator().manual_seed(1)
    inputs = [
        (torch.rand(shape, generator=generator, dtype=torch.float64) + 0.5).requires_grad_()
        for shape in shapes
    ]
    names, wanted = _asked(model, network, layers)
    whole = keras.Model(model.inputs, wanted)
    verdict = Verdict()
    with _Linearised():
        values = whole(inputs if len(inputs) > 1 else inputs[0], training=False)
    for name, value in zip(names, keras.tree.flatten(values), strict=True):
        _one(network, name, value, inputs, first, verdict, most)
    return verdict


def _asked(model: keras.Model, network: Network, layers: int) -> tuple[list[str], list[Any]]:
    outputs = keras.tree.flatten(model.outputs)
    # The first output of a model is the main one, which a network has last.
    order = [network.outputs[-1], *network.outputs[:-1]]
    names = [network.nodes[i].name for i in order]
    if len(names) != len(outputs):
        names, outputs = [], []
    bounded = {row.name for row in growth(network).rows if row.unbounded is None}
    fitting = [
        layer
        for layer in model.layers[1:]
        if layer.name in bounded
        and len(layer._inbound_nodes) == 1
        and not isinstance(layer.output, list | tuple | dict)
    ]
    step = max(1, len(fitting) // max(1, layers))
    chosen = fitting[::-1][::step][:layers]
    return [*names, *(c.name for c in chosen)], [*outputs, *(c.output for c in chosen)]


def _one(
    network: Network,
    name: str,
    value: torch.Tensor,
    inputs: list[torch.Tensor],
    first: bool,
    verdict: Verdict,
    most: int,
) -> None:
    node = network.nodes[network.index(name, network.output)]
    size = node.size or ()
    value = _unfolded(value, size)
    dims = space_of(tuple(value.shape), size, first)
    if dims is None:
        verdict.unclear += 1
        return
    drawn = torch.rand(value.shape, generator=torch.Generator().manual_seed(2)) + 0.5
    for at in positions(size, most):
        index: list[Any] = [slice(None)] * value.dim()
        for d, i in zip(dims, at, strict=True):
            if d >= 0:
                index[d] = i
        total = (value * drawn)[tuple(index)].sum()
        grads = torch.autograd.grad(total, inputs, retain_graph=True, allow_unused=True)
        sources = [n for n in network.nodes if n.layer.op == "input"]
        for source, given, grad in zip(sources, inputs, grads, strict=True):
            space = space_of(tuple(given.shape), source.size or (), first)
            assert space is not None, f"{source.name}: no grid"
            seen = torch.zeros(given.shape) if grad is None else grad.abs()
            assert torch.isfinite(seen).all(), f"{name}: {value.isfinite().all()}"
            axes = [d for d in space if d >= 0]
            other = [d for d in range(given.dim()) if d not in axes]
            flat = seen.permute(*other, *axes).reshape(-1, *(source.size or ()))
            found = (flat.sum(0) > 0).numpy()
            try:
                said = mask(network, node.name, source.name, at).array()
            except RfcalcError as fault:
                if "RF405" not in str(fault):
                    raise
                said = np.zeros(source.size or (), bool)
            if (found & ~said).any():
                verdict.note("wrong", f"{name}@{at}: gradient {found.sum()} mask {said.sum()}")
            elif (said & ~found).any():
                verdict.note("wide", f"{name}@{at}: gradient {found.sum()} mask {said.sum()}")
            else:
                verdict.note("equal", "")


def _unfolded(value: torch.Tensor, size: tuple[int, ...]) -> torch.Tensor:
    """Return tokens as the map that they are the cells of."""
    cells = int(np.prod(size))
    if len(size) > 1 and value.dim() == 3 and value.shape[1] == cells > 1:
        return value.reshape(value.shape[0], *size, value.shape[2])
    return value


def config(model: keras.Model) -> dict[str, Any]:
    """Return a model's configuration, to be changed by a test."""
    return json.loads(model.to_json())
