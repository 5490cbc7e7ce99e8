"""Does any module of the house import, by whatever way, one that imports it?"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import rfcalc

ROOT = Path(rfcalc.__file__).parent


def modules() -> dict[str, Path]:
    """Return the file of each module, by its name."""
    found: dict[str, Path] = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = [ROOT.name, *path.relative_to(ROOT).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield every import, those inside functions too, but those for types alone."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            yield from (found for rest in child.orelse for found in imports(rest))
        elif isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif not isinstance(child, ast.expr):  # an expression holds no statement
            yield from imports(child)


def imported(tree: ast.AST, known: dict[str, Path]) -> set[str]:
    """Return the modules of the house that one imports; a package where a name is of it."""
    found: set[str] = set()
    for one in imports(tree):
        if isinstance(one, ast.Import):
            found |= {alias.name for alias in one.names}
        else:
            assert one.level == 0, "imports are absolute"
            names = [f"{one.module}.{alias.name}" for alias in one.names]
            found |= {name if name in known else str(one.module) for name in names}
    return found & known.keys()


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return modules each of which imports the one before it, the first again at the end."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as fault:
        return fault.args[1]
    return []


def test_no_circle_of_imports_those_inside_functions_counted():
    known = modules()
    edges = {
        name: imported(ast.parse(path.read_text("utf-8")), known) - {name}
        for name, path in known.items()
    }
    assert sum(map(len, edges.values())) > 1000
    assert circle(edges) == []


def test_a_circle_through_a_function_is_found():
    known = {"rfcalc.a": ROOT, "rfcalc.b": ROOT}
    one = ast.parse("from rfcalc import b")
    other = ast.parse("def go():\n    from rfcalc.a import act\n    return act")
    types = ast.parse("if TYPE_CHECKING:\n    from rfcalc.a import act")
    assert circle({"rfcalc.a": imported(one, known), "rfcalc.b": imported(other, known)})
    assert not circle({"rfcalc.a": imported(one, known), "rfcalc.b": imported(types, known)})
