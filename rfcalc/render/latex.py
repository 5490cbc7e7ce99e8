r"""How does a document look in LaTeX? Tables with the rules of booktabs, for ``\input``."""

from typing import cast

from rfcalc.render.document import Document, Table
from rfcalc.shown import visible

__all__ = ["as_latex"]

_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


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
    rows = [" & ".join(map(_escaped, row)) + r" \\" for row in table.rows]
    lines = [
        *([_comment(table.title)] if table.title else []),
        f"\\begin{{tabular}}{{{sides}}}",
        r"\toprule",
        " & ".join(_escaped(column.head) for column in table.columns) + r" \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    r"""Return a text that LaTeX sets as it is.

    >>> _escaped("conv_1 -> 50%")
    'conv\\_1 -\\textgreater{} 50\\%'
    """
    found = "".join(_SIGNS.get(sign, sign) for sign in visible(text))
    # A bracket that begins a row would be taken for an option of the line break before.
    return f"{{{found[0]}}}{found[1:]}" if found[:1] in ("[", "*") else found
