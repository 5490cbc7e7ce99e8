"""Which PyTorch operators are handled, and how? One registered function per operator."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, cast

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.axes import Pieces, Value, constant
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.torch.program import Call, Ref

__all__ = ["OPERATORS", "Kind", "Op", "Operator", "Result", "handled", "operator"]

Kind = Literal[
    "window", "resize", "frame", "sum", "norm", "element-wise", "layout", "constant", "no-op",
    "refused",
]  # fmt: skip

Result = Value | Sequence[Value]


class Op:
    """One call in the hands of its handler: the graph, the arguments, the recorded shapes."""

    def __init__(
        self,
        graph: Graph,
        call: Call,
        values: dict[str, Any],
        shapes: dict[str, tuple[int, ...]],
        defaults: dict[str, Any],
    ) -> None:
        self.graph = graph
        self.call = call
        self.defaults = defaults
        self._values = values
        self._shapes = shapes

    def __getitem__(self, name: str) -> Any:
        """Return an argument that is not a tensor, or its default."""
        given = self.call.args.get(name)
        return self.defaults.get(name) if given is None else given

    def number(self, name: str) -> int:
        """Return an argument that is one integer."""
        return int(self[name])

    def numbers(self, name: str) -> list[int]:
        """Return an argument that is a list of integers, or one of them."""
        given: Any = self[name]
        listed = cast("list[int]", given if isinstance(given, list | tuple) else [given])
        return [int(item) for item in listed]

    def has(self, name: str) -> bool:
        """Whether an argument is given and is a tensor."""
        return isinstance(self.call.args.get(name), Ref)

    def value(self, name: str) -> Value:
        """Return a tensor argument; a number is a constant without dimensions."""
        return self._valued(self.call.args[name])

    def values(self, name: str) -> list[Value]:
        """Return an argument that is a list of tensors."""
        return [self._valued(item) for item in self.call.args[name]]

    @property
    def tensors(self) -> list[Value]:
        """Every tensor among the arguments, in order."""
        return [self._valued(Ref(name)) for name in self.call.refs]

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Recorded shape of each output."""
        return [self._shapes.get(name, ()) if name else () for name in self.call.outputs]

    @property
    def shape(self) -> tuple[int, ...]:
        """Recorded shape of the first output."""
        return self.shapes[0]

    def each(self, name: str, rank: int) -> list[Any]:
        """Return one value per spatial dimension of an argument that may be a single value."""
        given: Any = self[name]
        if not isinstance(given, list | tuple):
            return [given] * rank
        listed: list[Any] = list(given)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        return listed * rank if len(listed) == 1 else listed

    def dims(self, name: str, rank: int) -> list[int]:
        """Return dimensions counted from the front; all of them when none are given."""
        given: Any = self[name]
        if given is None or given == []:
            return list(range(rank))
        return sorted(d % rank for d in (given if isinstance(given, list | tuple) else [given]))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]

    def lost(self, fact: str) -> RfcalcError:
        """Return the error of a step that cannot be followed."""
        return lost(self.graph.here, f"{self.call.target}: {fact}")

    def _valued(self, arg: Any) -> Value:
        found = self._values[arg.name] if isinstance(arg, Ref) else None
        return constant(()) if found is None else found


class Operator(msgspec.Struct, frozen=True):
    """An operator's handler; ``defaults`` are those of the operator's schema."""

    target: str
    kind: Kind
    handler: Callable[[Op], Result]
    defaults: dict[str, Any]
    how: str


OPERATORS: dict[str, Operator] = {}
"""Every operator that is handled, by name."""


def operator(
    *targets: str, kind: Kind, **defaults: Any
) -> Callable[[Callable[[Op], Result]], Callable[[Op], Result]]:
    """Register the handler of operators, with the defaults that a program leaves out."""

    def register(handler: Callable[[Op], Result]) -> Callable[[Op], Result]:
        how = (handler.__doc__ or "").strip().partition("\n")[0]
        for target in targets:
            name = target if "." in target else f"aten.{target}"
            OPERATORS[name] = Operator(name, kind, handler, defaults, how)
        return handler

    return register


def plain_tensor(op: Op, name: str) -> Value:
    """Return a tensor argument on one grid."""
    value = op.value(name)
    if isinstance(value, Pieces):
        from rfcalc.importers.pieces import merged

        return merged(op.graph, value)
    return value


def handled(found: Operator | None, op: Op, call: Call) -> Result:
    """Return what the handler of a call gives, or say why there is none."""
    if found is None:
        raise fail(
            "RF501",
            f"'{op.graph.here}': the operator {call.target} is not handled",
            "ask for the part before it (--submodule), or take it for element-wise "
            f"(--assume-pointwise {call.op}), which marks the result as not exact",
        )
    try:
        return found.handler(op)
    except RfcalcError:
        raise
    except (LookupError, ArithmeticError, AssertionError, TypeError, ValueError) as fault:
        what = f"{type(fault).__name__}: {fault}"
        fact = f"{call.target} is used in a form that is not understood ({what})"
        raise lost(op.graph.here, fact) from fault
