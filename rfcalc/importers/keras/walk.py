"""How is a Keras model walked? Its layers' calls, one by one, through the table of layers."""

from collections.abc import Callable, Sequence
from typing import Any

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.axes import Pieces, Tensor, Value, constant, live, spatial
from rfcalc.importers.graph import Graph, lost, plain
from rfcalc.importers.keras.configs import layer_of
from rfcalc.importers.keras.model import DEPTH_LIMIT, Layer, Model, Ref, flat, mapped, wrong
from rfcalc.importers.keras.operators import Op, handled
from rfcalc.importers.keras.order import ordered
from rfcalc.importers.keras.work import work_of
from rfcalc.importers.losses import Losses
from rfcalc.importers.pieces import resized
from rfcalc.importers.products import broadcast
from rfcalc.importers.scouting import Scout
from rfcalc.importers.works import book, uncounted_work

__all__ = ["CALL_LIMIT", "Still", "Walk", "bounded"]

CALL_LIMIT = 20_000
"""Most calls of layers in one model, those in nested models counted each time."""


Held = dict[tuple[str, int], list[Value]]


Still = dict[tuple[str, int], list[Value]]


def bounded(calls: int) -> None:
    """Refuse more calls than are followed.

    Raises
    ------
    RfcalcError
        RF305: there are more.
    """
    if calls > CALL_LIMIT:
        raise fail("RF305", f"the model makes more than {CALL_LIMIT:,} calls of layers")


class Walk:
    """The calls of a model and of the models in it, in order."""

    def __init__(
        self, graph: Graph, assume: Sequence[str], recorded: bool, still: "Still | None" = None
    ) -> None:
        self.graph = graph
        self._still = {} if still is None else still
        self._assume = set(assume)
        self._recorded = recorded
        self._calls = 0
        self._inner: dict[int, Layer] = {}
        self._depth = 0
        self.losses = Losses()

    def model(
        self, model: Model, values: Sequence[Value], prefix: str = ""
    ) -> list[Value | RfcalcError]:
        """Return the outputs of a model called on values, one per input.

        An output that cannot be known is the fault of the layer that is not read.
        """
        if len(values) != len(model.sources):
            fact = f"it has {len(model.sources)} inputs and is called on {len(values)}"
            raise wrong(model.name, fact)
        if model.custom is not None:
            self.graph.assume(f"{model.custom} taken for the functional model it is saved as")
        held: Held = {}
        for ref, value in zip(model.sources, values, strict=True):
            held[ref.layer, ref.node] = [value]
        written = _recorded(model) if self._recorded else {}
        look = self._looked_up(held, model, prefix)
        for layer, index in ordered(model, held):
            self.graph.begin(prefix + layer.name)
            call = layer.calls[index]
            try:
                args = [mapped(item, look) for item in call.args]
                kwargs = {key: mapped(item, look) for key, item in call.kwargs.items()}
                if isinstance(self.graph, Scout):
                    held[layer.name, index] = self._passed(self.graph, layer, index, args, kwargs)
                    continue
                shape = written.get((layer.name, index, 0))
                results = self._layer(layer, args, kwargs, prefix + layer.name, shape)
                for number, result in enumerate(results):
                    self._checked(result, written.get((layer.name, index, number)), layer)
                held[layer.name, index] = results
            except RfcalcError as fault:
                if isinstance(self.graph, Scout):
                    raise
                self.graph.here = prefix + layer.name
                read = {
                    _call_name(prefix, ref): held.get((ref.layer, ref.node)) for ref in call.refs
                }
                gives = [_call_name(prefix, Ref(layer.name, index, 0))]
                self.losses.take(fault, self.graph, read, gives, read)
        self.graph.begin(prefix.rstrip("."))
        faults = self.losses.faults
        return [faults.get(_call_name(prefix, ref)) or look(ref) for ref in model.results]

    def _looked_up(self, held: Held, model: Model, prefix: str) -> Callable[[Ref], Value]:
        def look(ref: Ref) -> Value:
            self.losses.check(_call_name(prefix, ref))
            found = held.get((ref.layer, ref.node))
            if found is None or ref.tensor >= len(found):
                place = f"output {ref.tensor} of call {ref.node} of '{ref.layer}'"
                raise wrong(model.name, f"there is no {place}")
            return found[ref.tensor]

        return look

    def _passed(
        self,
        graph: Scout,
        layer: Layer,
        index: int,
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> list[Value]:
        """Return what one call gives as far as it holds what is scouted, else as it was before."""
        name = graph.here
        was = self._still.get((name, index))
        given = [v for v in (*flat(args), *flat(kwargs)) if isinstance(v, Tensor | Pieces)]
        if was is not None and not any(live(v) for v in given):
            return was
        try:
            results = [graph.kept(one) for one in self._layer(layer, args, kwargs, name)]
        except RfcalcError:
            if was is None:
                raise
            return was
        self._still.setdefault((name, index), [constant(one.shape) for one in results])
        return results

    def _layer(
        self,
        layer: Layer,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        name: str,
        shape: tuple[int | None, ...] | None = None,
    ) -> list[Value]:
        """Return what one call of a layer gives."""
        self._calls += 1
        bounded(self._calls)
        graph = self.graph
        graph.here = name
        before = len(graph.drafts)
        op = Op(graph, layer, args, kwargs, self._applied(name), shape)
        if self._assume and not self._assume.isdisjoint(layer.names):
            results = [self._assumed(op, layer, shape)]
        elif layer.model is not None:
            results = self._nested(layer.model, op, name)
        else:
            done = handled(op)
            results = [done] if isinstance(done, Tensor | Pieces) else list(done)
        only = results[0] if len(results) == 1 else None
        if isinstance(only, Tensor) and only.node is not None:
            if layer.model is None:
                graph.named(before, only.node)
            graph.aliases.setdefault(name, only.node)
        if layer.model is None and not isinstance(graph, Scout):
            out = [result.shape for result in results]
            if self._assume.isdisjoint(layer.names):
                book(graph, before, results, lambda: work_of(op, name, out))
            else:
                book(graph, before, results, lambda: uncounted_work(layer.key, out))
        return results

    def _nested(self, model: Model, op: Op, name: str) -> list[Value]:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise wrong(name, f"layers are nested deeper than {DEPTH_LIMIT} levels")
        given = op.args[0] if op.args else op.kwargs.get("inputs")
        results = self.model(model, model.arranged(given, op.tensors), f"{name}.")
        self._depth -= 1
        for result in results:
            if isinstance(result, RfcalcError):
                raise result
        return [result for result in results if not isinstance(result, RfcalcError)]

    def _applied(self, name: str) -> Callable[..., list[Value]]:
        def apply(data: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Value]:
            self._depth += 1
            if self._depth > DEPTH_LIMIT:
                raise wrong(name, f"layers are nested deeper than {DEPTH_LIMIT} levels")
            inner = self._inner.get(id(data))
            if inner is None:
                inner = self._inner[id(data)] = layer_of(data)
            results = self._layer(inner, args, kwargs, name)
            self._depth -= 1
            self.graph.here = name
            return results

        return apply

    def _assumed(self, op: Op, layer: Layer, shape: tuple[int | None, ...] | None) -> Value:
        """Return the tensors combined element by element, with the channels that are written."""
        graph = self.graph
        graph.assume(f"{graph.here}: {layer.key} taken for element-wise")
        done = broadcast(graph, op.tensors or [op.x], plain("identity"))
        if shape is None or not isinstance(done, Tensor) or len(shape) != len(done.dims):
            return done
        for d, size in enumerate(shape):
            if d > 0 and size is not None and size != done.shape[d] and not spatial(done.dims[d]):
                done = resized(done, d, size)
        return done

    def _checked(self, x: Value, shape: tuple[int | None, ...] | None, layer: Layer) -> None:
        """Hold a result against the shape that the configuration has for it."""
        self.graph.check(x)
        if shape is None:
            return
        same = len(shape) == len(x.shape) and all(
            n in (None, m) for n, m in list(zip(shape, x.shape, strict=True))[1:]
        )
        if not same:
            fact = f"{layer.key} gives {list(x.shape)} where {list(shape)} is recorded"
            raise lost(self.graph.here, fact)


def _recorded(model: Model) -> dict[tuple[str, int, int], tuple[int | None, ...]]:
    """Return the shapes that a configuration has written down, by output."""
    return {
        (ref.layer, ref.node, ref.tensor): ref.shape
        for layer in model.layers.values()
        for call in layer.calls
        for ref in call.refs
        if ref.shape is not None
    }


def _call_name(prefix: str, ref: Ref) -> str:
    """Return a name for what one call of a layer gives."""
    return f"{prefix}{ref.layer}:{ref.node}"
