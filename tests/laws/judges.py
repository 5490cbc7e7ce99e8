"""Do analysis, NumPy backend, brute force and PyTorch agree on a network? The first that do not."""

from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

from rfcalc import numpy_backend
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from tests.laws import brute

__all__ = ["JUDGES", "Disagreement", "Question", "compared", "questions"]


class Question(NamedTuple):
    """Which paths lead from a source to one output?"""

    source: int
    target: int
    at: tuple[int, ...]


class Disagreement(NamedTuple):
    """Two who differ on a question, and what each says."""

    question: Question
    judge: str
    analysis: str
    other: str


def _backend(network, asked):
    found = dict(numpy_backend.counts(network, [(q.target, q.at) for q in asked], asked[0].source))
    return [found[number] for number in range(len(asked))]


def _brute(network, asked):
    made = []
    for question in asked:
        counted = brute.counts(network, *question)
        if counted is None:
            made.append(None)
            continue
        array = np.zeros(network.nodes[question.source].size, object)
        for cell, number in counted.items():
            array[cell] = number
        made.append(array)
    return made


def _torch(network, asked):
    from tests.torch_ones import gradients

    count = gradients(network, asked[0].source)
    return [count(question.target, question.at) for question in asked]


JUDGES = {"backend": _backend, "brute": _brute}
"""Who answers the same questions without the algebra of rfcalc."""
if find_spec("torch"):
    JUDGES["torch"] = _torch


def questions(network, random, most=3):
    """Return what is asked of a network: the output and some layers, at corners and inside."""
    count = len(network.nodes)
    source = random.choice([0, 0, random.randrange(count)])
    behind = [source]
    for i in range(source + 1, count):
        if not set(behind).isdisjoint(network.nodes[i].inputs):
            behind.append(i)
    targets = {behind[-1], *(random.choice(behind) for _ in range(most - 1))}
    return [Question(source, i, _place(network.nodes[i].size, random)) for i in sorted(targets)]


def _place(size, random):
    return tuple(random.choice([0, n - 1, n // 2, random.randrange(n)]) for n in size)


def compared(network, asked, judges):
    """Return how many answers of each judge were compared, and the first disagreement."""
    told = dict.fromkeys(judges, 0)
    if not asked:
        return told, None
    mine = []
    for question in asked:
        try:
            name, origin = network.nodes[question.target].name, network.nodes[question.source].name
            counted = paths(network, name, origin, at=question.at)
            seen = mask(network, name, origin, at=question.at)
        except Exception as fault:
            said = f"{type(fault).__name__}: {fault}"
            return told, Disagreement(question, "any judge", said, "gives an answer")
        mine.append((counted.array(), counted.total, seen.array(), seen.cells))
    for judge in judges:
        for question, (counts, total, seen, cells), other in zip(
            asked, mine, JUDGES[judge](network, asked), strict=True
        ):
            if other is None:
                continue
            told[judge] += 1
            if not _equal(counts, other) or total != other.sum():
                return told, Disagreement(question, judge, _shown(counts), _shown(other))
            if not _equal(seen, other > 0) or cells != np.count_nonzero(other):
                return told, Disagreement(question, judge, _shown(seen), _shown(other > 0))
    return told, None


def _equal(a, b):
    return a.shape == b.shape and bool((a == b).all())


def _shown(array):
    """Return an array in a line or two of text."""
    return np.array2string(array.astype(object), threshold=60, max_line_width=200).replace("\n", "")
