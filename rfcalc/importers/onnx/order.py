"""In which order do the nodes of an ONNX program run, whichever way the file has them?"""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from rfcalc.errors import fail
from rfcalc.importers.onnx.program import Step

__all__ = ["ordered"]


def ordered(steps: Sequence[Step]) -> list[Step]:
    """Return the steps so that each stands behind those that give what it reads.

    Raises
    ------
    RfcalcError
        RF504: steps read each other in a circle.
    """
    makers = {name: i for i, step in enumerate(steps) for name in step.outputs if name}
    reads = {i: {makers[n] for n in step.refs if n in makers} for i, step in enumerate(steps)}
    if all(first < i for i, read in reads.items() for first in read):
        return list(steps)
    try:
        return [steps[i] for i in TopologicalSorter(reads).static_order()]
    except CycleError as fault:
        circle: list[int] = fault.args[1][:3]
        names = [steps[i].name or steps[i].op for i in circle]
        fact = f"nodes read each other in a circle: {', '.join(names)}"
        raise fail("RF504", fact, "save the model again with onnx.save") from None
