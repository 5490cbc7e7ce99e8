"""Which TFLite operators are handled, and how? One registered function per operator."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.graph import Graph
from rfcalc.importers.misused import given_up
from rfcalc.importers.operation import Held, Operation, Result
from rfcalc.importers.ranges import unusable
from rfcalc.importers.tables import Kind
from rfcalc.importers.tflite.program import Step

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["OPERATORS", "Op", "Operator", "Result", "handled", "operator", "refused"]


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
        self.kind = step.op
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


class Operator(msgspec.Struct, frozen=True):
    """An operator's handler, its kind, and what it does in a line."""

    name: str
    kind: Kind
    handler: Callable[[Op], Result]
    how: str


OPERATORS: dict[str, Operator] = {}
"""Every operator that is known, by its name in the schema."""


def operator(*names: str, kind: Kind) -> Callable[[Callable[[Op], Result]], Callable[[Op], Result]]:
    """Register the handler of operators; the first line of its docstring says how."""

    def register(handler: Callable[[Op], Result]) -> Callable[[Op], Result]:
        how = (handler.__doc__ or "").strip().partition("\n")[0]
        for name in names:
            OPERATORS[name] = Operator(name, kind, handler, how)
        return handler

    return register


def refused(why: str, *names: str) -> None:
    """Register operators that are refused, with the reason that users are told."""

    def never(op: Op) -> Result:
        raise _unsupported(op, f"{op.kind}: {why}")

    for name in names:
        OPERATORS[name] = Operator(name, "refused", never, why)


def handled(op: Op) -> Result:
    """Return what the handler of an operator gives, or say why there is none.

    Raises
    ------
    RfcalcError
        RF501 an operator that is not handled, RF502 axes that cannot be followed, RF301 an
        input too small, RF305 a relation beyond the limits.
    """
    found = OPERATORS.get(op.kind)
    if found is None:
        custom = op.kind.removeprefix("CUSTOM.")
        if custom != op.kind:
            raise _unsupported(
                op, f"'{custom}' is a custom operator, which the file does not define"
            )
        raise _unsupported(op, f"the operator {op.kind} is not handled")
    try:
        done = found.handler(op)
        lacking = op.overlooked() if found.kind != "constant" else None
        if lacking is not None:
            raise op.lost(
                f"its input {lacking} depends on the model's input; it has to be constant"
            )
        return done
    except RfcalcError:
        raise
    except Exception as fault:
        raise given_up(op.graph.here, op.kind, fault) from fault


def _unsupported(op: Op, fact: str) -> RfcalcError:
    return fail(
        "RF501",
        f"'{op.graph.here}': {fact}",
        "ask for the part before it (--submodule), or take it for element-wise "
        f"(--assume-pointwise {op.kind}), which marks the result as not exact",
    )
