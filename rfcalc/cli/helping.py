"""What does --help show? Examples first, options in groups, colour and width of the terminal."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from rfcalc.cli.examples import EXAMPLES

__all__ = ["GROUPS", "command_help", "root_help"]

GROUPS: dict[str, tuple[str, ...]] = {
    "Receptive fields": ("analyze", "hdc-check", "erf", "where", "fit", "compare"),
    "Pictures": ("heatmap", "growth", "graph", "report"),
    "Schedules and repair": ("design", "fix"),
    "Inference": ("tile", "stream", "sizes"),
    "Gates and proof": ("check", "verify", "scan"),
    "Networks as files and data": ("zoo", "convert", "export", "schema", "ops"),
    "Diagnostics": ("explain",),
}
"""The commands by what they are for."""
_FIRST = (
    "rfcalc analyze k3,k3d2,k3d5",
    "rfcalc heatmap k3,k3d2,k3d9 -o field.png",
    "rfcalc analyze torchvision.models:resnet50 --input 1,3,224,224",
)
_OF_NETWORKS = (
    *("input", "set", "dims", "ignore_global", "submodule", "kwargs", "assume_pointwise"),
    *("take_values", "value", "max_offset"),
    "layout",
)
_OF_OUTPUTS = ("format", "output", "quiet", "help")
_OF_QUESTIONS = ("layer", "source", "stage", "at", "phase")


def command_help(command: Any, ctx: Any, formatter: Any) -> None:
    """Write the help of a command."""
    usage = " ".join(command.collect_usage_pieces(ctx))
    formatter.write_usage(ctx.command_path, usage, prefix=_styled("Usage: ", bold=True))
    command.format_help_text(ctx, formatter)
    arguments: list[tuple[str, str]] = []
    groups: dict[str, list[tuple[str, str]]] = {
        "Options": [],
        "Layer and position": [],
        "Reading the network": [],
        "Output": [],
    }
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is None:
            continue
        name, told = record
        if param.param_type_name == "argument":
            # Newer releases of typer write an argument's type behind its name.
            named = name.partition(" <")[0].strip("{}[]")
            arguments.append((_styled(named, fg="cyan"), told))
        else:
            groups[_group(str(param.name))].append((_styled(name, fg="cyan"), told))
    _section(formatter, "Arguments", arguments)
    _examples(formatter, EXAMPLES[str(command.name)])
    for title, rows in groups.items():
        _section(formatter, title, rows)


def root_help(commands: Mapping[str, str], group: Any, ctx: Any, formatter: Any) -> None:
    """Write the help of the program: its commands in groups."""
    usage = " ".join(group.collect_usage_pieces(ctx))
    formatter.write_usage(ctx.command_path, usage, prefix=_styled("Usage: ", bold=True))
    group.format_help_text(ctx, formatter)
    _examples(formatter, _FIRST)
    longest = max(map(len, commands))
    for title, names in GROUPS.items():
        # Of one width, so that the columns of all groups stand below each other.
        rows = [(_styled(f"{name:<{longest}}", fg="cyan"), commands[name]) for name in names]
        _section(formatter, title, rows)
    records = [param.get_help_record(ctx) for param in group.get_params(ctx)]
    told = [(_styled(record[0], fg="cyan"), record[1]) for record in records if record]
    _section(formatter, "Options", told)
    formatter.write_paragraph()
    formatter.write_text("rfcalc COMMAND --help shows the options of a command, with examples.")


def _group(name: str) -> str:
    if name in _OF_NETWORKS:
        return "Reading the network"
    if name in _OF_QUESTIONS:
        return "Layer and position"
    return "Output" if name in _OF_OUTPUTS else "Options"


def _section(formatter: Any, title: str, rows: Sequence[tuple[str, str]]) -> None:
    if rows:
        with formatter.section(_styled(title, bold=True)):
            formatter.write_dl(rows)


def _examples(formatter: Any, lines: Sequence[str]) -> None:
    with formatter.section(_styled("Examples", bold=True)):
        for line in lines:
            formatter.write(f"{'':>{formatter.current_indent}}{_styled(line, fg='green')}\n")


def _styled(text: str, **style: Any) -> str:
    """Return a text in colour, where there is a terminal that wants it."""
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return typer.style(text, **style) if coloured else text
