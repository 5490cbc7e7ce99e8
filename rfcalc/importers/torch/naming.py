"""What is each call of a program called? By the module path around it."""

from collections.abc import Sequence

from rfcalc.importers import naming
from rfcalc.importers.torch.operators import OPERATORS
from rfcalc.importers.torch.program import Call

__all__ = ["names_of"]

_MERGES = ("add", "sub", "mul", "div", "pow", "where", "masked_fill", "rsub")


def names_of(calls: Sequence[Call]) -> list[str]:
    """Return a readable name for each call, not yet unique."""
    return naming.names_of([_named(call) for call in calls])


def _named(call: Call) -> naming.Named:
    path, kind = call.stack[-1] if call.stack else ("", "")
    found = OPERATORS.get(call.target)
    rank = naming.rank_of(found.kind if found else None, call.op in _MERGES)
    above = tuple(outer for outer, _ in call.stack[:-1])
    return naming.Named(path, above, call.op, rank, kind.startswith("torch.nn."))
