"""How are several networks read, of which each understands another part of what is given?"""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

import msgspec

from rfcalc.errors import Diagnostic, RfcalcError
from rfcalc.loading import NetworkLike, Sizes, load, name_and_kind, shapes_of
from rfcalc.loading.kinds import TAKERS, TEXTS
from rfcalc.loading.models import tensors_in
from rfcalc.loading.options import LoadOptions, load_options
from rfcalc.loading.texts import standard_input
from rfcalc.network import Input, Network
from rfcalc.spec import read_text

__all__ = ["load_all"]

Shapes = tuple[tuple[int, ...], ...]


def load_all(
    nets: Sequence[NetworkLike],
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
) -> list[Network]:
    """Return the networks that several arguments stand for, each given what it understands.

    Parameters
    ----------
    nets : each as for ``load``; a network that was read already keeps its size.
    input : a model in Python takes the whole shape, a model in a file the whole shape or the
        sizes of its space, a network file or a chain the sizes of its space alone: those that a
        model takes for space, else the last ones. A program in ``.pt2`` keeps the size that it
        was saved at beside networks of another kind.
    set, kwargs, submodule, assume_pointwise, dims, take_values, layout, value, max_offset : as for
        ``load``, for those that have any use for them.

    Raises
    ------
    RfcalcError
        Every fault of every network; RF403: a model in Python is given no whole shape.

    Examples
    --------
    >>> [network.input for network in load_all(["k3,k3d2", "zoo:resnet50"], input=(1, 3, 64, 96))]
    [(64, 96), (64, 96)]
    """
    if len(nets) == 1 and isinstance(nets[0], Network):
        return [nets[0]]
    options: LoadOptions = {
        "set": set,
        "kwargs": kwargs,
        "submodule": submodule,
        "assume_pointwise": tuple(assume_pointwise),
        "dims": dims,
        "take_values": take_values,
        "layout": tuple(layout),
        "value": value,
        "max_offset": max_offset,
    }
    if len(nets) == 1:
        return [load(nets[0], input=input, **options)]
    shapes = tuple(tuple(one.shape) for one in tensors_in(input)) or shapes_of(input)
    kinds: dict[int, str] = {}
    faults: dict[int, Sequence[Diagnostic]] = {}
    found: dict[int, Network] = {}
    for number, net in enumerate(nets):
        with _caught(faults, number):
            kinds[number] = name_and_kind(net)[1]
    spaces: list[Shapes] = []
    # What a model takes for space is known once it is read.
    for number, kind in sorted(kinds.items(), key=lambda one: one[1] in TEXTS):
        with _caught(faults, number):
            given = _understood(options, kind, kinds.values())
            size = () if kind == ".pt2" and {*kinds.values()} != {".pt2"} else shapes
            found[number] = _read(nets[number], kind, size, spaces, given)
            if kind not in (*TEXTS, "network") and size and (inside := _sizes(found[number])):
                spaces.append(inside)
    if faults:
        raise RfcalcError([fault for _, told in sorted(faults.items()) for fault in told])
    return [found[number] for number in range(len(nets))]


@contextmanager
def _caught(faults: dict[int, Sequence[Diagnostic]], number: int) -> Generator[None]:
    """Keep the faults of a network while others are read."""
    try:
        yield
    except RfcalcError as fault:
        faults[number] = fault.diagnostics


def _understood(options: LoadOptions, kind: str, kinds: Collection[str]) -> LoadOptions:
    """Return the options that a kind of network has use for, and those that none has."""
    found = {
        option: value
        for option, value in options.items()
        if kind in TAKERS[option][0] or not {*kinds} & {*TAKERS[option][0]}
    }
    return cast("LoadOptions", {**load_options(), **found})


def _read(
    net: NetworkLike, kind: str, shapes: Shapes, spaces: Sequence[Shapes], given: LoadOptions
) -> Network:
    """Return a network at what it understands of the shapes."""
    if isinstance(net, Network):
        return net
    if not shapes or kind == ".pt2":
        return load(net, input=shapes or None, **given)
    if kind in ("target", "module"):
        try:
            return load(net, input=shapes, **given)
        except RfcalcError as fault:
            raise _whole(fault, shapes) from None
    if kind not in TEXTS:
        inside = tuple(shape[2:] for shape in shapes)
        return _first(
            lambda size: load(net, input=size, **given), [shapes, *spaces, inside], "RF512"
        )
    read = _reading(net, kind, given)
    dims = read(None).dims
    last = tuple(shape[-dims:] for shape in shapes)
    # A batch and channels may stand before the sizes of space, and nothing else.
    fits = all(dims < len(shape) <= dims + 2 for shape in shapes)
    return _first(read, [*spaces, shapes, *([last] if fits else ())], "RF106")


def _reading(net: NetworkLike, kind: str, given: LoadOptions) -> Callable[[Shapes | None], Network]:
    """Return how a network file or a chain is read at a size; standard input is read once."""
    if kind != "standard input":
        return lambda size: load(net, input=size, **given)
    text = standard_input()
    return lambda size: read_text(text, "<stdin>", size, given["set"])


def _first(read: Callable[[Shapes], Network], sizes: Sequence[Shapes], code: str) -> Network:
    """Return the network at the first sizes that fit it, by the code of those that do not."""
    told: list[RfcalcError] = []
    for size in sizes:
        try:
            return read(size)
        except RfcalcError as fault:
            if any(one.code != code for one in fault.diagnostics):
                raise
            told.append(fault)
    raise told[-1]


def _sizes(network: Network) -> Shapes:
    """Return the sizes of a network's inputs, none where one is not known."""
    sizes = [node.size for node in network.nodes if isinstance(node.layer, Input)]
    return tuple(size for size in sizes if size is not None) if None not in sizes else ()


def _whole(fault: RfcalcError, shapes: Shapes) -> RfcalcError:
    """Return the fault of a model that was run on the sizes of its space alone, as it seems."""
    if max(map(len, shapes)) > 3:
        return fault
    help = "give batch and channels too, as in `input=(1, 3, 224, 224)`: files take the space of it"
    return RfcalcError(
        msgspec.structs.replace(one, help=help) if one.code in ("RF507", "RF508") else one
        for one in fault.diagnostics
    )
