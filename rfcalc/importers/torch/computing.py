"""Which numbers does a program compute of constants alone, as masks made of ranges? By NumPy."""

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, cast

from rfcalc.importers.torch.program import Call, Ref

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["Computed"]

CELLS_LIMIT = 1 << 22
"""Most numbers of a value that is computed."""

_UNFIT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What operands raise that NumPy cannot compute with."""

_BOOL = ("torch.bool", "12")
_WHOLE = tuple(str(n) for n in range(1, 6))


class Computed:
    """The numbers of a program that was not run: those that are stored, and what is made of them.

    Nothing is computed of a program that writes over constants in place.

    Parameters
    ----------
    stored : gives the numbers of what is stored, ``None`` of what is not.
    """

    def __init__(self, calls: Sequence[Call], stored: "Callable[[str], Array | None]") -> None:
        self._stored = stored
        self._calls = {call.outputs[0]: call for call in calls if len(call.outputs) == 1}
        self._known: dict[str, Any] = {}
        written = [call.args.get("self") for call in calls if call.inplace]
        if any(isinstance(ref, Ref) and self(ref.name) is not None for ref in written):
            self._calls, self._known = {}, {}

    def __call__(self, name: str) -> Any:
        """Return the numbers of a value, ``None`` where they are not known."""
        if name not in self._known:
            self._known[name] = None  # a value is not made of itself
            found = self._stored(name)
            call = self._calls.get(name) if found is None else None
            if call is not None and not call.inplace and call.op in _MAKES:
                found = self._computed(call)
            self._known[name] = found
        return self._known[name]

    def _computed(self, call: Call) -> Any:
        import numpy as np

        try:
            args = {name: self._argument(arg) for name, arg in call.args.items()}
            with np.errstate(all="ignore"):
                found = np.asarray(_MAKES[call.op](args))
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
            RecursionError,
        ):
            return None
        return found if found.size <= CELLS_LIMIT and found.dtype != object else None

    def _argument(self, given: Any) -> Any:
        """Return an argument with numbers in the place of values; refuse one that has none."""
        if isinstance(given, list):
            return [self._argument(item) for item in cast("list[Any]", given)]
        if not isinstance(given, Ref):
            return given
        found = self(given.name)
        if found is None:
            raise LookupError(given.name)
        return found


Args = dict[str, Any]


def _few(sizes: Any) -> list[int]:
    """Return a shape, of no more numbers than are computed."""
    listed = [int(n) for n in sizes]
    if prod(listed) > CELLS_LIMIT:
        raise ValueError("too many numbers")
    return listed


def _range(a: Args) -> Any:
    given = {"start": 0, "step": 1, **a}
    _few([abs((given["end"] - given["start"]) / given["step"])])
    return _numpy("arange", "start", "end", "step")(given)


def _filled(number: float | None, like: bool) -> Callable[[Args], Any]:
    def make(a: Args) -> Any:
        import numpy as np

        shape = a["self"].shape if like else _few(a["size"])
        return _cast(a, np.full(shape, a["fill_value"] if number is None else number))

    return make


def _cast(a: Args, held: Any) -> Any:
    """Return numbers as of the type that is asked for: truths are told from numbers."""
    kind = str(a["dtype"]) if a.get("dtype") is not None else ""
    if kind in _BOOL:
        return held.astype(bool)
    if "int" in kind or kind in _WHOLE:
        return held.astype("int64")
    return held.astype("float64") if kind and held.dtype.kind == "b" else held


def _numpy(name: str, *words: str) -> Callable[[Args], Any]:
    """Return a function of NumPy of the arguments of these names."""

    def make(a: Args) -> Any:
        import numpy as np

        return getattr(np, name)(*(a[word] for word in words))

    return make


def _of_two(name: str) -> Callable[[Args], Any]:
    return _numpy(name, "self", "other")


def _triangle(name: str) -> Callable[[Args], Any]:
    return lambda a: _numpy(name, "self", "diagonal")({"diagonal": 0, **a})


def _sum(sign: int, turned: bool = False) -> Callable[[Args], Any]:
    def make(a: Args) -> Any:
        one, two = (a["other"], a["self"]) if turned else (a["self"], a["other"])
        if a.get("alpha", 1) != 1:
            raise ValueError("a multiple is summed")
        return one * 1 + sign * (two * 1)

    return make


def _quotient(a: Args) -> Any:
    import numpy as np

    rounding = a.get("rounding_mode")
    done: Any = np.true_divide(a["self"], a["other"])
    return done if rounding is None else np.floor(done) if rounding == "floor" else np.trunc(done)


def _sliced(a: Args) -> Any:
    place = [slice(None)] * a["self"].ndim
    place[a.get("dim", 0)] = slice(a.get("start"), a.get("end"), a.get("step"))
    return a["self"][tuple(place)]


def _expanded(a: Args) -> Any:
    import numpy as np

    given = a["self"].shape
    sizes = _few(a["size"])
    added = len(sizes) - len(given)
    full = [given[d - added] if n == -1 else n for d, n in enumerate(sizes)]
    return np.broadcast_to(a["self"], _few(full))


_SAME = (
    *("alias", "clone", "contiguous", "detach", "lift_fresh_copy", "to", "_to_copy"),
    "_assert_tensor_metadata",
)

_MAKES: dict[str, Callable[[Args], Any]] = {
    "arange": _range,
    **dict.fromkeys(("full", "new_full"), _filled(None, False)),
    **dict.fromkeys(("ones", "new_ones"), _filled(1, False)),
    **dict.fromkeys(("zeros", "new_zeros"), _filled(0, False)),
    "full_like": _filled(None, True),
    "ones_like": _filled(1, True),
    "zeros_like": _filled(0, True),
    "tril": _triangle("tril"),
    "triu": _triangle("triu"),
    "add": _sum(1),
    "sub": _sum(-1),
    "rsub": _sum(-1, turned=True),
    "mul": _of_two("multiply"),
    "div": _quotient,
    "floor_divide": _of_two("floor_divide"),
    "remainder": _of_two("mod"),
    **{
        op: _of_two(name)
        for op, name in (
            *(("eq", "equal"), ("ne", "not_equal"), ("lt", "less"), ("le", "less_equal")),
            *(("gt", "greater"), ("ge", "greater_equal"), ("maximum", "maximum")),
            *(("minimum", "minimum"), ("logical_and", "logical_and"), ("__and__", "bitwise_and")),
            *(("logical_or", "logical_or"), ("__or__", "bitwise_or")),
            *(("bitwise_and", "bitwise_and"), ("bitwise_or", "bitwise_or")),
        )
    },
    **{
        op: _numpy(name, "self")
        for op, name in (
            *(("neg", "negative"), ("abs", "abs"), ("exp", "exp"), ("log", "log")),
            *(("logical_not", "logical_not"), ("bitwise_not", "invert"), ("t", "transpose")),
        )
    },
    "where": _numpy("where", "condition", "self", "other"),
    "masked_fill": _numpy("where", "mask", "value", "self"),
    **dict.fromkeys(_SAME, lambda a: _cast(a, a["self"])),
    **dict.fromkeys(
        ("view", "reshape"), lambda a: a["self"].reshape(a.get("size", a.get("shape")))
    ),
    "unsqueeze": _numpy("expand_dims", "self", "dim"),
    "expand": _expanded,
    "permute": lambda a: a["self"].transpose(a["dims"]),
    "transpose": lambda a: a["self"].swapaxes(a["dim0"], a["dim1"]),
    "slice": _sliced,
    "select": lambda a: a["self"].take(a["index"], a["dim"]),
}
"""What operators make of numbers, by their arguments."""
