"""Which kernels reach a field by the least change, and which of those cost the least?"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import msgspec

from rfcalc.costs import per_cell
from rfcalc.errors import RfcalcError
from rfcalc.gridding.stages import kernel_of
from rfcalc.network import Network, without_global
from rfcalc.repair.candidates import Candidate, candidates
from rfcalc.repair.edits import edited
from rfcalc.repair.fields import Fields
from rfcalc.spec import read_text
from rfcalc.spec.frame import Given

__all__ = ["READ_LIMIT", "Grown", "adding", "few", "grown", "largest_growth", "widened"]

READ_LIMIT = 300
"""Most texts that are read for changes of kernels, and as many for those of strides."""
FAR = 64
"""So many fields, as steps of a kernel, are enough for the steepest path to be the longest."""

Growth = tuple[Candidate, int]
"""A number and how many steps it grows by."""


class Grown(msgspec.Struct, frozen=True):
    """Numbers that grow, by how many steps each, and the total change."""

    growths: tuple[Growth, ...]
    change: int

    def text(self, text: str) -> str:
        """Return a text in which the numbers have grown."""
        return edited(text, [(edit, by) for one, by in self.growths for edit in one.edits])


class _Kernel(msgspec.Struct, frozen=True):
    """A kernel: what a step adds to each field and to the cost, by the number of steps."""

    candidate: Candidate
    gain: tuple[int, ...]
    costs: tuple[Fraction, ...]


def grown(network: Network, other: Network, *free: str) -> bool:
    """Whether two networks differ in nothing but some parameters of layers."""
    if len(network.nodes) != len(other.nodes) or network.outputs != other.outputs:
        return False
    for mine, theirs in zip(network.nodes, other.nodes, strict=True):
        if mine.inputs != theirs.inputs or type(mine.layer) is not type(theirs.layer):
            return False
        if mine.layer != theirs.layer:
            same = {name: getattr(mine.layer, name) for name in free if hasattr(mine.layer, name)}
            if msgspec.structs.replace(theirs.layer, **same) != mine.layer:
                return False
    return True


def widened(
    text: str, file: str, size: Given, network: Network, wanted: int, most: Fraction | None
) -> Iterator[Grown]:
    """Yield ways to grow kernels until every output has a field, least change and cost first.

    A kernel keeps its parity and grows to ``2*k + 1`` at the most; ``most`` bounds the cost, as
    a share of what it is. What a kernel adds is taken to be in proportion to its growth. Of many
    kernels the first are tried (``few``).
    """
    was = _outputs(network)
    before = per_cell(network)
    need = tuple(max(0, wanted - one) if one else 0 for one in was)
    kernels: list[_Kernel] = []
    read = 0
    for one in candidates(text, (), "kernel"):
        steps = largest_growth(one)
        read += steps
        if read > READ_LIMIT:
            break
        costs: list[Fraction] = [Fraction(0)]
        gain: tuple[int, ...] | None = None
        for step in range(1, steps + 1):
            try:
                other = read_text(Grown(((one, step),), 0).text(text), file, size)
            except RfcalcError:
                break
            if not grown(network, other, "kernel", "padding") or _moved(network, other):
                break
            if gain is None:
                gain = tuple(b - a for a, b in zip(was, _outputs(other), strict=True))
            costs.append(per_cell(other) - before)
        if gain is not None and any(gain):
            kernels.append(_Kernel(one, gain, tuple(costs)))
    limit = None if most is None else (most - 1) * before
    for change, growths in _ways(kernels, need, limit):
        yield Grown(growths, change)


def few(text: str) -> bool:
    """Return whether the kernels of a text are few enough for all of them to be tried."""
    return sum(map(largest_growth, candidates(text, (), "kernel"))) <= READ_LIMIT


def adding(text: str, file: str, size: Given, network: Network) -> bool:
    """Return whether kernels that grow together add what each adds, as in parallel they do not.

    A field is the largest of sums along paths. Where each kernel adds in proportion, however far
    it grows, and all together add the sum, one path is the longest and holds them all.
    """

    def gains(grown: Network) -> tuple[int, ...]:
        return tuple(b - a for a, b in zip(was, _outputs(grown), strict=True))

    every = [one for one in candidates(text, (), "kernel") if largest_growth(one)]
    was = _outputs(network)
    far = FAR * (max(was, default=0) + 1)
    total = (0,) * len(was)
    try:
        for one in every:
            other = read_text(Grown(((one, 1),), 0).text(text), file, size)
            gain = gains(other)
            if gains(_stretch(network, other, far)) != tuple(far * by for by in gain):
                return False
            total = tuple(a + b for a, b in zip(total, gain, strict=True))
        both = read_text(Grown(tuple((one, 1) for one in every), 0).text(text), file, size)
        return gains(both) == total
    except (RfcalcError, ValueError):
        return False


def _stretch(network: Network, other: Network, steps: int) -> Network:
    """Return a network whose kernels have grown by many of the steps that lead to another.

    No text could say kernels so wide.
    """
    nodes = list(network.nodes)
    for position, (mine, theirs) in enumerate(zip(network.nodes, other.nodes, strict=True)):
        before, after = kernel_of(mine.layer), kernel_of(theirs.layer)
        if before != after:
            wide = tuple(a + steps * (b - a) for a, b in zip(before, after, strict=True))
            layer = msgspec.structs.replace(mine.layer, kernel=wide)
            size = network.nodes[mine.inputs[0]].size
            taps = tuple(
                layer.taps(None if size is None else size[axis], axis)
                for axis in range(network.dims)
            )
            nodes[position] = msgspec.structs.replace(mine, layer=layer, taps=taps)
    return msgspec.structs.replace(network, nodes=tuple(nodes))


def largest_growth(one: Candidate) -> int:
    """Return the most steps of two elements that a kernel may grow by."""
    return (one.edits[0].value + 1) // 2


def _moved(network: Network, other: Network) -> bool:
    """Whether a grid has changed, as behind pooling whose stride is its kernel."""
    pairs = zip(network.nodes, other.nodes, strict=True)
    return any(mine.jump != theirs.jump for mine, theirs in pairs)


def _outputs(network: Network) -> tuple[int, ...]:
    local = without_global(network)
    return Fields.of(local, (), local.outputs).was


class _Way(msgspec.Struct, frozen=True):
    """How far some kernels were grown: the change, the cost, and the way before."""

    change: int
    cost: Fraction
    growths: tuple[Growth, ...] = ()

    def betters(self, other: "_Way") -> bool:
        """Whether it changes no more and costs no more."""
        return self.change <= other.change and self.cost <= other.cost


def _ways(
    kernels: Sequence[_Kernel], need: tuple[int, ...], limit: Fraction | None
) -> Iterator[tuple[int, tuple[Growth, ...]]]:
    """Yield the ways that no other betters, by change; what more than is needed counts as it."""
    states: dict[tuple[int, ...], list[_Way]] = {need: [_Way(0, Fraction(0))]}
    for kernel in kernels:
        following = {left: list(ways) for left, ways in states.items()}
        for left, ways in states.items():
            for step, more in enumerate(kernel.costs[1:], start=1):
                rest = tuple(max(0, a - step * b) for a, b in zip(left, kernel.gain, strict=True))
                into = following.setdefault(rest, [])
                for way in ways:
                    change = way.change + 2 * step * kernel.candidate.numbers
                    fresh = _Way(change, way.cost + more, (*way.growths, (kernel.candidate, step)))
                    if limit is not None and fresh.cost > limit:
                        continue
                    if not any(one.betters(fresh) for one in into):
                        into[:] = [one for one in into if not fresh.betters(one)]
                        into.append(fresh)
        states = following
    reached = states.get(tuple(0 for _ in need), [])
    for way in sorted(reached, key=lambda way: (way.change, way.cost)):
        yield way.change, way.growths
