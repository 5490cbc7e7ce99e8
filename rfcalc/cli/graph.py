"""Draw the network as a graph, with RF and density at each node: DOT, Mermaid or SVG."""

from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from rfcalc.cli import options
from rfcalc.cli.output import deliver, notes, put
from rfcalc.cli.reading import Reading

NEEDS = True
WRITES = {
    "dot": (".dot", ".gv"),
    "mermaid": (".mmd", ".mermaid"),
    "drawing": (".svg", ".png", ".pdf"),
}


def command(
    net: options.Net,
    reading: Reading,
    output: options.Output = None,
    format: Annotated[
        Literal["dot", "mermaid"],
        typer.Option(
            "--format",
            "-f",
            help="The language. [default: what FILE's suffix says, else dot]",
            show_default=False,
        ),
    ] = "dot",
    every: Annotated[bool, typer.Option("--every", help="Draw element-wise layers, too.")] = False,
    source: options.Source = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.figures.graphs import graph

    kind = cast("str", format)  # A file may be a drawing.
    program = _graphviz() if output is not None and kind == "drawing" else ""
    network = reading.network(net)
    language = "mermaid" if kind == "mermaid" else "dot"
    text = graph(network, source=source, every=every, format=language)
    notes([network], quiet)
    if output is not None and program:
        put(output, _drawn(program, Path(output).suffix[1:].lower(), text), quiet)
    else:
        deliver(text, output, quiet)


def _graphviz() -> str:
    """Return the path of Graphviz's ``dot``.

    Raises
    ------
    RfcalcError
        RF425: it is not installed.
    """
    import shutil

    from rfcalc.errors import fail

    program = shutil.which("dot")
    if program is None:
        fact = "a drawn graph needs Graphviz, and its 'dot' is not installed"
        raise fail("RF425", fact, "install graphviz, or write text: -o graph.dot, -o graph.mmd")
    return program


def _drawn(program: str, kind: str, text: str) -> bytes:
    """Return what Graphviz draws of a graph.

    Raises
    ------
    RfcalcError
        RF425: it fails, or takes longer than two minutes.
    """
    import subprocess

    from rfcalc.errors import fail

    try:
        done = subprocess.run(
            [program, f"-T{kind}"],
            input=text.encode(),
            capture_output=True,
            timeout=120,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as fault:
        said = getattr(fault, "stderr", None) or b""
        reason = said.decode(errors="replace").strip().split("\n")[0] or type(fault).__name__
        raise fail("RF425", f"Graphviz failed: {reason}", "write text: -o graph.dot") from None
    return done.stdout
