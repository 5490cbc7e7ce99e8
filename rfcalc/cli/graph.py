"""Draw the network as a graph, with RF and density at each node: DOT, Mermaid or SVG."""

from typing import Annotated, Literal

import typer

from rfcalc.cli import options
from rfcalc.cli.output import deliver, wrote
from rfcalc.cli.reading import Reading

NEEDS = True


def command(
    net: options.Net,
    reading: Reading,
    output: options.Output = None,
    format: Annotated[
        Literal["dot", "mermaid"],
        typer.Option("--format", "-f", help="The language, when no file says it by its suffix."),
    ] = "dot",
    every: Annotated[bool, typer.Option("--every", help="Draw element-wise layers, too.")] = False,
    source: options.Source = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc import files
    from rfcalc.render.graph import GRAPHS, boxes, dot

    drawings = (".svg", ".png", ".pdf")
    path = None if output is None else files.target(output, (*GRAPHS, *drawings))
    program = _graphviz() if path is not None and path.suffix.lower() in drawings else ""
    network = reading.network(net)
    drawn = boxes(network, source, every)
    if path is None:
        deliver(GRAPHS[f".{format}" if format == "dot" else ".mmd"](network, drawn), None, quiet)
        wrote(None, [network], quiet)
        return
    suffix = path.suffix.lower()
    if program:
        data = _drawn(program, suffix[1:], dot(network, drawn))
    else:
        data = GRAPHS[suffix](network, drawn).encode()
    files.write(path, data)
    wrote(path, [network], quiet)


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
