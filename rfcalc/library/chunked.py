"""Does the model itself, fed chunk by chunk, give what it gives on the whole?"""

from os import PathLike, fspath
from typing import Any, TypedDict

from rfcalc.library.backends import model_behind
from rfcalc.loading import is_target
from rfcalc.loading.models import is_module, part_and_call
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.loading.options import LoadOptions
from rfcalc.loading.shapes import shapes_of
from rfcalc.network import Network
from rfcalc.tiling.chunks import Chunked
from rfcalc.verification.streaming import (
    verify_model_stream,
    verify_module_stream,
    verify_target_stream,
)

__all__ = ["Asked", "prove_on_model"]


class Asked(TypedDict):
    """What is asked about the stream: parameters as for ``stream``, the frame in samples."""

    layer: str | None
    frame: int
    axis: int | None
    ignore_global: bool


def prove_on_model(
    net: NetworkLike,
    backend: str,
    network: Network,
    input: "Sizes | None",
    reading: LoadOptions,
    asked: Asked,
) -> Chunked:
    """Return the comparison of chunks with the whole, on the model itself; its code is run.

    Parameters
    ----------
    reading : how the network was read.

    Raises
    ------
    RfcalcError
        RF406: it is no model that the backend runs; and as ``verify_module_stream``.
    """
    if backend == "torch" and is_module(net):
        module, args, named = part_and_call(net, input, reading["submodule"])
        return verify_module_stream(module, args, named, **_read_alike(reading), **asked)
    if backend == "torch" and isinstance(net, str | PathLike) and is_target(fspath(net)):
        return verify_target_stream(
            fspath(net),
            shapes_of(input),
            kwargs=reading["kwargs"],
            submodule=reading["submodule"],
            **_read_alike(reading),
            **asked,
        )
    model = model_behind(net, backend, network, input, reading)
    return verify_model_stream(model, backend, network, **asked)


def _read_alike(reading: LoadOptions) -> dict[str, Any]:
    """Return the arguments of reading a module once more, at the inputs that it is run on."""
    return {
        "assume_pointwise": reading["assume_pointwise"],
        "layout": reading["layout"] or None,
        "take_values": reading["take_values"],
    }
