"""What comes of the networks of some seeds? Drawn, asked, compared; a fault is made small."""

from collections import Counter
from random import Random
from typing import NamedTuple

from rfcalc.conversion import convert
from tests.laws.drawing import drawn
from tests.laws.judges import compared, questions
from tests.laws.shrinking import smallest

__all__ = ["Fault", "Part", "run_seeds"]


TRIES = 4
"""How often a smaller network is asked other questions."""


class Fault(NamedTuple):
    """A disagreement: its seed, what was said, and the smallest network as a file."""

    seed: int
    said: str
    text: str


class Part(NamedTuple):
    """How many networks, layers and answers were compared, and the fault that ended it."""

    networks: int
    layers: int
    compared: Counter
    fault: Fault | None


def run_seeds(seeds, judges):
    """Compare the networks of the seeds, up to the first that two disagree on."""
    if "torch" in judges:
        import torch

        torch.set_num_threads(1)
    told, layers = Counter(), 0
    for number, seed in enumerate(seeds):
        network = drawn(seed)
        found, fault = compared(network, questions(network, Random(seed)), judges)
        told.update(found)
        layers += len(network.nodes) - 1
        if fault is not None:
            return Part(number, layers, told, _shrunk(network, seed, judges))
    return Part(len(seeds), layers, told, None)


def _shrunk(network, seed, judges):
    """Return the smallest network that the same judge disagrees on, as a file."""
    _, first = compared(network, questions(network, Random(seed)), judges)

    def fails(other):
        for again in range(TRIES):
            _, fault = compared(other, questions(other, Random(seed + again)), judges)
            if fault is not None and fault.judge == first.judge:
                return fault
        return None

    small, fault = smallest(network, fails)
    nodes, asked = small.nodes, fault.question
    said = (
        f"'{nodes[asked.target].name}' at {asked.at} from '{nodes[asked.source].name}': "
        f"analysis {fault.analysis}, {fault.judge} {fault.other}"
    )
    text = convert(small, f"seed {seed} of python -m tests.laws").text
    return Fault(seed, said, f"# {said}\n{text}")
