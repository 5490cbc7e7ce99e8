"""How does a dilated stage fare? Its measures, the published rules, and what lies before it."""

from collections.abc import Sequence

import msgspec

from rfcalc.gridding.measures import Measures
from rfcalc.gridding.stages import Stage, dilation_of, kernel_of
from rfcalc.growth import Row, inside
from rfcalc.hdc import HdcVerdict, hdc_check
from rfcalc.network import Network

__all__ = ["StageReport", "hint", "judged"]


class StageReport(msgspec.Struct, frozen=True, kw_only=True):
    """A dilated stage judged against its own input, and against the network's input.

    ``dilations`` are those of its window layers in order, an integer where all axes agree.
    ``hdc`` is the verdict on the axis with the largest hole, ``None`` for parallel branches.
    ``input_holes`` tells whether holes are left in cells of the source that was asked about, by
    default the input; ``None`` where the stage does not lie behind it or, as ``unbounded`` says,
    its end sees the whole of it.
    """

    stage: Stage
    measures: Measures
    dilations: tuple[int | tuple[int, ...], ...]
    kernels: tuple[int | tuple[int, ...], ...]
    hdc: HdcVerdict | None
    input_holes: bool | None
    unbounded: bool
    assumed: tuple[str, ...] = ()


def judged(
    local: Network, notes: dict[int, str], stage: Stage, measured: Measures, row: Row | None
) -> StageReport:
    """Report on a stage; ``notes`` says by node what was left aside, ``row`` is its end's."""
    between = inside(local, stage.source, stage.target) if notes else ()
    dropped = [notes[position] for position in between if position in notes]
    layers = [local.nodes[position].layer for position in stage.layers]
    rates = [dilation_of(layer) for layer in layers]
    kernels = [kernel_of(layer) for layer in layers]
    verdict = None
    if stage.chain:
        axis = max(range(local.dims), key=lambda a: (measured.largest_hole[a], -a))
        strides = [1] * len(layers)
        verdict = hdc_check([r[axis] for r in rates], [k[axis] for k in kernels], strides)
    return StageReport(
        stage=stage,
        measures=measured,
        dilations=tuple(map(_plain, rates)),
        kernels=tuple(map(_plain, kernels)),
        hdc=verdict,
        input_holes=None if row is None or row.unbounded is not None else row.holes,
        unbounded=row is not None and row.unbounded is not None,
        assumed=tuple(dropped),
    )


def _plain(values: Sequence[int]) -> int | tuple[int, ...]:
    return values[0] if len(set(values)) == 1 else tuple(values)


def hint(stage: StageReport) -> str:
    """Return the cure for the holes of a stage."""
    verdict = stage.hdc
    if verdict is not None and verdict.failing is not None:
        return (
            f"no step may exceed the field built by the smaller ones: {verdict.failing} does; "
            "rfcalc fix proposes the least change"
        )
    return "let a layer of dilation 1 join the stage; rfcalc fix proposes the least change"
