"""Which network does an argument name? A file, a chain, a shipped network, a model."""

from collections.abc import Mapping, Sequence
from operator import index
from os import PathLike, fspath
from pathlib import Path
from typing import Any, cast

from rfcalc.errors import fail
from rfcalc.loading.given import NAME, is_held, read_held
from rfcalc.loading.kinds import (
    MODELS,
    SUFFIXES,
    TEXTS,
    is_network,
    is_target,
    kind_of,
    refuse_useless,
    runs_code,
)
from rfcalc.loading.texts import file_text, shipped, standard_input
from rfcalc.network import Network
from rfcalc.parameters import as_list, expect
from rfcalc.spec import chain_text, read_inline, read_text

__all__ = [
    "MODELS",
    "SUFFIXES",
    "is_network",
    "is_target",
    "kind_of",
    "load",
    "refuse_model",
    "runs_code",
    "shapes_of",
    "source_text",
]


def load(
    net: str | PathLike[str] | Mapping[str, Any] | Sequence[Any],
    *,
    input: Sequence[int] | Sequence[Sequence[int]] | None = None,
    set: Mapping[str, int] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    dims: int | None = None,
    take_values: bool = False,
    layout: Sequence[str] = (),
    value: Mapping[str, float | Sequence[float]] | None = None,
    max_offset: int | None = None,
) -> Network:
    """Return the network that an argument names.

    Parameters
    ----------
    net : a network file (``.yaml``, ``.yml``, ``.json``), ``-`` for one on standard input, a
        chain such as ``"k3,k3d2,k3d5"``, ``"zoo:NAME"`` for a network that ships with rfcalc; or
        a model: a ``.pt2`` program saved by ``torch.export.save``, an ``.onnx`` or ``.tflite``
        file, a ``.keras`` or ``.h5`` file or its JSON configuration, or
        ``"package.module:factory"`` or ``"file.py:factory"``; or a mapping or a list of layers, as
        a network file holds it.
    input : input size, cells per axis; goes before the file's own. For a Python target the shape
        of the example input, batch and channels included. One per input for several inputs.
    set : values for the file's ``vars``.
    kwargs : what ``package.module:factory`` is called with.
    submodule : the part of a model to read.
    assume_pointwise : operators of a model to take for element-wise; the network is not exact.
    dims : axes of a chain, by default those of its input size, else 2.
    take_values : go on with the values that the code of a ``package.module:factory`` reads of
        its tensors; the network is then not exact.
    layout : of each input of a model, one letter per dimension: ``N`` batch, ``C`` channels, any
        other an axis of its own (``NCHW``). By default what the model's windows run over.
    value : numbers of inputs of an ONNX file that are no signal, by name, such as a sampling
        rate: a condition on them takes one branch. ``input`` and ``layout`` omit them.
    max_offset : how many cells the offsets of a model's deformable convolutions reach at most;
        the network is then not exact. By default such layers are refused.

    Raises
    ------
    RfcalcError
        Every fault of the file, each with its place; RF406: an argument for another kind of
        network than this.
    TypeError
        ``net`` is none of these, or holds what no network file could.

    Examples
    --------
    >>> load("k3,k3d2,k3d5").dims
    2
    >>> load({"dims": 1, "layers": [{"kernel": 3, "name": "c1"}]}).nodes[1].name
    'c1'
    """
    expect(set=set, kwargs=kwargs, submodule=submodule, assume_pointwise=assume_pointwise)
    expect(dims=dims, take_values=take_values, layout=layout, value=value)
    shapes = shapes_of(input)
    name, kind = _name_and_kind(net)
    given: dict[str, Any] = {
        "submodule": submodule,
        "assume_pointwise": as_list(assume_pointwise),
        "layout": as_list(layout),
    }
    refuse_useless(
        name, kind, set=set, value=value, dims=dims, kwargs=kwargs, take_values=take_values
    )
    refuse_useless(name, kind, max_offset=max_offset, **given)
    if kind == "held":
        return read_held(cast("Sequence[Any]", net), shapes or None, set)
    if kind == "chain":
        return _read_chain(name, shapes, set, dims)
    if kind in TEXTS:
        return _read_text(name, kind, shapes, set)
    from rfcalc.importers.deforming import bounded_offsets

    with bounded_offsets(max_offset):
        if kind == "target":
            return _read_target(name, shapes, kwargs=kwargs, take_values=take_values, **given)
        given |= {"value": value} if kind == ".onnx" else {}
        return _read_model(name, kind, shapes, given)


def _name_and_kind(net: str | PathLike[str] | Mapping[str, Any] | Sequence[Any]) -> tuple[str, str]:
    """Return the name of what stands for a network, and what kind it is.

    Raises
    ------
    RfcalcError
        RF112: as for ``kind_of``.
    TypeError
        It is of a type that names no network.
    """
    if is_held(net):
        return NAME, "held"
    if isinstance(net, str | PathLike):
        name = fspath(net)
        return name, kind_of(name, isinstance(net, str))
    help = "it takes a path, a chain ('k3,k3d2'), 'zoo:NAME', a mapping or a list of layers"
    raise TypeError(f"net is of type {type(net).__name__}; {help}")


def _read_text(
    name: str, kind: str, shapes: tuple[tuple[int, ...], ...], set: Mapping[str, int] | None
) -> Network:
    """Return the network of a file, of one that ships with rfcalc or of standard input."""
    if kind == "standard input":
        return read_text(standard_input(), "<stdin>", shapes or None, set)
    text = shipped(name[4:]) if kind == "zoo" else file_text(Path(name))
    return read_text(text, name, shapes or None, set)


def _read_chain(
    name: str,
    shapes: tuple[tuple[int, ...], ...],
    set: Mapping[str, int] | None,
    dims: int | None,
) -> Network:
    """Return the network of a chain, which has one input and no variables."""
    for variable in set or ():
        raise fail("RF111", f"a chain has no variable '{variable}'", "write a network file")
    if len(shapes) > 1:
        fact = f"'{name}' has one input, and `input=` is given {len(shapes)} times"
        raise fail("RF406", fact, "give its size once")
    return read_inline(name, shapes[0] if shapes else None, dims)


def _read_target(name: str, shapes: tuple[tuple[int, ...], ...], **given: Any) -> Network:
    """Return the network of a module that Python code makes, which runs on example inputs."""
    from rfcalc import importers

    if not shapes:
        fact = f"'{name}' is run on an example input, and none is given"
        raise fail("RF403", fact, "give its shape, channels and all: `input=(1, 3, 224, 224)`")
    return importers.from_target(name, shapes, **given)


def _read_model(
    name: str, kind: str, shapes: tuple[tuple[int, ...], ...], given: dict[str, Any]
) -> Network:
    """Return the network of a model's file, whose bytes nobody vouches for."""
    from rfcalc import importers
    from rfcalc.importers.malformed import untrusted

    readers = {".pt2": "read_pt2", ".onnx": "read_onnx", ".tflite": "read_tflite"}
    with untrusted(name):
        return getattr(importers, readers.get(kind, "read_keras"))(name, shapes=shapes, **given)


def source_text(net: str) -> tuple[str, str]:
    """Return the text of a network file, and the name that diagnostics show.

    A chain is written out as a file, one layer a line.

    Raises
    ------
    RfcalcError
        RF112 a model, which has no such text; RF112, RF113, RF115, RF117: as for ``load``.
    """
    kind = refuse_model(net)
    if kind == "standard input":
        return standard_input(), "<stdin>"
    if kind == "zoo":
        return shipped(net[4:]), net
    return chain_text(net) if kind == "chain" else file_text(Path(net)), net


def refuse_model(net: str) -> str:
    """Return what kind of network text an argument names, as ``kind_of``.

    Raises
    ------
    RfcalcError
        RF112: it names a model, or nothing that is read.
    """
    kind = kind_of(net, typed=True)
    if kind not in TEXTS:
        help = f"write it as one: `rfcalc.convert({net!r}, out='net.yaml')`"
        raise fail("RF112", f"'{net}' is a model, not a network file", help)
    return kind


def shapes_of(
    input: Sequence[int] | Sequence[Sequence[int]] | None,
) -> tuple[tuple[int, ...], ...]:
    """Return one shape per input, whether one was given or a sequence of them.

    Raises
    ------
    TypeError
        ``input`` is neither.

    Examples
    --------
    >>> shapes_of((64, 64)), shapes_of([(1, 3, 8, 8), (1, 4)])
    (((64, 64),), ((1, 3, 8, 8), (1, 4)))
    """
    expect(input=input)
    given: Any = input
    if given is None or not len(given):
        return ()
    if hasattr(given[0], "__len__"):
        return tuple(tuple(map(index, shape)) for shape in given)
    return (tuple(map(index, given)),)
