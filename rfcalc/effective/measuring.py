"""How large is the effective receptive field of a model? Expected, and measured where it runs."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rfcalc.effective.drawn import count_of, inputs_of
from rfcalc.effective.fields import expected_field, measured_field
from rfcalc.effective.figures import THRESHOLDS
from rfcalc.effective.result import Effective, EffectiveLayer
from rfcalc.effective.runner import Runner
from rfcalc.effective.running import not_run, runner_of
from rfcalc.effective.states import about, kept, save
from rfcalc.errors import fail
from rfcalc.gradients import Averages, Place, average, place_of
from rfcalc.loading import NetworkLike, Sizes, load
from rfcalc.loading.options import load_options
from rfcalc.network import Input, Network
from rfcalc.parameters import expect

__all__ = ["erf"]

_SAVED = 20.0
"""Seconds between two writes of the state."""


def erf(
    net: NetworkLike,
    *,
    weights: str | Path | None = None,
    images: str | Path | None = None,
    samples: int | None = None,
    resize: int | None = None,
    crop: str = "center",
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | None = None,
    phase: Sequence[int] | None = None,
    positions: int = 1,
    thresholds: Sequence[float] = THRESHOLDS,
    input: Sizes | None = None,
    device: str | None = None,
    seed: int = 0,
    resume: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    set: Mapping[str, int] | None = None,
    kwargs: Mapping[str, object] | None = None,
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    dims: int | None = None,
    take_values: bool = False,
    layout: Sequence[str] = (),
    value: Mapping[str, float | Sequence[float]] | None = None,
    max_offset: int | None = None,
) -> Effective:
    """Return the effective receptive field of a model: measured beside expected.

    A PyTorch model is measured by the gradient of the sum over the channels of an output cell, by
    each input cell, its absolute value and its square averaged over samples and channels (Luo et
    al. 2016). What is expected of random weights (theorem T10) stands beside both: the square root
    of the energy beside absolute values, the energy beside squares. A network without weights, as
    a network file is, has the expected field alone.

    Parameters
    ----------
    net : a network, what ``load`` takes, or a ``torch.nn.Module`` with ``input``.
    weights : of a PyTorch model: ``.safetensors``, or a ``state_dict`` of ``torch.save``.
    images : a folder, or a pattern; pictures, or ``.npy`` arrays of the input's shape. Noise where
        there are none, which ``assumed`` says.
    samples : inputs that are averaged; by default 32, or as many as there are images.
    resize, crop, mean, std : of pictures: the shorter side before the crop, ``"center"`` or
        ``"random"``, and what is taken off and divided by, per channel in 0 .. 1.
    layer, source : by default every output, and every input of floats.
    at : one cell, an index per axis, border and all; by default the middle one that reads its
        whole field.
    phase : of the expected field of a network that is not measured, one number per axis; by
        default the widest.
    positions : cells that are averaged, spread over the layer.
    thresholds : percentages of the maximum above which cells are counted.
    input : input size, cells per axis, or the shape of a model's example input, as for ``load``.
    device : where PyTorch runs, as in ``"cuda"``.
    seed : of noise and random crops.
    resume : a ``.npz`` file that keeps the sums; a run that was stopped goes on from there.
    progress : called with the samples done and the number of all.
    set, kwargs, submodule, assume_pointwise, dims, take_values, layout, value, max_offset : as for
        ``load``.

    Raises
    ------
    RfcalcError
        RF450 no cell reads its whole field, RF451 a gradient that is no number, RF452 no gradient,
        RF453 a gradient outside the mask, RF454 weights, RF455 images, RF456 a state of another
        run; and as ``load`` and ``energy``.
    TypeError
        A parameter of a type that it does not take.

    Notes
    -----
    Source: Luo et al. 2016, *Understanding the Effective Receptive Field in Deep Convolutional
    Neural Networks*, sections 2 and 3.

    Examples
    --------
    >>> found = erf("k3,k3d2")
    >>> found.layers[0].expected_squared.deviation
    (1.8257418583505..., 1.8257418583505...)
    """
    expect(weights=weights, images=images, samples=samples, crop=crop, mean=mean, std=std)
    expect(resize=resize)
    expect(layer=layer, source=source, at=at, phase=phase, positions=positions)
    expect(thresholds=thresholds, device=device, seed=seed, resume=resume, progress=progress)
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
    runner = runner_of(net, input, layer, weights, device, reading)
    if runner is None:
        several = positions if positions != 1 else None
        _refuse_measuring(net, weights=weights, images=images, samples=samples, resize=resize)
        _refuse_measuring(net, mean=mean, std=std, positions=several, device=device, resume=resume)
        network = load(net, input=input, **reading)
        return _expected_only(network, layer, source, at, phase, thresholds)
    if phase is not None:
        raise fail("RF406", "phase is given, and the model is measured", "name a cell with `at=`")
    places = list(_places(runner, None if runner.cut else layer, source, at, positions))
    given = inputs_of(runner, images, (resize, crop, mean, std), seed)
    total = count_of(given, samples)
    what = about(places, given=given, weights=_stamp(weights), net=runner.name)
    sums = kept(resume, what, places) if resume is not None else [Averages(p) for p in places]
    last = [time.monotonic()]

    def done(count: int) -> None:
        if progress is not None:
            progress(count, total)
        if resume is not None and (count == total or time.monotonic() - last[0] > _SAVED):
            save(resume, what, sums)
            last[0] = time.monotonic()

    inputs = (given.sample(number) for number in range(sums[0].samples, total))
    try:
        with runner.probe(places) as probe:
            found = average(probe, places, inputs, sums, done)
    except BaseException:
        if resume is not None and sums[0].samples:
            save(resume, what, sums)
        raise
    told = [measured_field(one, thresholds) for one in found]
    said = [*runner.assumed, *([given.said] if given.said else [])]
    return _answer(runner.network, told, runner.how, said, runner.notes)


def _refuse_measuring(net: object, **options: object) -> None:
    """Refuse what is given for measuring where nothing can be run, RF406."""
    for name, given in options.items():
        if given is not None:
            raise not_run(name, net)


def _answer(
    network: Network,
    told: Sequence[tuple[EffectiveLayer, tuple[str, ...]]],
    how: str | None,
    said: Sequence[str],
    notes: tuple[str, ...] = (),
) -> Effective:
    assumed = dict.fromkeys([*network.assumed, *(a for _, more in told for a in more), *said])
    return Effective(
        network=network.name,
        layers=tuple(layer for layer, _ in told),
        how=how,
        layouts=network.layouts,
        exact=not assumed,
        assumed=tuple(assumed),
        notes=notes,
    )


def _expected_only(
    network: Network,
    layer: str | None,
    source: str | None,
    at: Sequence[int] | None,
    phase: Sequence[int] | None,
    thresholds: Sequence[float],
) -> Effective:
    told = [
        expected_field(network, target, origin, at, phase, thresholds)
        for target, origin in _pairs(network, layer, source, None)
    ]
    return _answer(network, told, None, [])


def _pairs(
    network: Network, layer: str | None, source: str | None, sources: Sequence[int] | None
) -> list[tuple[int, int]]:
    """Return the layers and inputs to report: all outputs against what they depend on."""
    nodes = network.nodes
    targets = list(network.outputs) if layer is None else [network.index(layer, 0)]
    inputs = [i for i, node in enumerate(nodes) if isinstance(node.layer, Input)]
    known = inputs if sources is None else list(sources)
    if source is not None:
        origin = network.index(source, 0)
        if sources is not None and origin not in known:
            listed = ", ".join(f"'{nodes[i].name}'" for i in known)
            fact = f"'{source}' is no input of the model that holds floats"
            raise fail("RF406", fact, f"gradients are taken of inputs: {listed}")
        known = [origin]
    found = [
        (target, origin)
        for target in targets
        for origin in known
        if target > origin and network.between(origin, target)[target]
    ]
    if not found:
        raise network.unjoined(known[0] if known else 0, targets[0])
    return found


def _places(
    runner: Runner,
    layer: str | None,
    source: str | None,
    at: Sequence[int] | None,
    positions: int,
) -> Iterator[Place]:
    network = runner.network
    for target, origin in _pairs(network, layer, source, runner.sources):
        yield place_of(network, target, origin, at, positions)


def _stamp(path: str | Path | None) -> object:
    """Return what tells one file of weights from another."""
    if path is None:
        return None
    seen = Path(path).stat()
    return str(path), seen.st_size, seen.st_mtime_ns
