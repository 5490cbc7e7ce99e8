"""Does a written file read back as the network it was written from?"""

from collections.abc import Sequence

import msgspec

from rfcalc.conversion.plan import Plan
from rfcalc.conversion.values import values
from rfcalc.errors import RfcalcError
from rfcalc.network import Network
from rfcalc.spec import read_text

__all__ = ["Proof", "proven"]


class Proof(msgspec.Struct, frozen=True):
    """What came of reading back: the first difference, ``""`` when there is none.

    ``lost`` are layers whose name is not there any more, ``aliases`` further names that are not.
    """

    difference: str
    lost: tuple[int, ...] = ()
    aliases: tuple[str, ...] = ()


def proven(text: str, plan: Plan, order: Sequence[int]) -> Proof:
    """Compare what a text says with the layers it was written from.

    ``order`` holds the layers in the order in which the file unfolds, sources first. The layers,
    what they read, sizes, outputs and what is assumed have to be the same; a name of the network
    has to mean the same layer, or nothing.
    """
    try:
        found = read_text(text, "<convert>")
    except RfcalcError as fault:
        return Proof(str(fault.diagnostics[0].message))
    wanted = [plan.placed[i] for i in order]
    if len(found.nodes) != len(wanted):
        return Proof(f"it has {len(found.nodes)} layers for {len(wanted)}")
    place = {position: number for number, position in enumerate(order)}
    dims = plan.network.dims
    for number, (node, one) in enumerate(zip(found.nodes, wanted, strict=True)):
        reads = [place[i] for i in one.inputs]
        alike = (
            sorted(node.inputs) == sorted(reads)
            if node.layer.merges
            else (list(node.inputs) == reads)
        )
        same = node.layer.op == one.layer.op and values(node.layer, dims) == values(one.layer, dims)
        if not (alike and same):
            return Proof(f"layer {number}, '{node.name}', is another one than '{one.name}'")
    difference = _around(found, plan, order, place)
    if difference:
        return Proof(difference)
    return _named(found, plan, order, place)


def _around(found: Network, plan: Plan, order: Sequence[int], place: dict[int, int]) -> str:
    """Return what differs in sizes, jumps, outputs or what is assumed."""
    for old, new in plan.origin.items():
        node, other = plan.network.nodes[old], found.nodes[place[new]]
        if (node.size, node.jump) != (other.size, other.jump):
            return f"'{node.name}' has another grid: {node.size}, {other.size}"
    if tuple(order[i] for i in found.outputs) != plan.outputs:
        return "the outputs are others"
    if (found.dims, found.assumed) != (plan.network.dims, plan.network.assumed):
        return "what is assumed is another"
    return ""


def _named(found: Network, plan: Plan, order: Sequence[int], place: dict[int, int]) -> Proof:
    """Return which names mean what they meant."""
    was = {one.name: place[i] for i, one in enumerate(plan.placed) if i in place}
    meant = {**{name: place[i] for name, i in plan.aliases.items()}, **was}
    now = {node.name: number for number, node in enumerate(found.nodes)}
    reach = {**found.aliases, **now}
    lost = [i for i in order if found.nodes[place[i]].name != plan.placed[i].name]
    for name, number in reach.items():
        if meant.get(name, number) != number:
            return Proof(f"'{name}' means another layer")
    aliases = tuple(name for name in plan.aliases if name not in reach)
    return Proof("", lost=tuple(lost), aliases=aliases)
