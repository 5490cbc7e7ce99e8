r"""How does a document look in LaTeX? Tables with the rules of booktabs, for ``\input``."""

from typing import cast

from rfcalc.render.document import Document, Table
from rfcalc.shown import as_tex, visible

__all__ = ["as_latex"]


def as_latex(document: Document) -> str:
    """Return the tables of a document in LaTeX; titles and what else is said are comments."""
    blocks: list[str] = []
    for part in document.parts:
        if isinstance(part, Table):
            blocks.append(_table(part))
            continue
        told = [part.title] if part.title else []
        for _, line in part.lines:
            told += [line] if isinstance(line, str) else _texts(line)
        blocks.append("\n".join(_comment(text) for text in told))
    return "% needs \\usepackage{booktabs}\n\n" + "\n\n".join(blocks) + "\n"


def _texts(line: object) -> list[str]:
    """Return the lines of several texts, or of what rich prints."""
    if isinstance(line, tuple):
        return [str(text) for text in cast("tuple[str, ...]", line)]
    return [getattr(line, "plain", str(line))]


def _comment(text: str) -> str:
    return "\n".join(f"% {visible(line)}".rstrip() for line in text.split("\n"))


def _table(table: Table) -> str:
    sides = "".join("r" if column.align == "right" else "l" for column in table.columns)
    rows = [" & ".join(map(_cell, row)) + r" \\" for row in table.rows]
    lines = [
        *([_comment(table.title)] if table.title else []),
        f"\\begin{{tabular}}{{{sides}}}",
        r"\toprule",
        " & ".join(_cell(column.head) for column in table.columns) + r" \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines)


def _cell(text: str) -> str:
    r"""Return the text of a cell as LaTeX sets it.

    >>> _cell("conv_1 -> 50%"), _cell("[1, 2]")
    ('conv\\_1 -\\textgreater{} 50\\%', '{[}1, 2]')
    """
    # A bracket that begins a row would be taken for an option of the line break before, behind
    # spaces too.
    found = as_tex(text.strip(" "))
    return f"{{{found[0]}}}{found[1:]}" if found[:1] in ("[", "*") else found
