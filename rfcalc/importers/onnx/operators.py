"""Which ONNX operators are handled, and how? One registered function per operator."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.axes import Tensor, Value, live
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.misused import MISUSED, misused
from rfcalc.importers.onnx.program import Step
from rfcalc.importers.pieces import merged
from rfcalc.importers.tables import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["OPERATORS", "Op", "Operator", "Result", "handled", "operator", "refused"]

Held = Value | list[Value]
"""A value, or a sequence of values."""

Result = Held | tuple[Value, ...]
"""What a handler gives: its one output, or a tuple of all."""


class Op:
    """One node in the hands of its handler: its inputs, its attributes, the graph."""

    def __init__(
        self,
        graph: Graph,
        step: Step,
        values: Mapping[str, Held],
        known: "Callable[[str], Array | None]",
    ) -> None:
        self.graph = graph
        self.step = step
        self.opset = step.opset
        self._values = values
        self._known = known
        self._read: set[int] = set()

    @property
    def kind(self) -> str:
        """The operator's name without its domain."""
        return self.step.op.rpartition(".")[2]

    def has(self, i: int) -> bool:
        """Whether there is an ``i``-th input."""
        return i < len(self.step.inputs) and bool(self.step.inputs[i])

    def held(self, i: int) -> Held:
        """Return an input, be it a value or a sequence."""
        self._read.add(i)
        return self._values[self.step.inputs[i]]

    def value(self, i: int = 0) -> Value:
        """Return an input."""
        held = self.held(i)
        if isinstance(held, list):
            raise self.lost("it is given a sequence of tensors")
        return held

    def shape(self, i: int) -> tuple[int, ...]:
        """Return the shape of an input, whose values are not looked at."""
        held = self._values[self.step.inputs[i]]
        if isinstance(held, list):
            raise self.lost("it is given a sequence of tensors")
        return held.shape

    def tensor(self, i: int = 0) -> Tensor:
        """Return an input on one grid."""
        return merged(self.graph, self.value(i))

    def sequence(self, i: int = 0) -> list[Value]:
        """Return an input that is a sequence of tensors."""
        held = self.held(i)
        if not isinstance(held, list):
            raise self.lost("it is given a tensor where a sequence belongs")
        return held

    @property
    def values(self) -> list[Value]:
        """Every input that is given, in order; their places are not those of the inputs."""
        return [self.value(i) for i in range(len(self.step.inputs)) if self.has(i)]

    def live(self, i: int) -> bool:
        """Whether an input is given and depends on the network's input."""
        return self.has(i) and live(self.value(i))

    def overlooked(self) -> int | None:
        """Return the place of an input that depends on the network's and that nobody looked at."""
        for i in range(len(self.step.inputs)):
            if self.has(i) and i not in self._read:
                held = self._values[self.step.inputs[i]]
                if any(live(v) for v in (held if isinstance(held, list) else [held])):
                    return i
        return None

    def array(self, i: int) -> "Array | None":
        """Return the numbers of an input, ``None`` where they are not known."""
        return self._known(self.step.inputs[i]) if self.has(i) else None

    def numbers(self, i: int, what: str) -> "Array | None":
        """Return the numbers of an input that has to be constant, ``None`` without one.

        Raises
        ------
        RfcalcError
            RF502: they depend on values, or are among the weights that are not read.
        """
        if not self.has(i):
            return None
        held = self.array(i)
        if held is None:
            why = "depend on values" if self.live(i) else "are not in the part of the file read"
            raise self.lost(f"its {what} {why}")
        return held

    def integers(self, i: int, what: str) -> list[int] | None:
        """Return the numbers of an input that has to be constant, as integers.

        Raises
        ------
        RfcalcError
            RF502: as ``numbers``.
        """
        held = self.numbers(i, what)
        return None if held is None else [int(item) for item in held.reshape(-1)]

    def given(self, name: str, i: int) -> list[int] | None:
        """Return integers that are an attribute in old opsets and an input in new ones."""
        held = self.step.attrs.get(name)
        if held is not None:
            return [int(v) for v in held] if isinstance(held, list) else [int(held)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return self.integers(i, name)

    def attr(self, name: str, default: Any = None) -> Any:
        """Return an attribute, or its default."""
        return self.step.attrs.get(name, default)

    def axis(self, default: int, rank: int, name: str = "axis") -> int:
        """Return an attribute that names a dimension, counted from the front."""
        axis = int(self.attr(name, default))
        if not -rank <= axis < max(1, rank):
            raise self.lost(f"its axis {axis} is not among {rank} dimensions")
        return axis % max(1, rank)

    @property
    def outputs(self) -> int:
        """Number of outputs, those that nobody uses counted."""
        return len(self.step.outputs)

    def lost(self, fact: str) -> RfcalcError:
        """Return the error of a step that cannot be followed."""
        return lost(self.graph.here, f"{self.step.op}: {fact}")


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
    except MISUSED as fault:
        raise misused(where, name, fault) from fault


def _unsupported(op: Op, fact: str) -> RfcalcError:
    return fail(
        "RF501",
        f"'{op.graph.here}': {fact}",
        "ask for the part before it (--submodule), or take it for element-wise "
        f"(--assume-pointwise {op.step.op}), which marks the result as not exact",
    )
