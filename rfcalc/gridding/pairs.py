"""Which pair of maps does the number of a stage stand for?"""

from rfcalc.errors import fail
from rfcalc.gridding.stages import stage_numbered
from rfcalc.network import Network, without_global

__all__ = ["resolve_stage"]


def resolve_stage(
    network: Network, stage: int | None, layer: str | None, source: str | None
) -> tuple[Network, str | None, str | None]:
    """Return the network, layer and source that a stage stands for, else those given.

    Raises
    ------
    RfcalcError
        RF406: a stage and a layer or source; RF415: there is no stage of that number.
    """
    if stage is None:
        return network, layer, source
    if layer is not None or source is not None:
        fact = "`stage=` stands for a source and a layer, which are given too"
        raise fail("RF406", fact, "omit `stage=`, or `source=` and `layer=`")
    found = stage_numbered(network, stage)
    names = network.nodes[found.target].name, network.nodes[found.source].name
    return without_global(network), *names
