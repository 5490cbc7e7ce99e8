"""What is run where a proof is asked of the model itself, with its weights?"""

from copy import deepcopy
from os import PathLike, fspath
from typing import Literal, TypeAlias

from rfcalc.errors import RfcalcError, fail
from rfcalc.library.questions import check_choice
from rfcalc.loading.models import is_module, part_and_call
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.loading.options import LoadOptions
from rfcalc.loading.shapes import shapes_of
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.verification.models import Model, check_tensors, model_of, model_of_module

__all__ = ["BACKENDS", "Backend", "check_backend", "model_behind", "without_model"]

Backend: TypeAlias = Literal["numpy", "torch", "onnx", "keras"]
BACKENDS = ("numpy", "torch", "onnx", "keras")


def check_backend(backend: str, verify: bool) -> None:
    """Refuse a backend that there is not, and one where nothing is run.

    Raises
    ------
    RfcalcError
        RF406.
    """
    expect(backend=backend)
    check_choice("backend", backend, BACKENDS)
    if backend != "numpy" and not verify:
        fact = "`backend=` is given without `verify=`"
        raise fail("RF406", fact, "nothing else runs the model: give `verify=True`")


def model_behind(
    net: NetworkLike, backend: str, network: Network, input: "Sizes | None", reading: LoadOptions
) -> Model:
    """Return the model that a network was read from, which can be run on windows of any size.

    A module in hand is copied: it is run in another precision than its own.

    Parameters
    ----------
    reading : how it was read.

    Raises
    ------
    RfcalcError
        RF406: it is no model that the backend runs; and as ``model_of``.
    """
    if is_module(net):
        if backend != "torch":
            raise without_model(net, backend)
        module, args, named = part_and_call(deepcopy(net), input, reading["submodule"])
        check_tensors(args, named)
        return model_of_module(module, tuple(tuple(map(int, one.shape)) for one in args))
    if not isinstance(net, str | PathLike):
        raise without_model(net, backend)
    return model_of(
        backend,
        fspath(net),
        network.layouts,
        shapes_of(input),
        kwargs=reading["kwargs"],
        submodule=reading["submodule"],
        assume_pointwise=reading["assume_pointwise"],
        value=reading["value"],
    )


def without_model(net: NetworkLike, backend: str) -> RfcalcError:
    """Return the error of a value that holds no model which a backend runs."""
    fact = f"`backend={backend!r}` runs a model, and net is of type {type(net).__name__}"
    return fail("RF406", fact, "give the model itself or its path, or omit `backend=`")
