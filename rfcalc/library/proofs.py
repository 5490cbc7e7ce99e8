"""Do masks hold against what is run? What ``rfcalc verify`` answers, in Python."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from os import PathLike, fspath
from typing import Any, Literal

from rfcalc.errors import fail
from rfcalc.importers.deforming import bounded_offsets
from rfcalc.library.backends import without_model
from rfcalc.library.questions import check_choice
from rfcalc.library.reading import read_as_far
from rfcalc.loading import load
from rfcalc.loading.models import is_module, part_and_call
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.loading.options import LoadOptions, load_options
from rfcalc.loading.shapes import shapes_of
from rfcalc.network import Network, without_global
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
    set: "Mapping[str, int] | None" = None,
    kwargs: "Mapping[str, Any] | None" = None,
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    dims: int | None = None,
    take_values: bool = False,
    layout: Sequence[str] = (),
    value: "Mapping[str, float | Sequence[float]] | None" = None,
    max_offset: int | None = None,
    ignore_global: bool = False,
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
    set, kwargs, submodule, assume_pointwise, dims, take_values, layout, value, max_offset : as for
        ``load``; a module that is run is that part, made with these arguments.
    ignore_global : ignore layers that read the whole input.

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
    expect(ignore_global=ignore_global)
    check_choice("backend", backend, ("numpy", "torch"))
    reading = load_options(
        set=set,
        kwargs=kwargs,
        submodule=submodule,
        assume_pointwise=assume_pointwise,
        dims=dims,
        take_values=take_values,
        layout=layout,
        value=value,
        max_offset=max_offset,
    )
    asked: dict[str, Any] = {
        "layer": layer,
        "source": source,
        "seed": seed,
        "positions": positions,
        "progress": progress,
    }
    if backend == "numpy":
        if isinstance(net, Network):
            network, asked["input"] = load(net, ignore_global=ignore_global, **reading), input
        else:
            network = read_as_far(net, input, reading, layer)
            network = without_global(network) if ignore_global else network
        return verify_in_numpy(network, **asked)
    check_amounts(seed, positions)
    _refuse_unrun(reading, ignore_global)
    read = {name: reading[name] for name in ("assume_pointwise", "layout")}
    with bounded_offsets(max_offset):
        if is_module(net):
            from rfcalc.verification.torch_backend import verify_module

            module, args, named = part_and_call(deepcopy(net), input, submodule)
            return verify_module(module, args, named, **read, **asked)
        if not isinstance(net, str | PathLike):
            raise without_model(net, backend)
        from rfcalc.verification.targets import verify_target

        of_code = {"kwargs": kwargs, "submodule": submodule}
        return verify_target(fspath(net), shapes_of(input), **of_code, **read, **asked)


def _refuse_unrun(reading: LoadOptions, ignore_global: bool) -> None:
    """Refuse what would make a network another one than the code that is run.

    Raises
    ------
    RfcalcError
        RF406.
    """
    for name, given, why in (
        ("ignore_global", ignore_global, "runs the model as it is"),
        ("take_values", reading["take_values"], "runs other values than it would take"),
        ("set", reading["set"], "runs code, which has no `vars`"),
        ("dims", reading["dims"], "runs code, which has the axes that it has"),
        ("value", reading["value"], "feeds the model inputs of its own"),
    ):
        if given:
            fact = f"`{name}=` is given, and `backend='torch'` {why}"
            raise fail("RF406", fact, f"omit `{name}=`, or `backend=`")
