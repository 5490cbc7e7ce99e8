"""Which input cells does each output cell of an ONNX model depend on? By running it.

ONNX's reference implementation computes the model at random weights; a cell is read where
changing it changes the output. Nothing is shared with the reader.
"""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx
from rfcalc.masks import mask

onnx = pytest.importorskip("onnx")
TensorProto = onnx.TensorProto
helper = onnx.helper
numpy_helper = onnx.numpy_helper
ReferenceEvaluator = pytest.importorskip("onnx.reference").ReferenceEvaluator

FLOAT = TensorProto.FLOAT


def constant(name, values, dtype=np.float32):
    """An initialiser."""
    return numpy_helper.from_array(np.asarray(values, dtype=dtype), name)


def whole(name, *values, dtype=np.int64):
    """An initialiser of whole numbers, in a row."""
    return constant(name, list(values), dtype)


def whole_as(name, values):
    """An initialiser of whole numbers in the shape of ``values``."""
    return constant(name, values, np.int64)


def weights(name, *shape, seed=0):
    """Positive random weights, so that no path cancels another."""
    drawn = np.random.default_rng([seed, len(name), *shape]).uniform(0.5, 1.5, shape)
    return constant(name, drawn / max(1, np.prod(shape[1:])))


def node(op, inputs, output="y", name="", **attributes):
    """A node with one output, or a list of them."""
    outputs = output if isinstance(output, list) else [output]
    return helper.make_node(op, list(inputs), outputs, name=name, **attributes)


def model(nodes, shape, tensors=(), opset=17, outputs=("y",), imports=(), functions=(), name="x"):
    """A model of one input; sizes are not written at the outputs."""
    graph = helper.make_graph(
        list(nodes),
        "made",
        [helper.make_tensor_value_info(name, FLOAT, shape)],
        [helper.make_tensor_value_info(output, FLOAT, None) for output in outputs],
        list(tensors),
    )
    versions = [helper.make_opsetid("", opset), *imports]
    return helper.make_model(graph, opset_imports=versions, functions=list(functions))


def saved(made, folder):
    """The file of a model."""
    path = folder / "model.onnx"
    path.write_bytes(made.SerializeToString())
    return path


def refusal(made, folder, **options):
    """The diagnostic of a model that is refused."""
    with pytest.raises(RfcalcError) as caught:
        read_onnx(saved(made, folder), **options)
    return caught.value.diagnostics[0]


def read_cells(made, shape, seed=0):
    """Which input entries each output entry depends on: output shape + input shape."""
    run = ReferenceEvaluator(made)
    generator = np.random.default_rng(seed)
    x = generator.uniform(0.5, 1.5, shape).astype(np.float32)
    base = run.run(None, {"x": x})[0]
    found = np.zeros((*base.shape, *shape), bool)
    for at in np.ndindex(*shape):
        for by in (0.25, -0.25, 8.0):
            moved = x.copy()
            moved[at] += by
            found[(..., *at)] |= run.run(None, {"x": moved})[0] != base
    return found


def positions(size):
    """Every output position of a small grid, corners and a spread of the others of a large one."""
    every = list(np.ndindex(*size))
    return every if len(every) <= 40 else [*every[:: len(every) // 30], every[-1]]


def read(path, rank, axes, **options):
    """The network of a file; the axes are told where no window, or not all of them, show them."""
    network = read_onnx(path, **options)
    if network.dims == len(axes) and not any("no window" in fact for fact in network.assumed):
        return network
    letters = dict(zip(axes, "XYZ", strict=False))
    layout = "".join(letters.get(d, "N" if d == 0 else "C") for d in range(rank))
    return read_onnx(path, layout=[layout], **options)


def differences(made, shape, folder, space=None, out_space=None, spelled=None, **options):
    """Where the mask and the run differ, as ``position, mask only, run only``.

    ``spelled`` is the model that is run where the reference lacks an operator: the same one,
    written with others.
    """
    path = saved(made, folder)
    axes = list(range(2, len(shape))) if space is None else list(space)
    network = read(path, len(shape), axes, **options)
    found = read_cells(spelled or made, shape)
    rank = found.ndim - len(shape)
    out_axes = list(range(2, rank)) if out_space is None else list(out_space)
    channels = [d for d in range(rank) if d not in out_axes]
    channels += [rank + d for d in range(len(shape)) if d not in axes]
    reached = found.any(axis=tuple(channels))
    node = network.nodes[network.output]
    assert node.size == reached.shape[: len(out_axes)]
    wrong = []
    for at in positions(node.size):
        try:
            said = mask(network, at=at).array()
        except RfcalcError as fault:
            if "RF405" not in str(fault):
                raise
            said = np.zeros(reached.shape[len(out_axes) :], bool)
        if (said != reached[at]).any():
            extra, missing = np.argwhere(said & ~reached[at]), np.argwhere(reached[at] & ~said)
            wrong.append((at, extra.tolist(), missing.tolist()))
    return network, wrong
