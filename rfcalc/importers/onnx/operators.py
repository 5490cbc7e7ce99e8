"""Which ONNX operators are handled, and how? One registered function per operator."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rfcalc.importers.axes import Value
from rfcalc.importers.graph import Graph
from rfcalc.importers.onnx.definitions import undefined
from rfcalc.importers.onnx.program import Step
from rfcalc.importers.operation import Held, Operation, Result
from rfcalc.importers.registry import Registry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["OPERATORS", "Op", "Result", "operator", "refused", "run_handler"]


class Op(Operation):
    """One node in the hands of its handler."""

    def __init__(
        self,
        graph: Graph,
        step: Step,
        values: Mapping[str, Held],
        known: "Callable[[str], Array | None]",
    ) -> None:
        super().__init__(graph, step, values, known)
        self.step = step
        self.opset = step.opset

    @property
    def kind(self) -> str:
        """The operator's name without its domain."""
        return self.step.op.rpartition(".")[2]

    def sequence(self, i: int = 0) -> list[Value]:
        """Return an input that is a sequence of tensors."""
        held = self.held(i)
        if not isinstance(held, list):
            raise self.lost("it is given a tensor where a sequence belongs")
        return held

    def given(self, name: str, i: int) -> list[int] | None:
        """Return integers that are an attribute in old opsets and an input in new ones."""
        held = self.step.attrs.get(name)
        if held is not None:
            return [int(v) for v in held] if isinstance(held, list) else [int(held)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return self.integers(i, name)


_REGISTRY: Registry[Op] = Registry(typed={"CastLike"})
OPERATORS = _REGISTRY.operators
"""Every operator that is known, by name; one of another domain with its domain."""
operator = _REGISTRY.operator
refused = _REGISTRY.refused


def run_handler(op: Op) -> Result:
    """Return what the handler of a node gives, or say why there is none.

    Raises
    ------
    RfcalcError
        As ``Registry.run``.
    """
    name = op.step.op
    domain = name.rpartition(".")[0] or "ai.onnx"
    unknown = f"the operator {op.kind} (domain {domain}) is not handled"
    return _REGISTRY.run(op, name, unknown, lambda: undefined(op.step))
