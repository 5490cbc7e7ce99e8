"""What does a handler ask of the step in its hands? Its inputs, values or numbers, its settings."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from rfcalc.errors import RfcalcError
from rfcalc.importers.advising import unsupported
from rfcalc.importers.axes import Tensor, Value, live
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.pieces import merged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["Held", "Operation", "Result", "is_live"]

Held = Value | list[Value]
"""A value, or a sequence of values."""

Result = Held | tuple[Held, ...]
"""What a handler gives: its one output, or a tuple of all."""


def is_live(held: Held) -> bool:
    """Whether a value, or one of a sequence, depends on the network's input."""
    return any(map(live, held)) if isinstance(held, list) else live(held)


class Step(Protocol):
    """A step of a program: its operator, the names of what it reads and gives, its settings."""

    @property
    def op(self) -> str: ...
    @property
    def inputs(self) -> Sequence[str]: ...
    @property
    def outputs(self) -> Sequence[str]: ...
    @property
    def attrs(self) -> Mapping[str, Any]: ...


class Operation:
    """One step in the hands of its handler: its inputs, its attributes, the graph."""

    def __init__(
        self,
        graph: Graph,
        step: Step,
        values: Mapping[str, Held],
        known: "Callable[[str], Array | None]",
    ) -> None:
        self.graph = graph
        self.defaults: dict[str, Any] = {}
        self._step = step
        self._values = values
        self._known = known
        self._read: set[int] = set()

    @property
    def kind(self) -> str:
        """The operator's name."""
        return self._step.op

    @property
    def places(self) -> range:
        """The places of the inputs, given or not."""
        return range(len(self._step.inputs))

    def has(self, i: int) -> bool:
        """Whether there is an ``i``-th input."""
        return i < len(self._step.inputs) and bool(self._step.inputs[i])

    def held(self, i: int) -> Held:
        """Return an input, be it a value or a sequence."""
        self._read.add(i)
        return self._values[self._step.inputs[i]]

    def value(self, i: int = 0) -> Value:
        """Return an input."""
        held = self.held(i)
        if isinstance(held, list):
            raise self.lost("it is given a sequence of tensors")
        return held

    def shape(self, i: int) -> tuple[int, ...]:
        """Return the shape of an input, whose values are not looked at."""
        held = self._values[self._step.inputs[i]]
        if isinstance(held, list):
            raise self.lost("it is given a sequence of tensors")
        return held.shape

    def tensor(self, i: int = 0) -> Tensor:
        """Return an input on one grid."""
        return merged(self.graph, self.value(i))

    @property
    def values(self) -> list[Value]:
        """Every input that is given, in order; their places are not those of the inputs."""
        return [self.value(i) for i in range(len(self._step.inputs)) if self.has(i)]

    def live(self, i: int) -> bool:
        """Whether an input is given and depends on the network's input."""
        return self.has(i) and live(self.value(i))

    def overlooked(self, typed: bool) -> str | None:
        """Return an input that depends on the network's and that nobody looked at."""
        if typed or len(self._read) == len(self._step.inputs):
            return None
        for i, name in enumerate(self._step.inputs):
            if name and i not in self._read and is_live(self._values[name]):
                return f"input {i}"
        return None

    def array(self, i: int) -> "Array | None":
        """Return the numbers of an input, ``None`` where they are not known."""
        return self._known(self._step.inputs[i]) if self.has(i) else None

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

    def attr(self, name: str, default: Any = None) -> Any:
        """Return an attribute, or its default."""
        return self._step.attrs.get(name, default)

    def axis(self, default: int, rank: int, name: str = "axis") -> int:
        """Return an attribute that names a dimension, counted from the front."""
        axis = int(self.attr(name, default))
        if not -rank <= axis < max(1, rank):
            raise self.lost(f"its axis {axis} is not among {rank} dimensions")
        return axis % max(1, rank)

    @property
    def outputs(self) -> int:
        """Number of outputs, those that nobody uses counted."""
        return len(self._step.outputs)

    def lost(self, fact: str) -> RfcalcError:
        """Return the error of a step that cannot be followed."""
        return lost(self.graph.here, f"{self._step.op}: {fact}")

    def unsupported(self, fact: str) -> RfcalcError:
        """Return the error of a step that is not handled."""
        return unsupported(self.graph.here, fact, self._step.op)
