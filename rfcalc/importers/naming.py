"""What is each operator of a model called? By the module path that its author knows."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Named", "names_of", "rank_of"]

_RANK = {"window": 4, "resize": 4, "sum": 3, "norm": 2, "element-wise": 1}


class Named(NamedTuple):
    """An operator as far as its name goes.

    ``path`` is the innermost module around it and ``above`` the modules around that one;
    ``rank`` tells how much the operator is what its module is there for, 0 for never;
    ``single`` says that the module is one whose operators are all the module.
    """

    path: str
    above: tuple[str, ...]
    op: str
    rank: int
    single: bool


def rank_of(kind: str | None, merges: bool) -> int:
    """Return how much an operator of a kind is what its module is there for."""
    return 0 if merges else _RANK.get(kind or "", 0)


def names_of(operators: Sequence[Named]) -> list[str]:
    """Return a readable name for each operator, not yet unique.

    The main operator of a module without submodules has the module's path (``layer4.2.conv2``);
    any other has its module's path and its own name (``layer4.2.add``).
    """
    inner = {path for one in operators for path in one.above}
    best: dict[str, int] = {}
    for one in operators:
        best[one.path] = max(one.rank, best.get(one.path, 0))
    main = Counter(one.path for one in operators if one.rank and one.rank == best[one.path])
    names: list[str] = []
    for one in operators:
        leaf = one.path and one.path not in inner and one.rank and one.rank == best[one.path]
        if leaf and (one.single or main[one.path] == 1):
            names.append(one.path)
        else:
            names.append(f"{one.path}.{one.op}" if one.path else one.op)
    return names
