"""How is a TFLite model read? Its graph, without its weights and without an interpreter."""

from collections.abc import Sequence
from pathlib import Path

from rfcalc.importers.tflite.model import program_in
from rfcalc.importers.tflite.reader import read_program
from rfcalc.network import Network

__all__ = ["read_tflite"]


def read_tflite(
    path: str | Path,
    *,
    shapes: Sequence[Sequence[int]] = (),
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
) -> Network:
    """Return the network of the first subgraph of a TFLite file; no interpreter is needed.

    Weights are never decoded. Layers are called by the paths in the names of tensors.

    Parameters
    ----------
    shapes : one per input, in order: a whole shape, batch and channels included, or the spatial
        sizes alone; they fill sizes that are left open, and replace those that are written.
    submodule : the part of that path, at the input it receives there.
    assume_pointwise : operators to take for element-wise; the network is then not exact.
    layout : one string per input, a letter per dimension: ``N`` batch, ``C`` channels, any other
        an axis. By default the model's windows say what is space.

    Raises
    ------
    RfcalcError
        RF504 a file that cannot be read, RF505 the package tflite is missing, RF501 an operator
        that is not handled, RF502 axes that cannot be followed, RF512 a size that is not known.
    """
    return read_program(program_in(path), shapes, submodule, assume_pointwise, layout)
