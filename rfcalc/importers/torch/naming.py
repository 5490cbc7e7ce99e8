"""What is each call of a program called? By the module path that its author knows."""

from collections import Counter
from collections.abc import Sequence

from rfcalc.importers.torch.operators import OPERATORS
from rfcalc.importers.torch.program import Call

__all__ = ["names_of"]

_RANK = {"window": 4, "resize": 4, "sum": 3, "norm": 2, "element-wise": 1}
_MERGES = ("add", "sub", "mul", "div", "pow", "where", "masked_fill", "rsub")


def names_of(calls: Sequence[Call]) -> list[str]:
    """Return a readable name for each call, not yet unique.

    The main operator of a module without submodules has the module's path (``layer4.2.conv2``);
    any other call has its module's path and its operator (``layer4.2.add``).
    """
    inner = {path for call in calls for path, _ in call.stack[:-1]}
    ranks = [_rank(call) for call in calls]
    best: dict[str, int] = {}
    for call, rank in zip(calls, ranks, strict=True):
        path = _path(call)
        best[path] = max(rank, best.get(path, 0))
    main = Counter(_path(c) for c, r in zip(calls, ranks, strict=True) if r and r == best[_path(c)])
    names: list[str] = []
    for call, rank in zip(calls, ranks, strict=True):
        path = _path(call)
        known = call.stack and call.stack[-1][1].startswith("torch.nn.")
        leaf = path and path not in inner and rank and rank == best[path]
        if leaf and (known or main[path] == 1):
            names.append(path)
        else:
            names.append(f"{path}.{call.op}" if path else call.op)
    return names


def _path(call: Call) -> str:
    return call.stack[-1][0] if call.stack else ""


def _rank(call: Call) -> int:
    found = OPERATORS.get(call.target)
    if found is None or call.op in _MERGES:
        return 0
    return _RANK.get(found.kind, 0)
