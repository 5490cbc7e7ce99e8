"""How does every dilated stage grid, on its own input? Stages that are alike are measured once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from rfcalc.footprint import Footprint
from rfcalc.gridding.measures import Measures, measures
from rfcalc.gridding.stages import Stage
from rfcalc.growth import part
from rfcalc.network import Network

__all__ = ["stage_measures"]


def stage_measures(
    local: Network, stages: Sequence[Stage], known: Mapping[tuple[int, int], Footprint]
) -> Iterator[tuple[Stage, Measures]]:
    """Yield every stage with its measures, global context left aside.

    Parameters
    ----------
    local : the network without what reads its whole input.
    known : footprints at hand, by source and target.
    """
    made: dict[Any, Measures] = {}
    for stage in stages:
        between = part(local, stage.source, stage.target)
        alike = tuple((node.layer, node.taps, node.inputs) for node in between.nodes[2:])
        names = local.nodes[stage.source].name, local.nodes[stage.target].name
        if alike in made:
            measured = msgspec.structs.replace(made[alike], source=names[0], layer=names[1])
        else:
            found = known.get((stage.source, stage.target))
            if found is not None and found.unbounded is not None:
                found = None
            measured = measures(local, stage.source, stage.target, found)
            made[alike] = measured
        yield stage, measured
