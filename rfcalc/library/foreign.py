"""Which network is a model of ONNX or Keras, in a file or in hand?"""

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rfcalc.loading import shapes_of
from rfcalc.loading.networks import Sizes
from rfcalc.network import Network
from rfcalc.parameters import as_list, expect

__all__ = ["from_keras", "from_onnx"]


def from_onnx(
    model: "str | PathLike[str] | Any",
    *,
    input: "Sizes | None" = None,
    submodule: str | None = None,
    layout: Sequence[str] = (),
    assume_pointwise: Sequence[str] = (),
    value: Mapping[str, float | Sequence[float]] | None = None,
) -> Network:
    """Return the network of an ONNX model, without its weights and without a runtime.

    Layers have the module paths that PyTorch's exporters write down, else the names of their
    nodes.

    Parameters
    ----------
    model : the path of an ``.onnx`` file, or an ``onnx.ModelProto``.
    input : per input its whole shape, batch and channels included, or its size in cells per
        axis; in place of sizes that are written or left open.
    submodule : the part of that module path, at the input it receives there.
    layout : one string per input, a letter per dimension: ``N`` batch, ``C`` channels, any other
        an axis (``"NCHW"``). By default the model's windows say what is space.
    assume_pointwise : operators to take for element-wise; the network is then not exact.
    value : numbers of inputs that are no signal, by name, such as a sampling rate.

    Raises
    ------
    RfcalcError
        RF501 an operator that is not handled, RF502 axes that cannot be followed, RF504 a file
        that cannot be read, RF505 the package onnx is missing, RF512 a size that is not known,
        RF517 a value for what is no input.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> from onnx.parser import parse_model
    >>> text = '<ir_version: 8, opset_import: ["" : 17]> net (float[1,1,9,9] x, float[1,1,3,3] w) '
    >>> from_onnx(parse_model(text + "=> (float[1,1,7,7] y) { y = Conv(x, w) }")).input
    (9, 9)
    """
    from rfcalc.importers import read_onnx
    from rfcalc.importers.malformed import untrusted

    expect(submodule=submodule, layout=layout, assume_pointwise=assume_pointwise, value=value)
    shapes = shapes_of(input)
    with _file(model, ".onnx", _onnx_bytes) as path, untrusted(str(path)):
        return read_onnx(
            path,
            shapes=shapes,
            submodule=submodule,
            layout=as_list(layout),
            assume_pointwise=as_list(assume_pointwise),
            value=value,
        )


def from_keras(
    model: "str | PathLike[str] | Any",
    *,
    input: "Sizes | None" = None,
    submodule: str | None = None,
    layout: Sequence[str] = (),
    assume_pointwise: Sequence[str] = (),
) -> Network:
    """Return the network of a Keras model; its configuration alone is read, and no code is run.

    Layers have the names they have in Keras; those of a nested model follow its name:
    ``backbone.conv1``.

    Parameters
    ----------
    model : the path of a ``.keras`` or ``.h5`` file or of a JSON configuration, or a
        ``keras.Model``.
    input : per input its whole shape, batch and channels included, or its size in cells per
        axis; in place of sizes that are written or left open.
    submodule : the name of a nested model, or of a layer up to which the network is read.
    layout : one string per input, a letter per dimension: ``N`` batch, ``C`` channels, any other
        an axis (``"NHWC"``). By default the model's windows say what is space.
    assume_pointwise : layer classes to take for element-wise; the network is then not exact.

    Raises
    ------
    RfcalcError
        RF501 a layer that is not handled, RF502 axes that cannot be followed, RF504 a file that
        cannot be read, RF510 no such submodule, RF512 a shape that is missing or impossible.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> from rfcalc.errors import RfcalcError
    >>> try:
    ...     from_keras("missing.keras")
    ... except RfcalcError as error:
    ...     error.diagnostics[0].code
    'RF504'
    """
    from rfcalc.importers import read_keras
    from rfcalc.importers.malformed import untrusted

    expect(submodule=submodule, layout=layout, assume_pointwise=assume_pointwise)
    shapes = shapes_of(input)
    with _file(model, ".json", _keras_bytes) as path, untrusted(str(path)):
        return read_keras(
            path,
            shapes=shapes,
            submodule=submodule,
            layout=as_list(layout),
            assume_pointwise=as_list(assume_pointwise),
        )


@contextmanager
def _file(model: Any, suffix: str, write: Any) -> Generator[Path]:
    """Give the path of a model, which is written to a file where it is in hand."""
    if isinstance(model, str | PathLike):
        yield Path(fspath(model))
        return
    name, held = write(model)
    with TemporaryDirectory(prefix="rfcalc-") as folder:
        path = Path(folder) / f"{re.sub(r'[^A-Za-z0-9_.-]+', '_', name)[:80] or 'model'}{suffix}"
        path.write_bytes(held)
        yield path


def _onnx_bytes(model: Any) -> tuple[str, bytes]:
    if not (hasattr(model, "SerializeToString") and hasattr(model, "graph")):
        kind = type(model).__name__
        raise TypeError(f"model is of type {kind}; it takes a path or an onnx.ModelProto")
    return str(model.graph.name), model.SerializeToString()


def _keras_bytes(model: Any) -> tuple[str, bytes]:
    if not hasattr(model, "to_json"):
        kind = type(model).__name__
        raise TypeError(f"model is of type {kind}; it takes a path or a keras.Model")
    return str(getattr(model, "name", "")), model.to_json().encode()
