"""Of which inputs of a module are gradients taken? Of those that are floats."""

from collections.abc import Collection

from rfcalc.errors import fail
from rfcalc.network import Input, Network

__all__ = ["gradient_sources"]


def gradient_sources(
    network: Network, floats: Collection[int], source: str | None
) -> tuple[list[int], dict[str, str]]:
    """Return the inputs that gradients are taken of, and those that have none, with the reason.

    Parameters
    ----------
    floats : positions of the inputs that have gradients.
    source : the only one that is asked for, by default all.

    Raises
    ------
    RfcalcError
        RF406: the source is no input that has gradients, RF441: no input has.
    """
    nodes = network.nodes
    inputs = [i for i, node in enumerate(nodes) if isinstance(node.layer, Input)]
    found = [i for i in inputs if i in floats]
    reason = "it holds whole numbers, of which no gradient is taken"
    whole = {nodes[i].name: reason for i in inputs if i not in floats}
    if source is None:
        if not found:
            fact = f"no input can be compared: '{nodes[inputs[0]].name}': {reason}"
            raise fail("RF441", fact, "verify the part of the module behind it")
        return found, whole
    position = network.index(source, 0)
    if position in found:
        return [position], {}
    name = nodes[position].name
    fact = f"'{source}' is no input, and gradients are taken of inputs"
    if name in whole:
        fact = f"'{name}' cannot be compared: {reason}"
    raise fail("RF406", fact, f"there is {', '.join(repr(nodes[i].name) for i in found)}")
