"""Which options does each command take? From the command line itself."""

from typing import Any

import typer

from rfcalc.cli import COMMANDS, app
from rfcalc.cli.coercion import choices

from .markdown import code, table

__all__ = ["commands"]


def commands() -> str:
    """Return every command with its arguments and options."""
    group: Any = typer.main.get_command(app)
    return "\n".join(_command(name, group.get_command(None, name)) for name in COMMANDS)


def _command(name: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    words = [p.metavar if p.required else f"[{p.metavar}]" for p in arguments]
    needed = [f"{p.opts[0]} {_value(p)}" for p in options if p.required]
    usage = " ".join(["rfcalc", name, *words, *needed, *(["[OPTIONS]"] if options else [])])
    rows = [[code(p.metavar), p.help or "", ""] for p in arguments]
    rows += [[_written(p), *_told(p)] for p in options]
    told = table(["option", "meaning", "default"], rows) if rows else ""
    return f"## {name}\n\n`{usage}`\n{{ .usage }}\n\n{command.help}\n\n{told}"


def _written(option: Any) -> str:
    value = _value(option)
    words = [f"`{word}`" for word in sorted(option.opts, key=len, reverse=True)]
    return ", ".join(words) + (f" {code(value)}" if value else "")


def _value(option: Any) -> str:
    """Return what an option takes; nothing for a flag."""
    if option.is_flag:
        return ""
    return option.metavar or "|".join(choices(option) or ["VALUE"])


def _told(option: Any) -> tuple[str, str]:
    """Return what an option means, and what it is when it is left out."""
    meaning, _, default = (option.help or "").partition(" [default: ")
    if default:
        return meaning, default.removesuffix("]")
    if option.is_flag or option.default is None or option.required:
        return meaning, ""
    return meaning, code(str(option.default))
