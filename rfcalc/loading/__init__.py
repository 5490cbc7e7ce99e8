"""Which network does an argument name? A file, a chain, a shipped network, a model."""

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

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
from rfcalc.loading.models import Options, is_module, read_model, read_module
from rfcalc.loading.shapes import Sizes, shapes_of
from rfcalc.loading.texts import file_text, shipped, standard_input
from rfcalc.network import Network, without_global
from rfcalc.parameters import as_list, expect
from rfcalc.spec import chain_text, read_inline, read_text

if TYPE_CHECKING:
    import torch

__all__ = [
    "MODELS",
    "SUFFIXES",
    "NetworkLike",
    "Sizes",
    "is_network",
    "is_target",
    "kind_of",
    "load",
    "name_and_kind",
    "refuse_model",
    "runs_code",
    "shapes_of",
    "source_text",
]

NetworkLike: TypeAlias = (
    "Network | str | PathLike[str] | Mapping[str, object] | Sequence[object] | torch.nn.Module"
)
"""What a public function takes for a network."""


def load(
    net: NetworkLike,
    *,
    input: Sizes | None = None,
    set: Mapping[str, int] | None = None,
    kwargs: Mapping[str, object] | None = None,
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    dims: int | None = None,
    take_values: bool = False,
    layout: Sequence[str] = (),
    value: Mapping[str, float | Sequence[float]] | None = None,
    max_offset: int | None = None,
    ignore_global: bool = False,
) -> Network:
    """Return the network that a value names or holds.

    Parameters
    ----------
    net : a network file (``.yaml``, ``.yml``, ``.json``), ``-`` for one on standard input, a
        chain such as ``"k3,k3d2,k3d5"``, ``"zoo:NAME"`` for a network that ships with rfcalc; or
        a model: a ``.pt2`` program saved by ``torch.export.save``, an ``.onnx`` or ``.tflite``
        file, a ``.keras`` or ``.h5`` file or its JSON configuration, or
        ``"package.module:factory"`` or ``"file.py:factory"``; or a mapping or a list of layers, as
        a network file holds it; or a ``torch.nn.Module``. A network stands for itself.
    input : input size, cells per axis; goes before the file's own. For a Python target or a module
        the shape of the example input, batch and channels included. One per input for several
        inputs.
    set : values for the file's ``vars``.
    kwargs : what ``package.module:factory`` is called with.
    submodule : the part of a model to read.
    assume_pointwise : operators of a model to take for element-wise; the network is not exact.
    dims : axes of a chain, by default those of its input size, else 2.
    take_values : go on with the values that the code of a ``package.module:factory`` or a module
        reads of its tensors; the network is then not exact.
    layout : of each input of a model, one letter per dimension: ``N`` batch, ``C`` channels, any
        other an axis of its own (``NCHW``). By default what the model's windows run over.
    value : numbers of inputs of an ONNX file that are no signal, by name, such as a sampling
        rate: a condition on them takes one branch. ``input`` and ``layout`` omit them.
    max_offset : how many cells the offsets of a model's deformable convolutions reach at most;
        the network is then not exact. By default such layers are refused.
    ignore_global : ignore layers that read the whole input.

    Raises
    ------
    RfcalcError
        Every fault of the file, each with its place; RF403: a module without ``input``; RF406: an
        argument for another kind of network than this.
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
    expect(max_offset=max_offset, ignore_global=ignore_global)
    name, kind = name_and_kind(net)
    for_model: Options = {
        "kwargs": kwargs,
        "take_values": take_values,
        "submodule": submodule,
        "assume_pointwise": as_list(assume_pointwise),
        "layout": as_list(layout),
        "value": value,
        "max_offset": max_offset,
    }
    refuse_useless(name, kind, **for_model, set=set, dims=dims)
    if isinstance(net, Network):
        found = _read_before(net, input)
    elif is_module(net):
        found = read_module(net, input, for_model)
    elif kind in TEXTS:
        found = _read_text(net, name, kind, shapes_of(input), set, dims)
    else:
        found = read_model(name, kind, shapes_of(input), for_model)
    return without_global(found) if ignore_global else found


def name_and_kind(net: NetworkLike) -> tuple[str, str]:
    """Return the name of what stands for a network, and what kind it is.

    Raises
    ------
    RfcalcError
        RF112: as for ``kind_of``.
    TypeError
        It is of a type that stands for no network.
    """
    if isinstance(net, Network):
        return net.name, "network"
    if is_held(net):
        return NAME, "held"
    if isinstance(net, str | PathLike):
        name = fspath(net)
        return name, kind_of(name, isinstance(net, str))
    if is_module(net):
        return type(net).__name__, "module"
    raise TypeError(
        f"net is of type {type(net).__name__}; it takes a Network, a path, a chain "
        "('k3,k3d2'), 'zoo:NAME', a mapping or a list as a network file holds it, "
        "or a torch.nn.Module"
    )


def _read_before(net: Network, input: Sizes | None) -> Network:
    """Return a network, whose size stands.

    Raises
    ------
    RfcalcError
        RF406: there is another.
    """
    if input is not None:
        fact = f"input is given for '{net.name}', a network that was read already"
        raise fail("RF406", fact, "omit it, or give it to load")
    return net


def _read_text(
    net: NetworkLike,
    name: str,
    kind: str,
    shapes: tuple[tuple[int, ...], ...],
    set: Mapping[str, int] | None,
    dims: int | None,
) -> Network:
    """Return the network of a file, a mapping, a chain or the zoo, or of standard input."""
    if kind == "held":
        return read_held(cast("Sequence[object]", net), shapes or None, set)
    if kind == "standard input":
        return read_text(standard_input(), "<stdin>", shapes or None, set)
    if kind != "chain":
        text = shipped(name[4:]) if kind == "zoo" else file_text(Path(name))
        return read_text(text, name, shapes or None, set)
    for variable in set or ():
        raise fail("RF111", f"a chain has no variable '{variable}'", "write a network file")
    if len(shapes) > 1:
        fact = f"'{name}' has one input, and `input=` is given {len(shapes)} times"
        raise fail("RF406", fact, "give its size once")
    return read_inline(name, shapes[0] if shapes else None, dims)


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
