"""Do masks hold against what is run? What ``rfcalc verify`` answers, in Python."""

from collections.abc import Callable
from copy import deepcopy
from os import PathLike, fspath
from typing import Any, Literal

from rfcalc.library.backends import without_model
from rfcalc.library.questions import check_choice
from rfcalc.loading.models import examples_of, is_module
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.loading.shapes import shapes_of
from rfcalc.parameters import expect
from rfcalc.verification.result import Verification
from rfcalc.verification.run import check_amounts
from rfcalc.verification.run import verify as verify_in_numpy

__all__ = ["verify"]


def verify(
    net: "NetworkLike",
    *,
    layer: str | None = None,
    source: str | None = None,
    input: "Sizes | None" = None,
    seed: int = 0,
    positions: int = 5,
    backend: Literal["numpy", "torch"] = "numpy",
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Run the network and compare every mask and path count with what it reads.

    In NumPy every layer's masks and path counts are compared, for which its layers run with
    weights of ones and with random positive weights. In PyTorch the module itself runs, and masks
    are compared with the gradients of its inputs.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : compare this one only; by default all layers that depend on the source, and of a module
        that is run every output and some layers on the way.
    source : an earlier layer whose cells are asked for, by default the input.
    input : input size, cells per axis, before the network's own, or the shape of a module's example
        input; where there is none, one is chosen.
    seed : of the weights and the positions, from 0.
    positions : outputs compared per layer, 1 to 1000: the middle, an edge, two corners, then
        random ones.
    backend : ``"numpy"`` runs the layers by their parameters, ``"torch"`` the code of a
        ``torch.nn.Module`` or of ``"package.module:factory"``, on a copy.
    progress : called with the comparisons done and the number of all.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF403 no input size fits, RF405 nothing depends on the source,
        RF406 a number out of range, or no model that the backend runs, RF440 a layer has too many
        cells to be run, RF441 a layer that cannot be found in the module, RF507 the module raised;
        and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> found = verify("k3,k3d2", input=(9, 9))
    >>> found.ok, [check.layer for check in found.checks][-1]
    (True, 'conv2')
    """
    expect(layer=layer, source=source, seed=seed, positions=positions)
    expect(backend=backend, progress=progress)
    check_choice("backend", backend, ("numpy", "torch"))
    asked: dict[str, Any] = {
        "layer": layer,
        "source": source,
        "seed": seed,
        "positions": positions,
        "progress": progress,
    }
    if backend == "numpy":
        return verify_in_numpy(net, input=input, **asked)
    check_amounts(seed, positions)
    if is_module(net):
        from rfcalc.verification.torch_backend import verify_module

        return verify_module(deepcopy(net), examples_of(net, input), **asked)
    if not isinstance(net, str | PathLike):
        raise without_model(net, backend)
    from rfcalc.verification.targets import verify_target

    return verify_target(fspath(net), shapes_of(input), **asked)
