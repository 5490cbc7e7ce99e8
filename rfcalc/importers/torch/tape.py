"""What did one forward pass call? Operators by name, tensors by identity and storage."""

import weakref
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from rfcalc.importers.torch.looking import looked_at, looked_into
from rfcalc.importers.torch.memory import Laid, shares, with_strides
from rfcalc.importers.torch.modules import Stack
from rfcalc.importers.torch.operators import OPERATORS
from rfcalc.importers.torch.program import UNKNOWN, Call, Ref
from rfcalc.importers.torch.schemas import Schema, schema_of
from rfcalc.importers.torch.tensors import (
    geometry,
    is_fake,
    is_tensor,
    key_of,
    reference,
    tensors_in,
)

__all__ = ["Tape", "TooLarge", "Unnamed", "Written"]

CELLS_LIMIT = 1 << 28
"""Most values of one result, and a tenth of those of all, that are made of real numbers."""


class Unnamed(Exception):
    """A tensor came from somewhere that was not seen."""


class TooLarge(Exception):
    """The model makes too many values for a pass with real numbers."""


class Written(NamedTuple):
    """A tensor of the module that was written to, and what it held."""

    tensor: Any
    was: Any


class Tape:
    """The calls of a forward pass, as they come.

    A tensor is live when it depends on an input. That is known by the memory it lies in: what a
    call makes of live tensors is live, and so is what a live tensor is written into.
    """

    def __init__(self, stack: Stack, real: bool, parameters: Iterable[tuple[str, Any]]) -> None:
        self.calls: list[Call] = []
        self.weights: dict[str, dict[str, int]] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.constants: set[str] = set()
        self.written: list[Written] = []
        self.numbers: dict[str, Any] = {}
        self.functions: list[tuple[str, ...]] = []
        # By memory: tied parameters share it, and some lie side by side in one.
        self._parameters: dict[int, dict[str, int]] = {}
        for name, tensor in parameters:
            if is_tensor(tensor) and not _lazy(tensor):
                self._parameters.setdefault(key_of(tensor), {})[name] = int(tensor.numel())
        self._stack = stack
        self._real = real
        self._made = 0
        self._taken: dict[str, int] = {}
        self._known: dict[int, tuple[weakref.ref[Any], str]] = {}
        self._storages: dict[int, tuple[Any, dict[Any, str]]] = {}
        self._live: set[int] = set()
        self._schemas: dict[Any, Schema] = {}

    def feed(self, name: str, tensor: Any) -> str:
        """Name a tensor that the model is given."""
        name = self._unique(name)
        self._register(tensor, name)
        self._live.add(key_of(tensor))
        return name

    def is_live(self, tensor: Any) -> bool:
        """Whether a tensor depends on an input."""
        return key_of(tensor) in self._live

    def any_live(self, values: Any) -> bool:
        """Whether a tensor among arguments depends on an input."""
        return any(self.is_live(tensor) for tensor in tensors_in(values))

    def name_of(self, tensor: Any) -> str:
        """Return a tensor's name; one that was never seen is a constant.

        Raises
        ------
        Unnamed
            It lies in memory that depends on an input, in a way that was not seen.
        """
        held = self._known.get(id(tensor))
        if held is not None and held[0]() is tensor:
            return held[1]
        found = self._storages.get(key_of(tensor))
        if found is not None:
            name = found[1].get(geometry(tensor))
            if name is not None:
                self._register(tensor, name)
                return name
            if self.is_live(tensor):
                raise Unnamed
        if is_fake(tensor):
            raise Unnamed
        name = self._unique("constant")
        self._register(tensor, name)
        self.constants.add(name)
        if key_of(tensor) in self._parameters:
            self.weights[name] = self._parameters[key_of(tensor)]
        elif _is_parameter(tensor):  # made by a lazy module on its first pass
            self.weights[name] = {name: int(tensor.numel())}
        return name

    def returned(self, result: Any) -> None:
        """Write down which named tensors a function gave that Python called."""
        self.functions.append(tuple(self._known_as(tensor) for tensor in tensors_in([result])))

    def _known_as(self, tensor: Any) -> str:
        """Return the name of a tensor, empty for one that no operator made."""
        held = self._known.get(id(tensor))
        return held[1] if held is not None and held[0]() is tensor else ""

    def call(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Run an operator and write it down."""
        schema = self._schemas.get(func) or self._schemas.setdefault(func, schema_of(func))
        given = dict(zip(schema.names, args, strict=False)) | kwargs
        plain = {key: self._plain(value) for key, value in given.items()}
        alive = self.any_live(given.values())
        for tensor in looked_at(schema.target, given) if alive else ():
            held = self.name_of(tensor)
            if held not in self.numbers and not self.is_live(tensor):
                self.numbers[held] = looked_into(schema.target, tensor)
        for name in schema.written:
            self._keep(given.get(name))
        if self._real:
            self._weigh(schema.target, given)
        if schema.target == "aten.as_strided":
            first = given["self"]
            plain = with_strides(
                schema.target, plain, Laid("", tuple(first.shape), tuple(first.stride()))
            )
        result = func(*args, **kwargs)
        several = isinstance(result, list | tuple)
        outs = cast("Sequence[Any]", result) if several else (result,)
        if not schema.written and not any(is_tensor(out) for out in outs):
            return result  # nothing that anybody could go on with
        firsts = _firsts(given, len(outs))
        shared: bool | None = any(
            is_tensor(a) and is_tensor(b) and key_of(a) == key_of(b)
            for a, b in zip(outs, firsts, strict=False)
        )
        if schema.inplace:
            shared = shares(schema.target, plain, None, None)
        handler = OPERATORS.get(schema.target)
        fresh = handler is not None and handler.kind == "constant"
        word = schema.target.rpartition(".")[2] + "_" * schema.inplace
        stem = self._unique(word)
        names = [f"{stem}.{i}" for i in range(len(outs))] if several else [stem]
        for out, name in zip(outs, names, strict=True):
            if is_tensor(out):
                self._result(out, name, alive and not fresh, firsts)
                if alive and self._counted(schema, given):
                    self.shapes[name] = (UNKNOWN,) * out.dim()
        for name in schema.written if alive else ():
            self._live.update(key_of(tensor) for tensor in tensors_in([given.get(name)]))
        self.calls.append(
            Call(
                schema.target,
                schema.overload,
                schema.inplace,
                plain,
                tuple(names),
                self._stack.around,
                shared,
            )
        )
        return result

    def _counted(self, schema: Schema, given: dict[str, Any]) -> bool:
        """Whether how many cells a call gives depends on the values of live tensors."""
        if schema.target == "aten.index":
            return any(
                self.is_live(index) and not (index.is_floating_point() or index.dtype.itemsize > 1)
                for index in tensors_in([given["indices"]])
            )
        if schema.target == "aten.repeat_interleave":
            return self.any_live([given.get("repeats")]) and given.get("output_size") is None
        return schema.counts

    def _result(self, out: Any, name: str, alive: bool, firsts: Sequence[Any]) -> None:
        """Name a result."""
        key = key_of(out)
        mine = any(is_tensor(first) and key_of(first) == key for first in firsts)
        if key in self._live and not mine:
            raise Unnamed
        self._register(out, name)
        if alive:
            self._live.add(key)
        self._made += out.numel()
        if self._real and self._made > 10 * CELLS_LIMIT:
            raise TooLarge

    def _weigh(self, target: str, given: dict[str, Any]) -> None:
        """Refuse a product of matrices whose result is too large to be made."""
        if target in ("aten.matmul", "aten.bmm", "aten.mm"):
            one, two = given["self"], given["other" if "other" in given else "mat2"]
            if two.dim() > 1 and one.numel() // max(1, one.shape[-1]) * two.shape[-1] > CELLS_LIMIT:
                raise TooLarge

    def _keep(self, given: Any) -> None:
        """Keep what a tensor of the module holds before it is written to."""
        for tensor in tensors_in([given]):
            held = self._known.get(id(tensor))
            name = held[1] if held else ""
            if name in self.constants and not any(w.tensor is tensor for w in self.written):
                self.written.append(Written(tensor, tensor.detach().clone()))

    def _register(self, tensor: Any, name: str) -> None:
        key = key_of(tensor)
        if key not in self._storages:
            # The reference keeps the address from being given to another storage.
            self._storages[key] = (reference(tensor), {})
        self._storages[key][1][geometry(tensor)] = name
        self._known[id(tensor)] = (weakref.ref(tensor), name)
        self.shapes[name] = tuple(tensor.shape)

    def _unique(self, word: str) -> str:
        count = self._taken.get(word, 0)
        self._taken[word] = count + 1
        name = f"{word}_{count}" if count else word
        if count and name in self._taken:
            return self._unique(name)
        self._taken.setdefault(name, 1)
        return name

    def _plain(self, arg: Any) -> Any:
        """Return an argument as data."""
        if isinstance(arg, list | tuple):
            return [self._plain(item) for item in cast("Sequence[Any]", arg)]
        if is_tensor(arg):
            return Ref(self.name_of(arg))
        if arg is None or isinstance(arg, bool | int | float | str):
            return arg
        return str(arg)


def _firsts(given: dict[str, Any], count: int) -> Sequence[Any]:
    """Return, for each result, the argument whose memory it may share."""
    first = given.get("self", given.get("input", given.get("tensors")))
    if isinstance(first, list | tuple):
        return cast("Sequence[Any]", first)
    return [first] * count


def _is_parameter(tensor: Any) -> bool:
    """Whether a tensor is a parameter."""
    import torch

    return isinstance(tensor, torch.nn.Parameter)


def _lazy(tensor: Any) -> bool:
    """Whether a parameter has no memory before the first pass."""
    from torch.nn.parameter import is_lazy

    return bool(is_lazy(tensor))
