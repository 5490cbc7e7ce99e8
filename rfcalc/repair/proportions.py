"""Do the dilations of a text, or its kernels and strides, follow its numbers in proportion?"""

import ast
from collections.abc import Iterator, Sequence

from rfcalc.spec.parser import yaml
from rfcalc.spec.text import compose

__all__ = ["deciding", "proportional"]


def proportional(text: str, words: Sequence[str] = ("dilation", "dilations")) -> bool:
    r"""Return whether no dilation, or what else, is decided by a product of names or a division.

    Expressions of these words are followed to the variables and parameters in them, and on to the
    expressions that these are given by. A name is taken to mean the same wherever it stands.

    >>> proportional("layers: [{kernel: 3, dilation: 2*a + b}]")
    True
    >>> proportional("vars: {b: a//4}\nlayers: [{kernel: 3, dilation: b}]")
    False
    """
    return all(_degree(tree) <= 1 for tree in _deciding(text, words))


def deciding(text: str) -> set[str]:
    r"""Return the names that dilations are decided by.

    >>> sorted(deciding("vars: {b: 2*a, c: 1}\nlayers: [{kernel: c, dilation: b}]"))
    ['a', 'b']
    """
    found = (ast.walk(tree) for tree in _deciding(text, ("dilation", "dilations")))
    return {node.id for nodes in found for node in nodes if isinstance(node, ast.Name)}


def _deciding(text: str, words: Sequence[str]) -> Iterator[ast.expr]:
    """Yield the expressions of words, and those of the names in them."""
    given: dict[str, list[str]] = {}
    _, root = compose(text, "<text>")
    for word, value in _values(root):
        given.setdefault(word, []).append(value)
    left, seen = [*words], set[str]()
    while left:
        word = left.pop()
        if word in seen:
            continue
        seen.add(word)
        for tree in filter(None, map(_parsed, given.get(word, ()))):
            yield tree
            left += [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _values(root: yaml.Node) -> Iterator[tuple[str, str]]:
    """Yield every text of a document with the key that it stands below."""
    stack: list[tuple[str, yaml.Node]] = [("", root)]
    done: set[tuple[str, int]] = set()
    while stack:
        word, node = stack.pop()
        if isinstance(node, yaml.ScalarNode):
            yield word, node.value
        elif (word, id(node)) not in done:
            done.add((word, id(node)))
            if isinstance(node, yaml.SequenceNode):
                stack += [(word, child) for child in node.value]
            elif isinstance(node, yaml.MappingNode):
                stack += [(key.value, child) for key, child in node.value if _is_text(key)]


def _is_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _degree(node: ast.expr) -> int:
    """Return the degree of an expression in its names, 2 for a division of them as well."""
    match node:
        case ast.Name():
            return 1
        case ast.UnaryOp(operand=operand):
            return _degree(operand)
        case ast.BinOp(left=left, op=operator, right=right):
            first, second = _degree(left), _degree(right)
            if isinstance(operator, ast.FloorDiv):
                return 2 * bool(first or second)
            return first + second if isinstance(operator, ast.Mult) else max(first, second)
        case _:
            return 0
