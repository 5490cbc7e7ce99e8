"""Which pair of maps is a question about, and is its choice one of those that there are?"""

from collections.abc import Sequence

from rfcalc.errors import fail
from rfcalc.gridding.stages import stage_numbered
from rfcalc.network import Network, without_global
from rfcalc.spelling import nearest

__all__ = ["check_choice", "resolve_stage"]


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


def check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Refuse a value that is none of those that a parameter takes.

    Raises
    ------
    RfcalcError
        RF406.
    """
    if value not in choices:
        listed = ", ".join(f"'{one}'" for one in choices)
        raise fail(
            "RF406", f"`{name}=` is '{value}'", nearest(str(value), choices) or f"it is {listed}"
        )
