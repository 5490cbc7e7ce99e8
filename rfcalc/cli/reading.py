"""How is a NET of the command line read? The options that every command with networks has."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from rfcalc.arguments import keywords, shape
from rfcalc.cli import options
from rfcalc.errors import RfcalcError

if TYPE_CHECKING:
    from rfcalc.loading.options import LoadOptions
    from rfcalc.network import Network

__all__ = ["Reading", "spread"]


class Reading(NamedTuple):
    """What the options say about reading networks.

    A parameter of this type stands for all its options in a command's signature: ``spread``
    writes them out.
    """

    input: tuple[tuple[int, ...], ...] = ()
    variables: Mapping[str, int] = {}
    ignore_global: bool = False
    submodule: str | None = None
    kwargs: Mapping[str, object] | None = None
    assume_pointwise: tuple[str, ...] = ()
    dims: int | None = None
    take_values: bool = False
    layout: tuple[str, ...] = ()
    value: Mapping[str, tuple[float, ...]] = {}
    max_offset: int | None = None
    layer: str | Literal[False] | None = False
    """What is asked about: a model is read far enough where it is read up to there.

    ``False`` for a command that cannot be asked about a layer.
    """

    def load(self, net: str) -> "Network":
        """Return the network that an argument names, its global layers included."""
        from rfcalc.library.reading import read_as_far

        return read_as_far(net, self.input or None, self.options(), self.layer)

    def network(self, net: str) -> "Network":
        """Return the network that an argument names, as ``--ignore-global`` wants it."""
        return self.kept(self.load(net))

    def networks(self, nets: Sequence[str]) -> "list[Network]":
        """Return several networks, each given what it understands of the options."""
        from rfcalc.library.reading import as_far
        from rfcalc.loading.several import load_all

        try:
            found = load_all(nets, input=self.input or None, **self.options())
        except RfcalcError as fault:
            found = [as_far(fault, self.layer)]
        return [self.kept(network) for network in found]

    def kept(self, network: "Network") -> "Network":
        """Return what ``--ignore-global`` leaves of a network."""
        from rfcalc.network import without_global

        return without_global(network) if self.ignore_global else network

    def options_of_model(self) -> "LoadOptions":
        """Return the options of reading a model that is run, without those that are not given."""
        # A model that is run is fed inputs of its own; the bound holds while the command runs.
        apart = ("value", "max_offset")
        kept = {name: held for name, held in self.options().items() if held and name not in apart}
        return cast("LoadOptions", kept)

    def options(self) -> "LoadOptions":
        """Return the arguments of ``load``, but for the input size."""
        return {
            "set": self.variables,
            "kwargs": self.kwargs,
            "submodule": self.submodule,
            "assume_pointwise": self.assume_pointwise,
            "dims": self.dims,
            "take_values": self.take_values,
            "layout": self.layout,
            "value": self.value,
            "max_offset": self.max_offset,
        }

    def at(self, size: Sequence[int]) -> "Reading":
        """Return the same reading for another input size."""
        return self._replace(input=(tuple(size),))

    def words(self, net: str) -> list[str]:
        """Return the words that name the same network again."""
        said = [net]
        for size in self.input:
            said += ["--input", ",".join(map(str, size))]
        for name, value in self.variables.items():
            said += ["--set", f"{name}={value}"]
        said += ["--ignore-global"] if self.ignore_global else []
        said += ["--submodule", self.submodule] if self.submodule is not None else []
        if self.kwargs is not None:
            import json

            said += ["--kwargs", json.dumps(self.kwargs)]
        for op in self.assume_pointwise:
            said += ["--assume-pointwise", op]
        said += ["--dims", str(self.dims)] if self.dims is not None else []
        said += ["--take-values"] if self.take_values else []
        for letters in self.layout:
            said += ["--layout", letters]
        for name, numbers in self.value.items():
            said += ["--value", f"{name}={','.join(f'{n:g}' for n in numbers)}"]
        said += ["--max-offset", str(self.max_offset)] if self.max_offset is not None else []
        return said


def read(
    input: options.Input = None,
    set: options.Set = None,
    ignore_global: options.IgnoreGlobal = False,
    submodule: options.Submodule = None,
    kwargs: options.Kwargs = None,
    assume_pointwise: options.AssumePointwise = None,
    dims: options.Dims = None,
    take_values: options.TakeValues = False,
    layout: options.Layout = None,
    value: options.Value = None,
    max_offset: options.MaxOffset = None,
) -> Reading:
    """Return what the options say.

    Raises
    ------
    RfcalcError
        RF406: a value that is not of its option's form.
    """
    return Reading(
        tuple(shape(text) for text in input or ()),
        options.variables(set),
        ignore_global,
        submodule,
        None if kwargs is None else keywords(kwargs),
        tuple(assume_pointwise or ()),
        dims,
        take_values,
        tuple(layout or ()),
        options.numbers(value),
        max_offset,
    )


def _bounded(max_offset: int | None) -> "AbstractContextManager[None]":
    """Return what holds the bound of offsets while a command runs, which may run the model."""
    if max_offset is None:
        return nullcontext()
    from rfcalc.importers.deforming import bounded_offsets

    return bounded_offsets(max_offset)


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with its ``Reading`` parameter written out as options."""
    signature = inspect.signature(command)
    held = next((p for p in signature.parameters.values() if p.annotation is Reading), None)
    if held is None:
        return command
    shared = list(inspect.signature(read).parameters.values())
    names = [option.name for option in shared]

    def spreading(**given: Any) -> None:
        taken = {name: given.pop(name) for name in names}
        reading = read(**taken)._replace(layer=given.get("layer", False))
        with _bounded(reading.max_offset):
            command(**given, **{held.name: reading})

    own = [parameter for parameter in signature.parameters.values() if parameter is not held]
    listed = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own + shared]
    # typer reads the signature and the annotations, each for itself.
    spreading.__signature__ = signature.replace(parameters=listed)  # pyright: ignore[reportFunctionMemberAccess]
    spreading.__annotations__ = {p.name: p.annotation for p in listed}
    return spreading
