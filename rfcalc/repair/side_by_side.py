"""Which kernels reach a field where they do not add up, as in parallel branches?"""

from collections.abc import Iterator, Sequence

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.network import Network, without_global
from rfcalc.repair.candidates import Candidate, candidates
from rfcalc.repair.fields import Fields
from rfcalc.repair.kernels import READ_LIMIT, Grown, grown, largest_growth
from rfcalc.spec import read_text
from rfcalc.spec.frame import Given

__all__ = ["EVERY", "climb", "enumerate_ways"]

EVERY = 1 << 62
"""A total change up to which everything was tried, where nothing is left out."""

Steps = tuple[int, ...]
"""How many steps each kernel grows by."""


class _Kernels(msgspec.Struct):
    """The kernels of a text, and the fields that outputs have once some have grown."""

    text: str
    file: str
    size: Given
    network: Network
    wanted: int
    every: Sequence[Candidate]
    left: int = READ_LIMIT

    def grow(self, steps: Steps) -> Grown:
        """Return the kernels that grow, and the total change."""
        pairs = tuple((one, by) for one, by in zip(self.every, steps, strict=True) if by)
        return Grown(pairs, sum(2 * by * one.numbers for one, by in pairs))

    def shortfall(self, steps: Steps) -> int | None:
        """Return how many cells the fields lack, as a negative number, or ``None``.

        ``None`` stands for a text that cannot be read, or is another network.
        """
        self.left -= 1
        try:
            other = read_text(self.grow(steps).text(self.text), self.file, self.size)
        except RfcalcError:
            return None
        if not grown(self.network, other, "kernel", "padding"):
            return None
        local = without_global(other)
        fields = Fields.of(local, (), local.outputs).was
        return sum(min(field, self.wanted) - self.wanted for field in fields if field)


def enumerate_ways(
    text: str, file: str, size: Given, network: Network, wanted: int
) -> Iterator[tuple[int, Grown | None]]:
    """Yield every way to grow kernels until outputs have a field, least change first.

    Each comes with its total change; ``None`` follows all those of a total, the last of them with
    ``EVERY``. It ends sooner where as many texts were read as may be.
    """
    known = _known(text, file, size, network, wanted)
    most = sum(2 * largest_growth(one) * one.numbers for one in known.every)
    for total in range(1, most + 1):
        for steps in _of_total(known.every, total):
            if known.left <= 0:
                return
            if known.shortfall(steps) == 0:
                yield total, known.grow(steps)
        yield total, None
    yield EVERY, None


def climb(text: str, file: str, size: Given, network: Network, wanted: int) -> Grown | None:
    """Return a way to grow kernels, each time by the step that adds most for its change."""
    known = _known(text, file, size, network, wanted)
    steps = (0,) * len(known.every)
    now = known.shortfall(steps)
    while now is not None:
        best: tuple[float, Steps, int] | None = None
        for number, one in enumerate(known.every):
            if steps[number] >= largest_growth(one):
                continue
            if known.left <= 0:
                return None
            taken = (*steps[:number], steps[number] + 1, *steps[number + 1 :])
            got = known.shortfall(taken)
            if got is not None and (best is None or (got - now) / one.numbers > best[0]):
                best = ((got - now) / one.numbers, taken, got)
        if best is None or best[0] <= 0:
            return None
        _, steps, now = best
        if now == 0:
            return known.grow(steps)
    return None


def _known(text: str, file: str, size: Given, network: Network, wanted: int) -> _Kernels:
    every = [one for one in candidates(text, (), "kernel") if largest_growth(one)]
    return _Kernels(text, file, size, network, wanted, every)


def _of_total(every: Sequence[Candidate], total: int, first: int = 0) -> Iterator[Steps]:
    """Yield the steps whose total change is the one given, of kernels from a first one on."""
    if not total:
        yield (0,) * len(every)
        return
    for number in range(first, len(every)):
        left = total - 2 * every[number].numbers
        for steps in _of_total(every, left, number) if left >= 0 else ():
            if steps[number] < largest_growth(every[number]):
                yield (*steps[:number], steps[number] + 1, *steps[number + 1 :])
