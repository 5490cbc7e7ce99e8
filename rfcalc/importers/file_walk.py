"""How is a program in a file walked? Its constants have numbers, and a part of it can be read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from rfcalc.importers.axes import constant
from rfcalc.importers.graph import Graph
from rfcalc.importers.operation import Held, is_live
from rfcalc.importers.walk import S, Walk
from rfcalc.network import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["FileWalk"]


class Numbers(Protocol):
    """The known values of a program by name."""

    def put(self, name: str, array: "Array") -> None:
        """Record the numbers of a value."""
        ...


class Program(Protocol):
    """A program in a file: its steps, and the tensors that it stores, by name."""

    @property
    def steps(self) -> Sequence[Any]: ...
    @property
    def tensors(self) -> Mapping[str, Any]: ...


N = TypeVar("N", bound=Numbers)
P = TypeVar("P", bound=Program)


class FileWalk(Walk[S], Generic[S, P, N]):
    """The values of a program so far, and the numbers that are known."""

    def __init__(self, graph: Graph, program: P, numbers: N, assume: Iterable[str] = ()) -> None:
        super().__init__(graph, assume)
        self.program = program
        self.numbers = numbers

    def title(self, name: str) -> str:
        """Return what users know a value by."""
        return name

    def inherit(self, before: "FileWalk[S, P, N]") -> None:
        """Begin with what is constant in a walk through what lies before."""
        self.values |= {n: held for n, held in before.values.items() if not is_live(held)}
        self.weights |= before.weights
        self.numbers = before.numbers

    def keep_numbers(self, step: S, arrays: "Sequence[Array]") -> list[Held]:
        """Record the numbers that a step gives, and return its outputs as constants."""
        for output, array in zip(step.outputs, arrays, strict=False):
            if output is not None:
                self.numbers.put(output, array)
        return [constant(array.shape) for array in arrays]

    def finish(self, name: str, outputs: Sequence[str]) -> Network:
        """Return the network; a sequence among the outputs gives each of its tensors.

        Raises
        ------
        RfcalcError
            As ``Losses.finish``.
        """
        self.graph.begin("output")
        values: list[Any] = []
        labels: list[str] = []
        for output in outputs:
            held, title = self.output(output), self.title(output)
            some = held if isinstance(held, list) else [held]
            values += some
            labels += [title] if len(some) == 1 else [f"{title}.{i}" for i in range(len(some))]
        if len(outputs) == 1 and self.title(outputs[0]) in self.graph.aliases:
            labels = []
        modules = any(step.stack for step in self.program.steps)
        return self.losses.finish(self.graph, name, values, labels, modules)
