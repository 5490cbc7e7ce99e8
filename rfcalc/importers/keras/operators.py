"""Which Keras layers are handled, and how? One registered function per layer."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.advising import unsupported
from rfcalc.importers.axes import Pieces, Tensor, Value, constant, live
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.keras.model import Array, Layer, flat, wrong
from rfcalc.importers.operation import Result
from rfcalc.importers.registry import Registry

__all__ = ["LAYERS", "Op", "Result", "keras_layer", "refused", "run_handler"]


class Op:
    """One call of a layer in the hands of its handler.

    ``args`` and ``kwargs`` hold values where the call had tensors. A handler takes them by
    ``x``, ``first``, ``tensors``, ``tensor`` or ``apply``; one that depends on the model's input
    and that it leaves is refused. ``shape`` is what the configuration has for the result, if it
    has one: sizes that the model leaves open are ``None``.
    """

    def __init__(
        self,
        graph: Graph,
        layer: Layer,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        apply: Callable[[Any, Sequence[Any], dict[str, Any]], list[Value]],
        shape: tuple[int | None, ...] | None = None,
    ) -> None:
        self.graph = graph
        self.key = layer.key
        self.config = layer.config
        self.args = args
        self.kwargs = kwargs
        self.shape = shape
        self._apply = apply
        self.defaults: dict[str, Any] = {}
        self._given = [*_tensors(enumerate(args)), *_tensors(sorted(kwargs.items()))]
        self._read: set[int] = set()

    def __getitem__(self, name: str) -> Any:
        """Return what the layer was made or called with; the default where it is left out.

        A ``None`` that is written is one: a softmax of ``axis=None`` runs over all dimensions.
        """
        for held in (self.config, self.kwargs):
            if held.get(name) is not None:
                return held[name]
        written = name in self.config or name in self.kwargs
        return None if written else self.defaults.get(name)

    @property
    def x(self) -> Value:
        """The first tensor that the layer reads."""
        return self.first(1)[0]

    @property
    def tensors(self) -> list[Value]:
        """Every tensor among the arguments, in order."""
        return self.first(len(self._given))

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shape of every tensor among the arguments, in order; they are not looked at."""
        return [value.shape for _, value in self._given]

    def first(self, count: int) -> list[Value]:
        """Return so many tensors among the arguments, in order."""
        if not 0 < count <= len(self._given):
            raise wrong(self.graph.here, f"it is called with {len(self._given)} tensors")
        self._read.update(range(count))
        return [value for _, value in self._given[:count]]

    def tensor(self, name: str, place: int) -> Value | None:
        """Return an argument that is a tensor, by name or by place."""
        word = name if name in self.kwargs else str(place)
        found = [i for i, (held, _) in enumerate(self._given) if held == word]
        if len(found) != 1:
            return None
        self._read.update(found)
        return self._given[found[0]][1]

    def apply(self, data: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Value]:
        """Return what another layer gives, called as by a wrapper."""
        handed = [value for _, value in _tensors([("", args), ("", kwargs)])]
        for i, (_, value) in enumerate(self._given):
            if any(value is one for one in handed):
                self._read.add(i)
        return self._apply(data, args, kwargs)

    def overlooked(self, typed: bool) -> str | None:
        """Return an argument that depends on the model's input and that nobody looked at."""
        rest = (self._given[i] for i in range(len(self._given)) if i not in self._read)
        return next((f"argument {word}" for word, value in rest if live(value)), None)

    @property
    def rank(self) -> int:
        """Spatial rank that the name of the layer states: 2 for ``Conv2D``."""
        return int(next(self.key[i - 1] for i in range(1, len(self.key)) if self.key[i] == "D"))

    def number(self, name: str, least: int = 1, most: int = 1 << 22) -> int:
        """Return a setting that is one integer."""
        return self._checked(name, self[name], least, most)

    def each(self, name: str, rank: int, least: int = 1, most: int = 1 << 22) -> tuple[int, ...]:
        """Return one integer per spatial dimension of a setting that may be a single one."""
        listed = self.listed(name)
        if not isinstance(self[name], list | tuple):
            listed *= rank
        if len(listed) != rank:
            fact = f"{name} is {self[name]!r:.60}, not one number per dimension"
            raise wrong(self.graph.here, fact)
        return tuple(self._checked(name, item, least, most) for item in listed)

    def listed(self, name: str) -> list[Any]:
        """Return a setting that is a list, or the one item of it."""
        given: Any = self[name]
        if given is None:
            return []
        return list(cast("Sequence[Any]", given)) if isinstance(given, list | tuple) else [given]

    def word(self, name: str, known: Sequence[str]) -> str:
        """Return a setting that is one of a few words."""
        given = str(self[name]).lower()
        if given not in known:
            fact = f"{name} is {self[name]!r:.60}, not one of {', '.join(known)}"
            raise wrong(self.graph.here, fact)
        return given

    def dims(self, name: str, rank: int) -> list[int]:
        """Return dimensions counted from the front; all of them when none are given."""
        if self[name] is None:
            return list(range(rank))
        return sorted({self.dim(name, item, rank) for item in self.listed(name)})

    def dim(self, name: str, given: Any, rank: int) -> int:
        """Return one dimension, counted from the front."""
        if type(given) is not int or not -rank <= given < rank:
            raise wrong(
                self.graph.here, f"{name} is {given!r:.60}, and there are {rank} dimensions"
            )
        return given % rank

    def space(self, rank: int, n: int) -> tuple[list[int], int]:
        """Return which of ``n`` dimensions are space, and which is the channel."""
        if n < rank + 2:
            fact = f"'{self.graph.here}': {self.key} reads {rank + 2} dimensions, its input has {n}"
            raise fail("RF512", fact, "give the whole shape of the input, batch and channels too")
        if self["data_format"] == "channels_first":
            return list(range(n - rank, n)), n - 1 - rank
        return list(range(n - 1 - rank, n - 1)), n - 1

    @property
    def kind(self) -> str:
        """The class of the layer, or the operation."""
        return self.key

    def unsupported(self, fact: str) -> RfcalcError:
        """Return the error of a layer that is not handled."""
        return unsupported(self.graph.here, fact, self.key)

    def lost(self, fact: str) -> RfcalcError:
        """Return the error of a step that cannot be followed."""
        return lost(self.graph.here, f"{self.key}: {fact}")

    def _checked(self, name: str, given: Any, least: int, most: int) -> int:
        if type(given) is float and given.is_integer():
            given = int(given)
        if type(given) is not int or not least <= given <= most:
            fact = f"{name} is {given!r:.60}, not a whole number from {least} to {most}"
            raise wrong(self.graph.here, fact)
        return given


def _tensors(given: Iterable[tuple[object, Any]]) -> Iterator[tuple[str, Value]]:
    """Yield the tensors within arguments, each with the name or place of its argument."""
    for word, part in given:
        for item in flat(part):
            if isinstance(item, Array):
                yield str(word), constant(item.shape)
            elif isinstance(item, Tensor | Pieces):
                yield str(word), item


_REGISTRY: Registry[Op] = Registry()
LAYERS = _REGISTRY.operators
"""Every layer that is handled or refused, by name; operations of ``keras.ops`` as ``ops.Pad``."""
keras_layer = _REGISTRY.operator
refused = _REGISTRY.refused


def run_handler(op: Op) -> Result:
    """Return what the handler of a call gives, or say why there is none.

    Raises
    ------
    RfcalcError
        As ``Registry.run``.
    """
    what = "operation" if op.key.startswith("ops.") else "layer class"
    return _REGISTRY.run(op, op.key, f"the {what} {op.key} is not handled")
