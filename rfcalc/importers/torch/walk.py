"""How is a PyTorch program walked? Its calls, one by one, and which of them share memory."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.axes import Pieces, Tensor, Value, constant, live
from rfcalc.importers.ending import delivered
from rfcalc.importers.graph import Graph, lost, plain
from rfcalc.importers.losses import Losses
from rfcalc.importers.scouting import Scout
from rfcalc.importers.torch import (
    elementwise,
)
from rfcalc.importers.torch.operators import OPERATORS, Op, handled, understood, unsized
from rfcalc.importers.torch.parts import before
from rfcalc.importers.torch.program import UNKNOWN, Call, Program
from rfcalc.importers.torch.views import overwritten, sources
from rfcalc.importers.torch.work import work_of
from rfcalc.importers.works import book, uncounted_work, weights_among
from rfcalc.spelling import nearest

__all__ = ["Walk"]


class Walk:
    """The values of a program so far, and which of them share memory."""

    def __init__(
        self, graph: Graph, program: Program, names: Sequence[str], assume: Sequence[str] = ()
    ) -> None:
        self.graph = graph
        self.program = program
        self._names = names
        self.values: dict[str, Any] = {}
        self.made: dict[str, Value] = {}
        self._assume = {name.removeprefix("aten.") for name in assume}
        self._views: dict[str, tuple[str, Call]] = {}
        self._stale: set[str] = set()
        self.losses = Losses()
        self._weights = {**program.weights}

    def run(self) -> None:
        """Go through the calls in order."""
        calls = self.program.calls
        met = {call.op for call in calls} | {call.target for call in calls}
        for name in sorted(self._assume - met):
            raise fail(
                "RF511", f"the model does not use an operator '{name}'", nearest(name, sorted(met))
            )
        names = self._names
        self.graph.reserved = {*names, *(path for call in calls for path, _ in call.stack)}
        for number, (call, name) in enumerate(zip(calls, names, strict=True)):
            self.graph.begin(name)
            try:
                with before(calls, number), understood(self.graph, call.target):
                    self._call(call)
            except RfcalcError as fault:
                self.losses.take(fault, self.graph, call.refs, self._lost_with(call), self.values)
            else:
                self._alias(call, name)

    def output(self, name: str) -> Value | RfcalcError:
        """Return an output on a grid of its own size, or the fault for which it is not known."""
        with understood(self.graph, "an output"):
            try:
                return delivered(self.graph, self.current(name))
            except RfcalcError as fault:
                return fault

    def _lost_with(self, call: Call) -> set[str]:
        """Return what is not known once a call cannot be followed: all that it may have written.

        Operators that are not PyTorch's own may write to any argument.
        """
        writes = call.inplace or "out" in call.args or not call.target.startswith("aten.")
        bases = {self._base(name) for name in call.refs} if writes else set[str]()
        found = {name for name in self.values if self._base(name) in bases} if bases else bases
        return found | {name for name in call.outputs if name}

    def _base(self, name: str) -> str:
        """Return the value whose memory a value is a view of."""
        while name in self._views:
            name = self._views[name][0]
        return name

    def scout(self, graph: Scout) -> None:
        """Go through the calls as far as they can be followed."""
        for call, name in zip(self.program.calls, self._names, strict=True):
            graph.here = name
            try:
                if not any(live(self.current(ref)) for ref in call.refs):
                    continue
                with understood(graph, call.target):
                    self._call(call)
            except RfcalcError:
                shapes = self.program.shapes
                self._store(call, [constant(shapes.get(n or "", ())) for n in call.outputs])
                continue
            held = {n: self.values[n] for n in call.outputs if n and n in self.values}
            self.values |= {n: graph.kept(value) for n, value in held.items()}

    def current(self, name: str) -> Value:
        """Return a value as it stands now, after writes through others that share its memory.

        Raises
        ------
        RfcalcError
            RF502: what it holds is not known.
        """
        self.losses.check(name)
        if name in self._stale:
            self._renew(name)
        found = self.values.get(name)
        if found is None:
            found = self.values[name] = constant(self.program.shapes.get(name, ()))
        return found

    def _renew(self, name: str) -> None:
        parent, call = self._views[name]
        held = self.current(parent)
        if call is _SAME:
            self.values[name] = held
            self._stale.discard(name)
        elif call.shares is None:
            fact = f"it is not known whether {call.target} shares memory that was written since"
            raise lost(self.graph.here, fact)
        else:
            self._store(call, self._result(call))

    def _call(self, call: Call) -> None:
        for ref in call.refs:
            self.current(ref)
        if "out" in call.args:
            raise lost(self.graph.here, f"{call.target} writes to its argument out")
        before = len(self.graph.drafts)
        results = self._result(call)
        if len(results) == 1 and isinstance(results[0], Tensor) and results[0].node is not None:
            self.graph.named(before, results[0].node)
        self._count(call, before, results)
        self._store(call, results)
        shared = sources(call)
        if call.shares is not False:
            self._views |= {name: (first, call) for name, first in shared}
        elif call.inplace and isinstance(call.args.get("self"), list):
            raise lost(self.graph.here, f"{call.target} writes to several values")
        elif call.inplace and shared:
            name, first = shared[0]
            self._written(first, results[0])
            self._views[name] = (first, _SAME)

    def _count(self, call: Call, before: int, results: list[Value]) -> None:
        """Book what a step costs; what is made of weights alone costs where it is read."""
        if isinstance(self.graph, Scout):
            return
        weights = weights_among(call.refs, self._weights)
        if not any(live(result) for result in results):
            if weights:
                self._weights |= {name: weights for name in call.outputs if name}
            return
        shapes = self.program.shapes
        if call.op in self._assume:
            out = [shapes[name] for name in call.outputs if name in shapes]
            book(self.graph, before, results, lambda: uncounted_work(call.op, out, weights))
        else:
            book(self.graph, before, results, lambda: work_of(call, shapes, weights))

    def _result(self, call: Call) -> list[Value]:
        shapes = [self.program.shapes.get(name, ()) if name else () for name in call.outputs]
        values = [self.values.get(ref) for ref in call.refs]
        if not any(v is not None and live(v) for v in values):
            return [constant(shape) for shape in shapes]
        found = OPERATORS.get(call.target)
        defaults, arrays = found.defaults if found else {}, self.program.numbers
        op = Op(self.graph, call, self.values, self.program.shapes, defaults, arrays)
        assumed = call.op in self._assume
        followed = assumed or (found is not None and found.kind != "refused")
        if followed and any(UNKNOWN in shape for shape in shapes):
            raise unsized(op)
        if assumed:
            self.graph.assume(f"{self.graph.here}: {call.op} taken for element-wise")
            results: Any = [elementwise.broadcast(op, op.tensors, plain("identity"))] * len(shapes)
        else:
            results = handled(found, op, call)
        if isinstance(results, Tensor | Pieces):
            results = [results]
        for result, shape in zip(results, shapes, strict=False):
            if shape and result.shape != shape and call.target not in _UNSHAPED:
                fact = f"{call.target} gives {list(result.shape)} where {list(shape)} is recorded"
                raise lost(self.graph.here, fact)
            self.graph.check(result)
        return list(results)

    def _store(self, call: Call, results: list[Value]) -> None:
        for number, name in enumerate(call.outputs):
            if name and number >= len(results):
                fact = f"{call.target}: its output {number} is not followed"
                self.losses.faults[name] = lost(self.graph.here, fact)
        for name, result in zip(call.outputs, results, strict=False):
            if name:
                self.values[name] = result
                self.made.setdefault(name, result)
                self._stale.discard(name)

    def _written(self, name: str, value: Value) -> None:
        """Record that memory was written through a name: its base and other views change."""
        chain = [name]
        while chain[-1] in self._views:
            chain.append(self._views[chain[-1]][0])
        for child, parent in pairwise(chain):
            self.values[child] = value
            _, call = self._views[child]
            if call is _SAME:
                continue
            try:
                with understood(self.graph, call.target):
                    base = self.current(parent)
                    value = overwritten(self.graph, call, child, base, value, self.program.shapes)
            except RfcalcError as fault:
                # Told when it is read: mostly nobody reads what a view was made from again.
                self.losses.faults |= dict.fromkeys(chain[chain.index(parent) :], fault)
                break
        else:
            self.values[chain[-1]] = value
        inside = set(chain)
        for view in self._views:
            base = view
            while base in self._views:
                base = self._views[base][0]
            if base == chain[-1] and view not in inside:
                self._stale.add(view)

    def _alias(self, call: Call, name: str) -> None:
        """Let module paths, and names of calls without a layer, stand for what they put out."""
        last = call.outputs[0] if call.outputs else None
        while call.inplace and last in self._views:
            last = self._views[last][0]
        if last in self.losses.faults:
            last = call.outputs[0]
        found = self.values.get(last or "")
        if isinstance(found, Pieces):
            for path, _ in call.stack:
                self.graph.aliases.pop(path, None)
        if isinstance(found, Tensor) and found.node is not None:
            for path, _ in call.stack:
                if path:
                    self.graph.aliases[path] = found.node
            self.graph.aliases.setdefault(name, found.node)


_SAME = Call("", "", inplace=False, args={}, outputs=())
"""Stands between a value and what is written over all of it: a view that leaves nothing out."""

_UNSHAPED = frozenset({"aten.sym_size"})
"""Operators that give no tensor: what is recorded as their shape says nothing."""
