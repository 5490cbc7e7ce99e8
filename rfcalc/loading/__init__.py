"""Which network does an argument name? A file, a chain, a shipped network, a model."""

import re
from collections.abc import Mapping, Sequence
from operator import index
from os import PathLike, fspath
from pathlib import Path
from typing import Any, cast

from rfcalc.errors import fail
from rfcalc.loading.foreign import FILES, told_of
from rfcalc.loading.given import NAME, is_held, read_held
from rfcalc.loading.hints import hint
from rfcalc.loading.texts import check_kept, exists, file_text, shipped, standard_input
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.spec import chain_text, is_chain, read_inline, read_text
from rfcalc.spec.text import SIZE_LIMIT

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

SUFFIXES = (".yaml", ".yml", ".json")
MODELS = (".pt2", ".onnx", ".keras", ".h5", ".hdf5", ".tflite")
_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


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
        ``"package.module:factory"``; or a mapping or a list of layers, as a network file holds it.
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
    name, kind = _named(net)
    given: dict[str, Any] = {
        "submodule": submodule,
        "assume_pointwise": assume_pointwise,
        "layout": [layout] if isinstance(layout, str) else layout,
    }
    _refuse(name, kind, set=set, value=value, dims=dims, kwargs=kwargs, take_values=take_values)
    _refuse(name, kind, max_offset=max_offset, **given)
    if kind == "held":
        return read_held(cast("Sequence[Any]", net), shapes or None, set)
    if kind == "chain":
        return _read_chain(name, shapes, set, dims)
    if kind in _TEXTS:
        return _read_text(name, kind, shapes, set)
    from rfcalc.importers.deforming import bounded_offsets

    with bounded_offsets(max_offset):
        if kind == "target":
            return _read_target(name, shapes, kwargs=kwargs, take_values=take_values, **given)
        given |= {"value": value} if kind == ".onnx" else {}
        return _read_model(name, kind, shapes, given)


def _named(net: str | PathLike[str] | Mapping[str, Any] | Sequence[Any]) -> tuple[str, str]:
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
    if kind not in _TEXTS:
        help = f"write it as one: `rfcalc.convert({net!r}, out='net.yaml')`"
        raise fail("RF112", f"'{net}' is a model, not a network file", help)
    return kind


def is_target(name: str) -> bool:
    """Whether an argument names Python code, ``package.module:factory``, which is run to read it.

    The name of a file is none, whether the file is there or not.

    >>> is_target("torchvision.models:resnet18"), is_target("zoo:resnet18"), is_target("k3")
    (True, False, False)
    """
    return runs_code(name) and not exists(name)


def runs_code(name: str) -> bool:
    """Whether an argument names Python code wherever no file has that name.

    >>> runs_code("torchvision.models:resnet18"), runs_code("resnet18.pt2")
    (True, False)
    """
    named = _TARGET.fullmatch(name) is not None and not name.startswith("zoo:")
    filed = Path(name).suffix.lower() in (*SUFFIXES, *MODELS, *FILES) or ".py:" in name
    return named and not filed and not is_chain(name)


def is_network(word: str) -> bool:
    """Whether a word is meant as a network: a file's name, a chain, the zoo's or Python code.

    >>> is_network("k3,k3d2"), is_network("zoo:unet"), is_network("analyze")
    (True, True, False)
    """
    if word.startswith("zoo:") or is_chain(word) or is_target(word):
        return True
    return Path(word).suffix.lower() in (*SUFFIXES, *MODELS, *FILES)


def kind_of(name: str, typed: bool) -> str:
    """Return what an argument names: a way of writing a network, or a model's suffix.

    Raises
    ------
    RfcalcError
        RF112: it names nothing that is read, a device or a pipe.
    """
    if typed and name == "-":
        return "standard input"
    if typed and name.startswith("zoo:"):
        return "zoo"
    if typed and not exists(name):
        if is_chain(name):
            return "chain"
        if is_target(name):
            return "target"
    suffix = Path(name).suffix.lower()
    check_kept(Path(name))
    if suffix == ".json" and _is_keras(Path(name)):
        return ".keras"
    if suffix in SUFFIXES:
        return "text"
    if suffix in MODELS:
        return suffix
    listed = f"a network is a file ({', '.join(SUFFIXES + MODELS)}), a chain (k3,k3d2), zoo:NAME,"
    told = told_of(name)
    if told is not None:
        raise fail("RF112", f"'{name}' is {told[0]}, which is not read", told[1])
    help = hint(name, SUFFIXES + MODELS) if typed else ""
    help = help or f"{listed} package.module:factory or '-'"
    raise fail("RF112", f"'{name}' does not name a network", help)


def _is_keras(path: Path) -> bool:
    """Whether a JSON file holds a Keras configuration: its keys are not a network file's."""
    try:
        with path.open("rb") as file:
            head = file.read(SIZE_LIMIT)
        return b'"class_name"' in head or b'"modelTopology"' in head
    except (OSError, ValueError):
        return False


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


_TEXTS = ("text", "chain", "zoo", "standard input", "held")
"""Ways of writing a network down as layers."""
_TAKERS: dict[str, tuple[tuple[str, ...], str]] = {
    "kwargs": (("target",), "package.module:factory"),
    "take_values": (("target",), "package.module:factory"),
    "submodule": (("target", *MODELS), "models"),
    "assume_pointwise": (("target", *MODELS), "models"),
    "layout": (("target", *MODELS), "models"),
    "value": ((".onnx",), "ONNX files"),
    "max_offset": (("target", ".pt2", ".onnx"), "models of PyTorch and ONNX"),
    "set": (_TEXTS, "network files with `vars`"),
    "dims": (("chain",), "chains; a file says it as `dims`"),
}
"""The kinds of networks that an argument of ``load`` has a meaning for, and their name."""


def _refuse(name: str, kind: str, **given: Any) -> None:
    """Refuse arguments that have no meaning for a network of a kind.

    Raises
    ------
    RfcalcError
        RF406: the first of them.
    """
    for argument, value in given.items():
        kinds, words = _TAKERS[argument]
        # A bound of no cells is one.
        said = value is not None if argument == "max_offset" else value
        if said and kind not in kinds:
            fact = f"`{argument}=` is given for '{name}', and it is for {words}"
            raise fail("RF406", fact, f"omit `{argument}=`")
