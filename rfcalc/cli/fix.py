"""Remove the gridding of a network file by the least change of dilations, or reach a field."""

from codecs import BOM_UTF8
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import put, show
from rfcalc.errors import fail

NEEDS = True
WRITES: dict[str, tuple[str, ...]] = {}


def command(
    net: options.NetworkFile,
    output: options.Output = None,
    keep: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--keep",
            metavar="PERCENT",
            help="Share of its field that every output keeps. [default: 100]",
        ),
    ] = None,
    keep_layers: Annotated[
        bool, typer.Option("--keep-layers", help="Every layer keeps its field, not only outputs.")
    ] = False,
    max_dilation: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--max-dilation",
            metavar="D",
            help="Largest dilation that may be written. [default: three times the largest; with "
            "--rf at least 16]",
        ),
    ] = None,
    layer: options.Layer = None,
    source: options.Source = None,
    stage: options.Stage = None,
    rf: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--rf",
            metavar="N",
            help="Reach this field at every output, by dilations, kernels or strides.",
        ),
    ] = None,
    max_cost: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--max-cost",
            metavar="SHARE",
            help="With --rf: most multiply-adds, as 120% or 1.2 of those before.",
        ),
    ] = None,
    unroll: Annotated[
        bool,
        typer.Option(
            "--unroll",
            help="Write one entry per layer where no number that decides several layers does it.",
        ),
    ] = False,
    input: options.Input = None,
    format: options.Printed = "table",
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.arguments import shape
    from rfcalc.files import target
    from rfcalc.library.texts import is_json
    from rfcalc.loading import source_text
    from rfcalc.render.repair import repair_document
    from rfcalc.repair import reached, repair

    _check_numbers(keep, max_dilation)
    if rf is not None:
        kept = {"--keep": keep is not None, "--keep-layers": keep_layers}
        named = {"--layer": layer, "--source": source, "--stage": stage}
        _check_reach(rf, {**kept, **{word: given is not None for word, given in named.items()}})
    elif max_cost is not None:
        fact = "--max-cost is given without --rf, and dilations cost nothing"
        raise fail("RF406", fact, "add --rf, or omit --max-cost")
    share = None if max_cost is None else options.share("--max-cost", max_cost)
    if output is not None:
        target(output, (".yaml", ".yml", ".json"))
    text, file = source_text(net)
    if output is not None and not is_json(text):
        target(output, (".yaml", ".yml"))
    size = [shape(text) for text in input or ()] or None
    if rf is not None:
        found = reached(
            text,
            file,
            rf,
            size=size,
            max_cost=share,
            max_dilation=max_dilation,
            unroll=unroll,
        )
    else:
        found = repair(
            text,
            file,
            size=size,
            keep=100 if keep is None else keep,
            keep_layers=keep_layers,
            max_dilation=max_dilation,
            source=source,
            layer=layer,
            stage=stage,
            unroll=unroll,
        )
    show(repair_document(found, text, file), format, None, quiet)
    if found.text is None:
        raise typer.Exit(1)
    if output is not None:
        mark = BOM_UTF8 if Path(net).is_file() and Path(net).read_bytes()[:3] == BOM_UTF8 else b""
        put(output, mark + found.text.encode(), quiet)


def _check_numbers(keep: int | None, max_dilation: int | None) -> None:
    """Refuse numbers out of range, RF406."""
    if keep is not None and not 0 <= keep <= 100:
        raise fail("RF406", f"--keep is {keep}", "it takes a percentage from 0 to 100")
    if max_dilation is not None and max_dilation < 1:
        raise fail("RF406", f"--max-dilation is {max_dilation}", "it takes 1 or more")


def _check_reach(rf: int, others: Mapping[str, bool]) -> None:
    """Refuse a field to be reached beside what else says which fields are kept, RF406."""
    beside = [word for word, given in others.items() if given]
    if beside:
        fact = f"--rf and {beside[0]} are given together"
        raise fail("RF406", fact, f"--rf is what every output has in the end: omit {beside[0]}")
    if rf < 1:
        raise fail("RF406", f"--rf is {rf}", "it takes 1 or more cells")
