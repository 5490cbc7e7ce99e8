"""Which PyTorch operators are handled, and how? One registered function per operator."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.advising import PART, unsupported
from rfcalc.importers.axes import Tensor, Value, constant, live
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.misused import given_up
from rfcalc.importers.operation import Result
from rfcalc.importers.pieces import merged
from rfcalc.importers.ranges import GEOMETRY, fits, ranged, unusable
from rfcalc.importers.registry import Registry
from rfcalc.importers.torch.program import Call, Ref

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["OPERATORS", "Op", "Result", "operator", "run_handler", "understood", "unsized"]


class Op:
    """One call in the hands of its handler: the graph, the arguments, the recorded shapes."""

    def __init__(
        self,
        graph: Graph,
        call: Call,
        values: dict[str, Any],
        shapes: dict[str, tuple[int, ...]],
        arrays: dict[str, Any] | None = None,
    ) -> None:
        self.graph = graph
        self.call = call
        self.defaults: dict[str, Any] = {}
        self._values = values
        self._shapes = shapes
        self._arrays = arrays
        self._read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        """Return an argument that is not a tensor, or its default."""
        given = self.call.args.get(name)
        return self.defaults.get(name) if given is None else given

    def number(self, name: str) -> int:
        """Return an argument that is one integer."""
        return self._checked(name, self[name])

    def numbers(self, name: str) -> list[int]:
        """Return an argument that is a list of integers, or one of them."""
        given: Any = self[name]
        listed = cast("list[Any]", given if isinstance(given, list | tuple) else [given])
        return [self._checked(name, item) for item in listed]

    def has(self, name: str) -> bool:
        """Whether an argument is given and is a tensor."""
        return isinstance(self.call.args.get(name), Ref)

    def value(self, name: str) -> Value:
        """Return a tensor argument; a number is a constant without dimensions."""
        return self._valued(self.call.args[name])

    def values(self, name: str) -> list[Value]:
        """Return an argument that is a list of tensors."""
        return [self._valued(item) for item in self.call.args[name]]

    def array(self, name: str, i: int | None = None) -> "Array | None":
        """Return the numbers of a constant, or the ``i``-th of a list; ``None`` if not known."""
        given = self.call.args.get(name)
        given = given[i] if given is not None and i is not None else given
        if isinstance(given, Ref):
            return None if self._arrays is None else self._arrays.get(given.name)
        if given is None:
            return None
        import numpy as np

        return np.asarray(given)

    def parameter(self, name: str) -> bool:
        """Whether an argument is a weight, by the name that exporters give one."""
        given = self.call.args.get(name)
        return isinstance(given, Ref) and given.name.startswith("p_")

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
        listed = self.numbers(name)
        if isinstance(self[name], list | tuple) and len(listed) not in (0, 1):
            fits(self.graph.here, name, listed, rank)
        return listed * rank if len(listed) == 1 else listed

    def dims(self, name: str, rank: int) -> list[int]:
        """Return dimensions counted from the front, in order."""
        return sorted(d % rank for d in self.numbers(name))

    @property
    def kind(self) -> str:
        """The operator's name, with its namespace."""
        return self.call.target

    def unsupported(self, fact: str) -> RfcalcError:
        """Return the error of a call that is not handled."""
        return unsupported(self.graph.here, fact, self.call.op)

    def lost(self, fact: str) -> RfcalcError:
        """Return the error of a step that cannot be followed."""
        return lost(self.graph.here, f"{self.call.target}: {fact}")

    def overlooked(self, typed: bool) -> str | None:
        """Return a tensor argument that depends on the input and that nobody looked at."""
        for name, arg in self.call.args.items():
            if typed and name in _TYPED:
                continue
            for item in cast("list[Any]", arg) if isinstance(arg, list) else [arg]:
                if isinstance(item, Ref) and item.name not in self._read:
                    held = self._values.get(item.name)
                    if held is not None and live(held):
                        return name
        return None

    def _checked(self, name: str, given: Any) -> int:
        """Return an integer; one that says where windows lie, within its range."""
        if isinstance(given, Ref):
            raise self.lost(f"its {name} depends on values")
        if name in GEOMETRY:
            return ranged(self.graph.here, name, given)
        if type(given) is not int:
            raise unusable(self.graph.here, f"{name} is {given!r:.60}, not a whole number")
        return given

    def _valued(self, arg: Any) -> Value:
        found = self._values[arg.name] if isinstance(arg, Ref) else None
        if isinstance(arg, Ref):
            self._read.add(arg.name)
        return constant(()) if found is None else found


_REGISTRY: Registry[Op] = Registry(typed={"aten.copy"}, prefix="aten.")
OPERATORS = _REGISTRY.operators
"""Every operator that is known, by name; what has no namespace is of ``aten``."""
operator = _REGISTRY.operator

_TYPED = frozenset({"self", "a", "size"})
"""Arguments of which constants, and what takes their place, read a type and a shape alone."""


def plain_tensor(op: Op, name: str) -> Tensor:
    """Return a tensor argument on one grid."""
    return merged(op.graph, op.value(name))


def run_handler(op: Op) -> Result:
    """Return what the handler of a call gives, or say why there is none.

    Raises
    ------
    RfcalcError
        As ``Registry.run``.
    """
    return _REGISTRY.run(op, op.kind, f"the operator {op.kind} is not handled")


def unsized(op: Op) -> RfcalcError:
    """Return the error of a call that gives as many cells as values decide."""
    return fail(
        "RF501",
        f"'{op.graph.here}': {op.call.target}: the size of what it gives depends on values",
        PART,
    )


@contextmanager
def understood(graph: Graph, what: str) -> Generator[None]:
    """Refuse, by its name, what is used in a form that none of the steps within expected."""
    try:
        yield
    except RfcalcError:
        raise
    except Exception as fault:
        raise given_up(graph.here, what, fault) from fault
