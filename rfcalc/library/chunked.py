"""Does the model itself, fed chunk by chunk, give what it gives on the whole?"""

from os import PathLike, fspath
from typing import TypedDict

from rfcalc.library.backends import model_behind
from rfcalc.loading import is_target
from rfcalc.loading.models import examples_of, is_module
from rfcalc.loading.networks import NetworkLike, Sizes
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
    net: NetworkLike, backend: str, network: Network, input: "Sizes | None", asked: Asked
) -> Chunked:
    """Return the comparison of chunks with the whole, on the model itself; its code is run.

    Raises
    ------
    RfcalcError
        RF406: it is no model that the backend runs; and as ``verify_module_stream``.
    """
    if backend == "torch" and is_module(net):
        return verify_module_stream(net, examples_of(net, input), **asked)
    if backend == "torch" and isinstance(net, str | PathLike) and is_target(fspath(net)):
        return verify_target_stream(fspath(net), shapes_of(input), **asked)
    return verify_model_stream(
        model_behind(net, backend, network, input), backend, network, **asked
    )
