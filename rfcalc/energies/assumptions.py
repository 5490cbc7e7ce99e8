"""What is taken for granted when energies are added up? In words, by what the network holds."""

from collections.abc import Iterable, Iterator, Sequence

from rfcalc.energies.merging import gated, inputs_of, widths
from rfcalc.energies.tied import RANDOM, doubled, tied
from rfcalc.interior import inside
from rfcalc.layers import LAYERS
from rfcalc.layers.pointwise import Concat, Mul
from rfcalc.layers.whole import Attention, BandedAttention, SqueezeExcite, WindowAttention
from rfcalc.layers.whole import Sequence as Recurrence
from rfcalc.masks.questions import Question
from rfcalc.network import Network

__all__ = ["assumptions"]

_ACTIVATIONS = tuple(
    LAYERS[op]
    for op in (
        *("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh", "softplus"),
        *("hardswish", "hardsigmoid", "mish", "prelu"),
    )
)
_NAMED = 3
"""Most layers that are named for one reason."""

Reads = Sequence[tuple[int, Sequence[int]]]
"""Nodes between source and output, each with its inputs there."""


def assumptions(question: Question) -> tuple[str, ...]:
    """Return what theorem T10 takes for granted between a source and an output."""
    network = question.network
    reads = _reads(question)
    positions = [position for position, _ in reads]
    reasons = {
        "equal shares of the channels in": _equal(network, reads),
        "an addition in place of": _multiplied(network, reads),
        "1 for the gate of": _gates(network, positions),
        "an average over all cells that are read in place of": _attentive(network, positions),
        "equal weights of all cells that are read in": _recurrent(network, positions),
        "fixed coefficients that meet squared one by one in": sorted(
            {*doubled(network, question.source, reads), *tied(question, reads)}
        ),
    }
    told = [_told(network, reason, found) for reason, found in reasons.items()]
    if _unbalanced(network, question.source, reads):
        told.append("activations were taken out")
    return tuple(line for line in told if line)


def _reads(question: Question) -> Reads:
    """Return the nodes that energy passes through, sources first, with the inputs it passes to."""
    network = question.network
    positions = inside(network, question.source, question.target)
    reached = {question.source, *positions}
    passed, known = {question.target}, dict[int, int | None]()
    found: list[tuple[int, Sequence[int]]] = []
    for position in reversed(positions):
        if position in passed:
            wanted = [i for i in network.nodes[position].inputs if i in reached]
            given = [i for i, _ in inputs_of(network, position, wanted, known)]
            passed.update(given)
            found.append((position, given))
    return found[::-1]


def _told(network: Network, reason: str, positions: Iterable[int]) -> str:
    names = [f"'{network.nodes[position].name}'" for position in positions]
    more = [f"{len(names) - _NAMED} more"] * (len(names) > _NAMED)
    return f"{reason} {', '.join([*names[:_NAMED], *more])}" if names else ""


def _equal(network: Network, reads: Reads) -> Iterator[int]:
    """Yield concatenations of unknown channels, where shares matter at all."""
    known: dict[int, int | None] = {}
    if all(len(wanted) == 1 for _, wanted in reads):
        return
    for position, _ in reads:
        joined = isinstance(network.nodes[position].layer, Concat)
        if joined and widths(network, position, known) is None:
            yield position


def _multiplied(network: Network, reads: Reads) -> Iterator[int]:
    for position, wanted in reads:
        product = isinstance(network.nodes[position].layer, Mul) and len(wanted) > 1
        if product and not gated(network, position):
            yield position


def _gates(network: Network, positions: Sequence[int]) -> list[int]:
    squeezing = (p for p in positions if isinstance(network.nodes[p].layer, SqueezeExcite))
    return sorted({*squeezing, *(p for p in positions if gated(network, p))})


def _attentive(network: Network, positions: Sequence[int]) -> list[int]:
    kinds = (Attention, WindowAttention, BandedAttention)
    return [p for p in positions if isinstance(network.nodes[p].layer, kinds)]


def _recurrent(network: Network, positions: Sequence[int]) -> list[int]:
    return [p for p in positions if isinstance(network.nodes[p].layer, Recurrence)]


def _unbalanced(network: Network, source: int, reads: Reads) -> bool:
    """Whether branches meet of which one holds more convolutions than activations the other.

    He's variance makes up for one activation behind or before every convolution. Where each
    branch has as many of one as of the other it does so on all of them alike.
    """
    kinds = [type(network.nodes[position].layer) for position, _ in reads]
    if not any(issubclass(kind, _ACTIVATIONS) for kind in kinds):
        return False
    balance = {source: 0}
    for (position, wanted), kind in zip(reads, kinds, strict=True):
        before = {balance[i] for i in wanted}
        if len(before) > 1:
            return True
        step = issubclass(kind, RANDOM) - issubclass(kind, _ACTIVATIONS)
        balance[position] = before.pop() + step
    return False
