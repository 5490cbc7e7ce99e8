"""Which TFLite operators are handled, and how? One registered function per operator."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rfcalc.importers.graph import Graph
from rfcalc.importers.operation import Held, Operation, Result
from rfcalc.importers.ranges import unusable
from rfcalc.importers.registry import Registry
from rfcalc.importers.tflite.program import Step

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["OPERATORS", "Op", "Result", "operator", "refused", "run_handler"]


class Op(Operation):
    """One operator in the hands of its handler; ``written`` are the shapes of its outputs."""

    def __init__(
        self,
        graph: Graph,
        step: Step,
        values: Mapping[str, Held],
        known: "Callable[[str], Array | None]",
        written: tuple[tuple[int, ...], ...],
    ) -> None:
        super().__init__(graph, step, values, known)
        self.step = step
        self.written = written

    def setting(self, name: str) -> int:
        """Return a setting, which a file without a table of settings leaves at 0."""
        held: Any = self.attr(name, 0)
        return int(held)

    def one(self, i: int, what: str) -> int:
        """Return the number of an input that has to be one constant.

        Raises
        ------
        RfcalcError
            RF502: as ``numbers``; RF504: there is none.
        """
        held = self.integers(i, what)
        if not held:
            raise unusable(self.graph.here, f"{self.kind} has no {what}")
        return held[0]

    def listed(self, i: int, what: str, count: int | None = None) -> list[int]:
        """Return the numbers of an input that has to be constant, ``count`` of them.

        Raises
        ------
        RfcalcError
            RF502: as ``numbers``; RF504: there are others.
        """
        held = self.integers(i, what)
        if held is None or (count is not None and len(held) != count):
            found = "none" if held is None else str(len(held))
            raise unusable(self.graph.here, f"{self.kind} has {found} for its {what}")
        return held

    def dims(self, axes: list[int], rank: int) -> list[int]:
        """Return dimensions counted from the front, each once.

        Raises
        ------
        RfcalcError
            RF504: there are no such dimensions.
        """
        if any(not -rank <= axis < rank for axis in axes):
            raise unusable(self.graph.here, f"its axes {axes} are not among {rank} dimensions")
        return sorted({axis % rank for axis in axes})

    def dim(self, axis: int, rank: int) -> int:
        """Return a dimension counted from the front.

        Raises
        ------
        RfcalcError
            RF504: there is no such dimension.
        """
        return self.dims([axis], rank)[0]


_REGISTRY: Registry[Op] = Registry()
OPERATORS = _REGISTRY.operators
"""Every operator that is known, by its name in the schema."""
operator = _REGISTRY.operator
refused = _REGISTRY.refused


def run_handler(op: Op) -> Result:
    """Return what the handler of an operator gives, or say why there is none.

    Raises
    ------
    RfcalcError
        As ``Registry.run``.
    """
    custom = op.kind.removeprefix("CUSTOM.")
    unknown = f"the operator {op.kind} is not handled"
    if custom != op.kind:
        unknown = f"'{custom}' is a custom operator, which the file does not define"
    return _REGISTRY.run(op, op.kind, unknown)
