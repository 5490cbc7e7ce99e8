"""Which windows and overlap does a network want? What ``rfcalc tile`` answers, in Python."""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, cast

from rfcalc.errors import fail
from rfcalc.importers.deforming import bounded_offsets
from rfcalc.library.backends import Backend, check_backend, model_behind
from rfcalc.library.beyond import check_measured, measure_beyond, runner_for
from rfcalc.library.reading import read_at_size
from rfcalc.library.tilings import Tiles, prove_plan, sides_of, tiles_of
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.loading.options import load_options
from rfcalc.parameters import expect
from rfcalc.tiling.effect import effects
from rfcalc.tiling.plan import Plan
from rfcalc.tiling.proof import Proof
from rfcalc.verification.tiles import Compared, compared

__all__ = ["Tiles", "tile"]


def tile(
    net: "NetworkLike",
    layer: str | None = None,
    *,
    tile: Sequence[int] | int | None = None,
    max_pixels: int | None = None,
    effect: float | None = None,
    measured: bool = False,
    weights: "str | PathLike[str] | None" = None,
    images: "str | PathLike[str] | None" = None,
    samples: int | None = None,
    whole: Sequence[int] | int | None = None,
    ignore_global: bool = False,
    verify: bool = False,
    backend: Backend = "numpy",
    halo: Sequence[int] | int | None = None,
    input: "Sizes | None" = None,
    set: "Mapping[str, int] | None" = None,
    kwargs: "Mapping[str, Any] | None" = None,
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    dims: int | None = None,
    take_values: bool = False,
    layout: Sequence[str] = (),
    value: "Mapping[str, float | Sequence[float]] | None" = None,
    max_offset: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Tiles:
    """Return the windows and the overlap with which tiles give what the whole gives.

    ``rfcalc.tiling.run`` runs a function on an array by the plan of the answer.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : whose cells are wanted, by default those of every output.
    tile : input cells of a tile without its halo, one per axis or one for all; by default those
        of a window of a power of two that overlaps by at most half.
    max_pixels : most input cells of a window; finds the tile with the least overhead.
    effect : share of an output's expected effect that may lie beyond the halo, above 0 and below
        1; by default none, and the halo is exact.
    measured : with ``effect``, the effect is that of the model's own gradients; runs the model.
    weights : with ``measured``, of a PyTorch model: ``.safetensors``, or a ``state_dict`` of
        ``torch.save``.
    images : with ``measured``, a folder or a pattern of inputs; by default noise.
    samples : with ``measured``, inputs that are averaged; by default 32, or every image.
    whole : size of what is tiled, cells per axis: any, padded where the network does not take it.
    ignore_global : ignore layers that read the whole input.
    verify : run the whole and the tiles, and compare; needs the input size.
    backend : with ``verify``, what is run: ``"numpy"`` the layers by their parameters, ``"torch"``
        a module, ``"package.module:factory"`` or a ``.pt2`` file, ``"onnx"`` and ``"keras"`` a
        file, with its own weights.
    halo : with ``verify``, the halo to try instead of the exact one, input cells on both sides.
    input : input size, cells per axis, or the shape of a module's example input; with a size the
        tiles are listed, exact to the cell.
    set, kwargs, submodule, assume_pointwise, dims, take_values, layout, value, max_offset : as for
        ``load``; a model that is run is that part, made with these arguments.
    progress : called with the inputs that are measured, or the tiles of the model that are
        compared, and the number of all.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF404 an output without end on every axis, RF406 a number out of
        range or of other axes, RF461 no tile fits, RF463 a layer that does not move along; and
        what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> found = tile("zoo:unet-same")
    >>> found.window, found.stride, found.halo[0]
    ((512, 512), (320, 320), (107, 107))
    """
    expect(layer=layer, tile=tile, max_pixels=max_pixels, effect=effect, whole=whole)
    expect(ignore_global=ignore_global, verify=verify, halo=halo, progress=progress)
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
    check_backend(backend, verify)
    check_measured(effect, measured, ignore_global, weights, images, samples)
    if halo is not None and not verify:
        raise fail("RF406", "`halo=` is given without `verify=`", "the exact halo is computed")
    beyond = effects
    if measured:
        runner = runner_for(net, input, weights, reading)
        network, beyond = runner.network, measure_beyond(runner, images, samples, progress)
    else:
        asked = whole if whole is None or hasattr(whole, "__len__") else (whole,)
        network = read_at_size(net, input, reading, layer, cast("Sequence[int] | None", asked))

    def proof_of(plan: Plan) -> Proof | Compared:
        if backend == "numpy":
            return prove_plan(plan, halo)
        model = model_behind(net, backend, network, input, reading)
        return compared(model, plan, network, sides_of(plan, halo), progress=progress)

    with bounded_offsets(max_offset):
        return tiles_of(
            network,
            layer,
            tile=tile,
            max_pixels=max_pixels,
            effect=effect,
            whole=whole,
            ignore_global=ignore_global,
            beyond=beyond,
            proof_of=proof_of if verify else None,
        )
