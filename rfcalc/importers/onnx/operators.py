"""Which ONNX operators are handled, and how? One registered function per operator."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.axes import Value
from rfcalc.importers.graph import Graph
from rfcalc.importers.misused import given_up
from rfcalc.importers.onnx.definitions import undefined
from rfcalc.importers.onnx.program import Step
from rfcalc.importers.operation import Held, Operation, Result
from rfcalc.importers.tables import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["OPERATORS", "Op", "Operator", "Result", "handled", "operator", "refused"]


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


class Operator(msgspec.Struct, frozen=True):
    """An operator's handler, its kind, and what it does in a line."""

    name: str
    kind: Kind
    handler: Callable[[Op], Result]
    how: str


OPERATORS: dict[str, Operator] = {}
"""Every operator that is known, by name; one of another domain with its domain."""


def operator(*names: str, kind: Kind) -> Callable[[Callable[[Op], Result]], Callable[[Op], Result]]:
    """Register the handler of operators; the first line of its docstring says how."""

    def register(handler: Callable[[Op], Result]) -> Callable[[Op], Result]:
        how = (handler.__doc__ or "").strip().partition("\n")[0]
        for name in names:
            OPERATORS[name] = Operator(name, kind, handler, how)
        return handler

    return register


_TYPED = frozenset({"CastLike"})
"""Operators that take the type of an input and nothing else of it."""


def refused(why: str, *names: str) -> None:
    """Register operators that are refused, with the reason that users are told."""

    def never(op: Op) -> Result:
        raise _unsupported(op, f"{op.kind}: {why}")

    for name in names:
        OPERATORS[name] = Operator(name, "refused", never, why)


def handled(op: Op) -> Result:
    """Return what the handler of a node gives, or say why there is none.

    Raises
    ------
    RfcalcError
        RF501 an operator that is not handled, RF502 axes that cannot be followed, RF301 an
        input too small, RF305 a relation beyond the limits.
    """
    where, name = op.graph.here, op.step.op
    found = OPERATORS.get(name)
    if found is None:
        domain = name.rpartition(".")[0] or "ai.onnx"
        raise _unsupported(op, f"the operator {op.kind} (domain {domain}) is not handled")
    try:
        done = found.handler(op)
        lacking = op.overlooked() if found.kind != "constant" and name not in _TYPED else None
        if lacking is not None:
            raise op.lost(
                f"its input {lacking} depends on the model's input; it has to be constant"
            )
        return done
    except RfcalcError:
        raise
    except Exception as fault:
        raise given_up(where, name, fault, undefined(op.step)) from fault


def _unsupported(op: Op, fact: str) -> RfcalcError:
    return fail(
        "RF501",
        f"'{op.graph.here}': {fact}",
        "ask for the part before it (--submodule), or take it for element-wise "
        f"(--assume-pointwise {op.step.op}), which marks the result as not exact",
    )
