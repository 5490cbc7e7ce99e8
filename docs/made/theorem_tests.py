"""What do the tests say that hold the theorems? The source of each that the theory links to."""

import ast
import re
from pathlib import Path

__all__ = ["linked", "source", "theorem_tests"]

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(tests\.md#(test_\w+)\)")


def theorem_tests() -> str:
    """Return the source of every test that the theory links to."""
    return "\n".join(_told(name) for name in linked())


def linked() -> list[str]:
    """Return the names of the tests that the theory links to, each once, in order."""
    text = (ROOT / "docs" / "theory.md").read_text(encoding="utf-8")
    return list(dict.fromkeys(LINK.findall(text)))


def source(name: str) -> tuple[str, str]:
    """Return the file of a test, from the root, and its text.

    Raises
    ------
    LookupError
        No test, or more than one, has this name.
    """
    found: list[tuple[str, str]] = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if f"def {name}(" not in text:
            continue
        lines = text.splitlines()
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                body = "\n".join(lines[first - 1 : node.end_lineno])
                found.append((path.relative_to(ROOT).as_posix(), body))
    if len(found) != 1:
        raise LookupError(f"{len(found)} tests are named {name}")
    return found[0]


def _told(name: str) -> str:
    path, text = source(name)
    words = name.removeprefix("test_").replace("_", " ")
    title = re.sub(r"\bt(?=\d)", "T", words[0].upper() + words[1:])
    return f'## {title} {{ #{name} }}\n\n```python title="{path}"\n{text}\n```\n'
