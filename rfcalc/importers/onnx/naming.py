"""What is each node of a program called? By the module path around it, or its own name."""

from collections.abc import Sequence

from rfcalc.importers import naming
from rfcalc.importers.onnx.operators import OPERATORS
from rfcalc.importers.onnx.program import Step

__all__ = ["names_of"]

_MERGES = frozenset({"Add", "Sub", "Mul", "Div", "Pow", "Where", "Sum", "Mean", "Max", "Min"})


def names_of(steps: Sequence[Step]) -> list[str]:
    """Return a readable name for each step: its module's path, its own name, or its operator."""
    found = naming.names_of([_named(step) for step in steps])
    return [
        name if step.stack or not step.name else step.name
        for step, name in zip(steps, found, strict=True)
    ]


def _named(step: Step) -> naming.Named:
    path, kind = step.stack[-1] if step.stack else ("", "")
    op = step.op.rpartition(".")[2]
    known = OPERATORS.get(step.op)
    rank = naming.rank_of(known.kind if known else None, op in _MERGES)
    above = tuple(outer for outer, _ in step.stack[:-1])
    return naming.Named(path, above, op.lower(), rank, kind.startswith("torch.nn."))
