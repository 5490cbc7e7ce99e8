"""How is a program walked? Step by step, in order, whatever framework it comes from."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from rfcalc.errors import RfcalcError
from rfcalc.importers import parts
from rfcalc.importers.advising import advised, part_beside
from rfcalc.importers.axes import Tensor, Value
from rfcalc.importers.fixing import stays_stored
from rfcalc.importers.graph import Graph, plain
from rfcalc.importers.losses import Losses
from rfcalc.importers.operation import Held, Result, is_live
from rfcalc.importers.products import broadcast
from rfcalc.importers.scouting import Scout
from rfcalc.importers.works import Weights, book, uncounted_work, weights_among
from rfcalc.network import Work

__all__ = ["S", "Step", "Walk"]


class Step(parts.Step, Protocol):
    """A step of a program, as data: an operator, and the names of what it reads and gives."""

    @property
    def op(self) -> str:
        """The operator, as ``assume_pointwise`` names it."""
        ...


S = TypeVar("S", bound=Step)
"""The steps of one framework."""


class Walk(ABC, Generic[S]):
    """The values of a program so far, by name.

    The order of things is here and the same for every framework: what a step reads is looked up,
    it is computed where it is constant, else handed to the registry; its result is checked,
    named, counted, and kept; a step that cannot be followed loses its outputs alone. A reader
    says the rest: how steps are named, what computes and handles one, what it costs, and what a
    name stands for that no step gives.
    """

    def __init__(self, graph: Graph, assume: Iterable[str] = ()) -> None:
        self.graph = graph
        self.assume = frozenset(assume)
        self.values: dict[str, Held] = {}
        # What is made of weights alone costs where it is read.
        self.weights: dict[str, Weights] = {}
        # Names of tensors that the program stores, and of what is as large, whatever the input.
        self.stored: set[str] = set()
        self.losses = Losses()

    @abstractmethod
    def names_of(self, steps: Sequence[S]) -> Sequence[str]:
        """Return the name that users know for each step, not yet unique."""

    @abstractmethod
    def handle(self, step: S) -> Result:
        """Return what the registry's handler of a step gives."""

    @abstractmethod
    def operands(self, step: S) -> list[Value]:
        """Return the tensors that a step reads."""

    @abstractmethod
    def work(self, step: S, out: Sequence[tuple[int, ...]], weights: Weights) -> Work:
        """Return what a step costs that gives values of those shapes."""

    @abstractmethod
    def absent(self, name: str) -> Value:
        """Return a value that no step gave: a constant of the program; or refuse the name."""

    def element_wise(self, step: S) -> Sequence[Held]:
        """Return what a step gives if it combines its tensors element by element."""
        done = broadcast(self.graph, self.operands(step), plain("identity"))
        return [done] * len(step.outputs)

    def fold(self, step: S) -> Sequence[Held] | None:
        """Return what a step gives that is constant, ``None`` where it is not."""
        return None

    def weights_of(self, step: S) -> Mapping[str, Weights]:
        """Return the weights among what a step reads, by name."""
        return {}

    def further_names(self, steps: Sequence[S]) -> Iterator[str]:
        """Yield further names of the model, which no node gets by a number put after another."""
        yield from (path for step in steps for path, _ in step.stack)

    def titles(self, step: S, name: str) -> Iterable[str | None]:
        """Return by which names, but those of modules, a step may be asked for."""
        return (name,)

    def is_assumed(self, step: S) -> bool:
        """Whether a step is to be taken for element-wise."""
        return step.op in self.assume

    def work_if_assumed(self, step: S, out: Sequence[tuple[int, ...]], weights: Weights) -> Work:
        """Return what a step costs that is taken for element-wise."""
        return uncounted_work(step.op, out, weights)

    def leads(self, step: S) -> bool:
        """Whether a step that is not followed is read where it is taken for element-wise."""
        if self.is_assumed(step):
            return False
        self.graph.undo()
        try:
            self.check(step, self.element_wise(step))
        except Exception:  # whatever ails a step that is refused already
            return False
        finally:
            self.graph.undo()
        return True

    def explain(self, fault: RfcalcError, steps: Sequence[S], number: int) -> RfcalcError:
        """Return the fault of a step as users are to read it."""
        if any(fault is one for one in self.losses.faults.values()):
            return fault  # of an earlier step, and explained
        step = steps[number]
        return advised(fault, self.beside(steps, number), step.op, self.leads(step))

    def beside(self, steps: Sequence[S], number: int) -> str:
        """Return the advice to ask for a part of the model without a step."""
        return part_beside(steps, number, self.losses.faults.keys())

    def lost_with(self, step: S) -> Iterable[str | None]:
        """Return the values that are not known once a step cannot be followed."""
        return step.outputs

    def check(self, step: S, results: Sequence[Held]) -> None:
        """Refuse results that cannot be those of a step."""
        for value in _flat(results):
            self.graph.check(value)

    def enter(self, name: str, value: Value) -> None:
        """Take a value for an input of the program."""
        self.values[name] = value

    def store(self, step: S, results: Sequence[Held]) -> None:
        """Keep what a step gives."""
        for output, result in zip(step.outputs, results, strict=False):
            if output:
                self.values[output] = result

    def value(self, name: str) -> Held:
        """Return a value: one that a step gave, or a constant of the program.

        Raises
        ------
        RfcalcError
            The fault for which it is not known.
        """
        self.losses.check(name)
        held = self.values.get(name)
        return self.absent(name) if held is None else held

    def follow(self, steps: Sequence[S]) -> None:
        """Go through the steps in order; on a graph that scouts, through those it is about."""
        names = self.names_of(steps)
        if isinstance(self.graph, Scout):
            self._scout(steps, names, self.graph)
            return
        self.graph.reserved.update(names, self.further_names(steps))
        for number, (step, name) in enumerate(zip(steps, names, strict=True)):
            self.graph.begin(name)
            try:
                self.take(step, name)
            except RfcalcError as fault:
                self.graph.here = name
                told = self.explain(fault, steps, number)
                self.losses.take(told, self.graph, step.refs, self.lost_with(step), self.values)

    def take(self, step: S, name: str) -> None:
        """Read a step of that name, and keep what it gives."""
        for ref in step.refs:
            self.values[ref] = self.value(ref)
        results = self.perform(step, name)
        self.store(step, results)
        self.alias(step, name, results)

    def read(self, step: S) -> Sequence[Held]:
        """Return what a step gives, constant or handled."""
        constants = self.fold(step)
        if constants is not None:
            return constants
        if self.is_assumed(step):
            self.graph.assume(f"{self.graph.here}: {step.op} taken for element-wise")
            return self.element_wise(step)
        return _listed(self.handle(step))

    def perform(self, step: S, name: str) -> Sequence[Held]:
        """Return what a step gives, checked, named and counted."""
        before = len(self.graph.drafts)
        results = self.read(step)
        self.check(step, results)
        only = results[0] if len(results) == 1 else None
        if isinstance(only, Tensor) and only.node is not None:
            self.graph.named(before, only.node)
        if not isinstance(self.graph, Scout):
            self.count(step, before, results)
            if stays_stored(step.op, step.refs, self.stored):
                self.stored |= {name for name in step.outputs if name}
            self.fix(step)
        return results

    def fix(self, step: S) -> None:
        """Note the sizes that stored tensors fix which a step reads; by default none."""

    def count(self, step: S, before: int, results: Sequence[Held]) -> None:
        """Book what a step costs; what is made of weights alone costs where it is read."""
        weights = weights_among(step.refs, self.weights_of(step), self.weights)
        if not any(map(is_live, results)):
            if weights:
                self.weights |= {name: weights for name in step.outputs if name}
            return
        out = [value.shape for value in _flat(results)]
        counting = self.work_if_assumed if self.is_assumed(step) else self.work
        book(self.graph, before, results, lambda: counting(step, out, weights))

    def alias(self, step: S, name: str, results: Sequence[Held]) -> None:
        """Let module paths, and names of steps without a layer, stand for what they give."""
        first = results[0] if results else None
        if isinstance(first, Tensor) and first.node is not None:
            self.graph.aliases.update((path, first.node) for path, _ in step.stack if path)
            for title in self.titles(step, name):
                if title:
                    self.graph.aliases.setdefault(title, first.node)

    def output(self, name: str) -> Held | RfcalcError:
        """Return an output, or the fault for which it is not known."""
        return self.losses.faults.get(name) or self.value(name)

    def is_known(self, step: S) -> bool:
        """Whether it is known what a step gives, since nothing that it reads is scouted."""
        known = all(name in self.values for name in step.outputs if name)
        return known and not any(is_live(self.value(ref)) for ref in step.refs)

    def _scout(self, steps: Sequence[S], names: Sequence[str], graph: Scout) -> None:
        """Go through the steps that hold what is scouted, or that are new, as far as they go."""
        for step, name in zip(steps, names, strict=True):
            graph.here = name
            try:
                if self.is_known(step):
                    continue
                self.take(step, name)
            except RfcalcError:
                # It may keep the grid all the same, and a window behind it tells what is space.
                if not self._pass_over(step):
                    continue
            for output in step.outputs:
                held = self.values.get(output or "")
                if output and held is not None:
                    self.values[output] = (
                        [graph.kept(one) for one in held]
                        if isinstance(held, list)
                        else graph.kept(held)
                    )

    def _pass_over(self, step: S) -> bool:
        """Keep what a step that is not followed reads as what it gives; return whether it is."""
        try:
            self.store(step, self.element_wise(step))
        except Exception:  # whatever ails a step that is refused already
            return False
        return True


def _flat(held: Iterable[Held]) -> Iterator[Value]:
    """Yield values, those of sequences one by one."""
    for one in held:
        yield from one if isinstance(one, list) else (one,)


def _listed(done: Result) -> Sequence[Held]:
    """Return the outputs of a handler: a tuple of them, else its one result."""
    return done if isinstance(done, tuple) else [done]
