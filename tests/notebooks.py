"""Does the notebook of the documentation show what its cells give? They are run, in order.

``python -m tests.notebooks`` writes what every cell shows into the notebook.
"""

import ast
import base64
import json
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from tests.importers.models import declare_torchvision_operators

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def read() -> dict[str, Any]:
    """The notebook as it stands."""
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))


def shown(value: Any) -> dict[str, Any]:
    """What Jupyter keeps of a value: its picture or table where it has one, and a text."""
    kept: dict[str, Any] = {}
    html, png = getattr(value, "_repr_html_", None), getattr(value, "_repr_png_", None)
    if html is not None and (text := html()) is not None:
        kept["text/html"] = lines(text)
    if png is not None and (data := png()) is not None:
        kept["image/png"] = base64.b64encode(data).decode() + "\n"
    # A page that shows neither pictures nor tables is told what stands there.
    kept["text/plain"] = [type(value).__name__] if kept else lines(repr(value))
    return kept


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def outputs() -> list[list[dict[str, Any]]]:
    """What each cell of code shows, run in the folder of the repository."""
    # Where PyTorch has no compiled operators of torchvision, its models want them declared.
    declare_torchvision_operators()
    names: dict[str, Any] = {"__name__": "__main__"}
    found: list[list[dict[str, Any]]] = []
    with chdir(ROOT):
        for cell in read()["cells"]:
            if cell["cell_type"] == "code":
                found.append(run("".join(cell["source"]), names, len(found) + 1))
    return found


def run(source: str, names: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """What a cell prints and what its last line gives."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    printed, value = StringIO(), None
    with redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "cell", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    shows: list[dict[str, Any]] = []
    if printed.getvalue():
        text = lines(printed.getvalue())
        shows.append({"output_type": "stream", "name": "stdout", "text": text})
    if value is not None:
        result = {"execution_count": count, "metadata": {}, "data": shown(value)}
        shows.append({"output_type": "execute_result", **result})
    return shows


def renew() -> None:
    """Write the outputs into the notebook."""
    book, found = read(), iter(outputs())
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = next(found)
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    for count, cell in enumerate(code, 1):
        cell["execution_count"] = count
    NOTEBOOK.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew()
