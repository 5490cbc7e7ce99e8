"""What does a function of each entry leave of the entries that a constant mask hides?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.importers.axes import Pairs, Tensor, Value, constant, live, spatial
from rfcalc.importers.graph import Graph
from rfcalc.importers.hiding import add_constant, hide, low, scaled_away
from rfcalc.importers.pairing import unhide
from rfcalc.importers.pieces import items_of
from rfcalc.importers.products import broadcast
from rfcalc.importers.sights import differing
from rfcalc.importers.uneven import unlike_along
from rfcalc.layers.pointwise import Mul

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["choose", "meet_constant", "refill"]

_SUMS = frozenset(("add", "add_n", "average", "mean", "rsub", "sub", "subtract", "sum"))
_TAKEN_AWAY = {"sub": 1, "subtract": 1, "rsub": 0}
"""Which operand is taken away from the other."""
_PRODUCTS = frozenset(("and", "bitwise_and", "logical_and", "mul", "multiply"))
_QUOTIENTS = frozenset(("div", "divide", "floor_divide", "true_divide", "truedivide"))
_GREATEST = frozenset(("fmax", "max", "maximum"))
_LEAST = frozenset(("fmin", "min", "minimum"))

_MAKES: dict[tuple[str, str], frozenset[str]] = {
    ("zero", "zero"): frozenset(
        (
            *("abs", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "celu", "elu", "erf"),
            *("expm1", "floor", "gelu", "hard_shrink", "hard_silu", "hard_swish", "hardswish"),
            *("isinf", "isnan", "leaky_relu", "leakyrelu", "linear", "log1p", "mish", "neg"),
            *("negative", "prelu"),
            *("relu", "relu6", "round", "selu", "sign", "silu", "sin", "sinh", "soft_shrink"),
            *("softsign", "sqrt", "square", "swish", "tan", "tanh", "tanh_shrink", "trunc"),
        )
    ),
    ("zero", ""): frozenset(
        (
            *("acos", "cos", "cosh", "erfc", "exp", "exp2", "exponential", "hard_sigmoid"),
            *("hardsigmoid", "log_sigmoid", "logistic", "sigmoid", "softplus"),
        )
    ),
    ("low", "zero"): frozenset(
        (
            *("exp", "exp2", "exponential", "gelu", "hard_sigmoid", "hard_silu", "hard_swish"),
            *("hardsigmoid", "hardswish", "isnan", "logistic", "mish", "relu", "relu6", "sigmoid"),
            *("silu", "softplus", "swish"),
        )
    ),
    ("low", "low"): frozenset(("ceil", "floor", "linear", "log_sigmoid", "round", "trunc")),
    ("low", ""): frozenset(
        ("celu", "elu", "erf", "erfc", "expm1", "isinf", "selu", "sign", "tanh")
    ),
}
"""Functions that make nothing of 0, or of a number far below 0, leave it there, or give another."""


def refill(graph: Graph, values: Sequence[Value], name: str) -> Sequence[Value]:
    """Return the operands of a function, hidden where they still are in its result.

    Parameters
    ----------
    name : the function in lower case, as the framework calls it. Of one that is not known it
        is not known what it makes of hidden entries: the network is marked where there are any.
    """
    held = [_hidden_in(v) for v in values]
    if not any(held):
        return values
    if sum(map(live, values)) == 1:
        made = [None if p is None else _result_of(p.fill, name) for p in held]
    elif _alike(name, values, held):
        return values
    else:
        made = [
            p.fill if p is not None and _lasts(name, i, p.fill) else None
            for i, p in enumerate(held)
        ]
    every = zip(values, held, made, strict=True)
    return [v if p is None else _with_fill(graph, v, fill) for v, p, fill in every]


def meet_constant(
    graph: Graph, x: Value, name: str, numbers: "Array | None", *, first: bool = False
) -> Value:
    """Return a value that met constant numbers in a function: what they hide, or show again.

    Parameters
    ----------
    name : the function in lower case, as the framework calls it.
    numbers : ``None`` where they are not known, and taken for numbers like any other.
    first : the numbers stand before the value.
    """
    held: Any = numbers
    pairs = _hidden_in(x)
    if numbers is None:
        lasts = pairs is None or _lasts(name, int(first), pairs.fill)
        return x if lasts else _with_fill(graph, x, None)
    if name in _SUMS:
        if name in _TAKEN_AWAY and first != bool(_TAKEN_AWAY[name]):
            return add_constant(graph, x, -held)
        if name in _TAKEN_AWAY and pairs is not None and pairs.fill == "low":
            x = _with_fill(graph, x, None)
        return add_constant(graph, x, numbers)
    if pairs is not None:
        x = _with_fill(graph, x, _beside(pairs.fill, name, held, first))
    if name in _PRODUCTS:
        return scaled_away(graph, x, numbers)
    return hide(graph, x, low(numbers)) if name in _LEAST else x


def _alike(name: str, values: Sequence[Value], held: Sequence[Pairs | None]) -> bool:
    """Whether all operands hide the same entries, and a function leaves them as they are.

    A choice does by a condition that is false there, as of what is no number, of the other value.
    """
    if name == "where" and len(values) == 3 and not live(values[1]):
        values, held = [values[0], values[2]], [held[0], held[2]]
        if any(pairs is None or pairs.fill != "zero" for pairs in held):
            return False
    elif name not in _GREATEST | _LEAST:
        return False
    return None not in held and len({*map(_form, values)}) == 1


def _result_of(fill: str, name: str) -> str | None:
    """Return what a function makes of hidden entries, ``None`` if not known."""
    return next((to for (of, to), names in _MAKES.items() if of == fill and name in names), None)


def choose(graph: Graph, both: Sequence[Value], condition: "Array | None") -> Value:
    """Return what a constant condition takes of two values, each of which depends on the input.

    A condition that takes one of them everywhere leaves the other unread. Of one that differs
    along space, and of one that is not known, both are taken to be read, and the network is
    marked.
    """
    held: Any = condition
    if held is not None and held.size and (held.all() or not held.any()):
        taken = both[0] if held.all() else both[1]
        return broadcast(graph, [taken, *(constant(v.shape) for v in both)], Mul())
    done = broadcast(graph, refill(graph, both, "where"), Mul())
    behind = len(done.shape) - (0 if held is None else held.ndim)
    along = [] if held is None else [d + behind for d in differing(held[..., None, None])]
    if held is None or any(spatial(i.dims[d]) for i in items_of(done) for d in along):
        graph.assume(f"{graph.here}: both values of a constant choice are taken to be read")
        return done
    return unlike_along(done, along) if isinstance(done, Tensor) else done


def _beside(fill: str, name: str, numbers: Any, first: bool) -> str | None:
    """Return what a function of constants makes of hidden entries, ``None`` if not known."""
    if name in _PRODUCTS or (name in _QUOTIENTS and not first):
        return fill if fill == "zero" or (numbers > 0).all() else None
    if name in _LEAST and (fill == "low" or (numbers >= 0).all()):
        return fill
    if name in _GREATEST and (numbers == 0).all():
        return "zero"
    if name in _GREATEST and fill == "zero" and (numbers <= 0).all():
        return fill
    if name == "pow" and fill == "zero" and not first and (numbers > 0).all():
        return fill
    return "" if name in _GREATEST and (numbers > 0).all() else None


def _lasts(name: str, i: int, fill: str) -> bool:
    """Whether what an operand hides is judged by the sum or product that a function is."""
    if name in _SUMS:
        return fill == "zero" or _TAKEN_AWAY.get(name) != i
    return fill == "zero" and (name in _PRODUCTS or (name in _QUOTIENTS and not i))


def _hidden_in(x: Value) -> Pairs | None:
    pairs = x.pairs if isinstance(x, Tensor) else None
    return pairs if pairs is not None and pairs.fill else None


def _form(x: Value) -> object:
    """Return which entries a value hides, and where they stand from its end."""
    pairs = _hidden_in(x)
    assert pairs is not None
    behind = len(x.shape)
    return pairs.rows - behind, pairs.keys - behind, pairs.whole, pairs.fill


def _with_fill(graph: Graph, x: Value, fill: Any) -> Value:
    """Return a value whose hidden entries hold nothing, or what is too low, or another number.

    Those that hold a number that depends on no input (``""``) are hidden no longer. Where they
    may hold anything (``None``) the network is marked.
    """
    pairs = _hidden_in(x)
    assert pairs is not None
    if fill is None:
        unhide(graph)
    held = msgspec.structs.replace(pairs, fill=fill) if fill else None
    return msgspec.structs.replace(x, pairs=held)
