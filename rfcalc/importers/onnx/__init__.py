"""How is an ONNX model read? Its graph, without its weights and without a runtime."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rfcalc.importers.onnx.model import program_in
from rfcalc.importers.onnx.reader import read_program
from rfcalc.network import Network

__all__ = ["read_onnx"]


def read_onnx(
    path: str | Path,
    *,
    shapes: Sequence[Sequence[int]] = (),
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
    value: Mapping[str, float | Sequence[float]] | None = None,
) -> Network:
    """Return the network of an ONNX file of any opset from 7 up; no runtime is needed.

    Weights and external data are never loaded. Layers have the module paths that PyTorch's
    exporters write down, else the names of their nodes.

    Parameters
    ----------
    shapes : one per input, in order: a whole shape, batch and channels included, or the spatial
        sizes alone; they fill sizes that are left open, and replace those that are written.
    submodule : the part of that module path, at the input it receives there.
    assume_pointwise : operators to take for element-wise; the network is then not exact.
    layout : one string per input, a letter per dimension (``NCHW``), in place of what the model's
        windows say.
    value : numbers of inputs that are no signal, by name, such as a sampling rate: what depends
        on them alone is constant, and a condition on them takes one branch. These inputs are
        none of the network's, and have no place in ``shapes`` and ``layout``.

    Raises
    ------
    RfcalcError
        RF504 a file that cannot be read, RF505 the package onnx is missing, RF501 an operator
        that is not handled, RF502 axes that cannot be followed, RF512 a size that is not known,
        RF517 a value for what is no input.
    """
    return read_program(program_in(path, value), shapes, submodule, assume_pointwise, layout)
