"""Which steps are the nodes of a graph? Each call of a function is those of the function."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.onnx.program import (
    DEFAULT,
    Call,
    Program,
    Stack,
    Step,
    qualified,
    read_outside,
)
from rfcalc.importers.onnx.stacks import stack_of

__all__ = ["OLDEST", "laid_out"]

OLDEST = 7
"""Oldest opset that is read: before it broadcasting was another."""

STEPS_LIMIT = 200_000
"""Most nodes, those of functions counted wherever they are called."""

DEPTH_LIMIT = 64
"""Deepest nesting of function calls."""


def laid_out(
    program: Program,
    nodes: Iterable[Any],
    scope: Mapping[str, str],
    prefix: str,
    taken: Iterable[str] = (),
    around: Step | None = None,
) -> list[Step]:
    """Return the steps of nodes; a call of a function becomes the steps of the function.

    Parameters
    ----------
    scope : names in the program of the values that the nodes read from outside.
    prefix : before the names of the values that they give.
    taken : names of values that no node may give.
    around : the step of whose branch they are the nodes.

    Raises
    ------
    RfcalcError
        RF113: a limit; RF504: two nodes give one value.
    """
    inlining = _Inlining(program, taken)
    stack, call = (around.stack, around.call) if around is not None else ((), None)
    if call is None:
        call = Call({item.domain: item.version for item in program.model.opset_import})
    inlining.add(nodes, _Body(dict(scope), prefix, stack, call))
    return inlining.steps


class _Body(NamedTuple):
    """Where nodes stand; ``scope`` grows by the values that they give."""

    scope: dict[str, str]
    prefix: str
    stack: Stack
    call: Call


class _Inlining:
    """Steps as they are laid out, with the limits that hold."""

    def __init__(self, program: Program, taken: Iterable[str]) -> None:
        self.steps: list[Step] = []
        self._torch = program.model.producer_name == "pytorch"
        self._functions = {(f.domain, f.name, f.overload): f for f in program.model.functions}
        self._count = 0
        self._made = set(taken)
        self._calls: set[str] = set()

    def add(self, nodes: Iterable[Any], body: _Body) -> None:
        """Append the steps of nodes."""
        if body.call.depth > DEPTH_LIMIT:
            raise _limit(f"its functions call each other deeper than {DEPTH_LIMIT}")
        for node in nodes:
            self._count += 1
            if self._count > STEPS_LIMIT:
                raise _limit(f"it has more than {STEPS_LIMIT:,} nodes, functions laid out")
            step = self._step(node, body)
            if self._functions:
                function = self._functions.get((node.domain, node.op_type, node.overload))
                if function is not None:
                    self._call(function, node, step, body)
                    continue
            if step.branching:
                read = read_outside(step)
                step.scope = {name: body.scope.get(name, body.prefix + name) for name in read}
                step.call = body.call
            self.steps.append(step)

    def _step(self, node: Any, body: _Body) -> Step:
        """Return a node as a step, and put what it gives in the scope."""
        scope, prefix = body.scope, body.prefix
        read: list[str] = list(node.input)
        own: list[str] = list(node.output)
        inputs = tuple([scope.get(name, prefix + name) if name else "" for name in read])
        outputs = tuple([prefix + name if name else "" for name in own])
        for name in outputs:
            if not name:
                continue
            if name in self._made:
                fact = f"'{node.name or node.op_type}' gives '{name}', which is there already"
                raise fail("RF504", fact, "each value has one node: save the model again")
            self._made.add(name)
        scope.update(zip(own, outputs, strict=True))
        # Each field that is asked for is made anew: a model has many nodes.
        name, domain, imports = node.name, node.domain, body.call.imports
        version = imports.get(domain, 1)
        if domain in DEFAULT:
            version = imports.get("", imports.get("ai.onnx", 1))
        return Step(
            qualified(node),
            version,
            prefix + name if name else "",
            inputs,
            outputs,
            dict(_attributes(node.attribute, body.call.given)),
            stack_of(node, torch=self._torch) or body.stack,
            {},
            prefix,
        )

    def _call(self, function: Any, node: Any, call: Step, body: _Body) -> None:
        """Append the steps of a function, its own values under a name of the call."""
        below = f"{body.prefix}{node.name or f'{node.op_type}_{self._count}'}/"
        if below in self._calls:
            below = f"{below[:-1]}_{self._count}/"
        self._calls.add(below)
        left_out = dict.fromkeys(function.input, "")
        scope = left_out | dict(zip(function.input, call.inputs, strict=False))
        defaults = dict(_attributes(function.attribute_proto, None))
        imports = {item.domain: item.version for item in function.opset_import}
        inner = Call(imports, defaults | call.attrs, body.call.depth + 1)
        self.add(function.node, _Body(scope, below, call.stack, inner))
        for mine, theirs in zip(call.outputs, list[str](function.output), strict=False):
            if mine:
                source = scope.get(theirs, below + theirs)
                self.steps.append(
                    Step("Identity", OLDEST, "", (source,), (mine,), {}, call.stack, {}, below)
                )


def _attributes(
    attributes: Iterable[Any], given: Mapping[str, Any] | None
) -> Iterable[tuple[str, Any]]:
    """Yield each attribute with its value; one that a function passes on, if it was given."""
    for item in attributes:
        if item.ref_attr_name:
            if given is not None and item.ref_attr_name in given:
                yield item.name, given[item.ref_attr_name]
            continue
        field = _FIELDS.get(item.type)
        if field is None:
            field = next((f for f in _FIELDS.values() if _present(item, f)), "i")
        value = getattr(item, field)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        elif field == "strings":
            value = [one.decode("utf-8", "replace") for one in value]
        elif field in ("ints", "floats"):
            value = list(value)
        yield item.name, value


_FIELDS = {
    1: "f", 2: "i", 3: "s", 4: "t", 5: "g", 6: "floats", 7: "ints", 8: "strings",
    9: "tensors", 10: "graphs", 11: "sparse_tensor",
}  # fmt: skip
"""The field of an attribute that holds its value, by its type."""


def _present(item: Any, field: str) -> bool:
    value = getattr(item, field)
    return len(value) > 0 if field.endswith("s") and field != "s" else item.HasField(field)


def _limit(fact: str) -> RfcalcError:
    return fail("RF113", f"the model is too large: {fact}", "read a part of it")
