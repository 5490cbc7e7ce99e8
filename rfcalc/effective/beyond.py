"""What share of a model's effect lies beyond a halo? From its gradients, averaged over inputs."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from rfcalc.effective.runner import Runner
from rfcalc.effective.samples import Images, Noise
from rfcalc.errors import RfcalcError, fail
from rfcalc.gradients import Gradients, Place, average, place_of
from rfcalc.tiling.effect import Effects, Line, gather_effects
from rfcalc.tiling.grids import Grids
from rfcalc.tiling.halo import Halo

__all__ = ["measure_effects"]


def measure_effects(
    runner: Runner,
    given: Images | Noise,
    samples: int,
    progress: Callable[[int, int], None] | None = None,
) -> Callable[[Grids, Halo], Effects]:
    """Return what measures the share of mean absolute gradient beyond each halo, for ``answer``.

    Of every output, input and phase one cell that reads its whole field is measured, as
    ``measure_gradients`` does.

    Parameters
    ----------
    given : the inputs; so many ``samples`` of them are averaged.
    progress : called with the samples done and the number of all.

    Raises
    ------
    RfcalcError
        RF406 an input that has no gradient, RF450 no cell reads its whole field at the size of
        the input; and as ``average``.
    """

    def tell(count: int) -> None:
        if progress is not None:
            progress(count, samples)

    def lines_of(
        one: Grids, source: int, phases: list[tuple[int, ...]]
    ) -> tuple[Sequence[Line], Sequence[str]]:
        places = list(_places(runner, one, source, phases))
        inputs = (given.sample(number) for number in range(samples))
        with runner.probe(places) as probe:
            found = average(probe, places, inputs, done=tell)
        lines = [_line(each, phase, one) for each, phase in zip(found, phases, strict=True)]
        return lines, ((given.said,) if given.said else ())

    def beyond(moving: Grids, around: Halo) -> Effects:
        found = gather_effects(moving, around, lines_of)
        means = f"mean absolute gradients of {samples} inputs"
        return msgspec.structs.replace(found, kind="measured", means=means)

    return beyond


def _places(
    runner: Runner, one: Grids, source: int, phases: Sequence[tuple[int, ...]]
) -> Iterator[Place]:
    """Yield the cells that are measured."""
    network = runner.network
    target, origin = network.index(one.name, 0), network.index(one.network.nodes[source].name, 0)
    if origin not in runner.sources:
        fact = f"'{network.nodes[origin].name}' is no input of the model that holds floats"
        raise fail("RF406", fact, "omit `measured=True`: the expected effect covers every input")
    for phase in phases:
        try:
            yield place_of(network, target, origin, phase=phase)
        except RfcalcError as fault:
            (first, *_) = fault.diagnostics
            if first.code != "RF450":
                raise
            raise fail(
                "RF450", first.message, "give a larger `input=`, or omit `measured=True`"
            ) from None


def _line(found: Gradients, phase: Sequence[int], one: Grids) -> Line:
    """Return the mean absolute gradient on each axis, moved to the first cell of its phase."""
    dims = range(found.absolute.ndim)
    sums = [found.absolute.sum(tuple(other for other in dims if other != axis)) for axis in dims]
    start = (
        first - int((at - of) * jump)
        for first, at, of, jump in zip(found.start, found.at, phase, one.jump, strict=True)
    )
    return Line(sums, tuple(start))
