"""Measure the effective receptive field of a model with its own weights, beside the expected one.

The gradient of an output cell by the input, averaged over images, or over noise where there are
none. A PyTorch model runs its code; --weights gives it those of a file. Networks without weights
have the expected field alone. With several networks one table and one figure compares them.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import own_style, put, show, tell
from rfcalc.cli.outputs import RESULTS
from rfcalc.cli.reading import Reading
from rfcalc.cli.running import bar, running
from rfcalc.errors import fail

if TYPE_CHECKING:
    from rfcalc.effective import Effective

NEEDS = True
ARRAYS = (".npy", ".npz")
PICTURES = (".png", ".svg", ".pdf", ".eps", ".pgf")
WRITES = {**RESULTS, "array": ARRAYS, "picture": PICTURES}


def command(
    nets: options.Nets,
    reading: Reading,
    weights: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option(
            "--weights",
            metavar="FILE",
            help="Weights of a PyTorch model: .safetensors or a state_dict; once per model.",
        ),
    ] = None,
    images: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--images", metavar="DIR|GLOB", help="Inputs. [default: noise]"),
    ] = None,
    samples: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--samples", min=1, help="Inputs that are averaged. [default: 32, or all images]"
        ),
    ] = None,
    resize: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--resize", min=1, metavar="N", help="Shorter side of images, before the crop."
        ),
    ] = None,
    crop: Annotated[
        Literal["center", "random"], typer.Option("--crop", help="Which part of images.")
    ] = "center",
    mean: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--mean", metavar="R,G,B", help="Subtracted from images, whose numbers go from 0 to 1."
        ),
    ] = None,
    std: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--std", metavar="R,G,B", help="What images are divided by, after --mean."),
    ] = None,
    layer: options.Layer = None,
    source: options.Source = None,
    at: options.At = None,
    phase: options.Phase = None,
    positions: Annotated[
        int,
        typer.Option("--positions", min=1, max=1000, help="Output cells that are averaged."),
    ] = 1,
    threshold: Annotated[
        Optional[list[float]],  # noqa: UP045
        typer.Option(
            "--threshold",
            min=0,
            max=100,
            metavar="PERCENT",
            help="Count cells above so much of the maximum. [default: 50 and 4.55]",
        ),
    ] = None,
    device: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--device", help="Where PyTorch runs: cpu, cuda, mps."),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=2**32 - 1, help="Seed of noise and random crops.")
    ] = 0,
    resume: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--resume",
            metavar="FILE",
            help="A .npz file that keeps the sums: a run that was stopped goes on from it.",
        ),
    ] = None,
    scale: Annotated[
        Literal["log", "linear"], typer.Option("--scale", help="Scale of the picture's colours.")
    ] = "log",
    title: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--title", metavar="TEXT", help="Heading of the picture; '' for none."),
    ] = None,
    dpi: Annotated[int, typer.Option("--dpi", metavar="N", help="Dots per inch.")] = 150,
    size: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--size", metavar="INCHES", help="Width of the picture."),
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.render.effective import effective_document

    if weights and len(weights) != len(nets):
        fact = f"--weights is given {len(weights)} times for {len(nets)} networks"
        raise fail("RF406", fact, "give it once for every network, in their order, or not at all")
    if resume is not None and len(nets) > 1:
        raise fail("RF406", "--resume is of one network", "name one, or omit --resume")
    asked: dict[str, Any] = {
        "images": images,
        "samples": samples,
        "resize": resize,
        "crop": crop,
        "mean": _numbers("--mean", mean),
        "std": _numbers("--std", std),
        "layer": layer,
        "source": source,
        "at": options.integers("at", at),
        "phase": options.integers("phase", phase),
        "positions": positions,
        "device": device,
        "seed": seed,
        "resume": resume,
    }
    if threshold:
        asked["thresholds"] = tuple(threshold)
    special = str(format) in ("array", "picture")
    if str(format) == "picture":
        own_style()
    found = list(_answers(nets, reading, weights, asked, quiet))
    if not special:
        show(effective_document(found), format, output, quiet)
        return
    assert output is not None
    look: dict[str, Any] = {"scale": scale, "title": title, "dpi": dpi, "size": size}
    data = _picture(found, output, look) if str(format) == "picture" else _array(found, output)
    if not quiet:
        for note in dict.fromkeys(note for one in found for note in one.assumed):
            tell(note)
    put(output, data, quiet)


def _answers(
    nets: Sequence[str],
    reading: Reading,
    weights: Sequence[str] | None,
    asked: dict[str, Any],
    quiet: bool,
) -> "Iterator[Effective]":
    """Yield the answer for every network: expected alone, where there are no weights."""
    from rfcalc.effective import erf, is_run

    run = [is_run(net) for net in nets]
    # Each takes of the options what it understands.
    known = reading.networks(nets) if len(nets) > 1 and not all(run) else []
    for number, net in enumerate(nets):
        file = weights[number] if weights else None
        if run[number]:
            yield _measure(net, reading, file, asked, quiet)
        elif known:
            given = {name: value for name, value in asked.items() if name in _EXPECTED}
            yield erf(known[number], weights=file, **given)
        else:
            yield erf(reading.network(net), weights=file, **asked)


def _measure(
    net: str, reading: Reading, weights: str | None, asked: dict[str, Any], quiet: bool
) -> "Effective":
    """Return the answer for a model, the bar shown while it runs."""
    from rfcalc.effective import erf

    if reading.ignore_global:
        fact = "--ignore-global is given, and a model is measured as it is"
        raise fail("RF406", fact, "omit it, or measure an earlier --layer")
    with running(net, quiet), bar(net, quiet) as progress:
        return erf(
            net,
            weights=weights,
            input=reading.input or None,
            progress=progress,
            **asked,
            **reading.options_of_model(),
        )


_EXPECTED = ("layer", "source", "at", "phase", "thresholds")
"""What is asked of networks without weights too."""


def _numbers(option: str, text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if not found or any(value != value or abs(value) == float("inf") for value in found):
        raise fail("RF406", f"{option} is '{text}'", "give numbers, as in 0.485,0.456,0.406")
    return found


def _array(found: "Sequence[Effective]", output: str) -> bytes:
    """Return the bytes of an array file."""
    from rfcalc.effective import as_npy, as_npz

    return as_npy(found) if output.lower().endswith(".npy") else as_npz(found)


def _picture(found: "Sequence[Effective]", output: str, look: dict[str, Any]) -> bytes:
    """Return the bytes of a picture."""
    from rfcalc.plots import render
    from rfcalc.plots.effective import effective_figure

    figure = effective_figure(found, **look)
    return render(figure, output.lower().rpartition(".")[2])
