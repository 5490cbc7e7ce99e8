"""How far does a resolution reach behind a node, and where do its stages end for every output?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import heappop, heappush

from rfcalc.gridding.dominators import postdominators
from rfcalc.network import Network

__all__ = ["Region", "leading_to"]


class Region:
    """The nodes to which every path from a source stays at its resolution.

    ``beyond`` holds, for each node of it with readers outside, these readers. Nodes outside are
    followed only as long as another way may still lead into the region.
    """

    def __init__(self, local: Network, readers: Sequence[Sequence[int]], source: int) -> None:
        jump = local.nodes[source].jump
        self._outputs = local.outputs
        self.nodes: list[int] = []
        left = {source: False}
        heap, clean = [source], 1
        while heap and clean:
            position = heappop(heap)
            clean -= not left[position]
            out = left[position] or local.nodes[position].jump != jump
            if not out:
                self.nodes.append(position)
            for reader in readers[position]:
                if reader not in left:
                    left[reader] = out
                    clean += not out
                    heappush(heap, reader)
                elif out and not left[reader]:
                    left[reader] = True
                    clean -= 1
        within = set(self.nodes)
        self._readers: dict[int, list[int]] = {}
        self.beyond: dict[int, list[int]] = {}
        for position in self.nodes:
            here = [reader for reader in readers[position] if reader in within]
            self._readers[position] = here
            if len(here) < len(readers[position]):
                self.beyond[position] = [r for r in readers[position] if r not in within]

    def ends(self, layers: Sequence[int], outputs: Mapping[int, int]) -> Iterator[int]:
        """Yield where the stages of some layers end, for every output of the network.

        ``outputs`` are those that each reader outside leads to, as bits. Outputs behind the same
        nodes of the region share an end: a layer's last node on every path to these.
        """
        led = set(layers)
        for position in self.nodes:
            if position in led:
                led.update(self._readers[position])
        yield from (output for output in self._outputs if output in led)
        behind = {
            position: _united(outputs[reader] for reader in some)
            for position, some in self.beyond.items()
            if position in led
        }
        for alike in _classes(behind.values()):
            exits = {position for position, bits in behind.items() if bits & alike}
            yield from exits if len(exits) == 1 else self._shared(layers, exits)

    def _shared(self, layers: Sequence[int], exits: Collection[int]) -> Iterator[int]:
        """Yield the last node on every path from each layer to the exits."""
        end = self.nodes[-1] + 1

        def readers(position: int) -> list[int]:
            here = self._readers[position]
            return [*here, end] if position in exits else here

        after = postdominators([*self.nodes, end], readers, end)
        passed: dict[int, int] = {}
        for layer in layers:
            trail, position = list[int](), layer
            while position in after and position not in passed:
                trail.append(position)
                if after[position] == end:
                    break
                position = after[position]
            if position in after:
                # From where another layer has passed on, the way is the same.
                passed |= dict.fromkeys(trail, passed.get(position, position))
                yield passed[layer]


def leading_to(
    inputs: Sequence[Sequence[int]], outputs: Sequence[int], asked: Collection[int]
) -> dict[int, int]:
    """Return the outputs that each node asked about leads to: bit ``n`` for output ``n``."""
    bits: dict[int, int] = {}
    for number, output in enumerate(outputs):
        bits[output] = bits.get(output, 0) | 1 << number
    found = dict.fromkeys(asked, 0)
    for position in range(len(inputs) - 1, -1, -1):
        led = bits.pop(position, 0)
        if position in found:
            found[position] = led
        for i in inputs[position] if led else ():
            bits[i] = bits.get(i, 0) | led
    return found


def _united(some: Iterator[int]) -> int:
    total = 0
    for bits in some:
        total |= bits
    return total


def _classes(sets: Collection[int]) -> list[int]:
    """Return the coarsest parts of which each set, as bits, is a union."""
    classes: list[int] = []
    for bits in dict.fromkeys(sets):
        split: list[int] = []
        for part in classes:
            split += [p for p in (part & bits, part & ~bits) if p]
            bits &= ~part
        classes = [*split, bits] if bits else split
    return classes
