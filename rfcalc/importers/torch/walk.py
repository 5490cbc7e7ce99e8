"""How is one call of a PyTorch program read? And which of its values share memory?"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import cast

from rfcalc.errors import RfcalcError
from rfcalc.importers.axes import Pieces, Tensor, Value, constant, live
from rfcalc.importers.ending import delivered
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.operation import Held, Result
from rfcalc.importers.torch.fixed import fix_sizes
from rfcalc.importers.torch.operators import OPERATORS, Op, run_handler, understood, unsized
from rfcalc.importers.torch.program import UNKNOWN, Call, Program
from rfcalc.importers.torch.views import overwritten, sources
from rfcalc.importers.torch.work import work_of
from rfcalc.importers.walk import Walk
from rfcalc.importers.works import Weights
from rfcalc.network import Work

__all__ = ["TorchWalk"]


class TorchWalk(Walk[Call]):
    """The values of a PyTorch program so far, and which of them share memory.

    ``made`` has each value as it was when it was made.
    """

    def __init__(
        self, graph: Graph, program: Program, names: Sequence[str], assume: Iterable[str] = ()
    ) -> None:
        super().__init__(graph, assume)
        self.program = program
        self.made: dict[str, Value] = {}
        self.weights = {**program.weights}
        made = {name for call in program.calls for name in call.outputs}
        read = {name for call in program.calls for name in call.refs}
        self.stored = read - made - {*program.inputs}
        self._names = names
        self._views: dict[str, tuple[str, Call]] = {}
        self._stale: set[str] = set()

    def names_of(self, steps: Sequence[Call]) -> Sequence[str]:
        return self._names

    def enter(self, name: str, value: Value) -> None:
        self.values[name] = self.made[name] = value

    def absent(self, name: str) -> Value:
        found = self.values[name] = constant(self.program.shapes.get(name, ()))
        return found

    def value(self, name: str) -> Value:
        """Return a value as it stands now, after writes through others that share its memory."""
        self.losses.check(name)
        if name in self._stale:
            self._renew(name)
        return cast("Value", super().value(name))

    def output(self, name: str) -> Value | RfcalcError:
        """Return an output on a grid of its own size, or the fault for which it is not known."""
        with understood(self.graph, "an output"):
            try:
                return delivered(self.graph, self.value(name))
            except RfcalcError as fault:
                return fault

    def fold(self, step: Call) -> Sequence[Held] | None:
        if "out" in step.args:
            raise lost(self.graph.here, f"{step.target} writes to its argument out")
        values = [self.values.get(ref) for ref in step.refs]
        if any(isinstance(v, Tensor | Pieces) and live(v) for v in values):
            return None
        return [constant(shape) for shape in self._shapes_of(step)]

    def handle(self, step: Call) -> Result:
        found = OPERATORS.get(step.target)
        op = self._op(step)
        if found is not None and found.kind != "refused":
            self._check_sizes(op)
        done = run_handler(op)
        return done if isinstance(done, Tensor | Pieces) else tuple(done)

    def leads(self, step: Call) -> bool:
        # Where a number is recorded, only a number fits.
        single = any(self.program.shapes.get(name or "") == () for name in step.outputs)
        return not single and super().leads(step)

    def operands(self, step: Call) -> list[Value]:
        op = self._op(step)
        self._check_sizes(op)
        return op.tensors

    def check(self, step: Call, results: Sequence[Held]) -> None:
        for result, shape in zip(results, self._shapes_of(step), strict=False):
            held = cast("Value", result).shape
            if shape and held != shape and step.target not in _UNSHAPED:
                fact = f"{step.target} gives {list(held)} where {list(shape)} is recorded"
                raise lost(self.graph.here, fact)
        super().check(step, results)

    def work(self, step: Call, out: Sequence[tuple[int, ...]], weights: Weights) -> Work:
        return work_of(step, self.program.shapes, weights)

    def fix(self, step: Call) -> None:
        fix_sizes(self.graph, step, self.values, self.stored)

    def take(self, step: Call, name: str) -> None:
        with understood(self.graph, step.target):
            super().take(step, name)

    def store(self, step: Call, results: Sequence[Held]) -> None:
        """Keep what a call gives, and what becomes of the memory that it shares or writes."""
        self._keep(step, results)
        shared = sources(step)
        if step.shares is not False:
            self._views |= {name: (first, step) for name, first in shared}
        elif step.inplace and isinstance(step.args.get("self"), list):
            raise lost(self.graph.here, f"{step.target} writes to several values")
        elif step.inplace and shared:
            name, first = shared[0]
            self._write(first, cast("Value", results[0]))
            self._views[name] = (first, _SAME)

    def lost_with(self, step: Call) -> Iterable[str | None]:
        """Return what is not known once a call cannot be followed: all that it may have written.

        Operators that are not PyTorch's own may write to any argument. A view that is not known
        shares memory all the same: what is written through it later is lost as well.
        """
        if step.shares is not False:
            self._views |= {name: (first, step) for name, first in sources(step)}
        writes = step.inplace or "out" in step.args or not step.target.startswith("aten.")
        bases = {self._base(name) for name in step.refs} if writes else set[str]()
        found = {name for name in self.values if self._base(name) in bases} if bases else bases
        return found | {name for name in step.outputs if name}

    def alias(self, step: Call, name: str, results: Sequence[Held]) -> None:
        """Let module paths, and names of calls without a layer, stand for what they put out."""
        last = step.outputs[0] if step.outputs else None
        while step.inplace and last in self._views:
            last = self._views[last][0]
        if last in self.losses.faults:
            last = step.outputs[0]
        found = self.values.get(last or "")
        if isinstance(found, Pieces):
            for path, _ in step.stack:
                self.graph.aliases.pop(path, None)
        super().alias(step, name, [] if found is None else [found])

    def _op(self, step: Call) -> Op:
        return Op(self.graph, step, self.values, self.program.shapes, self.program.numbers)

    def _shapes_of(self, step: Call) -> list[tuple[int, ...]]:
        return [self.program.shapes.get(name, ()) if name else () for name in step.outputs]

    def _check_sizes(self, op: Op) -> None:
        """Refuse a call that gives as many cells as values decide."""
        if any(UNKNOWN in shape for shape in op.shapes):
            raise unsized(op)

    def _keep(self, step: Call, results: Sequence[Held]) -> None:
        for number, name in enumerate(step.outputs):
            if name and number >= len(results):
                fact = f"{step.target}: its output {number} is not followed"
                self.losses.faults[name] = lost(self.graph.here, fact)
        for name, result in zip(step.outputs, results, strict=False):
            if name:
                self.values[name] = result
                self.made.setdefault(name, cast("Value", result))
                self._stale.discard(name)

    def _base(self, name: str) -> str:
        """Return the value whose memory a value is a view of."""
        while name in self._views:
            name = self._views[name][0]
        return name

    def _renew(self, name: str) -> None:
        """Read a view again, of memory that was written since."""
        parent, call = self._views[name]
        held = self.value(parent)
        if call is _SAME:
            self.values[name] = held
            self._stale.discard(name)
        elif call.shares is None:
            fact = f"it is not known whether {call.target} shares memory that was written since"
            raise lost(self.graph.here, fact)
        else:
            results = self.read(call)
            self.check(call, results)
            self._keep(call, results)

    def _write(self, name: str, value: Value) -> None:
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
                    base = self.value(parent)
                    value = overwritten(self.graph, call, child, base, value, self.program.shapes)
            except RfcalcError as fault:
                # Told when it is read: mostly nobody reads what a view was made from again.
                self.losses.faults |= dict.fromkeys(chain[chain.index(parent) :], fault)
                break
        else:
            self.values[chain[-1]] = value
        inside = set(chain)
        for view in self._views:
            if self._base(view) == chain[-1] and view not in inside:
                self._stale.add(view)


_SAME = Call("", "", inplace=False, args={}, outputs=())
"""Stands between a value and what is written over all of it: a view that leaves nothing out."""

_UNSHAPED = frozenset({"aten.sym_size"})
"""Operators that give no tensor: what is recorded as their shape says nothing."""
