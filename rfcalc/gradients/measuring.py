"""What is the gradient of a PyTorch module's output cell? Averaged over samples, by autograd."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from rfcalc.errors import fail
from rfcalc.gradients.addressing import cell_sum, on_grid
from rfcalc.gradients.averages import Averages, Gradients
from rfcalc.gradients.containment import check_inside
from rfcalc.gradients.modules import Module
from rfcalc.gradients.places import Place, place_of
from rfcalc.importers.axes import Tensor
from rfcalc.importers.torch.keeping import quiet, restored

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

else:
    Array = Mask = object

__all__ = ["Call", "Pair", "Probe", "average", "measure_gradients", "probe_module"]

Pair = tuple[Array, Array]
"""Of one sample: the absolute values of the gradient and its squares, in the frame of a place."""
S = TypeVar("S")
Probe: TypeAlias = Callable[[S], list[Pair]]
"""Gives the pair of every place at a sample."""
Call: TypeAlias = tuple[tuple[object, ...], dict[str, object]]
"""What a module is called with."""


def measure_gradients(
    module: "torch.nn.Module",
    samples: "Iterable[torch.Tensor | Sequence[torch.Tensor]]",
    *,
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | None = None,
    positions: int = 1,
    layout: Sequence[str] | None = None,
    assume_pointwise: Sequence[str] = (),
    take_values: bool = False,
    device: str | None = None,
) -> Gradients:
    r"""Return the mean absolute and the mean squared gradient of an output cell of a module.

    .. math:: \frac{1}{N C} \sum_{n, c} \Big| \frac{\partial \sum_k y_{k, at}}{\partial x_{c, i}}
              (x_n) \Big|

    and the same of the squares, for every cell :math:`i` of the source, over its channels
    :math:`c` and samples :math:`x_n`; :math:`k` are the channels of the output. The module runs in
    evaluation mode, with its own weights and in its own precision, and comes back as it was.

    Parameters
    ----------
    samples : inputs of one shape, batch 1: tensors, or tuples of them for several inputs.
    layer, source, at, positions : which cells, as ``place_of`` has them; the source is an input.
    layout, assume_pointwise, take_values : as for ``from_torch``.
    device : where the module runs, by default where it is.

    Raises
    ------
    RfcalcError
        RF441 a layer whose value the module's code does not hold, RF450 no cell reads its whole
        field, RF451 a gradient that is no number, RF452 no gradient at all, RF453 a gradient
        outside the mask; and as ``from_torch`` and ``place_of``.

    Examples
    --------
    >>> import torch
    >>> conv = torch.nn.Conv1d(1, 1, 3, bias=False)
    >>> _ = torch.nn.init.constant_(conv.weight, 0.5)
    >>> found = measure_gradients(conv, torch.randn(4, 1, 1, 9))
    >>> found.start, found.absolute, found.squared
    ((3,), array([0.5, 0.5, 0.5]), array([0.25, 0.25, 0.25]))
    """
    import torch

    called = ((s,) if isinstance(s, torch.Tensor) else tuple(s) for s in samples)
    first = next(called, None)
    if first is None:
        raise fail("RF406", "there are no samples", "give at least one input")
    known = Module(module, first, None, layout, assume_pointwise, take_values)
    network = known.network
    target, origin = network.index(layer, network.output), network.index(source, 0)
    place = place_of(network, target, origin, at, positions)

    def arguments(sample: "tuple[torch.Tensor, ...]") -> Call:
        return sample, {}

    with probe_module(known, [place], device, arguments) as probe:
        return average(probe, [place], chain([first], called))[0]


def average(
    probe: Probe[S],
    places: Sequence[Place],
    samples: Iterable[S],
    kept: Sequence[Averages] | None = None,
    done: Callable[[int], None] | None = None,
) -> tuple[Gradients, ...]:
    """Return the averages of a probe over samples.

    Parameters
    ----------
    kept : averages to go on with; ``samples`` are those that follow.
    done : called after every sample with the number of all so far.

    Raises
    ------
    RfcalcError
        RF451 a gradient that is no number, RF452 none that is not 0; and what the probe raises.
    """
    import numpy as np

    sums = list(kept or [Averages(place) for place in places])
    for sample in samples:
        for total, pair in zip(sums, probe(sample), strict=True):
            if not all(np.isfinite(values).all() for values in pair):
                place = total.place
                fact = (
                    f"at sample {total.samples} the gradient of '{place.layer}' by "
                    f"'{place.origin}' has values that are no finite numbers"
                )
                raise fail("RF451", fact, "look at that input, and at the weights, for NaN")
            total.add(pair)
        if done is not None:
            done(sums[0].samples)
    for total in sums:
        if not total.mean.any():
            place = total.place
            fact = (
                f"'{place.layer}' does not depend on '{place.origin}': its gradient is 0 at all "
                f"{total.samples} samples"
            )
            raise fail("RF452", fact, "check the weights; a saturated or detached layer has none")
    return tuple(total.result() for total in sums)


@contextmanager
def probe_module(
    known: Module,
    places: Sequence[Place],
    device: str | None,
    filled: Callable[[S], Call],
) -> Generator[Probe[S]]:
    """Give a function that returns, for a sample, the pair of every place.

    Parameters
    ----------
    filled : makes the arguments and keywords of a call of a sample.

    Raises
    ------
    RfcalcError
        RF441: a layer whose value the module's code does not hold; RF406: there is no such device.
    """
    import torch

    seats = [known.seat(place.target) for place in places]
    inside = [place.inside() for place in places]
    here = next(known.module.parameters(), torch.empty(0)).device
    with quiet(), restored(known.module):
        known.module.eval()
        if device is not None:
            _move(known.module, device)
        try:

            def probe(sample: S) -> list[Pair]:
                (args, kwargs), leaves = _leaves(known, filled(sample), device)
                values = known.run(args, kwargs, seats)
                return [
                    _measure(known, place, mask, seat.held, value, leaves[place.source])
                    for place, mask, seat, value in zip(places, inside, seats, values, strict=True)
                ]

            yield probe
        finally:
            if device is not None:
                known.module.to(here)


def _move(module: "torch.nn.Module", device: str) -> None:
    """Bring a module to a device.

    Raises
    ------
    RfcalcError
        RF406: PyTorch has no such device here.
    """
    try:
        module.to(device)
    except (RuntimeError, AssertionError) as fault:
        line = next((text for text in str(fault).splitlines() if text.strip()), "")
        raise fail("RF406", f"device is '{device}': {line[:200]}", "omit `device=`") from None


def _leaves(known: Module, call: Call, device: str | None) -> "tuple[Call, list[torch.Tensor]]":
    """Return arguments to call a module with, and the tensors that gradients are taken of.

    The module is given copies: it may write over what it is given.
    """
    import torch
    from torch.utils import _pytree as trees

    def leaf(x: object) -> object:
        if not isinstance(x, torch.Tensor):
            return x
        return x.detach().to(device or x.device).clone().requires_grad_(x.is_floating_point())

    def copy(x: object) -> object:
        return x.clone() if isinstance(x, torch.Tensor) else x

    held: Call = trees.tree_map(leaf, call)
    return trees.tree_map(copy, held), known.tensors(*held)


def _measure(
    known: Module,
    place: Place,
    inside: Mask,
    held: Tensor,
    value: "torch.Tensor | None",
    leaf: "torch.Tensor",
) -> Pair:
    """Return the mean absolute values and squares over the channels of a source, of one sample."""
    import numpy as np

    size = place.network.nodes[place.source].size
    assert size is not None
    zero = np.zeros(place.shape)
    total: Pair = (zero, zero)
    for number, cell in enumerate(place.cells):
        gradient = _gradient(value, held, cell, leaf)
        if gradient is None:
            continue
        if not np.isfinite(gradient).all():
            # NaN spreads to cells that are not read: whoever averages reports it first.
            return zero + np.nan, zero + np.nan
        shown = known.inputs[place.source]
        whole = [
            on_grid(one, shown, size, np.mean) for one in (np.abs(gradient), np.square(gradient))
        ]
        absolute, squared = (place.framed(one, number) for one in whole)
        check_inside(place, number, inside, whole[0], absolute)
        total = total[0] + absolute, total[1] + squared
    return total[0] / len(place.cells), total[1] / len(place.cells)


def _gradient(
    value: "torch.Tensor | None", held: Tensor, cell: Sequence[int], leaf: "torch.Tensor"
) -> Array | None:
    """Return the gradient of the sum over the channels of a cell, ``None`` where there is none."""
    if value is None or not value.requires_grad or not leaf.requires_grad:
        return None
    total = cell_sum(value, held, cell)
    library = import_module("torch")
    found = library.autograd.grad(total, leaf, retain_graph=True, allow_unused=True)[0]
    return None if found is None else found.cpu().double().numpy()
