"""Which numbers does a program compute from its constants alone, as a mask from its position?"""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from rfcalc.importers.torch.program import Call, Ref

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["Constants"]

DEEPEST = 64
"""Most steps in a row that are computed: masks are made in a few."""

_BOOLS, _INTEGERS = {"12", "torch.bool"}, {"1", "2", "3", "4", "5"}
"""Types as ``.pt2`` files number them, or as PyTorch writes them."""

Arguments = Mapping[str, Any]


class Constants:
    """The constants of a program that was not run, stored or computed, by name.

    Parameters
    ----------
    calls : of the program, in order.
    held : gives the numbers of a stored constant, ``None`` for other values.
    shapes : of all values.
    limit : most numbers of a constant that is computed.
    """

    def __init__(
        self,
        calls: Sequence[Call],
        held: "Callable[[str], Array | None]",
        shapes: Mapping[str, Sequence[int]],
        limit: int,
    ) -> None:
        self._held, self._shapes, self._limit = held, shapes, limit
        self._calls = {name: call for call in calls for name in call.outputs if name}
        self._found: dict[str, Array | None] = {}
        self._first: dict[str, str] = {}
        self._writers: dict[str, list[Call]] = {}
        for call in calls:
            self._note_memory(call)

    def __call__(self, name: str) -> "Array | None":
        """Return the numbers of a constant, ``None`` where they are not known."""
        return self._numbers(name, DEEPEST)

    def _note_memory(self, call: Call) -> None:
        """Note to whose memory the results of a call belong, and whether it writes there."""
        if not call.refs or not (call.inplace or call.shares is not False):
            return
        first = self._first.get(call.refs[0], call.refs[0])
        self._first.update((name, first) for name in call.outputs if name)
        if call.inplace:
            self._writers.setdefault(first, []).append(call)

    def _settled(self, name: str) -> bool:
        """Whether nothing is written to the memory of a value, or by one call before it alone."""
        first = self._first.get(name, name)
        writers = self._writers.get(first, [])
        if len(writers) != 1:
            return not writers
        for _ in range(DEEPEST):
            if name in (first, writers[0].outputs[0]):
                return name != first
            name = self._calls[name].refs[0]
        return False

    def _follows(self, call: Call) -> bool:
        """Whether the operands of a call hold what the calls that made them have given."""
        if not (call.inplace and call.refs):
            return all(map(self._settled, call.refs))
        first, *others = call.refs
        alone = first not in self._first and self._writers.get(first) == [call]
        return alone and all(map(self._settled, others))

    def _numbers(self, name: str, deep: int) -> "Array | None":
        if name not in self._found:
            call = self._calls.get(name)
            self._found[name] = self._held(name) if call is None else self._compute(call, deep)
        return self._found[name]

    def _compute(self, call: Call, deep: int) -> "Array | None":
        compute, shape = COMPUTED.get(call.op), self._shapes.get(call.outputs[0] or "", (0,))
        fits = len(call.outputs) == 1 and 0 < prod(shape) <= self._limit
        if compute is None or not fits or not deep or not self._follows(call):
            return None
        given = self._given(call, deep - 1)
        if given is None:
            return None
        import numpy as np

        try:
            with np.errstate(all="ignore"):
                if _amount(call.op, given) > self._limit:
                    return None
                made = _as_type(np.asarray(compute(given)), given.get("dtype"))
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, MemoryError):
            return None  # a form that PyTorch takes and NumPy does not
        return made if made.shape == tuple(shape) and made.dtype.kind in "biuf" else None

    def _given(self, call: Call, deep: int) -> dict[str, Any] | None:
        """Return the arguments of a call with numbers in place of names, if all are known."""
        given: dict[str, Any] = {}
        for key, arg in call.args.items():
            items = [self._numbers(i.name, deep) if isinstance(i, Ref) else i for i in _each(arg)]
            known = (i is not None for i, a in zip(items, _each(arg), strict=True) if a is not None)
            if not all(known):
                return None
            given[key] = items if isinstance(arg, list) else items[0]
        return given


def _amount(op: str, given: Arguments) -> float:
    """Return the most numbers that a call makes, whatever the file says of its result."""
    import numpy as np

    items = [item for arg in given.values() for item in _each(arg)]
    arrays: list[Array] = [item for item in items if isinstance(item, np.ndarray)]
    if op == "arange":
        return (given["end"] - given.get("start", 0)) / given.get("step", 1)
    if not arrays:
        return prod(given["size"])
    if op in ("cat", "stack"):
        return sum(array.size for array in arrays)
    if op in ("tril", "triu") and arrays[0].ndim < 2:
        raise ValueError("a triangle has two dimensions")
    return prod(np.broadcast_shapes(*(array.shape for array in arrays))) * prod(
        given.get("repeats", ())
    )


def _each(arg: Any) -> Sequence[Any]:
    return arg if isinstance(arg, list) else [arg]  # pyright: ignore[reportUnknownVariableType]


def _as_type(array: "Array", kind: Any) -> "Array":
    import numpy as np

    if str(kind) in _BOOLS:
        return array.astype(np.bool_)
    whole = str(kind) in _INTEGERS or str(kind).startswith(("torch.int", "torch.uint"))
    return array.astype(np.int64) if whole else array


def _numpy(name: str, *keys: str, **usual: Any) -> "Callable[[Arguments], Any]":
    """Return a function of NumPy, applied to arguments by their names in PyTorch.

    Parameters
    ----------
    keys : those that are always given, in NumPy's order.
    usual : those behind them, with what they are where they are not given.
    """

    def apply(given: Arguments) -> Any:
        import numpy as np

        behind = (given.get(key, value) for key, value in usual.items())
        return getattr(np, name)(*(given[key] for key in keys), *behind)

    return apply


def _add(sign: int) -> "Callable[[Arguments], Any]":
    """Return the sum, or the difference, with the factor that the second operand may have."""
    return lambda given: given["self"] + sign * given.get("alpha", 1) * given["other"]


def _divide(given: Arguments) -> Any:
    import numpy as np

    quotient: Any = np.true_divide(given["self"], given["other"])
    rounding: str | None = given.get("rounding_mode")
    return quotient if rounding is None else getattr(np, rounding)(quotient)


def _fill(number: float | None) -> "Callable[[Arguments], Any]":
    """Return what makes an array of one number, that of ``fill_value`` where none is named."""

    def fill(given: Arguments) -> Any:
        import numpy as np

        like = given.get("self")
        size: Sequence[int] = given["size"] if like is None else like.shape
        value: float = given["fill_value"] if number is None else number
        return np.full(size, value, None if like is None or number is None else like.dtype)

    return fill


def _count(given: Arguments) -> Any:
    import numpy as np

    library: Any = np
    return library.arange(given.get("start", 0), given["end"], given.get("step", 1))


def _slice(given: Arguments) -> Any:
    cut = slice(given.get("start"), given.get("end"), given.get("step", 1))
    dim = given.get("dim", 0) % given["self"].ndim
    return given["self"][(slice(None),) * dim + (cut,)]


def _squeeze(given: Arguments) -> Any:
    x = given["self"]
    dims = [d % x.ndim for d in _each(given.get("dim", list(range(x.ndim))))]
    return x.squeeze(tuple(d for d in dims if x.shape[d] == 1))


def _expand(given: Arguments) -> Any:
    import numpy as np

    x, size = given["self"], given["size"]
    own = (1,) * (len(size) - x.ndim) + x.shape
    return np.broadcast_to(x, [n if s == -1 else s for s, n in zip(size, own, strict=True)])


def _copy(given: Arguments) -> Any:
    return given["self"]


def _convert(given: Arguments) -> Any:
    if "other" in given:
        raise KeyError("dtype")  # the type of another value is not known here
    return given["self"]


_NUMPYS = {
    **{name: name for name in ("maximum", "minimum", "remainder", "floor_divide")},
    **{f"logical_{name}": f"logical_{name}" for name in ("and", "or", "xor")},
    **{f"bitwise_{name}": f"bitwise_{name}" for name in ("and", "or", "xor")},
    **{f"__{name}__": f"bitwise_{name}" for name in ("and", "or", "xor")},
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "mul": "multiply",
    "gt": "greater",
    "ge": "greater_equal",
}
"""Names in NumPy of functions of two values."""

_SINGLES = {
    **{name: name for name in ("logical_not", "abs", "exp", "log", "floor", "ceil", "sqrt")},
    "bitwise_not": "invert",
    "neg": "negative",
    "t": "transpose",
}
"""Names in NumPy of functions of one value."""

_COPIES = ("clone", "contiguous", "detach", "alias", "lift_fresh", "lift_fresh_copy")

COMPUTED: "dict[str, Callable[[Arguments], Any]]" = {
    **{name: _numpy(own, "self", "other") for name, own in _NUMPYS.items()},
    **{name: _numpy(own, "self") for name, own in _SINGLES.items()},
    **dict.fromkeys(_COPIES, _copy),
    **{name: _numpy(name, "self", diagonal=0) for name in ("tril", "triu")},
    **{
        f"{name}{like}": _fill(n)
        for n, name in enumerate(("zeros", "ones"))
        for like in ("", "_like")
    },
    **{f"full{like}": _fill(None) for like in ("", "_like")},
    "to": _convert,
    "_to_copy": _convert,
    "add": _add(1),
    "sub": _add(-1),
    "rsub": lambda given: given["other"] - given.get("alpha", 1) * given["self"],
    "div": _divide,
    "clamp": _numpy("clip", "self", min=None, max=None),
    "pow": _numpy("power", "self", "exponent"),
    "where": _numpy("where", "condition", "self", "other"),
    "masked_fill": _numpy("where", "mask", "value", "self"),
    "arange": _count,
    "slice": _slice,
    "select": _numpy("take", "self", "index", "dim"),
    "squeeze": _squeeze,
    "unsqueeze": _numpy("expand_dims", "self", "dim"),
    "view": _numpy("reshape", "self", "size"),
    "reshape": _numpy("reshape", "self", "shape"),
    "expand": _expand,
    "permute": _numpy("transpose", "self", "dims"),
    "transpose": _numpy("swapaxes", "self", "dim0", "dim1"),
    "repeat": _numpy("tile", "self", "repeats"),
    "cat": _numpy("concatenate", "tensors", dim=0),
    "stack": _numpy("stack", "tensors", dim=0),
}
"""By operator, what it makes of arrays and numbers. Source: PyTorch's documentation."""
