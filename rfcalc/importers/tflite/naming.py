"""What is each operator of a TFLite program called? By the path in the name of what it gives."""

from collections.abc import Sequence

from rfcalc.importers import naming
from rfcalc.importers.tflite.operators import OPERATORS
from rfcalc.importers.tflite.program import Step

__all__ = ["names_of", "placed", "stem"]

_MERGES = frozenset({"ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "ADD_N"})

DEPTH_LIMIT = 32
"""Most modules around an operator."""


def stem(name: str) -> str:
    """Return the name of the last of the layers that were fused into one operator.

    >>> stem("model/conv1/Relu;model/conv1/BiasAdd;model/conv1/Conv2D")
    'model/conv1/Relu'
    """
    return name.partition(";")[0]


def placed(steps: Sequence[Step]) -> None:
    """Fill in the modules around each step, without those that are around all that have any."""
    parts = [step.name.split("/")[:-1][:DEPTH_LIMIT] for step in steps]
    inner = [path for path in parts if path]
    skip = 0
    while inner and len({tuple(path[: skip + 1]) for path in inner}) == 1:
        if min(map(len, inner)) <= skip + 1:
            break
        skip += 1
    for step, path in zip(steps, parts, strict=True):
        ends = range(skip + 1, len(path) + 1)
        step.stack = tuple((".".join(path[skip:end]), "") for end in ends)


def names_of(steps: Sequence[Step]) -> list[str]:
    """Return a readable name for each step: its module's path, or the name of what it gives."""
    found = naming.names_of([_named(step) for step in steps])
    return [
        name if step.stack or not step.name else step.name
        for step, name in zip(steps, found, strict=True)
    ]


def _named(step: Step) -> naming.Named:
    path = step.stack[-1][0] if step.stack else ""
    known = OPERATORS.get(step.op)
    rank = naming.rank_of(known.kind if known else None, step.op in _MERGES)
    above = tuple(outer for outer, _ in step.stack[:-1])
    return naming.Named(path, above, step.op.lower(), rank, False)
