"""Are integer expressions those of Python, and nothing else?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.spec.expressions import ExpressionFault, evaluate


@given(st.integers(-99, 99), st.integers(-99, 99), st.integers(1, 9))
def test_expressions_are_those_of_python(a, b, c):
    values = {"a": a, "b": b, "c": c}
    for text in ("a+b*c", "(a+b)*c", "a-b-c", "-a//c", "a*-b", "2*(a+b)//c - 1"):
        assert evaluate(text, values) == eval(text, {}, dict(values))


@pytest.mark.parametrize(
    "text",
    [
        *("a**2", "a/2", "a%2", "f(a)", "a.b", "[a]", "a if a else a", "1.5", "True", "'a'", "a;b"),
        *("lambda: a", "a//0", "zz", "", "(" * 300 + ")" * 300, "9" * 400, "-" * 199 + "1" * 2),
        *("9223372036854775807*9", "a\0", "(a", "a b", "a:=3", "0x", "~a", "+a"),
    ],
)
def test_anything_else_is_no_expression(text):
    with pytest.raises(ExpressionFault):
        evaluate(text, {"a": 2})
