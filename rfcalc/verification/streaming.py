"""Does a PyTorch model that is fed chunk by chunk give what it gives on the whole?"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.errors import ImpossibleSize, RfcalcError, fail
from rfcalc.importers.axes import Tensor
from rfcalc.importers.torch.exported import program_of, traced
from rfcalc.importers.torch.raised import theirs
from rfcalc.importers.torch.reader import read_values
from rfcalc.network import Network
from rfcalc.tiling.chunks import Chunked, Model, compare
from rfcalc.tiling.grids import Grids, grids
from rfcalc.tiling.streams import stream
from rfcalc.verification.preparing import leaves, precision
from rfcalc.verification.targets import prepare_target

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["verify_module_stream", "verify_target_stream"]

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

    kinds = [torch.float64, torch.float32]
    network = from_torch(
        module, tuple(args), kwargs=kwargs, layout=layout, assume_pointwise=assume_pointwise
    )
    order: dict[int, int] = {}
    if len(network.outputs) > 1:
        # Outputs stand in the order of the graph; its program says which value is which.
        program = program_of(traced(module, args, kwargs), type(module).__name__)
        network, _, results = read_values(program, layout, assume_pointwise)
        for number, value in enumerate(results):
            if isinstance(value, Tensor) and value.node is not None:
                order.setdefault(value.node, number)
    told = stream(network, layer, frame=frame, axis=axis, ignore_global=ignore_global)
    time = 0 if axis is None else axis
    moving = grids(network, layer, time=time, ignore_global=ignore_global)
    if any(target not in network.outputs for target in moving.targets):
        fact = f"'{layer}' is no output of the module, and --verify compares what it returns"
        raise fail("RF441", fact, "omit --layer, or name the part of the model: --submodule")
    was = [(parameter, parameter.data) for parameter in [*module.parameters(), *module.buffers()]]
    training = module.training
    module.eval()
    try:
        for kind in kinds:
            try:
                asked = (network, moving, time, told, order)
                return _compare_with_whole(module, args, kwargs, kind, asked, seed, look_back)
            except RfcalcError as fault:
                if kind is kinds[-1] or fault.diagnostics[0].code != "RF507":
                    raise
    finally:
        for parameter, data in was:
            parameter.data = data
        module.train(training)
    raise AssertionError  # pragma: no cover - the last kind returns or raises


def _compare_with_whole(
    module: "torch.nn.Module",
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None,
    kind: "torch.dtype",
    asked: Any,
    seed: int,
    look_back: int | None,
) -> Chunked:
    """Return the comparison in one precision."""
    import numpy as np
    import torch

    network, moving, time, told, order = asked
    generator = np.random.default_rng(seed)
    module.to(kind)
    places = _places(network, moving, args, time)
    shapes = [tuple(args[number].shape) for number, _ in places]

    def drawn(scale: float) -> list[Array]:
        values = [scale * generator.standard_normal(shape) for shape in shapes]
        return [np.moveaxis(one, dim, 0) for one, (_, dim) in zip(values, places, strict=True)]

    def called(inputs: list[Array]) -> list[Array]:
        given = list(args)
        for one, (number, dim) in zip(inputs, places, strict=True):
            turned = np.ascontiguousarray(np.moveaxis(one, 0, dim))
            given[number] = torch.as_tensor(turned, dtype=kind)
        try:
            with torch.no_grad(), precision(kind):
                made = leaves(module(*given, **(kwargs or {})))
        except Exception as fault:
            raise theirs("the module", fault) from None
        return [one.numpy() for one in made if isinstance(one, torch.Tensor)]

    whole, other = drawn(1.0), drawn(3.0)
    picked = _pick_outputs(moving, time, whole, called, order)

    def run(inputs: list[Array]) -> list[Array]:
        made = called(inputs)
        return [np.moveaxis(made[number], dim, 0) for number, dim in picked]

    name = str(kind).removeprefix("torch.")
    model = Model(f"torch, {name}", run, whole, other, TOLERANCE[name])
    return compare(moving, time, told, model, look_back)


def _places(
    network: Network, moving: Grids, args: Sequence[Any], time: int
) -> list[tuple[int, int]]:
    """Return for every input of the network its argument and the dimension of time in it."""
    import torch

    found: list[tuple[int, int]] = []
    for position in moving.sources:
        letters = network.layouts[position] if position < len(network.layouts) else ""
        axes = [d for d, letter in enumerate(letters) if letter not in "NC"]
        given = args[position] if position < len(args) else None
        if len(axes) <= time or not isinstance(given, torch.Tensor) or len(letters) != given.ndim:
            fact = f"the axis of time cannot be found in input '{network.nodes[position].name}'"
            raise fail("RF441", fact, "name it with --axis, or the dimensions with --layout")
        found.append((position, axes[time]))
    return found


def _pick_outputs(
    moving: Grids, time: int, whole: list[Array], called: Any, order: Mapping[int, int]
) -> list[tuple[int, int]]:
    """Return which values of the module are the targets, and their dimensions of time.

    The dimension is the one that shrinks as the target does when the inputs are shorter.
    """
    n, step = len(whole[0]), moving.alignment[time]
    shorter = next((m for m in range(n - step, 0, -step) if _smaller(moving, time, n, m)), None)
    if shorter is None:
        fact = f"inputs of {n} samples cannot be made shorter by {step}"
        raise fail("RF441", fact, "give a longer --input")
    long, short = called(whole), called([one[:shorter] for one in whole])
    sizes, less = moving.sizes(n, time), moving.sizes(shorter, time)
    found: list[tuple[int, int]] = []
    for target in moving.targets:
        number = order.get(target, 0)
        dims = [
            d
            for d, (a, b) in enumerate(zip(long[number].shape, short[number].shape, strict=True))
            if (a, b) == (sizes[target], less[target])
        ]
        if len(dims) != 1:
            fact = (
                f"the axis of time cannot be found in output '{moving.network.nodes[target].name}'"
            )
            raise fail("RF441", fact, "--verify needs outputs that hold it as a dimension")
        found.append((number, dims[0]))
    return found


def _smaller(moving: Grids, time: int, n: int, shorter: int) -> bool:
    try:
        less, sizes = moving.sizes(shorter, time), moving.sizes(n, time)
    except ImpossibleSize:
        return False
    return all(less[target] < sizes[target] for target in moving.targets)
