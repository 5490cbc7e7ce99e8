"""What does each layer cost, and what do some of them, or all, cost together?"""

from collections.abc import Collection

import msgspec

from rfcalc.costs.written import layer_work
from rfcalc.documents import Json
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.network import Work, channels
from rfcalc.parameters import expect
from rfcalc.shown import AsPage, AsTable, brief

__all__ = ["BYTES", "Cost", "Costs", "cost"]

BYTES = 4
"""Bytes of a value: single precision."""

_FIGURES = ("parameters", "macs", "memory")


class Cost(msgspec.Struct, frozen=True):
    """What one layer costs, or several together.

    ``parameters`` are learned numbers, each once however many layers share it; ``macs``
    multiply-adds of one pass; ``memory`` bytes of what is put out. A figure that is not known is
    ``None``, and ``unknown`` says why, by the layer. Of several layers a figure is the sum of
    those that are known, and it is whole only when ``unknown`` names none.
    """

    name: str
    parameters: int | None
    macs: int | None
    memory: int | None
    unknown: tuple[tuple[str, str], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every figure of every layer is known."""
        return not self.unknown

    def to_dict(self) -> dict[str, Json]:
        """Return the figures as data."""
        return {
            **{figure: getattr(self, figure) for figure in _FIGURES},
            "unknown": [{"layer": name, "reason": why} for name, why in self.unknown],
        }


class Costs(msgspec.Struct, AsPage, AsTable, frozen=True):
    """What the layers of a network cost, in its order, the input included.

    Steps that were not read stand last.
    """

    layers: tuple[Cost, ...]
    total: Cost
    weights: tuple[tuple[tuple[str, int], ...], ...]
    """Of each layer the learned tensors by name, with their numbers of elements."""

    def of(self, names: Collection[str], name: str = "total") -> Cost:
        """Return what some layers cost together, by their names; shared weights count once."""
        held = [i for i, one in enumerate(self.layers) if one.name in names]
        return _together(name, [self.layers[i] for i in held], [self.weights[i] for i in held])

    def to_dict(self) -> dict[str, Json]:
        """Return the figures as data."""
        layers = [{"name": one.name, **one.to_dict()} for one in self.layers]
        return {"layers": layers, "total": self.total.to_dict()}

    def __getitem__(self, layer: str) -> Cost:
        """Return what a layer costs, by its name."""
        for one in self.layers:
            if one.name == layer:
                return one
        raise KeyError(layer)

    def __repr__(self) -> str:
        total = self.total
        shown = [f"{f}={getattr(total, f)}" for f in _FIGURES]
        return brief(f"Costs({', '.join(shown)}{'' if total.whole else ', of known layers'})")


def cost(net: "NetworkLike", itemsize: int = BYTES, *, input: "Sizes | None" = None) -> Costs:
    """Return what every layer of a network costs: of a model as read, of a file as it is written.

    A multiply-add is a pair of numbers multiplied and summed up, in convolutions, dense layers,
    products of matrices, attention and recurrences; padding is counted, norms, activations,
    poolings and resizes are not. A network file tells channels by ``channels`` of the input and
    ``in_channels`` and ``out_channels`` of convolutions, and is taken to run one sample.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    itemsize : bytes of a value.
    input : input size, cells per axis, or the shape of a module's example input.

    Raises
    ------
    RfcalcError
        RF310: channels of a file that contradict each other, with the place.

    Examples
    --------
    >>> from rfcalc.spec import read_text
    >>> layers = "[{kernel: 3, out_channels: 8}, batchnorm, {kernel: 1, out_channels: 2}]"
    >>> cost(read_text(f"{{input: [16, 16], channels: 3, layers: {layers}}}", "net.yaml"))
    Costs(parameters=258, macs=59392, memory=21504)
    """
    expect(itemsize=itemsize)
    network = as_network(net, input)
    told = any(node.work is not None for node in network.nodes)
    found = [] if told else channels(network)
    layers: list[Cost] = []
    weights: list[tuple[tuple[str, int], ...]] = []
    for position, node in enumerate(network.nodes):
        work = node.work if told else layer_work(network, position, found)
        work = work or Work(None, None, None, "the model was changed since it was read")
        weights.append(work.weights or ())
        layers.append(
            Cost(
                node.name,
                None if work.weights is None else sum(count for _, count in work.weights),
                work.macs,
                None if work.values is None else itemsize * work.values,
                ((node.name, work.why),) if work.why else (),
            )
        )
    for step in network.unread:
        weights.append(())
        layers.append(Cost(step.name, None, None, None, ((step.name, step.reason),)))
    return Costs(tuple(layers), _together("total", layers, weights), tuple(weights))


def _together(name: str, layers: list[Cost], weights: list[tuple[tuple[str, int], ...]]) -> Cost:
    """Return the figures of several layers together, ``None`` where none of them is known."""
    once = {key: count for some in weights for key, count in some}
    sums: dict[str, int | None] = {}
    for figure in _FIGURES:
        found = [getattr(one, figure) for one in layers]
        known = [number for number in found if number is not None]
        total = sum(once.values()) if figure == "parameters" else sum(known)
        # Nothing but layers that cost nothing is no sum of what is known.
        sums[figure] = total if total or len(known) == len(found) else None
    unknown = tuple(fact for one in layers for fact in one.unknown)
    return Cost(name, sums["parameters"], sums["macs"], sums["memory"], unknown)
