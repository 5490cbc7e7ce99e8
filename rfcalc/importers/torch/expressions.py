"""Which number is a size that a saved program has as an expression of symbols?

Functions as in SymPy and ``torch.utils._sympy.functions``; older releases write operators.
"""

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, prod
from typing import cast

__all__ = ["evaluate", "symbols"]

LONGEST = 10_000
"""Longest expression that is looked at, characters."""

BITS = 256
"""Most bits of a number on the way."""


def evaluate(text: str, known: Mapping[str, int]) -> Fraction | None:
    """Return an expression of symbols as a number, ``None`` where it does not follow from them.

    >>> evaluate("Add(Mul(Integer(2), Symbol('s0', integer=True)), Integer(-1))", {"s0": 5})
    Fraction(9, 1)
    >>> evaluate("(s0 + 1)//2", {"s0": 6}), evaluate("s1", {"s0": 6})
    (Fraction(3, 1), None)
    """
    tree = _tree(text)
    try:
        return None if tree is None else _number(tree, known)
    except (LookupError, ArithmeticError, TypeError, ValueError, RecursionError):
        return None


@lru_cache(maxsize=4096)
def _tree(text: str) -> ast.expr | None:
    if len(text) > LONGEST:
        return None
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def symbols(text: str) -> set[str]:
    """Return the names of the symbols in an expression."""
    tree = _tree(text)
    if tree is None:
        return set()
    nodes = list(ast.walk(tree))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    plain = {n.id for n in nodes if isinstance(n, ast.Name) and id(n) not in called}
    calls = [n for n in nodes if isinstance(n, ast.Call) and _function(n) == "Symbol"]
    return plain | {str(cast("ast.Constant", n.args[0]).value) for n in calls}


def _function(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _number(node: ast.expr, known: Mapping[str, int]) -> Fraction:
    """Return what a part of an expression is; raise what Python does where it is nothing."""
    found = _part(node, known)
    if max(found.numerator.bit_length(), found.denominator.bit_length()) > BITS:
        raise ArithmeticError("a number that no size has")
    return found


def _part(node: ast.expr, known: Mapping[str, int]) -> Fraction:
    if isinstance(node, ast.Constant):
        return Fraction(cast("int", node.value))
    if isinstance(node, ast.Name):
        return Fraction(known[node.id])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand, known)
    if isinstance(node, ast.BinOp):
        sides = (_number(node.left, known), _number(node.right, known))
        return Fraction(_FUNCTIONS[_OPERATORS[type(node.op)]](*sides))
    if isinstance(node, ast.Call):
        if _function(node) == "Symbol":
            return Fraction(known[str(cast("ast.Constant", node.args[0]).value)])
        given = [_number(arg, known) for arg in node.args]
        return Fraction(_FUNCTIONS[_function(node)](*given))
    raise TypeError(type(node).__name__)


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > BITS:
        raise ArithmeticError("a power that no size has")
    return base ** int(exponent)


def _total(*terms: Fraction) -> Fraction:
    return sum(terms, Fraction(0))


def _product(*factors: Fraction) -> Fraction:
    return prod(factors, start=Fraction(1))


def _first(number: Fraction, *_: Fraction) -> Fraction:
    return number


def _ceil_div(a: Fraction, b: Fraction) -> int:
    return -(-a // b)


def _digit(a: Fraction, b: Fraction, c: Fraction) -> Fraction:
    return a // b % c


def _largest(*numbers: Fraction) -> Fraction:
    return max(numbers)


def _smallest(*numbers: Fraction) -> Fraction:
    return min(numbers)


def _less(a: Fraction, b: Fraction) -> Fraction:
    return a - b


def _quotient(a: Fraction, b: Fraction) -> Fraction:
    return a / b


def _floor_div(a: Fraction, b: Fraction) -> int:
    return a // b


def _rest(a: Fraction, b: Fraction) -> Fraction:
    return a % b


_FUNCTIONS: dict[str, Callable[..., Fraction | int]] = {
    "Add": _total,
    "Sub": _less,
    "Mul": _product,
    "Rational": _quotient,
    "Max": _largest,
    "Min": _smallest,
    "CeilDiv": _ceil_div,
    "ModularIndexing": _digit,
    **dict.fromkeys(("Pow", "PowByNatural"), _power),
    **dict.fromkeys(("IntTrueDiv", "FloatTrueDiv"), _quotient),
    **dict.fromkeys(("FloorDiv", "CleanDiv"), _floor_div),
    **dict.fromkeys(("Mod", "PythonMod"), _rest),
    **dict.fromkeys(("floor", "FloorToInt"), floor),
    **dict.fromkeys(("ceiling", "CeilToInt"), ceil),
    "TruncToInt": int,
    **dict.fromkeys(("Integer", "Float", "ToFloat", "Identity"), _first),
}
"""What the functions of SymPy and of PyTorch that make sizes give."""

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "Add",
    ast.Sub: "Sub",
    ast.Mult: "Mul",
    ast.Div: "IntTrueDiv",
    ast.FloorDiv: "FloorDiv",
    ast.Mod: "Mod",
    ast.Pow: "Pow",
}
