"""What integer does an expression of parameters stand for? ``+ - * // ()`` and nothing else."""

import ast
import re
from collections.abc import Callable, Mapping

__all__ = ["ExpressionFault", "evaluate"]

LENGTH_LIMIT = 200
"""Longest expression, in characters."""
VALUE_LIMIT = 1 << 62
"""Largest value of an expression, and of each part of it."""

_WORDS = re.compile(r"(?:\s|[0-9]++(?!\w)|[^\W\d]\w*+|[-+*/()])*+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")

_BINARY: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
}


class ExpressionFault(Exception):
    """The text is not an integer expression of the known parameters."""


def evaluate(text: str, values: Mapping[str, int]) -> int:
    """Return the value of an integer expression.

    >>> evaluate("2*(rate+1)//3", {"rate": 4})
    3

    Raises
    ------
    ExpressionFault
        Another operator, an unknown name, a division by zero, a value beyond 2**62.
    """
    if len(text) > LENGTH_LIMIT:
        raise ExpressionFault(f"it has {len(text)} characters; the limit is {LENGTH_LIMIT}")
    if _DATE.fullmatch(text):
        raise ExpressionFault("it is a date; a difference is written with spaces, 9 - 2")
    if not _WORDS.fullmatch(text):
        raise ExpressionFault("only + - * // ( ), integers and parameters are read")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionFault("it is not an integer expression") from None
    return _value(tree, values)


def _value(node: ast.expr, values: Mapping[str, int]) -> int:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return _bounded(value)
        case ast.Name(id=name):
            if name not in values:
                known = ", ".join(sorted(values)) or "none are defined"
                raise ExpressionFault(f"'{name}' is not a parameter here ({known})")
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _BINARY:
            first, second = _value(left, values), _value(right, values)
            if isinstance(operator, ast.FloorDiv) and second == 0:
                raise ExpressionFault("it divides by zero")
            return _bounded(_BINARY[type(operator)](first, second))
        case _:
            raise ExpressionFault("only + - * // ( ) and integers are read")


def _bounded(value: int) -> int:
    if abs(value) > VALUE_LIMIT:
        raise ExpressionFault("its value is beyond 2**62")
    return value
