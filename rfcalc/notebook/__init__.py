"""What does a notebook show of a result, and what does rich print? One form per kind of value."""

from functools import singledispatch
from io import StringIO
from typing import TYPE_CHECKING

from rfcalc.arrays import export_of
from rfcalc.documents import Json
from rfcalc.energies import Energy
from rfcalc.errors import RfcalcError
from rfcalc.masks import Mask
from rfcalc.notebook.documents import document_of
from rfcalc.notebook.frames import dataframe
from rfcalc.path_counts import Paths
from rfcalc.render.formats import as_json, as_table
from rfcalc.render.inert import html_page
from rfcalc.render.page.tables import html_parts
from rfcalc.render.plain import Plain
from rfcalc.render.terminal import draw_mask, legend
from rfcalc.shown import visible

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["data", "dataframe", "html", "png", "text"]


def data(value: object) -> dict[str, Json]:
    """Return a value as the JSON of its command, in which a fraction is a number."""
    import json

    if isinstance(value, Mask | Paths | Energy):
        return export_of(value).to_dict()
    return json.loads(as_json(document_of(value)))


def html(value: object) -> str:
    """Return a value as HTML that can stand among other elements."""
    return html_page(f'<div class="rfcalc">{html_parts(document_of(value).parts)}</div>')


def png(value: Mask | Paths | Energy) -> bytes | None:
    """Return the heatmap of a result, ``None`` when there is nothing to draw."""
    from rfcalc import plots

    try:
        return plots.render(plots.heatmap(value, dpi=100), "png")
    except RfcalcError:
        return None


@singledispatch
def text(value: object) -> "Text":
    """Return a value as rich prints it."""
    from rich.console import Console
    from rich.text import Text

    file = StringIO()
    console = Console(file=file, force_terminal=True, width=100, highlight=False)
    as_table(document_of(value), console)
    return Text.from_ansi(file.getvalue().rstrip("\n"))


@text.register(Mask)
def _mask(value: Mask) -> "Text":
    from rich.text import Text

    question = value.question
    head = f"{question.layer} on {question.origin}: RF {'x'.join(map(str, value.rf)) or '-'}, "
    head += f"{value.cells} cells, density {value.density:.4g}"
    lines = [*draw_mask(value.region, 72, colour=True), legend(value.region, 72, colour=True)]
    shown = [line.__rich__() if isinstance(line, Plain) else line for line in lines]
    return Text("\n").join([Text(visible(head)), *shown])


@text.register(Paths)
def _paths(value: Paths) -> "Text":
    from rich.text import Text

    question = value.question
    shape = "x".join(map(str, value.shape))
    held = value.counts[value.counts > 0]
    most = f"{held.min()} to {held.max()} paths per cell" if held.size else "no paths"
    head = f"path counts of {question.layer} on {question.origin}: {shape} cells, {most}"
    return Text(visible(head))


@text.register(Energy)
def _energy(value: Energy) -> "Text":
    from rich.text import Text

    question = value.question
    shape = "x".join(map(str, value.shape))
    head = f"expected effective field of {question.layer} on {question.origin}: {shape} cells"
    return Text(visible(head))
