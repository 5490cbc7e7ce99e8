"""What network is a PyTorch program? Its calls, one by one, through the table of operators."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.axes import Pieces, Tensor, Value, constant, live
from rfcalc.importers.ending import delivered
from rfcalc.importers.graph import Graph, lost, plain
from rfcalc.importers.torch import (
    elementwise,
    folding,
    frames,
    inputs,
    refusals,
    shapes,
    sliding,
    sums,
)
from rfcalc.importers.torch.naming import names_of
from rfcalc.importers.torch.operators import OPERATORS, Op, handled, understood, unsized
from rfcalc.importers.torch.program import UNKNOWN, Call, Program
from rfcalc.importers.torch.views import overwritten, sources
from rfcalc.network import Network
from rfcalc.spelling import nearest

__all__ = ["read_program", "read_values"]

FAMILIES = (elementwise, folding, frames, refusals, shapes, sliding, sums)
"""The files whose handlers fill the table."""


def read_program(
    program: Program,
    layout: Sequence[str] | None = None,
    assume_pointwise: Sequence[str] = (),
) -> Network:
    """Return the network of a program.

    Parameters
    ----------
    layout : one string per input, a letter per dimension (``NCHW``, ``NHWC``, ``NC``).
    assume_pointwise : operators to take for element-wise; the network is then not exact.

    Raises
    ------
    RfcalcError
        RF501 an operator that is not handled, RF502 axes that cannot be followed, RF301 an
        input too small, RF509 no output that depends on an input.
    """
    return read_values(program, layout, assume_pointwise)[0]


def read_values(
    program: Program,
    layout: Sequence[str] | None = None,
    assume_pointwise: Sequence[str] = (),
) -> tuple[Network, dict[str, Value], list[Value]]:
    """Return the network of a program, each value as it was when made, and the outputs.

    A tensor among the values says at which entries it holds the cells of its node.
    """
    layouts = inputs.layouts(program, list(layout or ()))
    given = [program.shapes.get(name, ()) for name in program.inputs]
    rank = max((_space(s, one) for s, one in zip(given, layouts, strict=False)), default=0)
    if rank == 0:
        # Nothing but rows of numbers: their last dimension is the only space there is.
        layouts = [
            one or ("NL" if len(s) == 2 else None) for s, one in zip(given, layouts, strict=False)
        ]
    graph = Graph(max(1, rank))
    walk = _Walk(graph, program, assume_pointwise)
    for name, shape, one in zip(program.inputs, given, layouts, strict=False):
        walk.values[name] = walk.made[name] = graph.source(name, shape, one)
    walk.run()
    graph.here = "output"
    with understood(graph, "an output"):
        outputs = [walk.current(name) for name in program.outputs]
        outputs = [delivered(graph, x) for x in outputs]
    return graph.finish(program.name, outputs, program.labels), walk.made, outputs


def _space(shape: Sequence[int], layout: str | None) -> int:
    return sum(c not in "NC" for c in layout) if layout else max(0, min(3, len(shape) - 2))


class _Walk:
    """The values of a program so far, and which of them share memory."""

    def __init__(self, graph: Graph, program: Program, assume: Sequence[str]) -> None:
        self.graph = graph
        self.program = program
        self.values: dict[str, Any] = {}
        self.made: dict[str, Value] = {}
        self._assume = {name.removeprefix("aten.") for name in assume}
        self._views: dict[str, tuple[str, Call]] = {}
        self._stale: set[str] = set()
        self._lost: dict[str, RfcalcError] = {}

    def run(self) -> None:
        """Go through the calls in order."""
        calls = self.program.calls
        met = {call.op for call in calls} | {call.target for call in calls}
        for name in sorted(self._assume - met):
            raise fail(
                "RF511", f"the model does not use an operator '{name}'", nearest(name, sorted(met))
            )
        names = names_of(calls)
        self.graph.reserved = {*names, *(path for call in calls for path, _ in call.stack)}
        for call, name in zip(calls, names, strict=True):
            self.graph.here = name
            with understood(self.graph, call.target):
                self._call(call)
            self._alias(call, name)

    def current(self, name: str) -> Value:
        """Return a value as it stands now, after writes through others that share its memory.

        Raises
        ------
        RfcalcError
            RF502: what it holds is not known.
        """
        if name in self._lost:
            raise self._lost[name]
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

    def _result(self, call: Call) -> list[Value]:
        shapes = [self.program.shapes.get(name, ()) if name else () for name in call.outputs]
        values = [self.values.get(ref) for ref in call.refs]
        if not any(v is not None and live(v) for v in values):
            return [constant(shape) for shape in shapes]
        found = OPERATORS.get(call.target)
        op = Op(self.graph, call, self.values, self.program.shapes, found.defaults if found else {})
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
                self._lost[name] = lost(self.graph.here, fact)
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
                self._lost |= dict.fromkeys(chain[chain.index(parent) :], fault)
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
        if last in self._lost:
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
