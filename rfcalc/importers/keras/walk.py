"""How is one call of a Keras layer read? Which may call others, or be a model itself."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.advising import part_before
from rfcalc.importers.axes import Pieces, Tensor, Value, spatial
from rfcalc.importers.graph import Graph, lost, plain
from rfcalc.importers.keras.configs import layer_of
from rfcalc.importers.keras.model import DEPTH_LIMIT, Layer, Model, Ref, mapped, wrong
from rfcalc.importers.keras.operators import LAYERS, Op, run_handler
from rfcalc.importers.keras.steps import Scope, Shape, Step, steps_of
from rfcalc.importers.keras.work import work_of
from rfcalc.importers.operation import Held, Result
from rfcalc.importers.pieces import resized
from rfcalc.importers.products import broadcast
from rfcalc.importers.walk import Walk
from rfcalc.importers.works import Weights, uncounted_work
from rfcalc.network import Work

__all__ = ["CALL_LIMIT", "KerasWalk", "bounded"]

CALL_LIMIT = 20_000
"""Most calls of layers in one model, those in nested models counted each time."""


def bounded(calls: int) -> None:
    """Refuse more calls than are followed.

    Raises
    ------
    RfcalcError
        RF305: there are more.
    """
    if calls > CALL_LIMIT:
        raise fail("RF305", f"the model makes more than {CALL_LIMIT:,} calls of layers")


class KerasWalk(Walk[Step]):
    """The values of a model and of the models in it so far: of each call, all that it gives."""

    def __init__(self, graph: Graph, assume: Iterable[str], recorded: bool) -> None:
        super().__init__(graph, assume)
        self._recorded = recorded
        self._calls = 0
        self._inner: dict[int, Layer] = {}
        self._depth = 0

    def names_of(self, steps: Sequence[Step]) -> Sequence[str]:
        return [step.name for step in steps]

    def enter(self, name: str, value: Value) -> None:
        self.values[name] = [value]

    def absent(self, name: str) -> Value:
        raise wrong(self.graph.here, f"there is no call '{name}'")

    def is_assumed(self, step: Step) -> bool:
        return not self.assume.isdisjoint(step.layer.names)

    def beside(self, steps: Sequence[Step], number: int) -> str:
        # A part is all up to a layer.
        faults = self.losses.faults
        known = [one.name for one in steps[:number] if faults.keys().isdisjoint(one.outputs)]
        return part_before(known[-1]) if known else ""

    def handle(self, step: Step) -> Result:
        op = self._op(step)
        if step.layer.model is not None:
            return tuple(self._call_model(step.layer.model, op, step))
        done = run_handler(op)
        return done if isinstance(done, Tensor | Pieces) else tuple(done)

    def operands(self, step: Step) -> list[Value]:
        op = self._op(step)
        return op.tensors or [op.x]

    def element_wise(self, step: Step) -> Sequence[Held]:
        """Return the tensors combined element by element, with the channels that are written."""
        done = broadcast(self.graph, self.operands(step), plain("identity"))
        shape = self._shape_of(step, 0)
        if shape is None or not isinstance(done, Tensor) or len(shape) != len(done.dims):
            return [done]
        for d, size in enumerate(shape):
            if d > 0 and size is not None and size != done.shape[d] and not spatial(done.dims[d]):
                done = resized(done, d, size)
        return [done]

    def read(self, step: Step) -> Sequence[Held]:
        self._calls += 1
        bounded(self._calls)
        self._depth += 1
        if self._depth > DEPTH_LIMIT + 1:
            raise wrong(step.name, f"layers are nested deeper than {DEPTH_LIMIT} levels")
        try:
            return super().read(step)
        finally:
            self._depth -= 1

    def check(self, step: Step, results: Sequence[Held]) -> None:
        """Hold results against the shapes that the configuration has for them."""
        self.graph.here = step.name
        super().check(step, results)
        for number, result in enumerate(results):
            shape, held = self._shape_of(step, number), cast("Value", result).shape
            if shape is None:
                continue
            same = len(shape) == len(held) and all(
                n in (None, m) for n, m in list(zip(shape, held, strict=True))[1:]
            )
            if not same:
                fact = f"{step.op} gives {list(held)} where {list(shape)} is recorded"
                raise lost(self.graph.here, fact)

    def count(self, step: Step, before: int, results: Sequence[Held]) -> None:
        # The layers of a model have counted what they cost.
        if step.layer.model is None:
            super().count(step, before, results)

    def work(self, step: Step, out: Sequence[tuple[int, ...]], weights: Weights) -> Work:
        op = self._op(step)
        op.defaults = LAYERS[step.op].defaults
        return work_of(op, step.name, out)

    def work_if_assumed(self, step: Step, out: Sequence[tuple[int, ...]], weights: Weights) -> Work:
        # Which weights a layer has follows from what it does.
        return uncounted_work(step.op, out)

    def store(self, step: Step, results: Sequence[Held]) -> None:
        for name in step.outputs:
            self.values[name] = [cast("Value", result) for result in results]

    def alias(self, step: Step, name: str, results: Sequence[Held]) -> None:
        if len(results) == 1:
            super().alias(step, name, results)

    def assume_class(self, model: Model) -> None:
        """Record that somebody's own class is taken for the model that it is saved as."""
        if model.custom is not None:
            self.graph.assume(f"{model.custom} taken for the functional model it is saved as")

    def call(
        self, model: Model, values: Sequence[Value], scope: Scope
    ) -> list[Value | RfcalcError]:
        """Return the outputs of a model called on values, one per input.

        An output that cannot be known is the fault of the layer that is not read.
        """
        for ref, value in zip(model.sources, values, strict=True):
            self.enter(scope.value(ref), value)
        self.follow(steps_of(model, scope))
        return self.results(model, scope)

    def results(self, model: Model, scope: Scope) -> list[Value | RfcalcError]:
        """Return the outputs of a model whose steps are done, each known or a fault."""
        self.graph.begin(scope.name.rstrip("."))
        faults = self.losses.faults
        look = self._lookup(scope)
        return [faults.get(scope.value(ref)) or look(ref) for ref in model.results]

    def _op(self, step: Step) -> Op:
        look = self._lookup(step.scope)
        args = [mapped(item, look) for item in step.args]
        kwargs = {key: mapped(item, look) for key, item in step.kwargs.items()}
        return Op(
            self.graph, step.layer, args, kwargs, self._applying(step), self._shape_of(step, 0)
        )

    def _shape_of(self, step: Step, number: int) -> Shape | None:
        """Return what the configuration has for a tensor, ``None`` at other sizes than its own."""
        return step.shapes.get(number) if self._recorded else None

    def _lookup(self, scope: Scope) -> Callable[[Ref], Value]:
        def look(ref: Ref) -> Value:
            held = self.value(scope.value(ref))
            assert isinstance(held, list)
            if ref.tensor >= len(held):
                place = f"output {ref.tensor} of call {ref.node} of '{ref.layer}'"
                raise wrong(self.graph.here, f"there is no {place}")
            return held[ref.tensor]

        return look

    def _call_model(self, model: Model, op: Op, step: Step) -> list[Value]:
        """Return what a model among the layers gives, or the fault of what it cannot."""
        given = op.args[0] if op.args else op.kwargs.get("inputs")
        values = model.arranged(given, op.tensors)
        if len(values) != len(model.sources):
            fact = f"it has {len(model.sources)} inputs and is called on {len(values)}"
            raise wrong(model.name, fact)
        self.assume_class(model)
        results = self.call(model, values, step.scope.inside(step))
        for result in results:
            if isinstance(result, RfcalcError):
                raise result
        return [result for result in results if not isinstance(result, RfcalcError)]

    def _applying(self, step: Step) -> Callable[..., list[Value]]:
        def apply(data: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Value]:
            inner = self._inner.get(id(data))
            if inner is None:
                inner = self._inner[id(data)] = layer_of(data)
            results = self.perform(Step(inner, step.name, args, kwargs, step.scope), step.name)
            self.graph.here = step.name
            return [cast("Value", result) for result in results]

        return apply
