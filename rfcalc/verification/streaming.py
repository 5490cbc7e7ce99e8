"""Does a model itself, fed chunk by chunk, give what it gives on the whole?"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.errors import ImpossibleSize, RfcalcError, fail, many
from rfcalc.importers.torch.raised import theirs
from rfcalc.network import Network
from rfcalc.tiling.chunks import Chunked, compare
from rfcalc.tiling.chunks import Model as Run
from rfcalc.tiling.grids import Grids, grids
from rfcalc.tiling.streams import Stream, stream
from rfcalc.verification.models import INSIDE, Model
from rfcalc.verification.outcomes import outcome_of, sizes_of
from rfcalc.verification.preparing import leaves, precision
from rfcalc.verification.targets import prepare_target

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["verify_model_stream", "verify_module_stream", "verify_target_stream"]

_Run = Callable[[Sequence[Array]], list[Array]]

TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
"""Largest difference over the largest value: windows change the order of sums."""


def verify_target_stream(
    target: str,
    shapes: Sequence[Sequence[int]],
    *,
    kwargs: Mapping[str, Any] | None = None,
    submodule: str | None = None,
    **options: Any,
) -> Chunked:
    """Run the code of ``package.module:factory`` on a stream; ``options`` as for the module.

    Raises
    ------
    RfcalcError
        RF406: no PyTorch target; and as ``verify_module_stream`` and ``importers.from_target``.
    """
    module, args, named = prepare_target(target, shapes, kwargs, submodule)
    return verify_module_stream(module, args, named, **options)


def verify_module_stream(
    module: "torch.nn.Module",
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None = None,
    *,
    layer: str | None = None,
    frame: int | None = None,
    axis: int | None = None,
    ignore_global: bool = False,
    look_back: int | None = None,
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] | None = None,
    take_values: bool = False,
    seed: int = 0,
) -> Chunked:
    """Run a module with its own weights on the whole of random inputs, and on chunks of them.

    In evaluation mode, in float64 where it runs in that. Arguments as for ``stream`` and
    ``from_torch``.

    Raises
    ------
    RfcalcError
        RF441: the axis of time cannot be found in the module's inputs or outputs, RF507: the
        module raised; and as ``compare`` and ``from_torch``.
    """
    import torch

    from rfcalc.importers.torch import from_torch

    network = from_torch(
        module,
        tuple(args),
        kwargs=kwargs,
        layout=layout,
        assume_pointwise=assume_pointwise,
        take_values=take_values,
    )
    asked = _Asked.of(network, layer, frame, axis, ignore_global)
    numbers = _arguments(network, asked.moving, args)
    was = [(parameter, parameter.data) for parameter in [*module.parameters(), *module.buffers()]]
    training = module.training
    module.eval()

    def runner(kind: torch.dtype) -> _Run:
        module.to(kind)

        def run(arrays: Sequence[Array]) -> list[Array]:
            given = list(args)
            for one, number in zip(arrays, numbers, strict=True):
                given[number] = torch.as_tensor(one, dtype=kind)
            try:
                with torch.no_grad(), precision(kind):
                    made = leaves(module(*given, **(kwargs or {})))
            except Exception as fault:
                raise theirs("the module", fault) from None
            return [one.numpy() for one in made if isinstance(one, torch.Tensor)]

        return run

    shapes = [tuple(args[number].shape) for number in numbers]
    kinds = [torch.float64, torch.float32]
    try:
        for kind in kinds:
            name = str(kind).removeprefix("torch.")
            try:
                return _compare_with_whole(
                    runner(kind), ("torch", name), shapes, asked, seed, look_back
                )
            except RfcalcError as fault:
                if kind is kinds[-1] or fault.diagnostics[0].code != "RF507":
                    raise
    finally:
        for parameter, data in was:
            parameter.data = data
        module.train(training)
    raise AssertionError  # pragma: no cover - the last kind returns or raises


def verify_model_stream(
    model: Model,
    backend: str,
    network: Network,
    *,
    layer: str | None = None,
    frame: int | None = None,
    axis: int | None = None,
    ignore_global: bool = False,
    look_back: int | None = None,
    seed: int = 0,
) -> Chunked:
    """Run a model of a file on the whole of random inputs, and on chunks of them.

    Where the model does not give the outputs at the size of a chunk, values inside it that hold
    their cells are compared, if it has any.

    Parameters
    ----------
    model, backend : as ``models.model_of`` makes it.
    network : what was read from the same file.

    Raises
    ------
    RfcalcError
        As ``verify_module_stream``.
    """
    asked = _Asked.of(network, layer, frame, axis, ignore_global)
    try:
        return _compare_file(model, backend, asked, seed, look_back)
    except RfcalcError as fault:
        if model.within is None or fault.diagnostics[0].code not in INSIDE:
            raise
        names = [network.nodes[target].name for target in _targets(asked)]
        again = model.within(network, names)
        if again is None:
            raise
    other, found = again
    held = msgspec.structs.replace(asked, network=found.network)
    made = _compare_file(other, backend, held, seed, look_back)
    return msgspec.structs.replace(made, within=found.values)


def _compare_file(
    model: Model, backend: str, asked: "_Asked", seed: int, look_back: int | None
) -> Chunked:
    """Return the comparison of what the model of a file gives."""
    network, sources = asked.network, asked.moving.sources
    if sources != tuple(range(len(model.shapes))):
        fact = f"the model takes {many(len(model.shapes), 'input')}, not all of which are read"
        raise fail("RF441", fact, "verify it in NumPy: omit `backend=`")
    size = asked.moving.size or ()
    shapes: list[tuple[int, ...]] = []
    for number, shape in enumerate(model.shapes):
        axes = [d for d, letter in enumerate(network.layouts[number]) if letter not in "NC"]
        if len(axes) != len(size):
            fact = f"the input '{network.nodes[number].name}' does not hold all axes as dimensions"
            raise fail("RF441", fact, "verify it in NumPy: omit `backend=`")
        whole = list(shape)
        for dim, cells in zip(axes, size, strict=True):
            whole[dim] = cells
        shapes.append(tuple(whole))
    how = backend, model.precision
    return _compare_with_whole(model.run, how, shapes, asked, seed, look_back)


class _Asked(msgspec.Struct, frozen=True):
    """What is asked about a stream, and what the analysis says of it."""

    network: Network
    moving: Grids
    time: int
    told: Stream

    @staticmethod
    def of(
        network: Network,
        layer: str | None,
        frame: int | None,
        axis: int | None,
        ignore_global: bool,
    ) -> "_Asked":
        told = stream(network, layer, frame=frame, axis=axis, ignore_global=ignore_global)
        time = 0 if axis is None else axis
        moving = grids(network, layer, time=time, ignore_global=ignore_global)
        return _Asked(network, moving, time, told)


def _compare_with_whole(
    run: _Run,
    how: tuple[str, str],
    shapes: Sequence[Sequence[int]],
    asked: _Asked,
    seed: int,
    look_back: int | None,
) -> Chunked:
    """Return the comparison of a backend in one precision."""
    import numpy as np

    moving, time = asked.moving, asked.time
    generator = np.random.default_rng(seed)
    dims = [_time_of(asked.network, position, time) for position in moving.sources]

    def drawn(scale: float) -> list[Array]:
        values = [scale * generator.standard_normal(shape) for shape in shapes]
        return [np.moveaxis(one, dim, 0) for one, dim in zip(values, dims, strict=True)]

    def called(inputs: list[Array]) -> list[Array]:
        turned = (np.moveaxis(one, 0, dim) for one, dim in zip(inputs, dims, strict=True))
        return run([np.ascontiguousarray(one) for one in turned])

    whole, other = drawn(1.0), drawn(3.0)
    _check_length(moving, time, len(whole[0]))
    count = len(called(whole))
    picked = [outcome_of(asked.network, target, count) for target in _targets(asked)]

    def chosen(inputs: list[Array]) -> list[Array]:
        made = called(inputs)
        given = [len(inputs[0]) if axis == time else None for axis in range(asked.network.dims)]
        sizes = sizes_of(asked.network, moving, given)
        return [np.moveaxis(one.cells(made, sizes), time, 0) for one in picked]

    model = Run(", ".join(how), chosen, whole, other, TOLERANCE[how[1]])
    return compare(moving, time, asked.told, model, look_back)


def _arguments(network: Network, moving: Grids, args: Sequence[Any]) -> list[int]:
    """Return which argument of a module is each input of the network.

    Raises
    ------
    RfcalcError
        RF441: an input is no tensor of its own among the arguments.
    """
    import torch

    for position in moving.sources:
        letters = network.layouts[position] if position < len(network.layouts) else ""
        given = args[position] if position < len(args) else None
        if not isinstance(given, torch.Tensor) or len(letters) != given.ndim:
            raise _without_time(network, position)
    return list(moving.sources)


def _time_of(network: Network, position: int, time: int) -> int:
    """Return which dimension of an input is the axis of time."""
    letters = network.layouts[position] if position < len(network.layouts) else ""
    axes = [d for d, letter in enumerate(letters) if letter not in "NC"]
    if len(axes) <= time:
        raise _without_time(network, position)
    return axes[time]


def _without_time(network: Network, position: int) -> RfcalcError:
    fact = f"no axis of time is found in input '{network.nodes[position].name}'"
    return fail("RF441", fact, "name it with `axis=`, or the dimensions with `layout=`")


def _check_length(moving: Grids, time: int, n: int) -> None:
    """Refuse an input of which no part is a chunk that the network takes.

    Raises
    ------
    RfcalcError
        RF441: there is nothing to compare with the whole.
    """
    step, sizes = moving.alignment[time], moving.sizes(n, time)
    for shorter in range(n - step, 0, -step):
        try:
            less = moving.sizes(shorter, time)
        except ImpossibleSize:
            continue
        if all(less[target] < sizes[target] for target in moving.targets):
            return
    fact = f"inputs of {n} samples cannot be made shorter by {step}"
    raise fail("RF441", fact, "give a longer `input=`")


def _targets(asked: _Asked) -> list[int]:
    """Return the outputs that are asked about, as positions in what was read of the model."""
    names = (asked.moving.network.nodes[target].name for target in asked.moving.targets)
    return [asked.network.index(name, asked.network.output) for name in names]
