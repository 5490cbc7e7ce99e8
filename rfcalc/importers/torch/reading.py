"""Which way is a module read? By recording a forward pass; else through ``torch.export``."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.importers.torch.exported import exported
from rfcalc.importers.torch.reader import read_as_far, read_program
from rfcalc.importers.torch.recording import Recording, Unrecorded, record
from rfcalc.importers.torch.resized import at_any_size, branched, larger
from rfcalc.network import Network, PartlyRead

if TYPE_CHECKING:
    import torch

__all__ = ["read_module", "told"]


def read_module(
    module: "torch.nn.Module",
    args: Sequence[object],
    kwargs: Mapping[str, object] | None = None,
    layout: Sequence[str] | None = None,
    assume_pointwise: Sequence[str] = (),
    take_values: bool = False,
) -> Network:
    """Return the network of a module at example inputs; its ``read`` says which way.

    Where the module's own code asks for sizes, it is recorded at a second size: slices that move
    with the end stop relative to it, and other operators at another size are reported.

    Raises
    ------
    RfcalcError
        RF507 the module raised, RF508 neither way reads it, RF515 Python reads its values; and
        as ``read_program``.
    """
    try:
        recording = record(module, args, kwargs, take_values=take_values)
    except Unrecorded:
        return _by_export(module, args, kwargs, layout, assume_pointwise)
    except RfcalcError as fault:
        # The exporter follows some values.
        try:
            return _by_export(module, args, kwargs, layout, assume_pointwise)
        except RfcalcError as other:
            own = other.diagnostics[0].code == "RF507"
            raise (other if own else fault) from None
    network, values, _, fault = read_as_far(recording.program, layout, assume_pointwise)
    if recording.sized:
        spaces = [values[name] for name in recording.program.inputs]
        with contextlib.suppress(Unrecorded, RfcalcError):  # it need not take another size
            again = record(module, *larger(args, kwargs, spaces), take_values=take_values).program
            network = branched(network, recording.program, again)
            network = at_any_size(network, read_as_far(again, layout, assume_pointwise)[0])
    network = told(network, recording)
    if fault is not None:
        raise PartlyRead(fault, network) from fault
    return network


def _by_export(
    module: "torch.nn.Module",
    args: Sequence[object],
    kwargs: Mapping[str, object] | None,
    layout: Sequence[str] | None,
    assume_pointwise: Sequence[str],
) -> Network:
    network = read_program(exported(module, args, kwargs), layout, assume_pointwise)
    return msgspec.structs.replace(network, read="exported")


def told(network: Network, recording: Recording) -> Network:
    """Return a network that was recorded, and tells the values which Python read."""
    taken = [f"{fact}: the value at the example input is taken" for fact in recording.taken]
    return msgspec.structs.replace(network, read="recorded", assumed=(*network.assumed, *taken))
